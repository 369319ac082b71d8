/** What the chip shows of its two ports: links (DFCSR, IPCSR), when the MST came back (RDLY), and the count of CP0 (SEQCNT). */
import { maskOf, place } from '../../../uio/bit-field.ts'
import { rdlyOffsetNs, registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'
import { UcStatus } from './chip-uc-status.ts'

const { dfcsr, rdly1, rdly2, seqcnt } = registers
const { link, lineError, lineErrorLatched } = dfcsr.bits

export class PortStatus {
  readonly #file: RegisterFile
  readonly #uc: UcStatus
  /** Bits of DFCSR that are built anew at each look. */
  readonly #rebuilt: number

  /** `foreign`: see ChipOptions. */
  constructor(file: RegisterFile, foreign: boolean) {
    this.#file = file
    this.#uc = new UcStatus(file)
    this.#rebuilt = maskOf(link) | maskOf(lineError) | (foreign ? maskOf(lineErrorLatched) : 0)
  }

  showLinks(port1: boolean, port2: boolean): void {
    const up = (port1 ? 1 : 0) | (port2 ? 2 : 0)
    const down = ~up & 3
    this.#uc.showLink(1, port1)
    this.#uc.showLink(2, port2)
    this.#file.change(
      dfcsr,
      this.#rebuilt,
      place(up, link) | place(down, lineError) | place(down, lineErrorLatched),
    )
  }

  /** `delayNs`: that of the devices; undefined: no MST came back. `count`: of CP0, 0 in other phases. */
  showArrival(port: 1 | 2, delayNs: number | undefined, count: number): void {
    const delay = port === 1 ? rdly1 : rdly2
    this.#file.change(delay, -1, delayNs === undefined ? 0 : rdlyOffsetNs + delayNs)
    const field = port === 1 ? seqcnt.bits.port1 : seqcnt.bits.port2
    this.#file.change(seqcnt, maskOf(field), place(count, field))
  }
}
