/**
 * The device's end of the service channel: one step whenever the master's handshake bit differs from ours. It answers in
 * the telegram of the same cycle, or later while `delay` makes it busy. Six bytes each way; see telegram.ts.
 *
 * A transfer (an element in one direction) ends with the step that carries `last`, with an error, or with a step of
 * another transfer. What a write transfer brings is staged and taken over as a whole at its end.
 */
import { svcElement } from '../../telegram.ts'
import type { Parameter } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

const ahs = 1
const busyBit = 2
const errorBit = 4
const validBit = 8

/** Elements 5 and 6 exist for data with bounds, 4 for data with a unit: `0xn001` says that they do not. */
const absent = 0x001
const tooShort = 0x002
const tooLong = 0x003
const unchangeable = 0x004

export class ServiceChannel {
  /** Status word for the AT. */
  status = 0
  /** Info for the AT, as signed 32 bit. */
  info = 0
  private readonly store: ParameterStore
  private readonly staged: Uint8Array
  private readonly attribute = new Uint8Array(4)
  /** Keys are IDNs as signed 32 bit. */
  private readonly refused = new Map<number, number>()
  private readonly lengthened = new Set<number>()
  private handshake = 0
  private open: Parameter | undefined
  /** Element << 1 | write, of the transfer under way. */
  private transfer = 0
  private step = 0
  /** Bytes of the transfer under way, fixed at its first step. */
  private length = 0
  private delayCycles = 0
  /** A late step shows that the device is busy. */
  private showsBusy = true
  private busyCycles = 0
  private pendingControl = 0
  private pendingInfo = 0

  constructor(store: ParameterStore) {
    this.store = store
    this.staged = new Uint8Array(Math.max(8, store.largest + 3))
  }

  /** As at the start of CP1: closed, AHS 0, not valid. */
  reset(): void {
    this.status = 0
    this.info = 0
    this.handshake = 0
    this.busyCycles = 0
    this.close()
  }

  /** Fault: every further step takes this many cycles more, in which the device shows busy, or gives no sign (`silently`). */
  delay(cycles: number, silently = false): void {
    this.delayCycles = cycles
    this.showsBusy = !silently
  }

  /** Fault: accesses to the data of `idn` end with error `code`; 0: no longer. */
  refuse(idn: number, code: number): void {
    if (code === 0) this.refused.delete(idn | 0)
    else this.refused.set(idn | 0, code)
  }

  /** Fault: the data of `idn` are sent two bytes longer than they are. */
  lengthen(idn: number): void {
    this.lengthened.add(idn | 0)
  }

  /** The faults end. */
  mend(): void {
    this.delay(0)
    this.refused.clear()
    this.lengthened.clear()
  }

  /** CP1: only the handshake, no elements. Cyclic. */
  acknowledge(control: number): void {
    this.handshake = control & ahs
    this.status = validBit | this.handshake
    this.info = 0
  }

  /** One cycle: the control word and info of the MDT. Sets `status` and `info`. Cyclic. */
  exchange(control: number, info: number, phase: number): void {
    if (this.busyCycles > 0) {
      this.busyCycles--
      if (this.busyCycles === 0) this.process(this.pendingControl, this.pendingInfo, phase)
      return
    }
    if ((control & ahs) === this.handshake) {
      this.status |= validBit
      return
    }
    this.handshake = control & ahs
    if (this.delayCycles === 0) {
      this.process(control, info, phase)
      return
    }
    this.busyCycles = this.delayCycles
    this.pendingControl = control
    this.pendingInfo = info
    if (!this.showsBusy) return
    this.info = 0
    this.status = validBit | busyBit | this.handshake
  }

  private process(control: number, info: number, phase: number): void {
    const element = (control >>> 3) & 7
    const write = (control & 2) !== 0
    const last = (control & 4) !== 0
    this.info = 0
    const error = this.access(element, write, last, info, phase)
    this.status = validBit | this.handshake
    if (error === 0) return
    this.status |= errorBit
    this.info = error
    this.step = 0
    this.transfer = 0
  }

