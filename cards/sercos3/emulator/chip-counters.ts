/**
 * The frame counters: 16 bits a port, port 1 in the low half, wrapping. SERCERR counts the frames that FCSERR and ALGNERR
 * count, and those whose Sercos header is wrong; it alone can be cleared, by any write.
 */
import type { Register } from '../../../uio/register-table.ts'
import { registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'

const { frxok, ftxok, fcserr, algnerr, disrxb, discolb, chviol, sercerr } = registers

/** What is wrong with a frame; the Sercos error counter counts the first three. */
export type FrameError = 'fcs' | 'alignment' | 'header' | 'violation' | 'noBuffer' | 'collision'

const counterOf = {
  fcs: fcserr,
  alignment: algnerr,
  header: undefined,
  violation: chviol,
  noBuffer: disrxb,
  collision: discolb,
} as const satisfies Record<FrameError, Register | undefined>

export class FrameCounters {
  readonly #file: RegisterFile

  constructor(file: RegisterFile) {
    this.#file = file
    file.onWrite(sercerr, () => file.change(sercerr, -1, 0))
  }

  sent(port: 1 | 2, frames: number): void {
    this.#add(ftxok, port, frames)
  }

  received(port: 1 | 2): void {
    this.#add(frxok, port, 1)
  }

  failed(port: 1 | 2, error: FrameError): void {
    const counter = counterOf[error]
    if (counter !== undefined) this.#add(counter, port, 1)
    if (error === 'fcs' || error === 'alignment' || error === 'header') this.#add(sercerr, port, 1)
  }

  #add(counter: Register, port: 1 | 2, frames: number): void {
    const both = this.#file.get(counter)
    const low = port === 1 ? (both + frames) & 0xffff : both & 0xffff
    const high = port === 2 ? ((both >>> 16) + frames) & 0xffff : both >>> 16
    this.#file.change(counter, -1, (high << 16) | low)
  }
}
