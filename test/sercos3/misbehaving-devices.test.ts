/** Devices and a chip that do not do what the run-up asks of them: each error names the device, the phase and the thing. */
import { expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import { createSlave } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import type { Parameter } from '../../cards/sercos3/emulator/slaves/parameter.ts'
import { ProcedureCommand } from '../../cards/sercos3/emulator/slaves/procedure-command.ts'
import { connectionIdn, idn } from '../../cards/sercos3/index.ts'
import { registers, windows } from '../../cards/sercos3/registers.ts'
import { maskOf } from '../../uio/bit-field.ts'
import { Region } from '../../uio/region.ts'
import { InProcessRing, onMemory, ringConfig } from './in-process-ring.ts'
import type { MakeRegion, RingOptions } from './in-process-ring.ts'
import { deafInPhase, exceptFor, parameterOf, tampered, withOther } from './tampered-device.ts'

/** The fault with which the run-up ends, and that the chip is silent then. */
function faultOf(options: RingOptions, spoil?: (ring: InProcessRing) => void): string {
  const ring = new InProcessRing(options)
  while (ring.nowNs < 60e9 && ring.master.fault === undefined) {
    spoil?.(ring)
    ring.step()
    if (ring.state === cycleState.operational) return 'operational'
  }
  for (let n = 0; n < 40; n++) ring.step()
  expect(ring.chip.transmitting).toBe(false)
  return ring.master.fault?.message ?? 'still starting'
}

const listedClasses = (classes: readonly number[]) =>
  tampered((store) => parameterOf(store, idn('S-0-1000')).setList(classes))

const withCommand = (outcome: 'error' | 'pending') =>
  tampered((store) => {
    const check = parameterOf(store, idn('S-0-0127'))
    check.command = new ProcedureCommand({ phases: [2], durationS: 0, execute: () => outcome })
  })

test.each<[string, RingOptions['create'], RegExp]>([
  [
    'a device that calls its connections fixed and has none',
    exceptFor('y', listedClasses([0x0101, 0x0301])),
    /DP_SERCOS3_CONNECTION: y \(address 2\), CP2, S-0-1050\.x\.1: /,
  ],
  [
    'a device with no more than one connection',
    exceptFor(
      'y',
      tampered((store) => {
        const image = parameterOf(store, idn('S-0-1051'))
        image.beforeRead = () => image.setList([0])
      }),
    ),
    /DP_SERCOS3_CONNECTION: y \(address 2\), CP2, S-0-1051: .*is 1 connections, expected at least 2/,
  ],
  [
    'a connection of another length',
    exceptFor(
      'y',
      tampered((store) => {
        const length = parameterOf(store, connectionIdn(1, 5))
        length.beforeRead = () => length.set(12)
      }),
    ),
    /DP_SERCOS3_CONNECTION: y \(address 2\), CP2, S-0-1050\.1\.5: .*is 12 bytes, expected 14 bytes/,
  ],
  [
    'a transition check that ends in error',
    exceptFor('y', withCommand('error')),
    /DP_SERCOS3_COMMAND: y \(address 2\), CP2, S-0-0127: /,
  ],
  [
    'a transition check that ends in error without a list of what is wrong',
    exceptFor(
      'y',
      tampered((store) => {
        const find = store.find.bind(store)
        const check = parameterOf(store, idn('S-0-0127'))
        check.command = new ProcedureCommand({ phases: [2], durationS: 0, execute: () => 'error' })
        store.find = (id) => (id === idn('S-0-0021') ? undefined : find(id))
      }),
    ),
    /DP_SERCOS3_COMMAND: y \(address 2\), CP2, S-0-0127: /,
  ],
  [
    'a transition check that never ends',
    exceptFor('y', withCommand('pending')),
    /DP_SERCOS3_COMMAND: y \(address 2\), CP2, S-0-0127: .*out of time/,
  ],
  [
    'a list where a number was to be written',
    exceptFor('y', withOther({ idn: 'S-0-1002', name: 'list', type: 'u32[]' })),
    /DP_SERCOS3_SVC_DATA: y \(address 2\), CP2, S-0-1002 = 1000000: /,
  ],
  [
    'a list where a number was to be read',
    exceptFor('y', withOther({ idn: 'S-0-1005', name: 'list', type: 'u32[]', value: [1, 2, 3] })),
    /DP_SERCOS3_SVC_DATA: y \(address 2\), CP2, S-0-1005: /,
  ],
  [
    'a number where a list was to be read',
    exceptFor('y', withOther({ idn: 'S-0-1000', name: 'number', type: 'u32', value: 0x0201 })),
    /DP_SERCOS3_SVC_DATA: y \(address 2\), CP2, S-0-1000: /,
  ],
  ['a device that never leaves CP0', exceptFor('y', deafInPhase(0)), leaves('CP0')],
  ['a device that never leaves CP1', exceptFor('y', deafInPhase(1)), leaves('CP1')],
  ['a device that never leaves CP2', exceptFor('y', deafInPhase(2)), leaves('CP2')],
  ['a device that never leaves CP3', exceptFor('y', deafInPhase(3)), leaves('CP3')],
])('%s', (_, create, message) => {
  expect(faultOf(create === undefined ? {} : { create })).toMatch(message)
})

function leaves(phase: string): RegExp {
  return new RegExp(`DP_SERCOS3_PHASE_LEAVE: y \\(address 2\\), ${phase}: .*no data within 200 ms`)
}

const inPhase =
  (phase: string, harm: (ring: InProcessRing) => void) =>
  (ring: InProcessRing): void => {
    if (ring.phases.at(-1) === phase) harm(ring)
  }

test.each(['CP1', 'CP2', 'CP3'])('a device that does not appear in %s', (phase) => {
  const spoil = inPhase(phase, ({ slaves }) => slaves[1]?.withholdInsertion(10))
  expect(faultOf({}, spoil)).toMatch(
    new RegExp(`DP_SERCOS3_PHASE_START: y \\(address 2\\), ${phase}: .*SlaveValid in S-DEV`),
  )
})

test('a device whose service channel does not follow in CP1', () => {
  const create = exceptFor('y', (config) => {
    const slave = createSlave(config)
    const pass = slave.pass.bind(slave)
    slave.pass = (telegrams, channel, way, last) => {
      pass(telegrams, channel, way, last)
      // the status word of its slot, the second
      if (slave.observation.phase === 1) telegrams.at[0]?.fill(0, 12, 14)
    }
    return slave
  })
  expect(faultOf({ create })).toMatch(
    /PHASE_START: y \(address 2\), CP1: .*a valid service channel/,
  )
})

test('a device that takes part in CP4 but produces nothing', () => {
  const create = exceptFor(
    'y',
    tampered((store) => {
      const setup = parameterOf(store, connectionIdn(1, 1))
      // what the master switches on stays off
      setup.accept = () => 0
    }),
  )
  expect(faultOf({ create })).toMatch(/PHASE_START: y \(address 2\), CP4: .*producer ready/)
})

function silenceAll({ slaves }: InProcessRing): void {
  for (const slave of slaves) slave.withholdInsertion(10)
}

test('a ring whose devices pass telegrams and tell no address', () => {
  expect(faultOf({}, silenceAll)).toMatch(/DP_SERCOS3_NO_DEVICE: CP0/)
})

test('a device that comes and goes in CP0', () => {
  let steps = 0
  const spoil = inPhase('CP0', ({ slaves }) => {
    if (++steps % 60 === 0) slaves[3]?.withholdInsertion(5)
  })
  expect(faultOf({}, spoil)).toMatch(/DP_SERCOS3_UNSTABLE: CP0: .*after 1000 cycles/)
})

class StuckReset extends Region {
  override read32(offset: number): number {
    const stuck = offset === registers.gcsfr.offset ? maskOf(registers.gcsfr.bits.softReset) : 0
    return super.read32(offset) | stuck
  }
}

const withStuckReset: MakeRegion = (window, chip) =>
  window === 'registers'
    ? new StuckReset(window, chip.memory, windows[window].offset, windows[window].size)
    : onMemory(window, chip)

test('a chip that does not end its reset', () => {
  expect(faultOf({ region: withStuckReset })).toMatch(
    /DP_SERCOS3_RESET: GCSFR: .*bits 1\.\.0 clear/,
  )
})

test('a drive that wakes in velocity mode, with torque beside it, follows positions after the run-up', () => {
  const modes: Parameter[] = []
  const values = () => modes.slice(-2).map((mode) => mode.get())
  const create = exceptFor(
    'y',
    tampered((store) => {
      const primary = parameterOf(store, idn('S-0-0032'))
      const secondary = parameterOf(store, idn('S-0-0033'))
      primary.set(2)
      secondary.set(1)
      modes.push(primary, secondary)
    }),
  )
  const ring = new InProcessRing({ create })
  expect(values()).toEqual([2, 1])
  ring.runUp()
  expect(values()).toEqual([11, 2])
  const drive = ring.master.drives[1]
  let command = 0
  for (let n = 0; n < 500; n++)
    ring.step(() => {
      drive?.writeControl(0xe000)
      if (n > 100) command += 100
      drive?.writePosition(command)
    })
  expect(drive?.readPosition()).toBeGreaterThan(30_000)
})

const configured = ringConfig.devices
const written = (text: 'S-0-0092' | 'S-0-0049' | 'S-0-0017' | 'P-0-4000', value: number) => {
  const parameters = [{ idn: idn(text), value }]
  return { devices: configured.map((one, n) => (n === 1 ? { ...one, parameters } : one)) }
}

test.each([
  ['S-0-0092', 65_536, 'a whole number from 0 to 65535 (2 bytes)'],
  ['S-0-0092', -1, 'a whole number from 0 to 65535 (2 bytes)'],
  ['S-0-0049', 2 ** 31, 'a whole number from -2147483648 to 2147483647 (4 bytes)'],
  ['S-0-0017', 1, 'a parameter of one value; this one is a list'],
] as const)('a parameter %s = %i does not fit the device', (text, value, expected) => {
  const message = faultOf({ config: written(text, value) })
  expect(message).toMatch(/^DP_SERCOS3_PARAMETER: y \(address 2\), CP2, /)
  expect(message).toContain(`${text}: `)
  expect(message).toContain(`is ${value}, expected ${expected}`)
})

test.each([
  ['S-0-0092', 3000],
  ['S-0-0049', -5],
] as const)('a parameter %s = %i is in the device at the end', (text, value) => {
  let parameter: Parameter | undefined
  const create = exceptFor(
    'y',
    tampered((store) => (parameter = parameterOf(store, idn(text)))),
  )
  new InProcessRing({ create, config: written(text, value) }).runUp()
  expect(parameter?.get()).toBe(value)
})
