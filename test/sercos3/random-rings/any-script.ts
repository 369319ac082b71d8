/** Random scripts of faults, in any phase and in CP4. */
import fc from 'fast-check'
import type { ChipFault, DeviceMisdeed } from '../../../cards/sercos3/emulator/faults.ts'
import { idn } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import type { RandomStep } from './random-ring.ts'

/** What the master reads and writes on its way. */
const masters: readonly IdnText[] = [
  'S-0-1000',
  'S-0-1000.0.1',
  'S-0-1002',
  'S-0-1003',
  'S-0-1005',
  'S-0-1009',
  'S-0-1010',
  'S-0-1015',
  'S-0-1017',
  'S-0-1024',
  'S-0-1050.0.1',
  'S-0-1050.1.3',
  'S-0-1050.1.5',
  'S-0-1050.1.6',
  'S-0-1051',
  'S-0-1302.0.1',
  'S-0-0127',
  'S-0-0128',
  'S-0-0187',
  'S-0-0032',
]

const codes = fc.constantFrom(
  0x0001,
  0x0009,
  0x1001,
  0x1009,
  0x2001,
  0x7002,
  0x7003,
  0x7004,
  0x7005,
  0x7006,
  0x7007,
  0x7009,
  0x700f,
  0x7010,
  0x7013,
  0x7015,
  0x7016,
  0xffff,
)

const anyIdn = fc.constantFrom(...masters).map(idn)
/** As long as a glitch, as a time-out of some kind, or for ever. */
const cycles = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 3, arbitrary: fc.integer({ min: 13, max: 400 }) },
  { weight: 1, arbitrary: fc.constant(100_000) },
)
/** A step of a service channel: bearable, or out of time. */
const stepCycles = fc.oneof(fc.integer({ min: 0, max: 12 }), fc.constant(20_000))
const telegram = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })

const misdeed: fc.Arbitrary<DeviceMisdeed> = fc.oneof(
  fc.record({ does: fc.constant('silent' as const), cycles }),
  fc.record({
    does: fc.constantFrom('slowService' as const, 'busyService' as const),
    cycles: stepCycles,
  }),
  fc.record({ does: fc.constant('serviceError' as const), idn: anyIdn, code: codes }),
  fc.record({ does: fc.constant('wrongLength' as const), idn: anyIdn }),
  fc.record({
    does: fc.constant('diagnosis' as const),
    class: fc.constantFrom(1 as const, 2 as const, 3 as const),
    bits: fc.integer({ min: 0, max: 0xffff }),
  }),
  fc.constant({ does: 'refuseReset' as const }),
  fc.record({ does: fc.constant('disturb' as const), torqueNm: fc.integer({ min: -50, max: 50 }) }),
  fc.record({ does: fc.constant('mains' as const), on: fc.boolean() }),
  fc.record({ does: fc.constant('address' as const), address: fc.integer({ min: 1, max: 511 }) }),
  fc.record({ does: fc.constant('stuckToggle' as const), stuck: fc.boolean() }),
)

function anyFault(devices: number): fc.Arbitrary<ChipFault> {
  const device = fc.integer({ min: 0, max: devices - 1 })
  const after = fc.integer({ min: 0, max: devices })
  const lost = fc.record({
    kind: fc.constant('lostTelegram' as const),
    what: fc.constantFrom('mst' as const, 'mdt' as const, 'at' as const),
    cycles,
  })
  const damaged = fc.record({
    kind: fc.constant('crcError' as const),
    port: fc.constantFrom(1 as const, 2 as const),
    cycles,
  })
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('ringBreak' as const), after }) },
    { weight: 3, arbitrary: healed(after) },
    { weight: 3, arbitrary: ofTelegram(lost) },
    { weight: 2, arbitrary: ofTelegram(damaged) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom('pull' as const, 'plug' as const, 'powerCycle' as const),
        device,
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('driveFault' as const), device }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('tornWrite' as const), cycles }) },
    {
      weight: 8,
      arbitrary: fc
        .tuple(device, misdeed)
        .map(([number, does]): ChipFault => ({ kind: 'device', device: number, ...does })),
    },
  )
}

function healed(after: fc.Arbitrary<number>): fc.Arbitrary<ChipFault> {
  return fc.oneof(
    fc.constant({ kind: 'ringClosed' as const }),
    fc.record({ kind: fc.constant('ringClosed' as const), after }),
  )
}

function ofTelegram<Fault extends object>(
  fault: fc.Arbitrary<Fault>,
): fc.Arbitrary<Fault & { telegram?: number }> {
  return fc
    .tuple(fault, telegram)
    .map(([one, number]) => (number === undefined ? one : { ...one, telegram: number }))
}

const moment = fc.record({
  phase: fc.constantFrom(
    'CP4' as const,
    'NRT' as const,
    'CP0' as const,
    'CP1' as const,
    'CP2' as const,
    'CP3' as const,
  ),
  cycle: fc.oneof(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 300 })),
})

/** Most in CP4 and in CP2, where most happens. */
const at = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      phase: fc.constant('CP4' as const),
      cycle: fc.integer({ min: 0, max: 250 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      phase: fc.constant('CP2' as const),
      cycle: fc.integer({ min: 0, max: 300 }),
    }),
  },
  { weight: 2, arbitrary: moment },
)

/** A card that dies ends all: the last step of few scripts. */
const death = fc.record({
  at: moment,
  fault: fc.constant({ kind: 'deadCard' as const }),
})

export function anyScript(devices: number, maxSteps: number): fc.Arbitrary<RandomStep[]> {
  const step: fc.Arbitrary<RandomStep> = fc.record({ at, fault: anyFault(devices) })
  const steps = fc.array(step, { maxLength: maxSteps, size: 'max' })
  return fc.oneof(
    { weight: 30, arbitrary: steps },
    { weight: 1, arbitrary: fc.tuple(steps, death).map(([some, last]) => [...some, last]) },
  )
}
