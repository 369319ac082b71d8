/** A machine on an emulated ring of two drives and one I/O device that a test can watch from outside. */
import { openEmulatedSercos3 } from '../../cards/sercos3/emulator/open-emulator.ts'
import type {
  EmulatedSercos3,
  EmulatorOptions,
} from '../../cards/sercos3/emulator/open-emulator.ts'
import type { SlaveObservation } from '../../cards/sercos3/emulator/slave.ts'
import { openMachine } from '../../runtime/machine.ts'
import type { OpenMachineOptions } from '../../runtime/machine.ts'
import type { OpenedMachine } from '../../runtime/opened-machine.ts'
import type { MachineInput } from '../../runtime/machine-file/schema.ts'
import type { MachineEvent } from '../../runtime/machine-types.ts'

/** Increments of the emulated drives per mm. */
export const incrementsPerMm = 10_000

const limits = {
  positionMin: -500,
  positionMax: 500,
  velocity: 300,
  acceleration: 3000,
  jerk: 60_000,
  followingError: 5,
}

/**
 * Not under SCHED_FIFO: a stalled task of a test would keep a CPU from its neighbours. Therefore with times that a busy
 * test machine keeps, too. First cycles may be slow there: what they would cost in rehearsal is for others.
 */
export const testRealtime = {
  policy: 'other',
  lockMemory: false,
  stallMs: 800,
  rehearse: false,
} as const

export function testMachine(changes: Partial<MachineInput> = {}): MachineInput {
  return {
    name: 'test',
    card: { type: 'sercos3', watchdogCycles: 200 },
    devices: [
      { name: 'left', address: 1, profile: 'drive' },
      { name: 'right', address: 2, profile: 'drive' },
      { name: 'terminals', address: 5, profile: 'io' },
    ],
    axes: [
      { name: 'x', device: 'left', unit: 'mm', limits },
      { name: 'y', device: 'right', unit: 'mm', safe: 'disable', limits },
    ],
    io: [
      { kind: 'digitalOutput', name: 'lamp', device: 'terminals', channel: 0 },
      { kind: 'digitalOutput', name: 'brake', device: 'terminals', channel: 3, safe: true },
      { kind: 'digitalInput', name: 'button', device: 'terminals', channel: 0 },
      { kind: 'analogOutput', name: 'level', device: 'terminals', channel: 1, safe: -1 },
      { kind: 'analogInput', name: 'gauge', device: 'terminals', channel: 1 },
    ],
    realtime: testRealtime,
    mqtt: { enabled: false },
    ...changes,
  }
}

/** Outputs of the I/O device when they have their safe values: the brake on, -1 V. */
export const safeTerminals = { digitalOutputs: 0b1000, analogOutput1: -3277 }

export type EmulatedMachine = {
  readonly machine: OpenedMachine
  readonly emulator: EmulatedSercos3
  readonly events: MachineEvent[]
  readonly device: (index: number) => SlaveObservation
  /** Waits until `condition` holds; rejects, naming it, after `withinMs`. */
  readonly until: (what: string, condition: () => boolean, withinMs?: number) => Promise<void>
  readonly close: () => Promise<void>
}

export async function openEmulatedMachine(
  changes: Partial<MachineInput> = {},
  options: OpenMachineOptions = {},
  card: Partial<EmulatorOptions> = {},
): Promise<EmulatedMachine> {
  const input = testMachine(changes)
  const devices = input.devices.map(({ name, address, profile }) => ({ name, address, profile }))
  const emulator = await openEmulatedSercos3({ devices, topology: 'ring', ...card })
  const machine = await openMachine(input, { ...options, card: emulator })
  const events: MachineEvent[] = []
  machine.events$.subscribe((event) => events.push(event))
  return {
    machine,
    emulator,
    events,
    device: (index) => {
      const device = emulator.observe().devices[index]
      if (device === undefined) throw new RangeError(`no device ${index}`)
      return device
    },
    until: async (what, condition, withinMs = 3000) => {
      const end = performance.now() + withinMs
      while (!condition()) {
        if (performance.now() > end) throw new Error(`${what}: not within ${withinMs} ms`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    close: async () => {
      await machine.close()
      await emulator.close()
    },
  }
}
