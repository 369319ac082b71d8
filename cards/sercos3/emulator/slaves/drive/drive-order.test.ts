/** Whatever a master and the world around it do, a drive keeps its order. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { driveReady, driveStatus } from '../../../drive-words.ts'
import { LoneDrive } from './lone-drive.ts'

/** What may be shown in the cycle after each of bits 15..14: one step up; down to where an error, the mains or the master lead. */
const after: { readonly [ready: number]: readonly number[] } = {
  [driveReady.notReady]: [driveReady.notReady, driveReady.bb],
  [driveReady.bb]: [driveReady.notReady, driveReady.bb, driveReady.ab],
  [driveReady.ab]: [driveReady.notReady, driveReady.bb, driveReady.ab, driveReady.af],
  [driveReady.af]: [driveReady.notReady, driveReady.ab, driveReady.af],
}

type Act = (one: LoneDrive) => void

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Act>((one) => one.set('S-0-0134', 0xe000)) },
  fc.integer({ min: 0, max: 0xffff }).map(
    (word): Act =>
      (one) =>
        one.set('S-0-0134', word),
  ),
  fc.constantFrom(0, 0x8000, 0xc000, 0xe100, 0xe200).map(
    (word): Act =>
      (one) =>
        one.set('S-0-0134', word),
  ),
  fc.integer({ min: -300_000, max: 300_000 }).map(
    (value): Act =>
      (one) =>
        one.set('S-0-0036', value),
  ),
  fc.integer({ min: -20_000, max: 20_000 }).map(
    (value): Act =>
      (one) =>
        one.set('S-0-0047', one.get('S-0-0051') + value),
  ),
  fc.integer({ min: -500, max: 500 }).map(
    (value): Act =>
      (one) =>
        one.set('S-0-0080', value),
  ),
  fc.integer({ min: 0, max: 15 }).map(
    (bit): Act =>
      (one) =>
        one.drive.diagnosis.raise(1 << bit),
  ),
  fc.boolean().map(
    (on): Act =>
      (one) =>
        one.drive.switchMains(on),
  ),
  fc.boolean().map(
    (live): Act =>
      (one) =>
        void (one.link.live = live),
  ),
  fc.boolean().map(
    (operational): Act =>
      (one) =>
        void (one.link.operational = operational),
  ),
  fc.constant<Act>((one) => void one.drive.clearErrors()),
  fc.constantFrom(0, 1, 3).map(
    (word): Act =>
      (one) =>
        void one.parameter('S-0-0148').command?.write(word, 4),
  ),
  fc.constant<Act>((one) => {
    one.store.restore()
    one.drive.powerOn()
  }),
)

/** What went out of order. */
function run(acts: readonly (readonly [Act, number])[]): string[] {
  const one = new LoneDrive()
  const wrong: string[] = []
  for (const [perform, cycles] of acts) {
    const before = one.ready
    perform(one)
    // a power cut alone shows at once
    if (one.ready !== before && one.ready !== driveReady.notReady)
      wrong.push('an act shows at once')
    for (let k = 0; k < cycles; k++) wrong.push(...cycle(one))
  }
  return wrong
}

function cycle(one: LoneDrive): string[] {
  const before = one.ready
  const wasStill = one.get('S-0-0040') === 0
  const at = one.get('S-0-0051')
  one.parameter('S-0-0148').command?.advance(0.001)
  one.cycle()
  const wrong: string[] = []
  if (after[before]?.includes(one.ready) !== true) wrong.push(`${before} to ${one.ready}`)
  if (one.ready === driveReady.af) return wrong
  if (one.get('S-0-0084') !== 0) wrong.push('torque without AF')
  if (one.status(driveStatus.follows) !== 0) wrong.push('follows without AF')
  // what stands without torque stays where it is
  const moved = one.get('S-0-0051') !== at
  if (wasStill && before !== driveReady.af && moved) wrong.push('moves without AF')
  return wrong
}

test('no state is skipped, and there is torque in AF alone', () => {
  const acts = fc.array(fc.tuple(act, fc.integer({ min: 1, max: 60 })), { maxLength: 25 })
  fc.assert(
    fc.property(acts, (given) => {
      expect(run(given)).toEqual([])
    }),
    { numRuns: 60 },
  )
})
