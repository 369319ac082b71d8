/**
 * One transfer through a service channel as a chain of steps: `send` says what goes out next, `take` what the answer
 * means. It knows nothing of handshakes and time, see service-channel.ts. Cyclic: all memory is given to the constructor.
 *
 * A transfer can be begun anew at any step (`rewind`), because a device drops what was not brought to its last step: that
 * is how the master's own jobs pass a user's long list. A procedure command goes on where it was: it runs in the device,
 * open or not. CoSeMa CSMD_PRIV_SVC.c; sequence tried.
 */
import { maskOf } from '../../../../uio/bit-field.ts'
import { commandStatus, commandWrite, svcControl, svcElement } from '../../telegram.ts'
import { svcFailure, svcForm, svcJob, svcState, svcStep as step } from './service-codes.ts'

const elements = 8
const writeBit = maskOf(svcControl.write)
const lastBit = maskOf(svcControl.last)
const attributeBytes = 4
const commandFlag = 1 << 3
const needAttribute = (1 << svcElement.minimum) | (1 << svcElement.maximum) | (1 << svcElement.data)
const variable = (1 << svcElement.name) | (1 << svcElement.unit)

/** Where a job sends its steps. */
export type StepSender = {
  send(element: number, bits: number, infoLow: number, infoHigh: number): void
}

export class ServiceJob {
  state: number = svcState.idle
  failure: number = svcFailure.none
  /** Error code of the device after `refused`. */
  errorCode = 0
  /** Data status (procedure command acknowledgement) at the last opening. */
  dataStatus = 0
  /** Element 3, as signed 32 bit; 0 while it was not read. */
  attribute = 0
  /** Steps answered: that it goes on. */
  steps = 0
  /** What was read, one element behind the other, or is to be written. */
  readonly data: Uint8Array
  /** Per element: bytes read, -1 where none were; error code where the device refused; where in `data` they begin. */
  readonly lengths: Int32Array
  readonly refusals: Int32Array
  readonly offsets: Int32Array

  #kind = 0
  #step: number = step.open
  #idn = 0
  /** Bit n: element n is to be read. */
  #elements = 0
  #element = 0
  #form: number = svcForm.any
  /** Several elements: one that the device refuses is noted, and the others are read. */
  #tolerant = false
  #hasAttribute = false
  /** Of the element under way: its place in `data`, its bytes, and those transferred. */
  #offset = 0
  #bytes = 0
  #position = 0
  /** Why the job fails once the device was told. */
  #ending: number = svcFailure.none
  /** The master's value, to be written at the length that the attribute gives. */
  #sized = false

  /** `results`: 24 words. */
  constructor(data: Uint8Array, results: Int32Array) {
    this.data = data
    this.lengths = results.subarray(0, elements)
    this.refusals = results.subarray(elements, 2 * elements)
    this.offsets = results.subarray(2 * elements, 3 * elements)
  }

  /**
   * `wanted`: the elements to read, bit n for element n. `bytes`: those of `data` to write; -1: as many as the attribute
   * says.
   */
  start(kind: number, idn: number, wanted: number, bytes: number, form: number): void {
    this.#kind = kind
    this.#idn = idn | 0
    this.#elements = kind === svcJob.read ? wanted : 0
    this.#tolerant = (this.#elements & (this.#elements - 1)) !== 0
    this.#element = 0
    this.#form = form
    this.#hasAttribute = false
    this.#offset = 0
    this.#bytes = bytes
    this.#sized = bytes < 0
    this.#position = 0
    this.#ending = svcFailure.none
    this.#step = step.open
    this.failure = svcFailure.none
    this.errorCode = 0
    this.dataStatus = 0
    this.attribute = 0
    this.steps = 0
    for (let n = 0; n < elements; n++) {
      this.lengths[n] = -1
      this.refusals[n] = 0
      this.offsets[n] = 0
    }
    this.state = svcState.running
  }

  get isCommand(): boolean {
    return this.#kind === svcJob.command
  }

