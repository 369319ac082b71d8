import { expect, test } from 'vitest'
import { CommandDesk } from './command-desk.ts'
import { GroupHandle } from './group-handle.ts'
import type { GroupStatus } from './group-types.ts'
import { groupSchema } from './machine-file/group-schema.ts'
import { BoundedRingReader } from './shared/bounded-ring.ts'
import {
  allocateCommandRing,
  allocateEndRing,
  commandField,
  commandVerb,
  groupFlag,
} from './shared/command-ring.ts'

const path = { velocity: 100, acceleration: 1000, jerk: 10_000 }
const file = groupSchema.parse({ name: 'xy', axes: ['x', 'y'], path })

function group(owned = false) {
  const ring = allocateCommandRing()
  const handle = new GroupHandle(file, 2, new CommandDesk(ring, allocateEndRing()), owned)
  const worker = new BoundedRingReader(ring, commandField.fields)
  const values = new Float64Array(commandField.fields)
  const sent = (field: keyof typeof commandField) => values[commandField[field]]
  const take = () => {
    if (!worker.take()) throw new Error('no command came')
    worker.copyTo(values)
    worker.release()
  }
  return { handle, take, sent }
}

test('a circle travels as numbers: where to, its centre, which way, when', () => {
  const { handle, take, sent } = group()
  void handle.moveCircular({
    position: [1, 2],
    centre: [3, 4],
    clockwise: true,
    relative: true,
    bufferMode: 'blendingHigh',
    transition: 'maxCornerDeviation',
    amount: 0.1,
  })
  take()
  expect(sent('verb')).toBe(commandVerb.moveCircular)
  expect(sent('target')).toBe(2)
  expect([sent('coordinate0'), sent('coordinate1'), sent('coordinate2')]).toEqual([1, 2, NaN])
  expect([sent('aid0'), sent('aid1'), sent('aid2'), sent('circleMode')]).toEqual([3, 4, NaN, 1])
  expect(sent('flags')).toBe(groupFlag.relative | groupFlag.clockwise)
  expect([sent('bufferMode'), sent('choice'), sent('amount')]).toEqual([5, 3, 0.1])
  expect(sent('velocity')).toBeNaN()
})

test.for([
  ['moveLinear', { position: [1] }, /position.*expected 2 finite numbers/],
  ['moveLinear', { position: [1, NaN] }, /expected 2 finite numbers/],
  ['moveLinear', {}, /without position|expected 2 finite numbers/],
  ['moveLinear', { position: [1, 2], speed: 3 }, /an option 'speed'/],
  ['moveLinear', { position: [1, 2], velocity: 0 }, /velocity.* is 0, expected a number above 0/],
  ['moveLinear', { position: [1, 2], bufferMode: 'now' }, /bufferMode.* is now, expected aborting/],
  ['moveCircular', { position: [1, 2] }, /none of them, expected one of border, centre, radius/],
  [
    'moveCircular',
    { position: [1, 2], border: [1], centre: [2] },
    /border, centre, expected one of/,
  ],
  ['setOverride', { velocity: 2 }, /velocity.* is 2, expected 0 to 1/],
] as const)('an untyped %s(%j) is refused with what is wrong', async ([name, given, words]) => {
  const { handle } = group()
  const untyped = handle as unknown as Record<typeof name, (options: unknown) => Promise<unknown>>
  await expect(untyped[name](given)).rejects.toMatchObject({
    code: 'DP_COMMAND_VALUE',
    message: expect.stringMatching(words) as string,
  })
})

test("a user's cyclic task keeps its axes", async () => {
  await expect(group(true).handle.enable()).rejects.toMatchObject({ code: 'DP_AXIS_OWNER' })
})

test('its status is told on every change, an error in words', () => {
  const { handle } = group()
  const told: GroupStatus[] = []
  handle.status$.subscribe((status) => told.push(status))
  for (const word of [0, 1, 1, 2, 5 | (10 << 8)]) handle.takeStatus(word)
  handle.complete()
  expect(told.map(({ state }) => state)).toEqual([
    'groupDisabled',
    'groupStandby',
    'groupMoving',
    'groupErrorStop',
  ])
  expect(told.at(-1)?.error).toMatchObject({ code: 'DP_GROUP_AXIS' })
})
