/**
 * The engineer names the words that travel, has them taken from the drive's own lists, or has a device that knows them
 * itself: the ring comes up with just these words, or the message says which word of which device does not go.
 */
import { describe, expect, test } from 'vitest'
import { cycleState } from '../../../cards/card.ts'
import type { Sercos3DeviceConfig } from '../../../cards/sercos3/driver/config/config.ts'
import type { DeviceSpec } from '../../../cards/sercos3/emulator/slave.ts'
import { idn } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import { registers } from '../../../cards/sercos3/registers.ts'
import { DeviceStores } from '../device-stores.ts'
import { InProcessRing } from '../in-process-ring.ts'
import type { RingOptions } from '../in-process-ring.ts'
import { exceptFor, parameterOf, tampered, withOther } from '../tampered-device.ts'

const words = (...texts: IdnText[]) => texts.map(idn)
const drive = (more: Partial<Sercos3DeviceConfig> = {}): Sercos3DeviceConfig => ({
  name: 'x',
  address: 1,
  profile: 'drive',
  parameters: [],
  ...more,
})
const io = (more: Partial<Sercos3DeviceConfig> = {}): Sercos3DeviceConfig => ({
  name: 'io',
  address: 2,
  profile: 'io',
  parameters: [],
  ...more,
})

function operational(devices: Sercos3DeviceConfig[], options: RingOptions = {}) {
  const stores = new DeviceStores()
  const ring = new InProcessRing({ create: stores.create(), ...options, config: { devices } })
  ring.runUp()
  ring.run(50)
  expect(ring.state).toBe(cycleState.operational)
  expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
  return { ring, stores }
}

function refusal(devices: Sercos3DeviceConfig[], options: RingOptions = {}): string {
  try {
    new InProcessRing({ ...options, config: { devices } }).runUp()
  } catch (error) {
    return (error as Error).message
  }
  return 'CP4'
}

const torque = {
  mdt: { idns: words('S-0-0134', 'S-0-0080', 'S-0-0092', 'S-0-0036') },
  at: { idns: words('S-0-0135', 'S-0-0084', 'S-0-0051', 'S-0-0189') },
}

describe('words that the machine names', () => {
  test('travel in this order, and only these', () => {
    const { ring, stores } = operational([drive({ connections: torque }), io()])
    expect(stores.idns('x', 'S-0-1050.0.6')).toEqual([
      'S-0-0134',
      'S-0-0080',
      'S-0-0092',
      'S-0-0036',
    ])
    expect(stores.number('x', 'S-0-1050.0.5')).toBe(2 + 2 + 2 + 2 + 4)
    const [x] = ring.master.drives
    expect(x?.has(idn('S-0-0080'))).toBe(true)
    expect(x?.has(idn('S-0-0047'))).toBe(false)
    ring.run(3, () => x?.writeTorque(-123))
    expect(stores.number('x', 'S-0-0080')).toBe(-123)
  })

  test('come every n-th cycle where a producer cycle is given, and may be missed as often as told', () => {
    const connections = {
      mdt: { ...torque.mdt, producerCycles: 4, toleratedLosses: 5 },
      at: { ...torque.at, producerCycles: 2, toleratedLosses: 7 },
    }
    const { ring, stores } = operational([drive({ connections }), io()])
    expect(stores.number('x', 'S-0-1050.0.10')).toBe(4_000_000)
    expect(stores.number('x', 'S-0-1050.1.10')).toBe(2_000_000)
    expect(stores.number('x', 'S-0-1050.0.11')).toBe(5)
    expect(stores.number('x', 'S-0-1050.1.11')).toBe(7)
    // 4 cycles, counted from 0
    const sccmdt = new DataView(ring.memory).getUint32(registers.sccmdt.offset, true)
    expect(sccmdt & 0xffff).toBe(3)
  })

  test('a device that counts TSref is told after how many cycles all have produced', () => {
    const stores = new DeviceStores()
    const sync3 = 0x0303
    const create = stores.create((store, name) => {
      const classes = parameterOf(store, idn('S-0-1000'))
      if (name === 'x') classes.setList([...classes.toArray(), sync3])
    })
    const connections = {
      mdt: { ...torque.mdt, producerCycles: 6 },
      at: { ...torque.at, producerCycles: 4 },
    }
    operational([drive({ connections }), io()], { create })
    expect(stores.list('x', 'S-0-1000.0.1')).toContain(sync3)
    expect(stores.number('x', 'S-0-1061')).toBe(11)
  })

  test('a device that takes the time of the ring is told that MDT0 carries it', () => {
    const stores = new DeviceStores()
    const systemTime = 0x1301
    const create = stores.create((store, name) => {
      const classes = parameterOf(store, idn('S-0-1000'))
      if (name === 'x') classes.setList([...classes.toArray(), systemTime])
    })
    operational([drive({ connections: torque }), io()], { create })
    expect(stores.list('x', 'S-0-1000.0.1')).toContain(systemTime)
    expect(stores.number('x', 'S-0-1032')).toBe(4)
    expect(stores.number('io', 'S-0-1032')).toBe(0)
  })

  test('an MDT may be missed as long as the watchdog of the chip lasts where nothing is told', () => {
    const slow = { mdt: { ...torque.mdt, producerCycles: 3 }, at: torque.at }
    const { stores } = operational([drive({ connections: slow }), io()])
    expect(stores.number('x', 'S-0-1050.0.11')).toBe(Math.ceil(20 / 3))
    expect(stores.number('io', 'S-0-1050.0.11')).toBe(20)
    expect(stores.number('x', 'S-0-1050.1.11')).toBe(3)
  })

  test('connections that an earlier master left active are ended', () => {
    const stores = new DeviceStores()
    const create = stores.create((store) => parameterOf(store, idn('S-0-1050.3.1')).set(0x8000))
    const { ring } = operational([drive()], { create })
    expect(ring.slaves[0]?.observation.phase).toBe(4)
    expect(stores.number('x', 'S-0-1050.3.1')).toBe(0)
    expect(stores.number('x', 'S-0-1050.0.2')).not.toBe(stores.number('x', 'S-0-1050.1.2'))
  })
})

