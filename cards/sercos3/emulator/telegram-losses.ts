/** How many of the next cycles come to which harm, and which telegrams: bit n of a mask is telegram n. See faults.ts. */
export class TelegramLosses {
  /** Cycles in which no telegram gets beyond the master's ports. */
  mst = 0
  /** Cycles in which `lostMdts` die on their way out: no device gets them, and none come back. MDT0 takes the MST with it. */
  mdt = 0
  lostMdts = 15
  /** Cycles in which `lostAts` die on their way back. */
  at = 0
  lostAts = 15
  /** Cycles in which `damagedAts` come in on port 1 and port 2 with a wrong check sum. */
  readonly damaged: [number, number] = [0, 0]
  readonly damagedAts: [number, number] = [15, 15]
  /** Cycles in which every other word is not written to Rx RAM. */
  words = 0

  /** The MDTs that die in this cycle. Cyclic. */
  takeMdts(): number {
    if (this.mdt === 0) return 0
    this.mdt--
    return this.lostMdts
  }

  /** The ATs that die in this cycle. Cyclic. */
  takeAts(): number {
    if (this.at === 0) return 0
    this.at--
    return this.lostAts
  }

  /** The ATs that come in damaged on `port` in this cycle. Cyclic. */
  takeDamaged(port: 1 | 2): number {
    const cycles = this.damaged[port - 1] as number
    if (cycles === 0) return 0
    this.damaged[port - 1] = cycles - 1
    return this.damagedAts[port - 1] as number
  }
}
