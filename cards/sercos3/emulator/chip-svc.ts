/**
 * The service-channel machine: up to 32 containers in SVC RAM, each the half-duplex transfer of one element.
 *
 * The processor fills the write buffer, sets pointers, element and handshake and clears masterBusy; from then on the
 * container is the chip's, step by step, until it sets masterBusy again with one of the interrupt bits. Pointers count
 * 16-bit words from the start of the write buffer, for the read pointers too; a step moves 4 bytes. `last` points at
 * the final step. CSMD_HAL_GLOB.h, CSMD_PRIV_SVC.c, CSMD_CYC_SVC.c (the same machine in software).
 */
import { extract, maskOf, place } from '../../../uio/bit-field.ts'
import { registers, svcContainer, windows } from '../registers.ts'
import { svcControl, svcElement, svcStatus } from '../telegram.ts'
import type { RegisterFile } from './chip-registers.ts'

const { word, ctl0, ctl4 } = svcContainer
const { svccsr, irr1 } = registers
const enabled = maskOf(svcContainer.pointerBits.enable)
/** 13..2: byte offset; the two lowest bits select an AT. */
const containerMask = 0x3ffc
const masterBusy = maskOf(ctl0.masterBusy)
const handshake = maskOf(svcControl.handshake)
/** Bits of ctl0 that are sent as they stand: element, end, write, handshake. */
const sent = maskOf(ctl0.element) | maskOf(ctl0.end) | maskOf(ctl0.write) | maskOf(ctl0.handshake)

export class SvcMachine {
  readonly #file: RegisterFile
  readonly #svc: Uint16Array
  readonly #tx: Uint16Array
  readonly #rx: Uint16Array
  /** A step of the current transfer has been sent: an error bit is this transfer's, not the one's before. */
  readonly #stepped = new Uint8Array(svcContainer.pointers)

  constructor(file: RegisterFile, memory: ArrayBufferLike) {
    this.#file = file
    this.#svc = new Uint16Array(memory, windows.svc.offset, windows.svc.size >> 1)
    this.#tx = new Uint16Array(memory, windows.tx.offset, windows.tx.size >> 1)
    this.#rx = new Uint16Array(memory, windows.rx.offset, windows.rx.size >> 1)
  }

  /** The ATs of a cycle are in Rx RAM: `at1`, `at2` are the masks of those received on port 1 and 2. */
  cycle(at1: number, at2: number): void {
    const control = this.#file.get(svccsr)
    if ((control & maskOf(svccsr.bits.enable)) === 0) return
    const came = (control & maskOf(svccsr.bits.triggerPort)) === 0 ? at1 : at2
    if ((came & (1 << extract(control, svccsr.bits.triggerAt))) === 0) return
    for (let n = 0; n < svcContainer.pointers; n++) {
      const pointer = this.#svc[n] as number
      if ((pointer & enabled) === 0) continue
      const base = (pointer & containerMask) >> 1
      if (base + word.buffers > this.#svc.length) {
        this.#file.change(svccsr, 0, maskOf(svccsr.bits.processError))
      } else this.#container(n, base)
    }
  }

