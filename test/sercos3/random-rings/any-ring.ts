/** Random rings. Small ones mostly: what goes wrong with sixty devices mostly does so with six. */
import fc from 'fast-check'
import { formatIdn, ioGroup } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import { anyScript } from './any-script.ts'
import { RandomRing } from './random-ring.ts'
import type { ExtraIdn, RandomConnection, RandomDevice } from './random-ring.ts'
import { producedWords } from './signing-device.ts'

const consumed: readonly IdnText[] = [
  'S-0-0036',
  'S-0-0047',
  'S-0-0080',
  'S-0-0082',
  'S-0-0083',
  'S-0-0092',
]
/** All that a task can read but the status word, which every drive sends. */
const produced: readonly IdnText[] = producedWords.filter((word) => word !== 'S-0-0135')

const otherwise = fc.boolean()
const rarely = fc.integer({ min: 0, max: 9 }).map((n) => n === 9)

const extraIdns: fc.Arbitrary<ExtraIdn[]> = fc
  .array(
    fc.record({
      type: fc.constantFrom('u16', 'i16', 'u32', 'i32', 'u64', 'u16[]'),
      cyclic: fc.constantFrom('consume', 'produce', 'no'),
    }),
    { maxLength: 4 },
  )
  .map((list) => list.map((one, n) => ({ ...one, idn: `P-0-${3000 + n}` })))

const producerCycles = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom(1, 2, 3, 4, 8),
)
const toleratedLosses = fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined })

/** Words in any order, the profile's own first or last. */
function connection(
  needed: readonly IdnText[],
  words: readonly IdnText[],
): fc.Arbitrary<RandomConnection> {
  return fc.record({
    idns: fc
      .tuple(fc.shuffledSubarray([...words]), otherwise)
      .map(([some, last]) => (last ? [...some, ...needed] : [...needed, ...some])),
    producerCycles,
    toleratedLosses,
  })
}

type Named = Pick<RandomDevice, 'connections' | 'fixed'>

/** A device whose connections are fixed is told none. */
function connections(
  mdt: fc.Arbitrary<RandomConnection>,
  at: fc.Arbitrary<RandomConnection>,
): fc.Arbitrary<Named> {
  const fixed = fc.constant(false)
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ connections: fc.constant('profile'), fixed }) },
    { weight: 1, arbitrary: fc.record({ connections: fc.constant('profile'), fixed: otherwise }) },
    { weight: 2, arbitrary: fc.record({ connections: fc.constant('fromDevice'), fixed }) },
    { weight: 3, arbitrary: fc.record({ connections: fc.record({ mdt, at }), fixed }) },
  )
}

function cyclicExtras(extra: readonly ExtraIdn[], cyclic: 'consume' | 'produce'): IdnText[] {
  return extra.filter((one) => one.cyclic === cyclic && one.type !== 'u16[]').map((one) => one.idn)
}

const driveParameters = fc.record(
  {
    'S-0-0049': fc.integer({ min: 1, max: 0x7fffffff }),
    'S-0-0057': fc.integer({ min: 1, max: 5000 }),
    'S-0-0104': fc.integer({ min: 1, max: 1000 }),
  },
  { requiredKeys: [] },
)

function text(id: number): IdnText {
  return formatIdn(id) as IdnText
}

type Body = Named & Pick<RandomDevice, 'profile' | 'channels' | 'extra' | 'parameters'>

const usualChannels = { digital: 16, analog: 2 }

const drive: fc.Arbitrary<Body> = extraIdns.chain((extra) =>
  fc
    .record({
      named: connections(
        connection(['S-0-0134'], [...consumed, ...cyclicExtras(extra, 'consume')]),
        connection(['S-0-0135'], [...produced, ...cyclicExtras(extra, 'produce')]),
      ),
      parameters: driveParameters,
    })
    .map(({ named, parameters }) => ({
      ...named,
      profile: 'drive' as const,
      channels: usualChannels,
      extra,
      parameters: { ...parameters },
    })),
)

const channelCounts = fc.oneof(
  { weight: 2, arbitrary: fc.constant(usualChannels) },
  {
    weight: 3,
    arbitrary: fc.record({
      digital: fc.integer({ min: 1, max: 64 }),
      analog: fc.integer({ min: 1, max: 8 }),
    }),
  },
)

