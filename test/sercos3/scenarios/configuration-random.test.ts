/**
 * The engineer puts together any devices, words, cycles and methods: the ring comes up with telegrams in which all agree,
 * or a message names what is wrong; it never hangs.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { cycleState } from '../../../cards/card.ts'
import type {
  Sercos3Config,
  Sercos3ConnectionConfig,
  Sercos3DeviceConfig,
} from '../../../cards/sercos3/driver/config.ts'
import type { DeviceSpec } from '../../../cards/sercos3/emulator/slave.ts'
import { idn } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import { DualportError } from '../../../errors.ts'
import { DeviceStores } from '../device-stores.ts'
import { InProcessRing } from '../in-process-ring.ts'

const consumed: readonly IdnText[] = [
  'S-0-0036',
  'S-0-0047',
  'S-0-0080',
  'S-0-0082',
  'S-0-0083',
  'S-0-0092',
]
const produced: readonly IdnText[] = [
  'S-0-0040',
  'S-0-0051',
  'S-0-0084',
  'S-0-0189',
  'S-0-0130',
  'S-0-0409',
]
/** A text, and a word that the device has not. */
const wrong: readonly IdnText[] = ['S-0-0142', 'S-0-0085']

function connection(
  first: IdnText,
  words: readonly IdnText[],
): fc.Arbitrary<Sercos3ConnectionConfig> {
  return fc.record({
    idns: fc.subarray([...words]).map((some) => [first, ...some].map(idn)),
    producerCycles: fc.constantFrom(1, 1, 1, 2, 5),
    toleratedLosses: fc.integer({ min: 1, max: 9 }),
  })
}

type Device = Pick<Sercos3DeviceConfig, 'profile' | 'connections' | 'optional'> & {
  readonly fixed: boolean
}

const devices: fc.Arbitrary<Device[]> = fc.array(
  fc.oneof(
    fc.record({
      profile: fc.constant('drive' as const),
      connections: fc.oneof(
        fc.constant('fromDevice' as const),
        fc.record({
          mdt: connection('S-0-0134', consumed),
          at: fc.oneof(
            { weight: 20, arbitrary: connection('S-0-0135', produced) },
            { weight: 1, arbitrary: connection('S-0-0135', wrong) },
          ),
        }),
      ),
      fixed: fc.constant(false),
    }),
    fc.record({
      profile: fc.constantFrom('drive' as const, 'io' as const),
      fixed: fc.boolean(),
    }),
  ),
  { minLength: 1, maxLength: 12 },
)

const rings = fc.record({
  devices,
  cycleNs: fc.constantFrom(31_250, 62_500, 125_000, 250_000, 1_000_000, 4_000_000),
  timingMethod: fc.constantFrom(1, 2, 3),
  buffers: fc.constantFrom('double', 'triple'),
  topology: fc.constantFrom('ring', 'line', 'linePort2'),
  uc: fc.option(fc.record({ mtu: fc.integer({ min: 46, max: 1500 }) }), { nil: undefined }),
})

test('any ring reaches CP4 with telegrams in which all agree, or a named error', () => {
  fc.assert(
    fc.property(rings, ({ devices: list, ...rest }) => {
      const configs = list.map((device, n) => configOf(device, n))
      const config: Sercos3Config = { ...rest, watchdogCycles: 20, devices: configs }
      const present = list.map(({ fixed }, n): DeviceSpec => {
        const { name, address, profile } = configs[n] as Sercos3DeviceConfig
        return { name, address, profile, fixedConnections: fixed }
      })
      const stores = new DeviceStores()
      const create = stores.create()
      const ring = new InProcessRing({ config, present, create, wired: rest.topology })
      const error = refusalOf(ring)
      if (error === undefined) checkAgreement(ring, stores, config)
      else expect(error.message).toMatch(/^DP_SERCOS3_(CYCLE_TOO_SHORT|UC_WINDOW|SVC|WORD_LENGTH)/)
    }),
    { numRuns: 16 },
  )
})

function configOf({ profile, connections }: Device, n: number): Sercos3DeviceConfig {
  const named = connections === undefined ? {} : { connections }
  return { ...named, profile, name: `d${n}`, address: 100 + n, parameters: [] }
}

/** A hang ends with a dump of where everybody stands. */
function refusalOf(ring: InProcessRing): DualportError | undefined {
  try {
    ring.runUp()
    ring.run(20)
    return undefined
  } catch (error) {
    if (error instanceof DualportError) return error
    throw error
  }
}

/** All devices know the same telegrams, and no two write to the same bytes of them. */
function checkAgreement(ring: InProcessRing, stores: DeviceStores, config: Sercos3Config): void {
  expect(ring.state).toBe(cycleState.operational)
  expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
  const names = config.devices.map(({ name }) => name)
  const [first = ''] = names
  const at = stores.list(first, 'S-0-1012')
  const filled = at.map((bytes) => new Uint8Array(bytes))
  const claim = (word: number, bytes: number) => {
    const range = filled[(word >>> 12) & 3]?.subarray(word & 0x7ff, (word & 0x7ff) + bytes)
    expect(range?.length).toBe(bytes)
    expect(range?.some((byte) => byte !== 0)).toBe(false)
    range?.fill(1)
  }
  for (const name of names) {
    expect(stores.list(name, 'S-0-1012')).toEqual(at)
    expect(stores.list(name, 'S-0-1010')).toEqual(stores.list(first, 'S-0-1010'))
    expect(stores.number(name, 'S-0-1006')).toBe(stores.number(first, 'S-0-1006'))
    claim(stores.number(name, 'S-0-1011'), 2)
    claim(stores.number(name, 'S-0-1014'), 6)
    claim(stores.number(name, 'S-0-1050.1.3'), stores.number(name, 'S-0-1050.1.5'))
  }
}
