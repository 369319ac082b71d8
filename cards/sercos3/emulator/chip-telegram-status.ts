/** TGSR1 and TGSR2: which telegrams came in on each port in this cycle. Built anew in every cycle. */
import { maskOf, place } from '../../../uio/bit-field.ts'
import { registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'
import type { Mst } from './slave.ts'

const { tgsr1, tgsr2, sfcr } = registers
const bits = tgsr1.bits
const mdt0 = 1
const at0 = 0x10
const own = [bits.mstValid, bits.mstWindowError, bits.mstMiss, bits.mstDoubleMiss, bits.at0Miss]
  .map(maskOf)
  .reduce((all, mask) => all | mask, 0)

export class TelegramStatus {
  readonly #file: RegisterFile
  readonly #missed = new Uint8Array(2)
  /** The processor has cleared something since the last cycle. */
  taken = false

  constructor(file: RegisterFile) {
    this.#file = file
    for (const tgsr of [tgsr1, tgsr2]) {
      file.onWrite(tgsr, (value) => {
        this.taken = true
        const mdts = (value & mdt0) === 0 ? 0 : maskOf(bits.mdt)
        const ats = (value & at0) === 0 ? 0 : maskOf(bits.at)
        file.change(tgsr, mdts | ats | (value & own), 0)
      })
    }
  }

  reset(): void {
    this.#missed.fill(0)
  }

  /**
   * One cycle on one port. `telegrams`: 3..0 MDT, 7..4 AT, as TGSR has them. `expected`: telegrams were sent and the
   * port has a link. The first MST of a cycle counts as port 1's where both ports have one.
   */
  received(port: 1 | 2, telegrams: number, secondary: boolean, mst: Mst, expected: boolean): void {
    this.taken = false
    const missed = expected && (telegrams & mdt0) === 0
    const missedBefore = this.#missed[port - 1] === 1
    this.#missed[port - 1] = missed ? 1 : 0
    let word = telegrams
    if (telegrams !== 0 && secondary) word |= maskOf(bits.secondary)
    if ((telegrams & mdt0) !== 0) {
      word |= maskOf(bits.mstValid) | maskOf(bits.cycleCountValid)
      word |= place(mst.cycleCount, bits.cycleCount)
      if (port === 1 || (this.#file.get(tgsr1) & mdt0) === 0) word |= maskOf(bits.firstMst)
    }
    if (missed) word |= maskOf(bits.mstMiss)
    if (missed && missedBefore) word |= maskOf(bits.mstDoubleMiss)
    const wantsAt0 = (this.#file.get(sfcr) & place(1, sfcr.bits.at)) !== 0
    if (expected && wantsAt0 && (telegrams & at0) === 0) word |= maskOf(bits.at0Miss)
    this.#file.change(port === 1 ? tgsr1 : tgsr2, -1, word)
  }
}
