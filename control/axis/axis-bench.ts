/** For tests: an axis and a drive that follows it. */
import type { AxisLimits } from './axis-limits.ts'
import { AxisMotion } from './axis-motion.ts'

export const cycleS = 0.001
export const limits: AxisLimits = {
  positionMin: -100,
  positionMax: 200,
  velocity: 500,
  acceleration: 5000,
  jerk: 100_000,
  followingError: 5,
}

/** An axis and a drive that follows its setpoint exactly, a cycle later, and takes power after three cycles. */
export class Bench {
  readonly motion = new AxisMotion(cycleS, limits)
  readonly ends = new Map<number, { end: number; error: number }>()
  actual = 0
  #powerCycles = 0

  cycle(count = 1): void {
    for (let k = 0; k < count; k++) {
      this.#powerCycles = this.motion.powerRequested ? this.#powerCycles + 1 : 0
      const powered = this.#powerCycles > 3
      this.motion.drivePosition = this.actual
      this.motion.update(powered)
      if (powered) this.actual = this.motion.setpoint
      this.collect()
    }
  }

  collect(): void {
    const { settlements } = this.motion
    while (settlements.take()) {
      if (this.ends.has(settlements.id)) throw new Error(`command ${settlements.id} settled twice`)
      this.ends.set(settlements.id, { end: settlements.end, error: settlements.error })
    }
  }

  until(id: number, cycles = 20_000): { end: number; error: number } {
    for (let k = 0; k < cycles; k++) {
      const end = this.ends.get(id)
      if (end !== undefined) return end
      this.cycle()
    }
    throw new Error(`command ${id} did not settle`)
  }
}

export function poweredBench(at = 0): Bench {
  const bench = new Bench()
  bench.actual = at
  bench.motion.power(1, true)
  bench.until(1)
  return bench
}
