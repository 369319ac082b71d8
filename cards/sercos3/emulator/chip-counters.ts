/** The frame counters: 16 bits a port, port 1 in the low half, wrapping. Any write to SERCERR clears the error counters. */
import type { Register } from '../../../uio/register-table.ts'
import { registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'

const { frxok, ftxok, fcserr, algnerr, disrxb, discolb, chviol, sercerr } = registers
const errors = [fcserr, algnerr, disrxb, discolb, chviol, sercerr]

export class FrameCounters {
  readonly #file: RegisterFile

  constructor(file: RegisterFile) {
    this.#file = file
    file.onWrite(sercerr, () => {
      for (const counter of errors) file.change(counter, -1, 0)
    })
  }

  sent(port: 1 | 2, frames: number): void {
    this.#add(ftxok, port, frames)
  }

  received(port: 1 | 2): void {
    this.#add(frxok, port, 1)
  }

  /** A frame whose FCS is wrong. */
  damaged(port: 1 | 2): void {
    this.#add(fcserr, port, 1)
  }

  /** Frames whose Sercos header is wrong, on both ports. */
  damagedHeaders(): void {
    this.#add(sercerr, 1, 1)
    this.#add(sercerr, 2, 1)
  }

  #add(counter: Register, port: 1 | 2, frames: number): void {
    const both = this.#file.get(counter)
    const low = port === 1 ? (both + frames) & 0xffff : both & 0xffff
    const high = port === 2 ? ((both >>> 16) + frames) & 0xffff : both >>> 16
    this.#file.change(counter, -1, (high << 16) | low)
  }
}