  /** Ends as failed when the device has been told: a command is cleared, a list closed. */
  cancel(failure: number): void {
    if (this.state === svcState.running && this.#ending === svcFailure.none) this.#ending = failure
  }

  /** Ends as failed at once. */
  fail(failure: number): void {
    if (this.state !== svcState.running) return
    this.failure = failure
    this.state = svcState.failed
  }

  /** Somebody else had the channel: opens the IDN again. */
  rewind(): void {
    if (this.#step === step.poll || this.#step === step.clearAgain) this.#step = step.poll
    else if (this.#step === step.close) this.fail(this.#ending)
    else {
      this.#step = step.open
      this.#position = 0
    }
  }

  /** The next step. A job that was cancelled before it touched anything ends here. */
  send(to: StepSender): void {
    if (this.#ending !== svcFailure.none) this.#turnToEnd()
    if (this.state !== svcState.running) return
    switch (this.#step) {
      case step.open:
      case step.poll:
        to.send(svcElement.idn, writeBit | lastBit, this.#idn & 0xffff, this.#idn >>> 16)
        break
      case step.attribute:
        to.send(svcElement.attribute, lastBit, 0, 0)
        break
      case step.readHead:
        to.send(this.#element, 0, 0, 0)
        break
      case step.read:
        to.send(this.#element, this.#position + 4 >= this.#bytes ? lastBit : 0, 0, 0)
        break
      case step.writeHead:
        to.send(
          svcElement.data,
          writeBit | (this.#bytes === 0 ? lastBit : 0),
          this.#bytes,
          this.#bytes,
        )
        break
      case step.write: {
        const at = this.#position
        const last = at + 4 >= this.#bytes ? lastBit : 0
        to.send(svcElement.data, writeBit | last, this.#wordAt(at), this.#wordAt(at + 2))
        break
      }
      case step.set:
        to.send(svcElement.data, writeBit | lastBit, commandWrite.setAndEnable, 0)
        break
      case step.close:
        to.send(svcElement.close, writeBit | lastBit, 0, 0)
        break
      default:
        to.send(svcElement.data, writeBit | lastBit, commandWrite.clear, 0)
    }
  }

  /** A step was answered. */
  take(infoLow: number, infoHigh: number): void {
    this.steps = (this.steps + 1) | 0
    switch (this.#step) {
      case step.open:
        this.dataStatus = infoLow & 0xf
        this.#opened()
        break
      case step.attribute:
        this.attribute = (infoHigh << 16) | infoLow
        this.#hasAttribute = true
        this.#gotAttribute()
        break
      case step.readHead:
        this.#bytes = infoLow
        this.#position = 0
        if (infoLow === 0) this.#gotElement()
        else if (this.#offset + infoLow > this.data.length) this.#endAfterClose(svcFailure.tooLong)
        else this.#step = step.read
        break
      case step.read:
        this.#received(infoLow, infoHigh)
        break
      case step.writeHead:
        if (this.#bytes === 0) this.#finish()
        else this.#step = step.write
        break
      case step.write:
        this.#position += 4
        if (this.#position >= this.#bytes) this.#finish()
        break
      case step.clear:
        this.#step = step.set
        break
      case step.set:
        this.#step = step.poll
        break
      case step.poll:
        this.#polled(infoLow & 0xf)
        break
      default:
        // closed, or the command is cleared
        if (this.#ending === svcFailure.none) this.#finish()
        else this.fail(this.#ending)
    }
  }

  /** A step was answered with an error. */
  refuse(code: number): void {
    this.steps = (this.steps + 1) | 0
    const inElement = this.#step === step.readHead || this.#step === step.read
    if (this.#ending !== svcFailure.none) this.fail(this.#ending)
    else if (inElement && this.#tolerant) {
      this.refusals[this.#element] = code
      // what an error leaves open is the device's affair: the next element begins with a new opening
      this.#step = step.open
      this.#nextElement()
    } else {
      this.errorCode = code
      this.fail(svcFailure.refused)
    }
  }

  /** After a cancel: what the device has to be told before the job ends. */
  #turnToEnd(): void {
    switch (this.#step) {
      case step.poll:
      case step.clearAgain:
      case step.close:
        // a command is opened first, and cleared by what follows
        break
      case step.read:
      case step.write:
        this.#step = step.close
        break
      default:
        this.fail(this.#ending)
    }
  }

  #opened(): void {
    if (this.#kind === svcJob.read && !this.#hasAttribute && !this.#wantsAttribute()) {
      this.#beginElement()
      return
    }
    if (this.#hasAttribute) this.#gotAttribute()
    else this.#step = step.attribute
  }

  #wantsAttribute(): boolean {
    return (this.#elements & (needAttribute | (1 << svcElement.attribute))) !== 0
  }

  #gotAttribute(): void {
    if (this.#kind === svcJob.read) {
      const wanted = (this.#elements & (1 << svcElement.attribute)) !== 0
      if (wanted && (this.lengths[svcElement.attribute] as number) < 0) this.#noteAttribute()
      this.#beginElement()
      return
    }
    const form = this.attribute >>> 16
    if (this.#kind === svcJob.command) {
      if ((form & commandFlag) === 0) this.fail(svcFailure.wrongKind)
      else this.#step = step.clear
      return
    }
    const code = form & 7
    const list = code >= 4
    if (!this.#fits(code) || (this.#sized && list)) {
      this.fail(svcFailure.wrongKind)
      return
    }
    if (this.#sized) this.#bytes = 1 << code
    else if (!list && this.#bytes !== 1 << code) {
      this.fail(svcFailure.wrongKind)
      return
    }
    this.#step = list ? step.writeHead : step.write
  }

  #noteAttribute(): void {
    if (this.#offset + attributeBytes > this.data.length) return
    this.#put(this.#offset, this.attribute & 0xffff, this.attribute >>> 16)
    this.#bytes = attributeBytes
    this.#keepElement(svcElement.attribute)
  }

  /** Of those wanted, the first from the present one on. */
  #beginElement(): void {
    while (
      this.#element < elements &&
      ((this.#elements & (1 << this.#element)) === 0 || this.#element === svcElement.attribute)
    )
      this.#element++
    if (this.#element >= elements) {
      this.#finish()
      return
    }
    this.#position = 0
    if ((variable & (1 << this.#element)) !== 0) {
      this.#step = step.readHead
      return
    }
    const code = (this.attribute >>> 16) & 7
    if (!this.#fits(code)) {
      this.fail(svcFailure.wrongKind)
      return
    }
    if (code >= 4 && this.#element === svcElement.data) {
      this.#step = step.readHead
      return
    }
    // minimum and maximum of a list are those of an item (inferred)
    this.#bytes = 1 << (code & 3)
    if (this.#offset + this.#bytes > this.data.length) this.fail(svcFailure.tooLong)
    else this.#step = step.read
  }

  /** Length code 1 to 3: 2, 4, 8 bytes; from 4 on a list. */
  #fits(code: number): boolean {
    if (code === 0) return false
    if (this.#form === svcForm.any) return true
    return code >= 4 === (this.#form === svcForm.list)
  }

  #received(infoLow: number, infoHigh: number): void {
    this.#put(this.#offset + this.#position, infoLow, infoHigh)
    this.#position += 4
    if (this.#position >= this.#bytes) this.#gotElement()
  }

  /** Behind the end of `data`, bytes fall away: they are the filling of the last step. */
  #put(at: number, low: number, high: number): void {
    const { data } = this
    data[at] = low & 0xff
    data[at + 1] = low >>> 8
    data[at + 2] = high & 0xff
    data[at + 3] = high >>> 8
  }

  #gotElement(): void {
    this.#keepElement(this.#element)
    this.#nextElement()
  }

  #keepElement(element: number): void {
    this.lengths[element] = this.#bytes
    this.offsets[element] = this.#offset
    this.#offset += (this.#bytes + 3) & ~3
  }

  /** After a refusal (`step.open`) the IDN is opened before the next element. */
  #nextElement(): void {
    this.#element++
    const left = this.#elements & ~(1 << svcElement.attribute) & ~((1 << this.#element) - 1)
    if (left === 0) this.#finish()
    else if (this.#step !== step.open) this.#beginElement()
  }

  #wordAt(offset: number): number {
    if (offset >= this.#bytes) return 0
    return (this.data[offset] as number) | (this.#byteAt(offset + 1) << 8)
  }

  #byteAt(offset: number): number {
    return offset < this.#bytes ? (this.data[offset] as number) : 0
  }

  /** CoSeMa CSMD_CP_AUX.h: 0 and 1 are shown before the device has begun. */
  #polled(status: number): void {
    this.dataStatus = status
    if (this.#ending === svcFailure.none) {
      if (status === commandStatus.error) this.#ending = svcFailure.commandError
      else if (status === commandStatus.interrupted) this.#ending = svcFailure.commandInterrupted
      else if (status !== commandStatus.done) return
    }
    this.#step = step.clearAgain
  }

  #endAfterClose(failure: number): void {
    this.#ending = failure
    this.#step = step.close
  }

  #finish(): void {
    this.state = svcState.done
  }
}
