/**
 * Plain memory that answers like a chip in CP4 whose buffers are always ready: five words a cycle, nothing else, so that
 * what is timed is the driver. Buffers alternate, and their telegrams differ in the new-data bits alone. As struct
 * ready_chip in native/sercos.c.
 */
import { cCon, sDev } from '../../cards/sercos3/telegram.ts'
import { registers, windows } from '../../cards/sercos3/registers.ts'
import { maskOf, place, shiftOf } from '../../uio/bit-field.ts'
import type { FieldPlace, TelegramLayout } from '../../cards/sercos3/driver/plan/telegram-layout.ts'
import type { RamPlan } from '../../cards/sercos3/driver/plan/ram-plan.ts'

const rotation = 8
const { phasecr, rxbufcsrA, txbufcsrA, tgsr1, tgsr2 } = registers

/** What the registers showed before the last interrupt. */
export type ChipStatus = {
  readonly phasecr: number
  readonly rx: number
  readonly tx: number
  readonly tgsr1: number
  readonly tgsr2: number
}

export class ReadyChip {
  readonly #words: Int32Array
  readonly #phasecr = new Int32Array(rotation)
  readonly #rx = new Int32Array(2)
  readonly #tx = new Int32Array(2)
  readonly #tgsr1: number
  readonly #tgsr2: number
  #cycle: number

  /** `memory`: the card's address space, as a run-up left it. */
  constructor(memory: ArrayBuffer, status: ChipStatus, layout: TelegramLayout, plan: RamPlan) {
    this.#words = new Int32Array(memory)
    const halves = new Uint16Array(memory)
    const count = phasecr.bits.cycleCount.bits
    this.#cycle = (status.phasecr >>> count[1]) & (rotation - 1)
    for (let n = 0; n < rotation; n++)
      this.#phasecr[n] = (status.phasecr & ~maskOf(count)) | place(n, count)
    const { activeP1, activeP2 } = rxbufcsrA.bits
    const { active } = txbufcsrA.bits
    for (let n = 0; n < 2; n++) {
      this.#rx[n] =
        (status.rx & ~(maskOf(activeP1) | maskOf(activeP2))) |
        place(n, activeP1) |
        place(n, activeP2)
      this.#tx[n] = (status.tx & ~maskOf(active)) | place(n, active)
      const control = maskOf(cCon.producerReady) | (n << shiftOf(cCon.newData))
      for (const base of [plan.rxBuffersP1[n] ?? 0, plan.rxBuffersP2[n] ?? 0]) {
        const at = (field: FieldPlace) =>
          (windows.rx.offset + base + (plan.atStart[field.telegram] ?? 0) + field.offset) >> 1
        for (const device of layout.devices) {
          halves[at(device.sDev)] = maskOf(sDev.slaveValid)
          halves[at(device.atConnection)] = control
        }
      }
    }
    this.#tgsr1 = status.tgsr1 | 0
    this.#tgsr2 = status.tgsr2 | 0
  }

  /** One cycle of the bus. */
  answer(): void {
    const words = this.#words
    const cycle = (this.#cycle + 1) & (rotation - 1)
    this.#cycle = cycle
    words[phasecr.offset >> 2] = this.#phasecr[cycle] as number
    words[rxbufcsrA.offset >> 2] = this.#rx[cycle & 1] as number
    words[txbufcsrA.offset >> 2] = this.#tx[cycle & 1] as number
    words[tgsr1.offset >> 2] = this.#tgsr1
    words[tgsr2.offset >> 2] = this.#tgsr2
  }
}
