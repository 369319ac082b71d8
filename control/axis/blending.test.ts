import { expect, test } from 'vitest'
import { type Bench, cycleS, poweredBench } from './axis-bench.ts'
import { axisError } from './axis-error.ts'
import { axisState } from './axis-state.ts'
import { bufferMode, type BufferMode } from './buffer-mode.ts'
import { Dynamics } from './dynamics.ts'
import { queueDepth } from './motion-queue.ts'
import { commandEnd } from './settlement-outbox.ts'

const slow = new Dynamics(100)
const fast = new Dynamics(300)

/** Where and how fast the axis was in the cycle in which a command ended, and the lowest velocity until then. */
function atEnd(bench: Bench, id: number): { position: number; velocity: number; lowest: number } {
  let lowest = Infinity
  for (let k = 0; k < 20_000 && !bench.ends.has(id); k++) {
    bench.cycle()
    lowest = Math.min(lowest, bench.motion.velocity)
  }
  expect(bench.ends.get(id)).toEqual({ end: commandEnd.done, error: 0 })
  const { position, velocity } = bench.motion
  return { position, velocity, lowest }
}

function blend(first: Dynamics, second: Dynamics, mode: BufferMode): number {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 80, first)
  bench.motion.moveAbsolute(3, 160, second, mode)
  const { position, velocity, lowest } = atEnd(bench, 2)
  // the end of the first is passed in this very cycle, and never was the axis going back
  expect(position).toBeGreaterThanOrEqual(80)
  expect(position).toBeLessThan(80 + 301 * cycleS)
  expect(lowest).toBeGreaterThanOrEqual(0)
  atEnd(bench, 3)
  expect(bench.motion.position).toBe(160)
  expect(bench.motion.state).toBe(axisState.standstill)
  return velocity
}

test.each([
  ['blendingLow', bufferMode.blendingLow, 100, 100],
  ['blendingPrevious', bufferMode.blendingPrevious, 100, 300],
  ['blendingNext', bufferMode.blendingNext, 300, 100],
  ['blendingHigh', bufferMode.blendingHigh, 300, 300],
])('%s passes the end of the first move at its velocity', (_, mode, slowFirst, fastFirst) => {
  // beyond the end it may already be on the way to the velocity of the second: less than a cycle
  expect(Math.abs(blend(slow, fast, mode) - slowFirst)).toBeLessThan(5000 * cycleS)
  expect(Math.abs(blend(fast, slow, mode) - fastFirst)).toBeLessThan(5000 * cycleS)
})

test('the first move keeps to its own velocity for as long as it can, where its end is passed faster', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 100, slow)
  bench.motion.moveAbsolute(3, 190, fast, bufferMode.blendingNext)
  let above = 0
  while (!bench.ends.has(2)) {
    bench.cycle()
    if (bench.motion.velocity <= 100 + 1e-6) above = bench.motion.position
  }
  // from 100 to 300 unit/s at 5000 unit/s^2 and 100000 unit/s^3: 0.09 s, at 200 unit/s on average
  expect(100 - above).toBeCloseTo(200 * (200 / 5000 + 5000 / 100_000), 0)
})

test('a buffered move begins at standstill, where the one before has ended', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 50, fast)
  bench.motion.moveRelative(3, -20, fast, bufferMode.buffered)
  expect(bench.motion.queued).toBe(1)
  const { position, velocity } = atEnd(bench, 2)
  expect([position, velocity]).toEqual([50, 0])
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  atEnd(bench, 3)
  expect(bench.motion.position).toBe(30)
})

test('blended moves that turn round stop where they turn', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 50, fast)
  bench.motion.moveAbsolute(3, 0, fast, bufferMode.blendingHigh)
  const { position, velocity } = atEnd(bench, 2)
  expect([position, velocity]).toEqual([50, 0])
})

test('the end is passed only as fast as the second move can stop in its way, and it never turns back', () => {
  for (const way of [0.001, 0.1, 1, 5, 20]) {
    const bench = poweredBench()
    bench.motion.moveAbsolute(2, 100, fast)
    bench.motion.moveRelative(3, way, fast, bufferMode.blendingHigh)
    const passed = atEnd(bench, 2)
    expect(passed.velocity).toBeGreaterThan(0)
    let highest = 0
    while (!bench.ends.has(3)) {
      bench.cycle()
      highest = Math.max(highest, bench.motion.position)
    }
    expect(highest).toBeLessThanOrEqual(100 + way + 1e-9)
    expect(bench.motion.position).toBe(100 + way)
  }
})