  #container(n: number, base: number): void {
    const status = this.#rx[this.#read(base + word.rxPtr) >> 1] as number
    if ((this.#read(base + word.ctl0) & masterBusy) !== 0) this.#stepped[n] = 0
    else this.#transfer(n, base, status)
    this.#svc[base + word.ctl1] = status & 0xf
  }

  #transfer(n: number, base: number, status: number): void {
    const control = this.#tx[this.#read(base + word.txPtr) >> 1] as number
    const answered =
      ((control ^ status) & handshake) === 0 && (status & maskOf(svcStatus.valid)) !== 0
    if (!answered) this.#wait(n, base, false)
    else if ((status & maskOf(svcStatus.busy)) !== 0) this.#wait(n, base, true)
    else {
      this.#svc[base + word.ctl4] = 0
      const failed = this.#stepped[n] === 1 && (status & maskOf(svcStatus.error)) !== 0
      if (failed) this.#fail(n, base)
      else if (((this.#read(base + word.ctl0) ^ status) & handshake) !== 0) this.#step(n, base)
      else this.#take(n, base)
    }
  }

  /** No answer, or `busy`: counts, and gives up after the time-out of SVCCSR. */
  #wait(n: number, base: number, busy: boolean): void {
    const old = this.#read(base + word.ctl4)
    const sameCause = extract(old, ctl4.busyCount) === (busy ? 1 : 0)
    const count = sameCause ? Math.min((old & maskOf(ctl4.errors)) + 1, 0xff) : 1
    const field = busy ? svccsr.bits.busyTimeoutCycles : svccsr.bits.handshakeTimeoutCycles
    const over = count > extract(this.#file.get(svccsr), field)
    const cause = busy ? ctl4.busyTimeout : ctl4.handshakeTimeout
    this.#svc[base + word.ctl4] =
      count | (busy ? maskOf(ctl4.busyCount) : 0) | (over ? maskOf(cause) : 0)
    if (over) this.#finish(n, base, 0)
  }

  /** Sends the next step: 4 bytes of the write buffer, or the wish to read 4. */
  #step(n: number, base: number): void {
    const c0 = this.#read(base + word.ctl0)
    const writes = (c0 & maskOf(ctl0.write)) !== 0
    const [ctl, last, pointer] = writes
      ? [word.ctl2, svcContainer.ctl2.writeLast, svcContainer.ctl2.writePointer]
      : [word.ctl3, svcContainer.ctl3.readLast, svcContainer.ctl3.readPointer]
    const position = this.#read(base + ctl)
    const isLast = extract(position, pointer) >= extract(position, last)
    const field = this.#read(base + word.txPtr) >> 1
    if (writes) {
      const from = base + word.buffers + extract(position, pointer)
      this.#tx[field + 1] = this.#read(from)
      this.#tx[field + 2] = this.#read(from + 1)
    }
    const end = isLast && (c0 & maskOf(ctl0.setEnd)) !== 0 ? maskOf(svcControl.last) : 0
    this.#tx[field] = (c0 & sent) | end
    this.#stepped[n] = 1
    if (writes && !isLast) {
      this.#svc[base + ctl] = position + 2
      this.#svc[base + word.ctl0] = c0 ^ handshake
    }
  }

  /** The slave has answered the last step sent. */
  #take(n: number, base: number): void {
    const c0 = this.#read(base + word.ctl0)
    const opens = extract(c0, ctl0.element) === svcElement.idn
    if ((c0 & maskOf(ctl0.write)) !== 0 && !opens) {
      this.#finish(n, base, maskOf(ctl0.endWriteInterrupt))
      return
    }
    const position = this.#read(base + word.ctl3)
    this.#takeInfo(base)
    if (
      extract(position, svcContainer.ctl3.readPointer) <
      extract(position, svcContainer.ctl3.readLast)
    ) {
      this.#svc[base + word.ctl3] = position + 2
      this.#svc[base + word.ctl0] = c0 ^ handshake
    } else this.#finish(n, base, maskOf(ctl0.endReadInterrupt))
  }

  /** The slave reports an error: its code goes where the read pointer stands, and the pointer behind it. */
  #fail(n: number, base: number): void {
    this.#takeInfo(base)
    this.#svc[base + word.ctl3] = this.#read(base + word.ctl3) + 2
    this.#finish(n, base, maskOf(ctl0.errorInterrupt))
  }

  #takeInfo(base: number): void {
    const field = this.#read(base + word.rxPtr) >> 1
    const to =
      base + word.buffers + extract(this.#read(base + word.ctl3), svcContainer.ctl3.readPointer)
    this.#svc[to] = this.#rx[field + 1] as number
    this.#svc[to + 1] = this.#rx[field + 2] as number
  }

  #finish(n: number, base: number, cause: number): void {
    this.#stepped[n] = 0
    this.#svc[base + word.ctl0] = this.#read(base + word.ctl0) | masterBusy | cause
    this.#file.change(irr1, 0, place(1, [n, n]))
  }

  #read(at: number): number {
    return this.#svc[at] as number
  }
}