const io: fc.Arbitrary<Body> = fc.tuple(channelCounts, extraIdns).chain(([channels, extra]) => {
  const groups = Array.from({ length: 4 }, (_, group) => ioGroup(group))
  const digital = groups.slice(0, Math.ceil(channels.digital / 16))
  const analog = groups.slice(0, Math.ceil(channels.analog / 2))
  const outputs = [
    ...digital.map(({ digitalOutputs }) => text(digitalOutputs)),
    ...analog.map(({ analogOutputs }) => text(analogOutputs)),
  ]
  const inputs = [
    ...digital.map(({ digitalInputs }) => text(digitalInputs)),
    ...analog.map(({ analogInputs }) => text(analogInputs)),
  ]
  return connections(
    connection([], [...outputs, ...cyclicExtras(extra, 'consume')]),
    connection([], [...inputs, ...cyclicExtras(extra, 'produce')]),
  ).map((named) => ({ ...named, profile: 'io' as const, channels, extra, parameters: {} }))
})

/** Optional devices have places that are known before they come: no words of unknown length, nothing from their lists. */
const device = fc
  .record({
    body: fc.oneof({ weight: 2, arbitrary: drive }, { weight: 1, arbitrary: io }),
    optional: fc.integer({ min: 0, max: 4 }).map((n) => n === 4),
    absent: fc.integer({ min: 0, max: 4 }).map((n) => n === 4),
    missing: fc.integer({ min: 0, max: 99 }).map((n) => n === 99),
  })
  .map(({ body, optional, absent, missing }) => {
    const { connections: named, extra } = body
    const open = named === 'fromDevice' || namesAny(named, extra)
    const mayBeAbsent = optional && !open
    return { ...body, optional: mayBeAbsent, absent: mayBeAbsent ? absent : missing }
  })

function namesAny(named: RandomDevice['connections'], extra: readonly ExtraIdn[]): boolean {
  if (typeof named === 'string') return false
  const names = [...named.mdt.idns, ...named.at.idns]
  return extra.some((one) => names.includes(one.idn))
}

const wirings = ['ring', 'line', 'linePort2'] as const

/** As the cables are, mostly, or whatever they are. */
const topologies = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(...wirings).map((one) => ({ topology: one, wired: one })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...wirings).map((wired) => ({ topology: 'any' as const, wired })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      topology: fc.constantFrom(...wirings),
      wired: fc.constantFrom(...wirings),
    }),
  },
)

/** The cycles of the standard; the short ones, in which few devices fit, and the long ones are rarer. */
const cyclesUs = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1000, 2000, 500, 4000) },
  { weight: 2, arbitrary: fc.constantFrom(31.25, 62.5, 125, 250) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 260 }).map((n) => 250 * n) },
)

const card = fc
  .record({
    cables: topologies,
    cycleUs: cyclesUs,
    requireRing: rarely,
    healing: fc.constantFrom('automatic' as const, 'onRequest' as const),
    timingMethod: fc.constantFrom(1 as const, 2 as const, 3 as const),
    ucMtu: fc.option(fc.integer({ min: 46, max: 1500 }), { nil: undefined, freq: 3 }),
    fastPhaseSwitch: otherwise,
    buffers: fc.constantFrom('triple' as const, 'double' as const),
    watchdogCycles: fc.integer({ min: 5, max: 100 }),
  })
  .map(({ cables, ...rest }) => ({ ...cables, ...rest }))

export type RingSize = { readonly minDevices: number; readonly maxDevices: number }

/** Rings of so many devices, with a script of at most `maxSteps` faults. */
export function anyRing(
  { minDevices, maxDevices }: RingSize,
  maxSteps: number,
): fc.Arbitrary<RandomRing> {
  return fc
    .array(device, { minLength: minDevices, maxLength: maxDevices, size: 'max' })
    .chain((bodies) => {
      const count = bodies.length
      const addresses = fc.uniqueArray(fc.integer({ min: 1, max: 511 }), {
        minLength: count,
        maxLength: count,
      })
      return fc.record({ card, addresses, script: anyScript(count, maxSteps) }).map(
        ({ card: one, addresses: given, script }) =>
          new RandomRing(
            one,
            bodies.map((body, n) => ({
              name: `d${n}`,
              address: given[n] as number,
              ...body,
            })),
            script,
          ),
      )
    })
}
