/**
 * Who owns which buffer of a buffer system (A or B), by the handshake that registers.ts describes at `bufferMode`.
 *
 * With two or three buffers no buffer is ever the processor's and the chip's at once. A single buffer belongs to both:
 * requests change nothing, and newData tells of the last cycle alone.
 *
 * A processor that sets the request bit in the word that it read (CS does) leaves no trace in plain memory where that bit
 * stands as `usable` already. Where such a one is served the bit reads 0, and `usable` is not shown.
 */
import { maskOf, place } from '../../../uio/bit-field.ts'
import type { Register } from '../../../uio/register-table.ts'
import { bufferMode, registers } from '../registers.ts'
import type { RegisterFile } from './chip-registers.ts'

const tx = registers.txbufcsrA.bits
const rx = registers.rxbufcsrA.bits
const required = registers.rxbuftrA.bits
const countMask = 3
const requestBit = place(1, tx.request)
const statusMask = ~countMask
const atMask = maskOf(required.at)
const none = -1

function buffersOf(modeField: number): number {
  if (modeField === bufferMode.single) return 1
  return modeField === bufferMode.double ? 2 : 3
}

/** One transmit buffer system. */
export class TxBuffers {
  readonly #file: RegisterFile
  readonly #csr: Register
  readonly #usable: number
  #count = 3
  /** The processor's buffer; none between a request and the next MDT of a double buffer. */
  #processors = 0
  /** Handed over and not sent yet. */
  #waiting = none
  /** What the chip sends, cycle after cycle, until something newer is handed over. */
  #sending = 2

  constructor(file: RegisterFile, csr: Register, showsUsable: boolean) {
    this.#file = file
    this.#csr = csr
    this.#usable = showsUsable ? requestBit : 0
    file.onWrite(csr, (value, lanes) => this.#written(value, lanes))
  }

  /** After a reset: `mode` as in bufferMode. */
  reset(mode: number): void {
    this.#file.change(this.#csr, countMask, mode)
    this.#start(mode)
  }

  /** The start of an MDT: the buffer to send from, which is the newest handed over. */
  startOfMdt(): number {
    if (this.#waiting !== none) {
      const sent = this.#sending
      this.#sending = this.#waiting
      this.#waiting = none
      if (this.#processors === none) this.#processors = sent
      this.#show()
    }
    return this.#sending
  }

  #start(mode: number): void {
    this.#count = buffersOf(mode)
    this.#processors = 0
    this.#waiting = none
    this.#sending = this.#count - 1
    this.#show()
  }

  #written(value: number, lanes: number): void {
    if ((lanes & countMask) !== 0 && buffersOf(value & countMask) !== this.#count) {
      this.#start(value & countMask)
    }
    if ((value & requestBit) !== 0) this.#handOver()
    this.#show()
  }

  #handOver(): void {
    if (this.#count === 1 || this.#processors === none) return
    const replaced = this.#waiting
    this.#waiting = this.#processors
    if (this.#count === 2) this.#processors = none
    // three buffers: the one that is neither sent nor waiting; a waiting one that something newer replaced is free again
    else this.#processors = replaced === none ? 3 - this.#waiting - this.#sending : replaced
  }

  /** A request found meanwhile has changed what there is to show. */
  #show(): void {
    while (!this.#file.offer(this.#csr, statusMask, this.#status));
  }

  get #status(): number {
    return this.#processors === none ? 0 : place(this.#processors, tx.active) | this.#usable
  }
}

/** One port's half of a receive buffer system. */
class PortBuffers {
  count = 3
  processors = none
  /** Complete and not handed out. */
  full = none
  /** What came into each buffer: 3..0 MDT, 11..8 AT. */
  readonly valid = new Int32Array(3)

  start(count: number): void {
    this.count = count
    this.processors = none
    this.full = none
    this.valid.fill(0)
  }

  /** The buffer that the next telegrams go to: a free one, else the older of the chip's own. */
  target(): number {
    if (this.count === 1) return 0
    for (let buffer = 0; buffer < this.count; buffer++) {
      if (buffer !== this.processors && buffer !== this.full) return buffer
    }
    return this.full
  }

  received(buffer: number, telegrams: number, complete: boolean): void {
    this.valid[buffer] = telegrams
    if (complete) this.full = buffer
    else if (this.full === buffer) this.full = none
  }

  giveBack(): void {
    this.processors = none
  }

  get hasNew(): boolean {
    return this.full !== none
  }

  /** The newest complete buffer, if any, becomes the processor's. */
  handOut(): void {
    this.processors = this.full
    this.full = none
  }
}

