import { expect, test } from 'vitest'
import { ControlBlock } from '../shared/control-block.ts'
import { at } from './cycle-recorder.ts'
import { RingTiming } from './ring-timing.ts'

const cycleNs = 1_000_000
const taskNs = 900_000

function ring() {
  const control = new ControlBlock(ControlBlock.allocate(1))
  const times = new Float64Array(8)
  const timing = new RingTiming(cycleNs, control, times)
  timing.restart(taskNs)
  let interruptNs = 5e12
  /** One cycle whose worker woke and was done so long after the interrupt. */
  const cycle = (wokenNs: number, executionNs: number): void => {
    interruptNs += cycleNs
    times[at.interrupt] = interruptNs
    times[at.woken] = interruptNs + wokenNs
    times[at.execution] = executionNs
    timing.begin(1)
    timing.end()
  }
  return { control, timing, cycle }
}

test('the time left counts from the waking of the worker to the start of the next telegrams', () => {
  const { timing, cycle } = ring()
  for (let n = 0; n < 100; n++) cycle(50_000, 10_000)
  expect(timing.timeLeftS).toBeCloseTo(850e-6, 5)
  cycle(950_000, 10_000)
  expect(timing.timeLeftS).toBeCloseTo(-50e-6, 5)
})

test('the least time left is that of the second, down to the end of the work', () => {
  const { control, timing, cycle } = ring()
  for (let n = 0; n < 100; n++) cycle(50_000, n === 50 ? 400_000 : 10_000)
  timing.show()
  expect(control.gauge('leastTimeLeftNs')).toBeCloseTo(450_000, -4)
  expect(Math.abs(control.gauge('clockDriftPpb'))).toBeLessThan(1000)
  for (let n = 0; n < 100; n++) cycle(50_000, 10_000)
  timing.show()
  expect(control.gauge('leastTimeLeftNs')).toBeCloseTo(840_000, -4)
})
