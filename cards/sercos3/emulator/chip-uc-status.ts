/**
 * Status of the UC channel: whether each port has a link, and that a transmitter which is on has nothing left to send.
 * Frames are not modelled.
 */
import { maskOf } from '../../../uio/bit-field.ts'
import type { Register } from '../../../uio/register-table.ts'
import { registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'

const bits = registers.ipcsr1.bits
const transmitter = maskOf(bits.txReady) | maskOf(bits.txEmpty)
const shown = transmitter | maskOf(bits.link)

export class UcStatus {
  readonly #file: RegisterFile

  constructor(file: RegisterFile) {
    this.#file = file
    file.onWrite(registers.ipcsr1, () => this.#showTransmitter(registers.ipcsr1))
    file.onWrite(registers.ipcsr2, () => this.#showTransmitter(registers.ipcsr2))
  }

  showLink(port: 1 | 2, link: boolean): void {
    const row = port === 1 ? registers.ipcsr1 : registers.ipcsr2
    const status = this.#transmitterOf(row) | (link ? maskOf(bits.link) : 0)
    if (((this.#file.get(row) ^ status) & shown) !== 0) this.#file.change(row, shown, status)
  }

  #showTransmitter(row: Register): void {
    this.#file.change(row, transmitter, this.#transmitterOf(row))
  }

  #transmitterOf(row: Register): number {
    return (this.#file.get(row) & maskOf(bits.txEnable)) === 0 ? 0 : transmitter
  }
}