describe('words by the lists of the device', () => {
  test('are those of the profile that the device has', () => {
    const { stores } = operational([drive({ connections: 'fromDevice' })])
    expect(stores.idns('x', 'S-0-1050.0.6')).toEqual([
      'S-0-0134',
      'S-0-0036',
      'S-0-0047',
      'S-0-0080',
      'S-0-0092',
    ])
    expect(stores.idns('x', 'S-0-1050.1.6').slice(0, 3)).toEqual([
      'S-0-0135',
      'S-0-0051',
      'S-0-0040',
    ])
  })

  test('are those of every module of an I/O device', () => {
    const channels = { digital: 64, analog: 8 }
    const present: DeviceSpec[] = [{ name: 'io', address: 2, profile: 'io', channels }]
    const { ring, stores } = operational([io({ connections: 'fromDevice' })], { present })
    expect(stores.idns('io', 'S-0-1050.0.6')).toHaveLength(8)
    const [device] = ring.master.ios
    expect([device?.digitalInputWords, device?.analogOutputs]).toEqual([4, 8])
    ring.run(5, () => {
      device?.writeDigital(0x8001, 3)
      device?.writeAnalog(7, -77)
    })
    expect(device?.readDigital(3)).toBe(0x8001)
    expect(device?.readAnalog(7)).toBe(-77)
  })

  test('a device whose lists lack what its profile needs is named with the words', () => {
    const create = exceptFor(
      'x',
      tampered((store) => {
        const offered = parameterOf(store, idn('S-0-0188'))
        offered.setList(offered.toArray().filter((id) => id !== idn('S-0-0134')))
      }),
    )
    expect(refusal([drive({ connections: 'fromDevice' })], { create })).toMatch(
      /DP_SERCOS3_CONNECTION: x \(address 1\), CP2, S-0-0188: .*is without S-0-0134, .*Name the words/,
    )
  })
})

describe('a device with fixed connections', () => {
  const fixed: DeviceSpec[] = [
    { name: 'x', address: 1, profile: 'drive', fixedConnections: true },
    { name: 'io', address: 2, profile: 'io', fixedConnections: true },
  ]

  test('is run with what it has', () => {
    const { ring, stores } = operational([drive(), io()], { present: fixed })
    expect(stores.list('x', 'S-0-1000.0.1')).toContain(0x0101)
    expect(stores.list('x', 'S-0-1000.0.1')).not.toContain(0x0201)
    const [device] = ring.master.ios
    ring.run(5, () => device?.writeDigital(0xa5))
    expect(device?.readDigital()).toBe(0xa5)
  })

  test('is refused where the machine wants other words, with what it has', () => {
    expect(refusal([drive({ connections: torque }), io()], { present: fixed })).toMatch(
      /DP_SERCOS3_CONNECTION: x \(address 1\), CP2, S-0-1050\.\d\.6: .*is S-0-013.*expected S-0-013.*fixed/,
    )
  })
})

describe('a device whose lengths are others', () => {
  test('a word of another length than this master works with is named', () => {
    const create = exceptFor(
      'x',
      withOther({ idn: 'S-0-0084', name: 'Torque', type: 'i32', cyclic: 'produce' }),
    )
    expect(refusal([drive()], { create })).toMatch(
      /DP_SERCOS3_WORD_LENGTH: x \(address 1\), CP2, S-0-0084: .*is 4 bytes, expected 2 bytes/,
    )
  })

  test('a word of no known length has the one that the device tells', () => {
    const maker = { mdt: torque.mdt, at: { idns: words('S-0-0135', 'S-0-0051', 'P-0-0100') } }
    const stores = new DeviceStores()
    const create = stores.create((store) => {
      if (store.find(idn('P-0-0100')) === undefined)
        store.add({ idn: 'P-0-0100', name: 'Count', type: 'u64', cyclic: 'produce' })
    })
    operational([drive({ connections: maker })], { create })
    expect(stores.number('x', 'S-0-1050.1.5')).toBe(2 + 2 + 4 + 8)
  })

  test('a connection whose length is not that of its words is told', () => {
    const create = exceptFor(
      'x',
      tampered((store) => {
        const length = parameterOf(store, idn('S-0-1050.0.5'))
        length.beforeRead = () => length.set(16)
      }),
    )
    expect(refusal([drive()], { create })).toMatch(
      /DP_SERCOS3_CONNECTION: x \(address 1\), CP2, S-0-1050\.0\.5: .*is 16 bytes, expected 12 bytes: C-CON and S-0-0134/,
    )
  })
})

test('an absent optional device keeps its place, so that the others have theirs', () => {
  const devices = [drive(), io(), drive({ name: 'y', address: 3, optional: true })]
  const all = operational(devices)
  const without = operational(devices, {
    present: devices.slice(0, 2).map(({ name, address, profile }) => ({ name, address, profile })),
  })
  for (const [device, text] of [
    ['x', 'S-0-1050.1.3'],
    ['io', 'S-0-1050.0.3'],
    ['io', 'S-0-1009'],
  ] as const)
    expect(without.stores.number(device, text)).toBe(all.stores.number(device, text))
})