  private access(
    element: number,
    write: boolean,
    last: boolean,
    info: number,
    phase: number,
  ): number {
    // Closing is one step; a write that announces more is none (inferred: the sources give the code alone).
    if (element === svcElement.close) return this.close(write && !last)
    if (element === svcElement.idn && write) return this.openIdn(last, info)
    const { open } = this
    if (open === undefined) return 0x0001
    if (element === svcElement.idn) return this.answerStatus(open)
    const refusal = this.refusal(open, element)
    if (refusal !== 0) return refusal
    const transfer = (element << 1) | (write ? 1 : 0)
    if (transfer !== this.transfer) {
      this.transfer = transfer
      this.step = 0
    }
    if (!write) return this.read(open, element, last)
    if (element !== svcElement.data) return (element << 12) | unchangeable
    return this.write(open, last, info, phase)
  }

  private refusal(open: Parameter, element: number): number {
    if (element !== svcElement.data || this.refused.size === 0) return 0
    return this.refused.get(open.idn | 0) ?? 0
  }

  private close(malformed = false): number {
    this.open = undefined
    this.transfer = 0
    this.step = 0
    return malformed ? 0x0009 : 0
  }

  private openIdn(last: boolean, info: number): number {
    this.close()
    if (!last) return 0x1009
    this.open = this.store.find(info)
    if (this.open === undefined) return 0x1001
    return this.answerStatus(this.open)
  }

  private answerStatus(open: Parameter): number {
    this.transfer = 0
    this.info = open.command === undefined ? 0 : open.command.status
    return 0
  }

  private read(open: Parameter, element: number, last: boolean): number {
    const source = this.source(open, element)
    if (source === undefined) return (element << 12) | absent
    const variable =
      element === svcElement.name ||
      element === svcElement.unit ||
      (element === svcElement.data && open.list)
    if (this.step === 0) {
      if (element === svcElement.data) open.beforeRead?.()
      this.length = element === svcElement.data ? this.dataLength(open) : source.length
    }
    const steps = (variable ? 1 : 0) + ((this.length + 3) >> 2)
    if (this.step >= steps) return (element << 12) | tooLong
    const final = this.step === steps - 1
    if (last && !final) return (element << 12) | tooShort
    if (variable && this.step === 0) this.info = this.length | (source.length << 16)
    else this.info = word(source, (variable ? this.step - 1 : this.step) << 2, this.length)
    this.step = last ? 0 : this.step + 1
    return 0
  }

  private dataLength(open: Parameter): number {
    return this.lengthened.has(open.idn | 0) ? open.length + 2 : open.length
  }

  private source(open: Parameter, element: number): Uint8Array | undefined {
    switch (element) {
      case svcElement.name:
        return open.nameBytes
      case svcElement.attribute:
        setWord(this.attribute, 0, open.attribute)
        return this.attribute
      case svcElement.unit:
        return open.unitBytes
      case svcElement.minimum:
        return open.minimumBytes
      case svcElement.maximum:
        return open.maximumBytes
      default:
        return open.bytes
    }
  }

  private write(open: Parameter, last: boolean, info: number, phase: number): number {
    if (!open.changeable) return 0x7004
    if (!open.writableIn(phase)) return 0x7005
    if (this.step === 0) {
      this.length = open.list ? info & 0xffff : open.length
      if (this.length > open.bytes.length) return 0x7003
      if (open.list && this.length % open.itemBytes !== 0) return 0x7002
    }
    const steps = (open.list ? 1 : 0) + ((this.length + 3) >> 2)
    const final = this.step === steps - 1
    // A list's last step is known to the device already: more than it was announced is too long.
    if (this.step >= steps || (final && !last)) return 0x7003
    if (last && !final) return 0x7002
    const at = open.list ? this.step - 1 : this.step
    if (at >= 0) setWord(this.staged, at << 2, info)
    this.step++
    if (!final) return 0
    this.step = 0
    return this.commit(open, phase)
  }

  private commit(open: Parameter, phase: number): number {
    if (open.command !== undefined) {
      const error = open.command.write(this.staged[0] as number, phase)
      if (error !== 0) return error
    }
    return open.accept(this.staged, this.length)
  }
}

/** Little-endian word at `at`, bytes beyond `length` as zeros. */
function word(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let k = 3; k >= 0; k--) {
    value = (value << 8) | (at + k < length ? (bytes[at + k] as number) : 0)
  }
  return value
}

function setWord(bytes: Uint8Array, at: number, value: number): void {
  for (let k = 0; k < 4; k++) bytes[at + k] = (value >>> (8 * k)) & 0xff
}
