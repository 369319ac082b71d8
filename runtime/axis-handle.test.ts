import { expect, test } from 'vitest'
import { testMachine } from '../test/runtime/emulated-machine.ts'
import { AxisHandle } from './axis-handle.ts'
import { CommandDesk } from './command-desk.ts'
import { machineSchema } from './machine-file/schema.ts'
import { allocateCommandRing, allocateEndRing } from './shared/command-ring.ts'
import { axisField, recordAxis, recordHead, recordLayout } from './shared/record-layout.ts'
import { allocateTableStore } from './shared/table-store.ts'
import { SharedTables } from './shared-tables.ts'
import { RecordBatch } from './shared/record-ring.ts'

const { fields } = recordLayout(1, 0)
const records = 5

/** Counts what is read of it. */
class CountingBatch extends RecordBatch {
  reads = 0

  constructor() {
    super(fields, records)
    for (let k = 0; k < records; k++) {
      this.memory[k * fields + recordHead.cycle] = k
      this.memory[k * fields + axisField(0, recordAxis.position)] = 10 + k
      this.memory[k * fields + axisField(0, recordAxis.velocity)] = 20 + k
    }
    this.hold(0, records)
  }

  override get(record: number, field: number): number {
    this.reads += 1
    return super.get(record, field)
  }
}

function axis(owned = false): AxisHandle {
  const [file] = machineSchema.parse(testMachine()).axes
  if (file === undefined) throw new Error('no axis')
  const tables = new SharedTables(allocateTableStore(0), new Map())
  const desk = new CommandDesk(allocateCommandRing(), allocateEndRing())
  return new AxisHandle(file, 0, desk, owned, { axes: ['x', 'y'], tables, outputs: [] })
}

test('nothing is read of a record while nobody subscribes', () => {
  const x = axis()
  const batch = new CountingBatch()
  expect(x.observed).toBe(false)
  x.publish(batch)
  expect(batch.reads).toBe(0)
})

test('only the column that somebody subscribed to is read, once for all subscribers', () => {
  const x = axis()
  const batch = new CountingBatch()
  const seen: number[][] = [[], []]
  const watching = seen.map((values) => x.position$.subscribe((value) => values.push(value)))
  expect(x.observed).toBe(true)
  x.publish(batch)
  expect(seen).toEqual([
    [10, 11, 12, 13, 14],
    [10, 11, 12, 13, 14],
  ])
  expect(batch.reads).toBe(records)
  for (const one of watching) one.unsubscribe()
  expect(x.observed).toBe(false)
})

test('a batch is kept by whoever got it: the next one does not change it', () => {
  const x = axis()
  const batch = new CountingBatch()
  const kept: Float64Array[] = []
  x.samples$.subscribe(({ velocity }) => kept.push(velocity))
  x.publish(batch)
  batch.memory.fill(0)
  x.publish(batch)
  expect([...(kept[0] as Float64Array)]).toEqual([20, 21, 22, 23, 24])
})

test("an axis of a user's cyclic task takes no command but reset", async () => {
  const x = axis(true)
  await expect(x.enable()).rejects.toMatchObject({ code: 'DP_AXIS_OWNER' })
  await expect(x.moveAbsolute({ position: 1 })).rejects.toMatchObject({ code: 'DP_AXIS_OWNER' })
  expect(x.reset()).toBeInstanceOf(Promise)
})

test.for([
  ['moveAbsolute', undefined, /without options, expected an object with position, velocity/],
  ['moveAbsolute', 5, /is 5, expected an object/],
  ['moveAbsolute', {}, /without position/],
  ['moveRelative', { positon: 1 }, /an option 'positon', expected 'position'/],
  ['moveAbsolute', { position: '10' }, /is "10", expected a finite number/],
  ['moveAbsolute', { position: Number.NaN }, /is NaN, expected a finite number/],
  ['moveAbsolute', { position: null }, /is null, expected a finite number/],
  ['moveVelocity', {}, /without velocity/],
  ['moveVelocity', { velocity: 5, position: 1 }, /an option 'position'/],
  ['home', { at: 5 }, /an option 'at', expected position, method/],
  ['home', null, /is null, expected an object/],
  ['touchProbe', undefined, /touchProbe: .*without options, expected an object with probe, edge/],
  ['touchProbe', { probe: 1, egde: 'rising' }, /an option 'egde', expected 'edge'/],
  ['touchProbe', { probe: 3, edge: 'rising' }, /is 3, expected probe 1 or 2/],
] as const)('an untyped %s(%j) is refused with what is wrong', async ([verb, options, words]) => {
  const x = axis() as unknown as Record<typeof verb, (given: unknown) => Promise<unknown>>
  await expect(x[verb](options)).rejects.toMatchObject({
    code: 'DP_COMMAND_VALUE',
    message: expect.stringMatching(words) as string,
  })
})