/** One receive buffer system, both ports. */
export class RxBuffers {
  readonly #file: RegisterFile
  readonly #csr: Register
  readonly #valid: Register
  readonly #required: Register
  readonly #usable: number
  readonly #port1 = new PortBuffers()
  readonly #port2 = new PortBuffers()
  #mode = -1
  #requested = false

  constructor(
    file: RegisterFile,
    rows: { readonly csr: Register; readonly valid: Register; readonly required: Register },
    showsUsable: boolean,
  ) {
    const { csr, valid, required: required_ } = rows
    this.#file = file
    this.#usable = showsUsable ? requestBit : 0
    this.#csr = csr
    this.#valid = valid
    this.#required = required_
    file.onWrite(csr, (value, lanes) => this.#written(value, lanes))
  }

  /** After a reset: `mode` as in bufferMode. */
  reset(mode: number): void {
    this.#file.change(this.#csr, countMask, mode)
    this.#start(mode)
  }

  /** Index of the buffer that this cycle's telegrams on `port` go to. Never one of the processor's, but for a single buffer. */
  target(port: 1 | 2): number {
    return this.#of(port).target()
  }

  /** What came on `port` in this cycle has been written to `target(port)`: 3..0 MDT, 11..8 AT. */
  received(port: 1 | 2, telegrams: number): void {
    const buffers = this.#of(port)
    const wanted = this.#file.get(this.#required) & (place(15, required.mdt) | atMask)
    const complete = telegrams !== 0 && (telegrams & wanted) === wanted
    // without an AT nothing was written: what the buffer held is still whole
    if (!complete && (telegrams & atMask) === 0 && buffers.count > 1) return
    buffers.received(buffers.target(), telegrams, complete)
  }

  /** The end of a reception on both ports: answers a request that waits. */
  endOfReception(): void {
    if (this.#port1.count === 1) this.#showSingle()
    else if (this.#requested) this.#answer()
  }

  #of(port: 1 | 2): PortBuffers {
    return port === 1 ? this.#port1 : this.#port2
  }

  #start(mode: number): void {
    this.#mode = mode
    this.#requested = false
    this.#port1.start(buffersOf(mode))
    this.#port2.start(buffersOf(mode))
    this.#file.change(this.#csr, statusMask, 0)
    this.#file.change(this.#valid, -1, 0)
  }

  #written(value: number, lanes: number): void {
    if ((lanes & countMask) !== 0 && (value & countMask) !== this.#mode) {
      this.#start(value & countMask)
    }
    if ((value & requestBit) === 0) return
    if (this.#port1.count === 1) {
      this.#file.change(this.#csr, statusMask, 0)
      return
    }
    this.#port1.giveBack()
    this.#port2.giveBack()
    this.#requested = true
    this.#file.change(this.#csr, statusMask, 0)
    // found on plain memory: the reception of this tick is still to come, and would be a cycle newer
    if (this.#file.trapped) this.#answer()
  }

  /** A buffer is the processor's from when it is shown: a request found just before is answered by the same answer. */
  #answer(): void {
    while (this.#requested && (this.#port1.hasNew || this.#port2.hasNew)) {
      const valid = validIn(this.#port1) | (validIn(this.#port2) << 16)
      if (!this.#file.offer(this.#valid, -1, valid)) continue
      if (!this.#file.offer(this.#csr, statusMask, this.#newData | this.#usable)) continue
      this.#port1.handOut()
      this.#port2.handOut()
      this.#requested = false
    }
  }

  get #newData(): number {
    const { full: full1, hasNew: new1 } = this.#port1
    const { full: full2, hasNew: new2 } = this.#port2
    return (
      (new1 ? place(full1, rx.activeP1) | place(1, rx.newDataP1) : 0) |
      (new2 ? place(full2, rx.activeP2) | place(1, rx.newDataP2) : 0)
    )
  }

  #showSingle(): void {
    const new1 = this.#port1.full === 0 ? place(1, rx.newDataP1) : 0
    const new2 = this.#port2.full === 0 ? place(1, rx.newDataP2) : 0
    this.#file.change(
      this.#valid,
      -1,
      (this.#port1.valid[0] as number) | ((this.#port2.valid[0] as number) << 16),
    )
    this.#file.change(this.#csr, statusMask, new1 | new2 | this.#usable)
  }
}

/** What came into the newest complete buffer; 0 when there is none. */
function validIn(port: PortBuffers): number {
  return port.hasNew ? (port.valid[port.full] as number) : 0
}
