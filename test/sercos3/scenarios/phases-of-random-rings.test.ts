/**
 * Whatever ring the engineer has built and whatever happens to it on the way up, it ends in CP4 with all devices there, or
 * in an error that has a name. It never hangs.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cardRequest, connectionState, cycleState } from '../../../cards/card.ts'
import type { ChipFault, DeviceMisdeed } from '../../../cards/sercos3/emulator/faults.ts'
import type { Sercos3Config } from '../../../cards/sercos3/index.ts'
import { DualportError } from '../../../errors.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'

const few = fc.integer({ min: 1, max: 6 })
const count = fc.oneof({ weight: 8, arbitrary: few }, fc.constantFrom(16, 64))
const profiles = fc.array(fc.constantFrom('drive', 'io'), { minLength: 64, maxLength: 64 })
const wirings = ['ring', 'line', 'linePort2'] as const
const topologies = fc.constantFrom(...wirings, 'any' as const)
const cycles = fc.constantFrom(250_000, 1_000_000, 2_000_000, 4_000_000)
const place = fc.integer({ min: 0, max: 6 })
const span = fc.integer({ min: 1, max: 400 })

const misdeed: fc.Arbitrary<DeviceMisdeed> = fc.oneof(
  fc.record({ does: fc.constant('silent' as const), cycles: span }),
  fc.record({
    does: fc.constantFrom('slowService' as const, 'busyService' as const),
    cycles: span,
  }),
  fc.record({ does: fc.constant('address' as const), address: fc.integer({ min: 1, max: 511 }) }),
)
const fault: fc.Arbitrary<ChipFault> = fc.oneof(
  fc.record({ kind: fc.constant('ringBreak' as const), after: place }),
  fc.record({ kind: fc.constant('ringClosed' as const) }),
  fc.record({
    kind: fc.constant('lostTelegram' as const),
    what: fc.constantFrom('mst' as const, 'mdt' as const, 'at' as const),
    cycles: span,
  }),
  fc.record({
    kind: fc.constant('crcError' as const),
    port: fc.constantFrom(1 as const, 2 as const),
    cycles: span,
  }),
  fc.record({ kind: fc.constantFrom('pull' as const, 'powerCycle' as const), device: place }),
  fc
    .tuple(place, misdeed)
    .map(([device, does]): ChipFault => ({ kind: 'device', device, ...does })),
)
const faults = fc.array(fc.tuple(fc.integer({ min: 0, max: 1500 }), fault), { maxLength: 3 })

const ringCase = fc.record({
  count,
  profiles,
  topology: topologies,
  wired: fc.option(fc.constantFrom(...wirings), { nil: undefined }),
  cycleNs: cycles,
  buffers: fc.constantFrom('double' as const, 'triple' as const),
  fastPhaseSwitch: fc.boolean(),
  optional: fc.boolean(),
  faults,
})

/** With a dump of where everybody stands. */
function expectOf(ring: InProcessRing, actual: unknown) {
  // oxlint-disable-next-line vitest/valid-expect -- the second argument is what vitest prints beside the difference
  return expect(actual, ring.dump())
}

test('a random ring with random faults comes up or says why not', () => {
  fc.assert(
    fc.property(ringCase, (one) => {
      const devices: Sercos3Config['devices'] = Array.from({ length: one.count }, (_, n) => ({
        name: `d${n}`,
        address: n + 1,
        profile: one.profiles[n] ?? 'drive',
        parameters: [],
        optional: one.optional && n === one.count - 1,
      }))
      const { cycleNs, buffers, fastPhaseSwitch, topology } = one
      const config = { devices, cycleNs, buffers, fastPhaseSwitch, topology }
      const ring = new InProcessRing({
        config,
        ...(one.wired === undefined ? {} : { wired: one.wired }),
      })
      const due = one.faults.toSorted(([a], [b]) => a - b)
      let step = 0
      const advance = () => {
        step++
        while (due[0] !== undefined && due[0][0] <= step) ring.inject((due.shift() ?? due[0])[1])
        return ring.state !== cycleState.starting
      }
      try {
        ring.until(advance, 60)
      } catch (error) {
        if (!(error instanceof DualportError)) throw error
        expect(error.code).toMatch(/^DP_SERCOS3_/)
        return
      }
      const { absent } = connectionState
      const isThere = (n: number) => ring.master.connections.connectionState(n) !== absent
      const there = [...devices.keys()].filter(isThere)
      const phases = there.map((n) => ring.slaves[n]?.observation.phase)
      expectOf(ring, phases).toEqual(there.map(() => 4))
    }),
    { numRuns: 12 },
  )
})

const fives = fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), fault), {
  minLength: 1,
  maxLength: 5,
})

test('whatever has happened in CP4, a restart brings the ring back once the cause is gone', () => {
  fc.assert(
    fc.property(fives, fc.boolean(), (all, optional) => {
      const devices = ringConfig.devices.map((device, n) => ({
        ...device,
        optional: optional && n > 2,
      }))
      const ring = new InProcessRing({ config: { devices } })
      ring.runUp()
      const due = all.toSorted(([a], [b]) => a - b)
      for (let step = 0; step < 900; step++) {
        for (const [at, what] of due) if (at === step) ring.inject(what)
        ring.step()
      }
      const { fault: failed } = ring.master
      if (failed !== undefined) expect(failed).toBeInstanceOf(DualportError)
      else expect(ring.state).toBe(cycleState.operational)
      ring.inject({ kind: 'ringClosed' })
      for (const port of [1, 2] as const) ring.inject({ kind: 'crcError', port, cycles: 0 })
      for (const what of ['mst', 'mdt', 'at'] as const)
        ring.inject({ kind: 'lostTelegram', what, cycles: 0 })
      for (const [n, { address }] of devices.entries()) {
        ring.inject({ kind: 'device', device: n, does: 'address', address })
        ring.inject({ kind: 'device', device: n, does: 'busyService', cycles: 0 })
        ring.inject({ kind: 'plug', device: n })
      }
      ring.run(700)
      ring.ask(cardRequest.restart, 0, 60)
      expectOf(ring, ring.state).toBe(cycleState.operational)
      const phases = ring.slaves.map(({ observation }) => observation.phase)
      expectOf(ring, phases).toEqual(devices.map(() => 4))
    }),
    { numRuns: 6 },
  )
})
