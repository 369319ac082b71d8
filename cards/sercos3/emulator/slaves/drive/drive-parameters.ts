/**
 * The IDNs of a drive but those of homing, probes and diagnosis. Those of cyclic operation are named in S3SM_LC_MAIN.c
 * beside CoSeMa; the others, their codes and their bits are general knowledge of the standard.
 */
import { operationMode } from '../../../drive-words.ts'
import type { ParameterSpec } from '../parameter.ts'
import type { ParameterStore } from '../parameter-store.ts'

const position: Partial<ParameterSpec> = { unit: 'mm', decimals: 4 }
const velocity: Partial<ParameterSpec> = { unit: 'mm/s', decimals: 3 }
const torque: Partial<ParameterSpec> = { unit: '%', decimals: 1 }
const maxInt32 = 0x7fffffff

/** Both position modes take S-0-0036 as feed-forward; a master that wants a lag sends 0. */
const modes: Partial<ParameterSpec> = {
  format: 'binary',
  min: 1,
  max: 11,
  allowed: Object.values(operationMode),
  writable: 'CP2-3',
}

export type DriveParameters = ReturnType<typeof addDriveParameters>

// oxfmt-ignore
export function addDriveParameters(store: ParameterStore) {
  addScaling(store)
  return {
    control: store.add({ idn: 'S-0-0134', name: 'Drive control word', type: 'u16', format: 'binary', cyclic: 'consume' }),
    status: store.add({ idn: 'S-0-0135', name: 'Drive status word', type: 'u16', format: 'binary', cyclic: 'produce' }),
    /** By the number of the mode in the control word. */
    modes: [
      store.add({ idn: 'S-0-0032', name: 'Primary operation mode', type: 'u16', ...modes, value: operationMode.positionLagless }),
      store.add({ idn: 'S-0-0033', name: 'Secondary operation mode 1', type: 'u16', ...modes, value: operationMode.velocity }),
      store.add({ idn: 'S-0-0034', name: 'Secondary operation mode 2', type: 'u16', ...modes, value: operationMode.torque }),
      store.add({ idn: 'S-0-0035', name: 'Secondary operation mode 3', type: 'u16', ...modes, value: operationMode.position }),
    ],
    velocityCommand: store.add({ idn: 'S-0-0036', name: 'Velocity command value', type: 'i32', ...velocity, cyclic: 'consume' }),
    velocityFeedback: store.add({ idn: 'S-0-0040', name: 'Velocity feedback value', type: 'i32', ...velocity, cyclic: 'produce' }),
    positionCommand: store.add({ idn: 'S-0-0047', name: 'Position command value', type: 'i32', ...position, cyclic: 'consume' }),
    positiveLimit: store.add({ idn: 'S-0-0049', name: 'Positive position limit', type: 'i32', ...position, min: -maxInt32 - 1, max: maxInt32, value: maxInt32, writable: 'CP2-4' }),
    negativeLimit: store.add({ idn: 'S-0-0050', name: 'Negative position limit', type: 'i32', ...position, min: -maxInt32 - 1, max: maxInt32, value: -maxInt32 - 1, writable: 'CP2-4' }),
    positionFeedback: store.add({ idn: 'S-0-0051', name: 'Position feedback 1 value', type: 'i32', ...position, cyclic: 'produce' }),
    positionWindow: store.add({ idn: 'S-0-0057', name: 'Position window', type: 'u32', ...position, min: 1, max: maxInt32, value: 100, writable: 'CP2-4' }),
    torqueCommand: store.add({ idn: 'S-0-0080', name: 'Torque command value', type: 'i16', ...torque, cyclic: 'consume' }),
    positiveTorqueLimit: store.add({ idn: 'S-0-0082', name: 'Positive torque limit value', type: 'i16', ...torque, min: 0, max: 3000, value: 3000, writable: 'CP2-4', cyclic: 'consume' }),
    negativeTorqueLimit: store.add({ idn: 'S-0-0083', name: 'Negative torque limit value', type: 'i16', ...torque, min: -3000, max: 0, value: -3000, writable: 'CP2-4', cyclic: 'consume' }),
    torqueFeedback: store.add({ idn: 'S-0-0084', name: 'Torque feedback value', type: 'i16', ...torque, cyclic: 'produce' }),
    velocityLimit: store.add({ idn: 'S-0-0091', name: 'Bipolar velocity limit', type: 'u32', ...velocity, min: 1, max: 3_000_000, value: 2_000_000, writable: 'CP2-4' }),
    torqueLimit: store.add({ idn: 'S-0-0092', name: 'Bipolar torque limit', type: 'u16', ...torque, min: 0, max: 3000, value: 3000, writable: 'CP2-4', cyclic: 'consume' }),
    positionGain: store.add({ idn: 'S-0-0104', name: 'Position loop gain', type: 'u16', unit: '1000/min', decimals: 2, min: 1, max: 1000, value: 400, writable: 'CP2-4' }),
    standstillWindow: store.add({ idn: 'S-0-0124', name: 'Standstill window', type: 'u32', ...velocity, min: 1, max: 1_000_000, value: 1_000, writable: 'CP2-4' }),
    velocityWindow: store.add({ idn: 'S-0-0157', name: 'Velocity window', type: 'u32', ...velocity, min: 1, max: 1_000_000, value: 1_000, writable: 'CP2-4' }),
    monitoringWindow: store.add({ idn: 'S-0-0159', name: 'Monitoring window', type: 'u32', ...position, min: 1, max: maxInt32, value: 100_000, writable: 'CP2-4' }),
    followingDistance: store.add({ idn: 'S-0-0189', name: 'Following distance', type: 'i32', ...position, cyclic: 'produce' }),
    haltDeceleration: store.add({ idn: 'S-0-0372', name: 'Drive halt deceleration', type: 'u32', unit: 'mm/s^2', decimals: 3, min: 1, max: maxInt32, value: 10_000_000, writable: 'CP2-4' }),
  }
}

