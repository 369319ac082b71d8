/**
 * The watchdog that outlives the processor: armed and triggered by one word, disarmed by its complement. It counts
 * cycles; `reload` cycles after the last trigger it alarms. An alarm stays until the watchdog is disarmed or the chip
 * is reset: a processor that wakes up and triggers again does not restart the telegrams.
 */
import { maskOf, place } from '../../../uio/bit-field.ts'
import { registers, watchdogTrigger } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'

const { wdcsr, wdcnt } = registers
const activeBit = maskOf(wdcsr.bits.active)
const alarmBit = maskOf(wdcsr.bits.alarm)
const actualMask = maskOf(wdcnt.bits.actual)
const triggerMask = maskOf(wdcsr.bits.trigger)

export class Watchdog {
  readonly #file: RegisterFile

  constructor(file: RegisterFile) {
    this.#file = file
    file.onWrite(wdcsr, (value, lanes) => {
      if ((lanes & triggerMask) === triggerMask) this.#triggered(value & triggerMask)
    })
  }

  get alarm(): boolean {
    return (this.#file.get(wdcsr) & alarmBit) !== 0
  }

  /** The alarm stops the telegrams; otherwise they go out empty. */
  get stopsTelegrams(): boolean {
    return (this.#file.get(wdcsr) & maskOf(wdcsr.bits.stopTelegrams)) !== 0
  }

  /** One Sercos cycle has begun. */
  cycle(): void {
    if ((this.#file.get(wdcsr) & activeBit) === 0 || this.alarm) return
    const left = Math.max(0, (this.#file.get(wdcnt) >>> 16) - 1)
    this.#file.change(wdcnt, actualMask, place(left, wdcnt.bits.actual))
    if (left === 0) this.#file.change(wdcsr, 0, alarmBit)
  }

  #triggered(word: number): void {
    if (word === watchdogTrigger.arm) {
      const reload = this.#file.get(wdcnt) & maskOf(wdcnt.bits.reload)
      this.#file.change(wdcnt, actualMask, place(reload, wdcnt.bits.actual))
      this.#file.change(wdcsr, 0, activeBit)
    } else if (word === watchdogTrigger.disarm) {
      this.#file.change(wdcnt, actualMask, 0)
      this.#file.change(wdcsr, activeBit | alarmBit, 0)
    }
  }
}
