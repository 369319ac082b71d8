/** Numbers from a seed: the same ones in each run (the generator mulberry32). */
export class Random {
  #state: number

  constructor(seed: number) {
    // neighbouring seeds must not give neighbouring numbers
    this.#state = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d) | 0
  }

  /** 0 to 1, without 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }

  between(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  whole(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next())
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  /** From 10^low to 10^high, each decade alike. */
  decades(low: number, high: number): number {
    return 10 ** this.between(low, high)
  }

  sign(): 1 | -1 {
    return this.chance(0.5) ? 1 : -1
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)] as T
  }
}
