/** What the SERCOS III driver is told of a machine file. */
import type { Sercos3Config } from '../cards/sercos3/driver/config.ts'
import { tryParseIdn } from '../cards/sercos3/idn.ts'
import { DualportError } from '../errors.ts'
import type { MachineFile } from './machine-file/schema.ts'
import { safeOutputs } from './worker/io-device.ts'

export function sercos3Config(file: MachineFile): Sercos3Config {
  return {
    cycleNs: file.cycleUs * 1000,
    topology: file.card.topology,
    buffers: file.card.buffers,
    watchdogCycles: file.card.watchdogCycles,
    devices: file.devices.map(({ name, address, profile, parameters }) => ({
      name,
      address,
      profile,
      parameters: parameters.map(({ idn, value }) => ({ idn: idnNumber(idn), value })),
      ...(profile === 'io' ? { fallback: safeOutputs(file, name) } : {}),
    })),
  }
}

function idnNumber(text: string): number {
  const idn = tryParseIdn(text)
  if (idn === undefined)
    throw new DualportError('DP_MACHINE_FILE', {
      at: 'devices.parameters.idn',
      actual: text,
      expected: 'an IDN such as S-0-0051 or S-0-1050.2.3',
    })
  return idn
}
