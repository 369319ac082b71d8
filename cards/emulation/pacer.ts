/**
 * The times of an emulated card's cycles: a grid on CLOCK_MONOTONIC that never drifts. A host that is late does not
 * hurry after: it leaves out the cycles that are past and counts them.
 */
export class Pacer {
  /** When the next cycle is due, ns. */
  deadlineNs: number
  /** Cycles left out so far. */
  skipped = 0

  /** The first cycle is due one period after `nowNs`. */
  constructor(nowNs: number, periodNs: number) {
    this.deadlineNs = nowNs + periodNs
  }

  /** A cycle was run. Moves the deadline to the next grid point that is not past. */
  advance(nowNs: number, periodNs: number): void {
    this.deadlineNs += periodNs
    if (this.deadlineNs > nowNs) return
    const left = Math.floor((nowNs - this.deadlineNs) / periodNs) + 1
    this.skipped += left
    this.deadlineNs += left * periodNs
  }
}