/**
 * Cycle time as SERCOS II knew it, and the scaling that the values above have: linear, by factor and exponent, per second;
 * torque in % of the rated torque. A master may read it, nothing changes it.
 */
// oxfmt-ignore
function addScaling(store: ParameterStore): void {
  const type = { type: 'u16', format: 'binary' } as const
  store.add({ idn: 'S-0-0001', name: 'Control unit cycle time (tNcyc)', type: 'u16', unit: 'us', min: 31, max: 65_000, value: 1000, writable: 'CP2' })
  store.add({ idn: 'S-0-0044', name: 'Velocity data scaling type', ...type, value: 0b10_1001 })
  store.add({ idn: 'S-0-0045', name: 'Velocity data scaling factor', type: 'u16', value: 1 })
  store.add({ idn: 'S-0-0046', name: 'Velocity data scaling exponent', type: 'i16', value: -6 })
  store.add({ idn: 'S-0-0076', name: 'Position data scaling type', ...type, value: 0b1001 })
  store.add({ idn: 'S-0-0077', name: 'Linear position data scaling factor', type: 'u16', value: 1 })
  store.add({ idn: 'S-0-0078', name: 'Linear position data scaling exponent', type: 'i16', value: -7 })
  store.add({ idn: 'S-0-0079', name: 'Rotational position resolution', type: 'u32', value: 3_600_000 })
  store.add({ idn: 'S-0-0086', name: 'Torque data scaling type', ...type, value: 0 })
  store.add({ idn: 'S-0-0093', name: 'Torque data scaling factor', type: 'u16', value: 1 })
  store.add({ idn: 'S-0-0094', name: 'Torque data scaling exponent', type: 'i16', value: -1 })
  store.add({ idn: 'S-0-0160', name: 'Acceleration data scaling type', ...type, value: 0b10_1001 })
  store.add({ idn: 'S-0-0161', name: 'Acceleration data scaling factor', type: 'u16', value: 1 })
  store.add({ idn: 'S-0-0162', name: 'Acceleration data scaling exponent', type: 'i16', value: -6 })
}
