import { firstValueFrom } from 'rxjs'
import { expect, test } from 'vitest'
import { openEmulatedMachine, testRealtime } from '../test/runtime/emulated-machine.ts'

test('records that the main thread was too late for are dropped, and counted to the last one', async () => {
  const late = await openEmulatedMachine({
    realtime: { ...testRealtime, stallMs: 10_000 },
  })
  await late.machine.operational
  const cycles: number[] = []
  late.machine.axis('x').samples$.subscribe(({ cycle }) => cycles.push(...cycle))
  await late.until('samples come', () => cycles.length > 20)
  // more cycles than the ring holds, by the card's clock: on a busy machine they take longer
  const { raised } = late.emulator.observe()
  const end = performance.now() + 8000
  while (late.emulator.observe().raised - raised < 2000 && performance.now() < end)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  const before = cycles.length
  await late.until('samples come again', () => cycles.length > before)
  const report = await firstValueFrom(late.machine.cycle$)
  await late.close()
  // what came after the report is not in its counters
  const told = cycles.filter((cycle) => cycle <= report.cycles)
  const gaps = told.slice(1).map((cycle, k) => cycle - (told[k] as number) - 1)
  const lost = gaps.reduce((sum, gap) => sum + gap, 0)
  const { droppedRecords, missedInterrupts } = report.counters
  expect(droppedRecords).toBeGreaterThan(100)
  // cycles without a record are those whose interrupt was missed
  expect(lost - droppedRecords).toBeGreaterThanOrEqual(0)
  expect(lost - droppedRecords).toBeLessThanOrEqual(missedInterrupts)
})
