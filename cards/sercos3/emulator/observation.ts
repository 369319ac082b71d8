/** What can be seen of the emulated card and its devices from outside, as the numbers of an observation board. */
import type { MemoryHost } from '../../emulation/memory-host.ts'
import type { Sercon100m } from './chip.ts'
import type { SlaveObservation } from './slave.ts'

export type EmulatorObservation = {
  readonly devices: readonly SlaveObservation[]
  /** Interrupts raised so far. */
  readonly raised: number
  /** Periods of the chip run so far: Sercos cycles while its main timer runs. */
  readonly cycles: number
  /** Cycles left out because the emulator's thread was late. */
  readonly skipped: number
  readonly watchdogAlarm: boolean
  /** Telegrams went out in the last cycle. */
  readonly transmitting: boolean
}

const header = { raised: 0, cycles: 1, skipped: 2, watchdogAlarm: 3, transmitting: 4 } as const
const headerLength = 5
const perDevice = 13
/** SlaveObservation.topology of a device that is not there. */
const notOnCables = -1

/** Numbers on the board for so many devices. */
export function observationLength(devices: number): number {
  return headerLength + perDevice * devices
}

/** Writes the row. Allocates nothing. */
export function encodeObservation(row: Float64Array, chip: Sercon100m, host: MemoryHost): void {
  row[header.raised] = host.raised
  row[header.cycles] = host.cycles
  row[header.skipped] = host.skipped
  row[header.watchdogAlarm] = chip.watchdog.alarm ? 1 : 0
  row[header.transmitting] = chip.transmitting ? 1 : 0
  for (let n = 0; n < chip.ring.slaves.length; n++) {
    const seen = chip.ring.slaves[n]?.observation
    if (seen !== undefined)
      encodeDevice(row, headerLength + perDevice * n, seen, chip.ring.present(n))
  }
}

function encodeDevice(
  row: Float64Array,
  at: number,
  seen: SlaveObservation,
  present: boolean,
): void {
  row[at] = seen.phase
  row[at + 1] = seen.operating ? 1 : 0
  row[at + 2] = seen.error ? 1 : 0
  row[at + 3] = seen.position
  row[at + 4] = seen.velocity
  row[at + 5] = seen.torque
  row[at + 6] = seen.digitalOutputs
  row[at + 7] = seen.analogOutput0
  row[at + 8] = seen.analogOutput1
  row[at + 9] = seen.digitalInputs
  row[at + 10] = present ? seen.topology : notOnCables
  row[at + 11] = seen.inactivePort
  row[at + 12] = seen.identify ? 1 : 0
}

export function decodeObservation(row: Float64Array): EmulatorObservation {
  const number = (at: number): number => row[at] ?? 0
  const devices = Array.from({ length: (row.length - headerLength) / perDevice }, (_, n) => {
    const at = headerLength + perDevice * n
    return {
      phase: number(at),
      operating: number(at + 1) === 1,
      error: number(at + 2) === 1,
      position: number(at + 3),
      velocity: number(at + 4),
      torque: number(at + 5),
      digitalOutputs: number(at + 6),
      analogOutput0: number(at + 7),
      analogOutput1: number(at + 8),
      digitalInputs: number(at + 9),
      topology: number(at + 10),
      inactivePort: number(at + 11),
      identify: number(at + 12) === 1,
    }
  })
  return {
    devices,
    raised: number(header.raised),
    cycles: number(header.cycles),
    skipped: number(header.skipped),
    watchdogAlarm: number(header.watchdogAlarm) === 1,
    transmitting: number(header.transmitting) === 1,
  }
}
