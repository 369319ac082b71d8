/**
 * When the next cycle of the card is due for a master that lives in another process.
 *
 * A master counts its cycles against the card's: it expects each new-data bit to toggle from one of its cycles to the
 * next, and finds no telegrams where it looks twice between two cycles of the card. The punctual interrupt keeps both
 * together; on a desk either side may be late by milliseconds. A master shows what it does: it clears the telegram status
 * (TGSR) and, where it goes by the counts, reads the next one when a cycle of its own is over. So the card waits until the
 * last count is read and the last status taken, and a master that goes by a clock of its own gets its next telegrams soon
 * after it took the last. One that stops is waited for once.
 */
import { nsPerMs } from '../../../units.ts'
import type { Pace } from '../../emulation/memory-host.ts'

/** For a count to be read: so long may a busy system keep a master from running. */
const countPatienceNs = 250 * nsPerMs
/** For a status to be taken, which a master leaves out while it changes phases, and then waits 200 ms for devices. */
const statusPatienceNs = { ownClock: 60 * nsPerMs, counted: 20 * nsPerMs } as const
/** Looks in a period. */
const looks = 32
/** What of a period a master has, from when it came late, to read and write its data. */
const workTime = { ownClock: 1 / 8, counted: 7 / 8 } as const

/** What of the chip tells when a cycle is due. */
export interface PacedChip {
  readonly timerRuns: boolean
  readonly periodNs: number
  readonly statusTaken: boolean
}

/** What of the place does. */
export interface PacedPlace extends Pace {
  readonly clock: { now(): number }
  readonly isCounted: boolean
  isLastRead(): boolean
}

export class MasterPace implements Pace {
  readonly #place: PacedPlace
  readonly #chip: PacedChip
  /** There is a master: it has taken a status. */
  #known = false
  /** It took that of the last cycle. */
  #followed = false
  /** When the last cycle began. */
  #lastNs = 0

  constructor(place: PacedPlace, chip: PacedChip) {
    this.#place = place
    this.#chip = chip
  }

  /** Sleeps until the next cycle is due: at this time, ns, if the master keeps up. False: stopped. */
  waitUntil(deadlineNs: number): boolean {
    const goesOn = this.#chip.timerRuns
      ? this.#waitForMaster(deadlineNs)
      : this.#place.waitUntil(deadlineNs)
    if (this.#chip.timerRuns) this.#followed = this.#chip.statusTaken
    this.#known ||= this.#followed
    this.#lastNs = this.#place.clock.now()
    return goesOn
  }

  #waitForMaster(deadlineNs: number): boolean {
    // one that came early time after time has put the deadlines off
    const dueNs = Math.min(deadlineNs, this.#lastNs + this.#chip.periodNs)
    if (this.#known && this.#place.isCounted) {
      if (!this.#place.waitUntil(dueNs)) return false
      return this.#hasCome() || this.#waitForWork(dueNs, 'counted')
    }
    if (!this.#followed) return this.#place.waitUntil(dueNs)
    const earliestNs = this.#lastNs + this.#chip.periodNs / 2
    return this.#place.waitUntil(earliestNs) && this.#waitForWork(dueNs, 'ownClock')
  }

  /** Until the master has come, and then for a part of a period. */
  #waitForWork(dueNs: number, goesBy: keyof typeof workTime): boolean {
    const periodNs = this.#chip.periodNs
    let nowNs = this.#place.clock.now()
    while (!this.#hasCome()) {
      const patienceNs = this.#place.isLastRead() ? statusPatienceNs[goesBy] : countPatienceNs
      if (nowNs - dueNs > patienceNs) break
      if (!this.#place.waitUntil(nowNs + periodNs / looks)) return false
      nowNs = this.#place.clock.now()
    }
    return this.#place.waitUntil(nowNs + workTime[goesBy] * periodNs)
  }

  #hasCome(): boolean {
    return this.#place.isLastRead() && (this.#chip.statusTaken || !this.#followed)
  }
}
