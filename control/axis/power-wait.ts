/** How long a drive takes for each step of taking power, and for giving it up. Cyclic. */
import { axisError, type AxisErrorNumber } from './axis-error.ts'

/** Longest time for one step. */
const stepS = 5

/** What a step that lasts too long is called, by what the drive still shows. */
const late: readonly AxisErrorNumber[] = [
  axisError.powerNotReady,
  axisError.powerNoMains,
  axisError.powerNotEnabled,
  axisError.powerTimeout,
]

export class PowerWait {
  readonly #cycleS: number
  #waitedS = 0
  #step = 0

  constructor(cycleS: number) {
    this.#cycleS = cycleS
  }

  begin(): void {
    this.#waitedS = 0
  }

  /** Another cycle at `step`; `on`: towards operation. Whether it took too long, and what that is called. */
  advance(step: number, on: boolean): AxisErrorNumber {
    if (step !== this.#step) this.#waitedS = 0
    this.#step = step
    this.#waitedS += this.#cycleS
    if (this.#waitedS <= stepS) return axisError.none
    return on ? (late[step] ?? axisError.powerTimeout) : axisError.powerTimeout
  }
}
