/**
 * The engineer chooses a cycle time and where in it the ATs and other Ethernet frames go: every device is told times that
 * suit the slowest of them, the chip is set to the same, and what cannot be is refused with what to change.
 */
import { describe, expect, test } from 'vitest'
import { cardRequest, cycleState } from '../../../cards/card.ts'
import type { Sercos3Config } from '../../../cards/sercos3/driver/config/config.ts'
import { idn } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import { mainTimerEvent, registers } from '../../../cards/sercos3/registers.ts'
import { DeviceStores } from '../device-stores.ts'
import { InProcessRing, onBus } from '../in-process-ring.ts'
import type { RingOptions } from '../in-process-ring.ts'
import { exceptFor, parameterOf, tampered } from '../tampered-device.ts'

const drives = (count: number): Sercos3Config['devices'] =>
  Array.from({ length: count }, (_, n) => ({
    name: `d${n}`,
    address: n + 1,
    profile: 'drive',
    parameters: [],
  }))

function operational(config: Partial<Sercos3Config>, options: RingOptions = {}) {
  const stores = new DeviceStores()
  const ring = new InProcessRing({ create: stores.create(), ...options, config })
  ring.runUp()
  ring.run(20)
  expect(ring.state).toBe(cycleState.operational)
  expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
  return { ring, stores }
}

function refusal(config: Partial<Sercos3Config>, options: RingOptions = {}): string {
  try {
    new InProcessRing({ ...options, config }).runUp()
  } catch (error) {
    return (error as Error).message
  }
  return 'CP4'
}

function registerOf(ring: InProcessRing, name: keyof typeof registers): number {
  return new DataView(ring.memory).getUint32(registers[name].offset, true)
}

const slow = (text: IdnText, value: number): RingOptions => ({
  create: exceptFor(
    'd1',
    tampered((store) => parameterOf(store, idn(text)).set(value)),
  ),
})
const told = (text: IdnText, options: RingOptions) => {
  const stores = new DeviceStores()
  const spoil = options.create
  const watch = stores.create()
  operational(
    { devices: drives(2) },
    { create: (config) => (config.name === 'd1' && spoil ? spoil(config) : watch(config)) },
  )
  return stores.number('d0', text)
}

const atStart = (timingMethod: 1 | 2 | 3, uc?: { mtu: number }) => {
  const config = { devices: drives(2), timingMethod, uc }
  const { ring, stores } = operational(config, { region: onBus })
  const event = [...ring.chip.timers.main.types].indexOf(mainTimerEvent.startAt)
  const startNs = stores.number('d0', 'S-0-1006')
  // the end of the MST lies 2560 ns behind the start of the chip's cycle
  expect(ring.chip.timers.main.timesNs[event]).toBe(startNs + 2560)
  return startNs
}

describe('cycle times of the standard', () => {
  test.each([31_250, 62_500, 125_000, 250_000, 10_000_000, 65_000_000])('%i ns', (cycleNs) => {
    const { ring, stores } = operational({ cycleNs, devices: drives(1) })
    expect(ring.chip.periodNs).toBe(cycleNs)
    expect(stores.number('d0', 'S-0-1002')).toBe(cycleNs)
    expect(stores.number('d0', 'S-0-1050.0.10')).toBe(cycleNs)
  })

  test('twelve drives are too many for 31.25 us, and the message says which cycle would do', () => {
    expect(refusal({ cycleNs: 31_250, devices: drives(12) })).toMatch(
      /DP_SERCOS3_CYCLE_TOO_SHORT: cycleNs: .*is 31250, expected at least \d{5}\. Lengthen the cycle/,
    )
  })
})

describe('a device that is slower than others', () => {
  test('moves the time at which all take their feedback', () => {
    const before = told('S-0-1007', {})
    expect(told('S-0-1007', slow('S-0-1005', 300_000))).toBe(before - (300_000 - 8000))
  })

  test('moves the time at which all take their commands', () => {
    const before = told('S-0-1008', {})
    expect(told('S-0-1008', slow('S-0-1047', 100_000))).toBe(before + (100_000 - 8000))
  })

  test('with more jitter widens the gap between frames', () => {
    expect(told('S-0-1036', slow('S-0-1037', 500))).toBeGreaterThan(told('S-0-1036', {}))
  })
})