test('a move too short to get fast is passed as fast as it gets, without going back for a run-up', () => {
  for (const way of [0.001, 0.1, 1, 5]) {
    const bench = poweredBench()
    bench.motion.moveAbsolute(2, way, fast)
    bench.motion.moveAbsolute(3, 150, fast, bufferMode.blendingHigh)
    const { velocity, lowest } = atEnd(bench, 2)
    expect(lowest).toBeGreaterThanOrEqual(0)
    // at full jerk over the whole way, the velocity would be (9/2 j s^2)^(1/3)
    expect(velocity).toBeLessThanOrEqual(Math.cbrt(4.5 * 100_000 * (way + 1) ** 2))
    atEnd(bench, 3)
  }
})

test('a move blends into a velocity, and takes the direction into account', () => {
  const bench = poweredBench(-50)
  bench.motion.moveAbsolute(2, 0, slow)
  bench.motion.moveVelocity(3, 200, new Dynamics(), bufferMode.blendingNext)
  expect(Math.abs(atEnd(bench, 2).velocity - 200)).toBeLessThan(1)
  expect(bench.motion.state).toBe(axisState.continuousMotion)
  atEnd(bench, 3)
  expect(bench.motion.velocity).toBe(200)

  const turned = poweredBench(-50)
  turned.motion.moveAbsolute(2, 0, slow)
  turned.motion.moveVelocity(3, -200, new Dynamics(), bufferMode.blendingNext)
  expect(atEnd(turned, 2).velocity).toBe(0)
})

test('a move commanded to blend while the one before already brakes raises its end velocity again', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 100, fast)
  while (bench.motion.acceleration >= 0) bench.cycle()
  bench.cycle(10)
  const before = bench.motion.velocity
  bench.motion.moveAbsolute(3, 190, fast, bufferMode.blendingPrevious)
  const { velocity } = atEnd(bench, 2)
  expect(before).toBeLessThan(300)
  expect(velocity).toBeGreaterThan(50)
})

test('what is buffered behind a velocity begins when the velocity is reached', () => {
  const bench = poweredBench(-90)
  bench.motion.moveVelocity(2, 100)
  bench.motion.moveAbsolute(3, 150, fast, bufferMode.buffered)
  expect(atEnd(bench, 2).velocity).toBe(100)
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  atEnd(bench, 3)
  // and at once when it is reached already
  bench.motion.moveVelocity(4, -50)
  bench.until(4)
  bench.cycle(100)
  bench.motion.moveAbsolute(5, 0, fast, bufferMode.buffered)
  bench.cycle(2)
  expect(bench.motion.state).toBe(axisState.discreteMotion)
  atEnd(bench, 5)
})

test('the buffer has a bound: one motion more is refused, and an aborting one empties it', () => {
  const bench = poweredBench()
  bench.motion.moveAbsolute(2, 100, fast)
  for (let n = 0; n < queueDepth; n++)
    bench.motion.moveAbsolute(3 + n, 100 - n, fast, bufferMode.buffered)
  bench.motion.moveAbsolute(50, 0, fast, bufferMode.buffered)
  bench.cycle()
  expect(bench.ends.get(50)).toEqual({ end: commandEnd.error, error: axisError.queue })
  expect(bench.motion.queued).toBe(queueDepth)
  bench.motion.moveAbsolute(51, 10, fast)
  bench.cycle()
  for (let n = 0; n <= queueDepth; n++) expect(bench.ends.get(2 + n)?.end).toBe(commandEnd.aborted)
  expect(bench.motion.queued).toBe(0)
  atEnd(bench, 51)
})

test('a stop and an error settle whatever waits', () => {
  for (const [end, act] of [
    [commandEnd.aborted, (bench: Bench) => bench.motion.stop(9)],
    [commandEnd.error, (bench: Bench) => bench.motion.errorStop(axisError.driveError)],
  ] as const) {
    const bench = poweredBench()
    bench.motion.moveAbsolute(2, 100, fast)
    bench.motion.moveAbsolute(3, 0, fast, bufferMode.buffered)
    bench.motion.moveSuperimposed(4, 5)
    bench.cycle(50)
    act(bench)
    bench.collect()
    for (const id of [2, 3, 4]) expect(bench.ends.get(id)?.end).toBe(end)
  }
})

test('a halt can be buffered, and a move behind it', () => {
  const bench = poweredBench()
  bench.motion.moveVelocity(2, 100)
  bench.motion.halt(3, new Dynamics(), bufferMode.buffered)
  bench.motion.moveAbsolute(4, 20, fast, bufferMode.buffered)
  expect(atEnd(bench, 3).velocity).toBe(0)
  atEnd(bench, 4)
  expect(bench.motion.position).toBe(20)
})
