/** How much time each cycle's work has by the ring's own clock. Cyclic; times come and go through fields, so that no double is boxed. */
import { RingClock } from '../../cards/sercos3/driver/timing/ring-clock.ts'
import { nsPerSecond } from '../../units.ts'
import type { ControlBlock } from '../shared/control-block.ts'
import { at } from './cycle-recorder.ts'

export class RingTiming {
  /** Until this cycle's outputs must be handed over, as of the worker's waking. */
  timeLeftS = 0.5
  readonly #clock: RingClock
  readonly #control: ControlBlock
  /** Of the cycle's recorder. */
  readonly #times: Float64Array
  readonly #cycleNs: number
  /** Of this second. A fraction first: V8 then holds it as a double. */
  #leastLeftNs = 0.5

  constructor(cycleNs: number, control: ControlBlock, times: Float64Array) {
    this.#clock = new RingClock(cycleNs)
    this.#cycleNs = cycleNs
    this.#control = control
    this.#times = times
    this.#leastLeftNs = Infinity
  }

  /** The ring became operational. `taskNs`: from the interrupt to the start of the next telegrams. Not cyclic. */
  restart(taskNs: number): void {
    this.#clock.restart(this.#cycleNs, taskNs > 0 ? taskNs : this.#cycleNs)
    this.#leastLeftNs = Infinity
  }

  /** `elapsed`: cycles since the interrupt before. */
  begin(elapsed: number): void {
    const clock = this.#clock
    clock.interruptNs = this.#times[at.interrupt] as number
    clock.note(elapsed)
    this.timeLeftS = (clock.deadlineNs - (this.#times[at.woken] as number)) / nsPerSecond
  }

  /** The outputs are out. */
  end(): void {
    const doneNs = (this.#times[at.woken] as number) + (this.#times[at.execution] as number)
    const leftNs = this.#clock.deadlineNs - doneNs
    if (leftNs < this.#leastLeftNs) this.#leastLeftNs = leftNs
  }

  /** Once per second. */
  show(): void {
    const clock = this.#clock
    this.#control.setGauge('clockDriftPpb', clock.driftPpb)
    this.#control.setGauge('clockJitterNs', clock.jitterNs)
    this.#control.setGauge(
      'leastTimeLeftNs',
      this.#leastLeftNs === Infinity ? 0 : this.#leastLeftNs,
    )
    this.#leastLeftNs = Infinity
  }
}
