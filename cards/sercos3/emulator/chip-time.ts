/**
 * The Sercos time: a clock that advances by the cycle length while EST is set.
 *
 * STNS and STSEC are a window on it. While the clock stands, what is written there is its time. While it runs, a write to
 * STNS fetches the present time into both (a processor reads them after), and what was written counts as the new time
 * from the next change of the toggle bit in TCSR. A later core takes the new time from STNSNEW and STSECNEW instead, when
 * those were written. On plain memory no fetch can be answered at once: both show the time of the last cycle.
 */
import { maskOf } from '../../../uio/bit-field.ts'
import { nsPerSecond } from '../../../units.ts'
import { registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'

const { stns, stsec, stnsNew, stsecNew, tcsr, tcntcycr } = registers
const runs = maskOf(tcsr.bits.est)
const toggleBit = maskOf(tcsr.bits.timeToggle)

export class SercosTime {
  readonly #file: RegisterFile
  #ns = 0
  #s = 0
  #writtenNs = 0
  #writtenS = 0
  /** Which pair was written last. */
  #fromNew = false
  #toggle = 0
  /** In the last cycle. */
  #ran = false

  constructor(file: RegisterFile) {
    this.#file = file
    file.onWrite(stns, () => {
      this.#fromNew = false
      this.#writtenNs = file.get(stns)
      // found in plain memory: STSEC may hold a value that is found next
      if (this.#running && file.trapped) this.#show()
      else if (!this.#running) this.#ns = this.#writtenNs
    })
    file.onWrite(stsec, () => {
      this.#writtenS = file.get(stsec)
      if (!this.#running) this.#s = this.#writtenS
    })
    file.onWrite(stnsNew, () => {
      this.#fromNew = true
    })
  }

  reset(): void {
    this.#ns = 0
    this.#s = 0
    this.#writtenNs = 0
    this.#writtenS = 0
    this.#fromNew = false
    this.#toggle = 0
    this.#ran = false
  }

  /** One Sercos cycle. A look at plain memory has found all that was written before the toggle bit by now. */
  cycle(): void {
    const toggle = this.#file.get(tcsr) & toggleBit
    if (toggle !== this.#toggle) this.#takeNew(toggle)
    this.#ran = this.#enabled
    if (!this.#ran) return
    this.#ns += this.#file.get(tcntcycr)
    if (this.#ns >= nsPerSecond) {
      this.#ns -= nsPerSecond
      this.#s++
    }
    this.#show()
  }

  /** In a look at plain memory, EST may have been set by what was written after this. */
  get #running(): boolean {
    return this.#file.trapped ? this.#enabled : this.#ran
  }

  get #enabled(): boolean {
    return (this.#file.get(tcsr) & runs) !== 0
  }

  #takeNew(toggle: number): void {
    this.#toggle = toggle
    this.#ns = (this.#fromNew ? this.#file.get(stnsNew) : this.#writtenNs) % nsPerSecond
    this.#s = this.#fromNew ? this.#file.get(stsecNew) : this.#writtenS
  }

  #show(): void {
    this.#file.change(stns, -1, this.#ns)
    this.#file.change(stsec, -1, this.#s)
  }
}