describe('timing methods', () => {
  test('1: the ATs follow the MDTs', () => {
    expect(atStart(1)).toBeLessThan(20_000)
    expect(atStart(1, { mtu: 1500 })).toBeLessThan(20_000)
  })

  test('2: the ATs follow a window that holds a frame', () => {
    expect(atStart(2)).toBeLessThan(20_000)
    expect(atStart(2, { mtu: 1500 })).toBeGreaterThan(125_000)
  })

  test('3: the ATs end the cycle', () => {
    expect(atStart(3)).toBeGreaterThan(950_000)
  })

  test('a start time that a device kept from method 3 does not bind method 1', () => {
    const kept = tampered((store) => parameterOf(store, idn('S-0-1006')).set(980_000))
    const stores = new DeviceStores()
    const watch = stores.create()
    operational(
      { devices: drives(2) },
      { create: (config) => (config.name === 'd1' ? kept(config) : watch(config)) },
    )
    expect(stores.number('d0', 'S-0-1006')).toBeLessThan(20_000)
  })
})

describe('the UC channel', () => {
  const uc = { mtu: 1500 }

  test('is closed where the machine does not ask for it', () => {
    const { ring, stores } = operational({ devices: drives(2) })
    expect(stores.list('d0', 'S-0-1017')[0]).toBe(0)
    expect(stores.list('d0', 'S-0-1000.0.1')).not.toContain(0x0a01)
    expect(registerOf(ring, 'ipcsr1') & 3).toBe(0)
  })

  test('is open in chip and devices, with rings behind the telegrams', () => {
    const { ring, stores } = operational({ devices: drives(2), uc }, { region: onBus })
    const [open = 0, close = 0] = stores.list('d0', 'S-0-1017')
    expect(close - open).toBeGreaterThan(123_000)
    expect(stores.list('d0', 'S-0-1000.0.1')).toContain(0x0a01)
    expect(registerOf(ring, 'iplastfl')).toBe(1500)
    expect(registerOf(ring, 'ipcsr1') & 3).toBe(3)
    expect(registerOf(ring, 'ipcsr2') & 3).toBe(3)
    const [port1, port2] = [registerOf(ring, 'iprrs1'), registerOf(ring, 'iprrs2')]
    expect(port1 & 0xffff).toBeGreaterThan(0)
    expect(port2 & 0xffff).toBe((port1 >>> 16) + 1)
    expect(port2 >>> 16).toBeLessThan(64)
    const types = [...ring.chip.timers.main.types]
    const { ucOpen, ucLast, ucClose } = mainTimerEvent
    const order = [ucOpen, ucLast, ucClose].map((type) => types.indexOf(type))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order[0]).toBeGreaterThan(0)
  })

  test('is closed below CP3, where its memory holds telegrams', () => {
    const { ring } = operational({ devices: drives(1), uc })
    expect(registerOf(ring, 'ipcsr1') & 3).toBe(3)
    ring.ask(cardRequest.goToPhase, 2)
    expect(registerOf(ring, 'ipcsr1') & 3).toBe(0)
  })

  test('a window shorter than a frame asks the devices for shorter ones', () => {
    const { ring, stores } = operational({ devices: drives(2), uc, cycleNs: 125_000 })
    const mtu = stores.number('d0', 'S-0-1027.0.1')
    expect(mtu).toBeLessThan(1500)
    expect(stores.number('d0', 'S-0-1027.0.2')).toBe(mtu)
    expect(registerOf(ring, 'iplastfl')).toBe(mtu)
  })

  test('a device that goes on with longer frames is told', () => {
    const create = exceptFor(
      'd1',
      tampered((store) => {
        const effective = parameterOf(store, idn('S-0-1027.0.2'))
        effective.beforeRead = () => effective.set(1500)
      }),
    )
    expect(refusal({ devices: drives(2), uc, cycleNs: 125_000 }, { create })).toMatch(
      /DP_SERCOS3_UC_MTU: d1 \(address 2\), CP3, S-0-1027\.0\.2: .*is 1500, expected at most \d+/,
    )
  })
})

test('a device that is not content with its times says with which', () => {
  const forgotten: boolean[] = []
  const create = exceptFor(
    'd1',
    tampered((store) => {
      const jitter = parameterOf(store, idn('S-0-1023'))
      const written = { get: () => false, set: (value: boolean) => void forgotten.push(value) }
      Object.defineProperty(jitter, 'written', written)
    }),
  )
  expect(refusal({ devices: drives(2) }, { create })).toMatch(
    /DP_SERCOS3_COMMAND: d1 \(address 2\), CP2, S-0-0127: .*is not content with S-0-1023/,
  )
  expect(forgotten).toContain(true)
})
