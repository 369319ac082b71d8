/**
 * Unix time of a CLOCK_MONOTONIC moment. Samples carry the monotonic time of their cycle, subscribers on other machines
 * need the wall's. `performance.timeOrigin` has microseconds where `Date.now` has milliseconds, but does not follow the
 * clock's adjustments: those are taken over when they exceed what rounding explains.
 */
export class WallClock {
  /** Unix time minus monotonic time, ms. */
  #offsetMs: number

  constructor() {
    this.#offsetMs = performance.timeOrigin + performance.now() - monotonicMs()
  }

  /** Milliseconds since 1970, to the microsecond. */
  toUnixMs(monotonicNs: number): number {
    return Math.round((this.#offsetMs + monotonicNs / 1e6) * 1000) / 1000
  }

  /** Takes over an adjustment of the system's clock. To be called now and then. */
  follow(): void {
    const deviation = Date.now() - (this.#offsetMs + monotonicMs())
    if (Math.abs(deviation) > adjustmentMs) this.#offsetMs += deviation
  }
}

const adjustmentMs = 5

function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
