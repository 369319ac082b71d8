/**
 * The processor's clock locked to the ring's: from interrupts that come early, late or not at all, when this cycle's one was
 * due and how long the task has. A phase-locked loop of second order: phase and period. It begins as a fit over all it has
 * seen and forgets gradually once it has seen some hundred cycles: it locks soon, and is calm afterwards.
 *
 * Cyclic: nothing here allocates. What is read in the cycle are fields, no getters: a double that a getter returns may be
 * boxed.
 */
import { nsPerSecond } from '../../../../units.ts'
import type { Nanoseconds } from '../../../../units.ts'

/** Gain of the phase once the clock is locked. */
const steadyGain = 1 / 256
/** Cycles after which a first guess of period and jitter is good enough to tell a late interrupt. */
const warmUpCycles = 16
/** An interrupt that is later than this many mean deviations counts no more than one that is just so late. */
const deviationsTaken = 4
const leastDeviationNs = 500
const deviationGain = 1 / 64
/** Interrupts in a row that lie far off: the ring has another phase now (it was stopped, or the host slept). */
const strayLimit = 8
const billion = 1e9

export class RingClock {
  /** Of the interrupt that `note` is told of, CLOCK_MONOTONIC. A double handed to a method would be boxed. */
  interruptNs: Nanoseconds = 0.5
  /** When the task must have handed its outputs over, CLOCK_MONOTONIC; 0 before the first interrupt. */
  deadlineNs: Nanoseconds = 0
  /** When this cycle's interrupt was due by the ring's clock. */
  dueNs: Nanoseconds = 0
  /** How much longer a cycle of the ring is by the processor's clock, 1e-9. */
  driftPpb = 0
  /** Mean distance of interrupts from where they were due. */
  jitterNs: Nanoseconds = 0
  /** Long enough on time that all this can be relied on. */
  locked = false
  // fractions first: V8 then holds the fields as doubles
  #cycleNs = 0.5
  #taskNs = 0.5
  #periodNs = 0.5
  #seen = 0
  #stray = 0

  /** `taskNs`: from the interrupt to the start of the next telegrams. */
  constructor(cycleNs: Nanoseconds, taskNs: Nanoseconds = cycleNs) {
    this.restart(cycleNs, taskNs)
  }

  /** The ring runs anew, with these times. Not cyclic. */
  restart(cycleNs: Nanoseconds, taskNs: Nanoseconds): void {
    this.#cycleNs = cycleNs
    this.#taskNs = taskNs
    this.#periodNs = cycleNs
    this.#begin()
    this.deadlineNs = 0
    this.driftPpb = 0
    this.jitterNs = 0
  }

  /** An interrupt was seen at `interruptNs`. `cycles`: of the ring since the one before, 1 when none was missed. Cyclic. */
  note(cycles: number): void {
    if (this.#seen === 0) this.dueNs = this.interruptNs
    else this.#follow(cycles > 0 ? cycles : 1)
    this.#seen++
    this.locked = this.#seen > 2 * warmUpCycles
    // The ring is earlier than its interrupts: by their mean latency, of which their spread is all that can be seen.
    this.deadlineNs = this.dueNs + this.#taskNs - this.jitterNs
    this.driftPpb = ((this.#periodNs - this.#cycleNs) / this.#cycleNs) * billion
  }

  #follow(cycles: number): void {
    const { interruptNs } = this
    const expected = this.dueNs + cycles * this.#periodNs
    const error = interruptNs - expected
    if (Math.abs(error) > this.#cycleNs / 2 && this.#seen > warmUpCycles) {
      this.dueNs = expected
      if (++this.#stray >= strayLimit) this.#take()
      return
    }
    this.#stray = 0
    const warm = this.#seen > warmUpCycles
    const bound = Math.max(deviationsTaken * this.jitterNs, leastDeviationNs)
    const taken = warm ? Math.max(-bound, Math.min(bound, error)) : error
    // of a straight line through n + 1 points, as long as those are few
    const n = this.#seen + 1
    const phaseGain = Math.max((2 * (2 * n - 1)) / (n * (n + 1)), steadyGain)
    const periodGain = Math.max(6 / (n * (n + 1)), (steadyGain * steadyGain) / (2 - steadyGain))
    this.dueNs = expected + phaseGain * taken
    // No oscillator is further off; a wild guess from the first interrupts is not followed.
    const limit = this.#cycleNs * widestDrift
    const period = this.#periodNs + (periodGain * taken) / cycles
    this.#periodNs = Math.max(this.#cycleNs - limit, Math.min(this.#cycleNs + limit, period))
    const gain = Math.max(1 / n, deviationGain)
    this.jitterNs += gain * (Math.abs(taken) - this.jitterNs)
  }

  /** Phase from here; the period is the oscillators' and stands. */
  #take(): void {
    this.#begin()
    this.dueNs = this.interruptNs
  }

  #begin(): void {
    this.#seen = 0
    this.#stray = 0
    this.locked = false
  }
}

/** 500 ppm: two oscillators of 200 ppm each, and some. */
const widestDrift = 500_000 / nsPerSecond
