/**
 * One device's service channel: a container in software that works on the SVC fields of the telegrams.
 *
 * It is advanced once a Sercos cycle with the status word received and gives the control word and info to send. One
 * job at a time; a job is a chain of steps, each a handshake: info and control word with MHS toggled go out, the device
 * answers with AHS equal. Everything is allocated in the constructor: jobs run during cyclic operation too.
 * CoSeMa CSMD_CYC_SVC.c, CSMD_CP_AUX.h; sequence tried.
 */
import { maskOf, place } from '../../../uio/bit-field.ts'
import { commandStatus, commandWrite, svcControl, svcElement, svcStatus } from '../telegram.ts'

export const svcState = { idle: 0, running: 1, done: 2, failed: 3 } as const

/** Why a job failed. `refused`: the device answered with an error code, see `errorCode`. */
export const svcFailure = {
  none: 0,
  refused: 1,
  handshakeTimeout: 2,
  busyTimeout: 3,
  /** Scalar where a list was asked for or the reverse, or longer than the buffer. */
  wrongKind: 4,
  commandError: 5,
  commandTimeout: 6,
} as const

const job = { none: 0, read: 1, write: 2, command: 3 } as const
/** Steps of a job. The three last are those of a procedure command. */
const step = {
  open: 0,
  attribute: 1,
  first: 2,
  data: 3,
  clear: 4,
  set: 5,
  poll: 6,
  clearAgain: 7,
} as const

/** Longest list this container holds, bytes of data. */
export const svcBufferBytes = 4096
const handshakeTimeoutCycles = 10

const handshakeBit = maskOf(svcControl.handshake)
const writeBit = maskOf(svcControl.write)
const lastBit = maskOf(svcControl.last)
const ahsBit = maskOf(svcStatus.handshake)
const busyBit = maskOf(svcStatus.busy)
const errorBit = maskOf(svcStatus.error)
const validBit = maskOf(svcStatus.valid)
const ready = validBit | ahsBit

export class ServiceChannel {
  /** What the master sends: control word and the two words of the info. */
  control = 0
  infoLow = 0
  infoHigh = 0
  /** Rises with every change of the above, so that each Tx buffer can be brought up to date. */
  version = 0

  state: number = svcState.idle
  failure: number = svcFailure.none
  /** Error code of the device after `refused`. */
  errorCode = 0
  /** Data status (procedure command acknowledgement) at the last opening. */
  dataStatus = 0
  /** Data read, or to be written as a list. */
  readonly data = new Uint8Array(svcBufferBytes)
  /** Bytes of data read. */
  length = 0

  #job: number = job.none
  #step: number = step.open
  #idn = 0
  #element: number = svcElement.data
  #list = false
  /** Bytes to transfer, and transferred. */
  #bytes = 0
  #position = 0
  #waiting = false
  #handshakeCycles = 0
  #busyCycles = 0
  #commandCycles = 0
  #busyLimit = 2000
  #commandLimit = 10_000

  /** Cycles that a device may show busy in one step, and that a procedure command may take. */
  setLimits(busyCycles: number, commandCycles: number): void {
    this.#busyLimit = busyCycles
    this.#commandLimit = commandCycles
  }

  /** CP1: sets MHS alone, to see whether the device follows. */
  raiseHandshake(): void {
    this.#send(handshakeBit, 0)
    this.#waiting = false
  }

  /** Before CP0: no handshake has been made. */
  reset(): void {
    this.cancel()
    this.state = svcState.idle
    this.#send(0, 0)
  }

  /** A new telegram layout: the handshake bit stands, the rest of the control word does not. */
  rest(): void {
    this.cancel()
    this.#send(this.control & handshakeBit, 0)
  }

  /** Ends a running job as failed; the next job opens anew. */
  cancel(): void {
    if (this.state === svcState.running) this.#fail(svcFailure.handshakeTimeout)
    this.#waiting = false
  }

  /** True when `status` shows that the device follows the handshake: valid, AHS equal to MHS. */
  follows(status: number): boolean {
    return (status & ready) === (validBit | (this.control & handshakeBit))
  }

  /** Reads `element` of `idn`, which must be no list, into `data`, little endian. Name and unit are texts all the same. */
  startRead(idn: number, element: number = svcElement.data): void {
    this.#start(job.read, idn, element, 0, false)
  }

  /** Reads the data of `idn`, which must be a list, without its head into `data`. */
  startReadList(idn: number): void {
    this.#start(job.read, idn, svcElement.data, 0, true)
  }

  /** Writes a scalar at the length that the attribute gives. Signed or unsigned, up to 2^53. */
  startWrite(idn: number, value: number): void {
    let rest = value
    for (let n = 0; n < 8; n++) {
      this.data[n] = modulo256(rest)
      rest = Math.floor(rest / 256)
    }
    this.#start(job.write, idn, svcElement.data, 0, false)
  }

  /** Writes the first `bytes` bytes of `data` as a list. */
  startWriteList(idn: number, bytes: number): void {
    this.#start(job.write, idn, svcElement.data, bytes, true)
  }

  /** Runs a procedure command: clears it, sets and enables it, waits for its end, clears it. */
  startCommand(idn: number): void {
    this.#commandCycles = 0
    this.#start(job.command, idn, svcElement.data, 0, false)
  }

  /** Once a cycle with new telegrams. Cyclic. */
  advance(status: number, infoLow: number, infoHigh: number): void {
    if (this.state !== svcState.running) return
    if (this.#job === job.command && ++this.#commandCycles > this.#commandLimit) {
      this.#fail(svcFailure.commandTimeout)
      return
    }
    if (!this.follows(status)) {
      if (++this.#handshakeCycles > handshakeTimeoutCycles) this.#fail(svcFailure.handshakeTimeout)
      return
    }
    this.#handshakeCycles = 0
    // While busy no step may be begun either: a device may still work on what an earlier job left behind.
    if ((status & busyBit) !== 0) {
      if (++this.#busyCycles > this.#busyLimit) this.#fail(svcFailure.busyTimeout)
      return
    }
    this.#busyCycles = 0
    if (!this.#waiting) {
      this.#open()
      return
    }
    if ((status & errorBit) !== 0) {
      this.errorCode = infoLow
      this.#fail(svcFailure.refused)
      return
    }
    this.#next(infoLow, infoHigh)
  }

  #start(kind: number, idn: number, element: number, bytes: number, list: boolean): void {
    this.#job = kind
    this.#idn = idn
    this.#element = element
    this.#bytes = bytes
    this.#list = list
    this.#position = 0
    this.#handshakeCycles = 0
    this.#busyCycles = 0
    this.#waiting = false
    this.length = 0
    this.failure = svcFailure.none
    this.errorCode = 0
    this.#step = step.open
    this.state = svcState.running
  }

  #open(): void {
    if (this.#step < step.clear) this.#step = step.open
    this.#toggle(svcElement.idn, writeBit | lastBit, this.#idn & 0xffff, this.#idn >>> 16)
  }

  /** A step was answered. */
  #next(infoLow: number, infoHigh: number): void {
    if (this.#job === job.command) this.#nextOfCommand(infoLow)
    else if (this.#step === step.open) {
      this.dataStatus = infoLow
      // The attribute itself, and those elements whose form needs no attribute, are read at once.
      if (this.#job === job.read && this.#element === svcElement.attribute) this.#takeScalar(4)
      else if (this.#isText()) this.#takeList()
      else {
        this.#step = step.attribute
        this.#toggle(svcElement.attribute, lastBit, 0, 0)
      }
    } else if (this.#step === step.attribute) this.#takeAttribute(infoHigh)
    else if (this.#job === job.read) this.#received(infoLow, infoHigh)
    else if (this.#position < this.#bytes) this.#sendData()
    else this.#finish()
  }

  #isText(): boolean {
    return this.#element === svcElement.name || this.#element === svcElement.unit
  }

  /** Length code, bits 18..16: 1 = 2 bytes, 2 = 4, 3 = 8; from 4 on a list. */
  #takeAttribute(infoHigh: number): void {
    const code = infoHigh & 7
    const list = code >= 4
    if (list !== this.#list || code === 0) {
      this.#fail(svcFailure.wrongKind)
      return
    }
    if (this.#job === job.write) {
      if (!list) this.#bytes = 1 << code
      this.#step = step.first
      if (list) this.#sendListHead()
      else this.#sendData()
      return
    }
    if (list) this.#takeList()
    else this.#takeScalar(1 << code)
  }

  #takeScalar(bytes: number): void {
    this.#bytes = bytes
    this.#step = step.data
    this.#requestData()
  }

  /** The first step of a list answers its current and maximum length. */
  #takeList(): void {
    this.#step = step.first
    this.#toggle(this.#element, 0, 0, 0)
  }

  #received(infoLow: number, infoHigh: number): void {
    if (this.#step === step.first) {
      this.#bytes = infoLow
      this.#step = step.data
      if (infoLow > svcBufferBytes) this.#fail(svcFailure.wrongKind)
      else if (infoLow === 0) this.#finish()
      else this.#requestData()
      return
    }
    this.data[this.#position] = infoLow & 0xff
    this.data[this.#position + 1] = infoLow >>> 8
    this.data[this.#position + 2] = infoHigh & 0xff
    this.data[this.#position + 3] = infoHigh >>> 8
    this.#position += 4
    if (this.#position < this.#bytes) this.#requestData()
    else this.#finish()
  }

  #requestData(): void {
    this.#toggle(this.#element, this.#position + 4 >= this.#bytes ? lastBit : 0, 0, 0)
  }

  #sendListHead(): void {
    const last = this.#bytes === 0 ? lastBit : 0
    this.#toggle(this.#element, writeBit | last, this.#bytes, this.#bytes)
  }

  #sendData(): void {
    this.#step = step.data
    const at = this.#position
    this.#position += 4
    const last = this.#position >= this.#bytes ? lastBit : 0
    this.#toggle(this.#element, writeBit | last, this.#wordAt(at), this.#wordAt(at + 2))
  }

  #wordAt(offset: number): number {
    if (offset >= this.#bytes) return 0
    return (this.data[offset] as number) | ((this.data[offset + 1] as number) << 8)
  }

  #nextOfCommand(infoLow: number): void {
    if (this.#step === step.open) this.#writeCommand(step.clear, commandWrite.clear)
    else if (this.#step === step.clear) this.#writeCommand(step.set, commandWrite.setAndEnable)
    else if (this.#step === step.set) {
      this.#step = step.poll
      this.#open()
    } else if (this.#step === step.poll) {
      this.dataStatus = infoLow & 0xf
      if (this.dataStatus === commandStatus.done || this.dataStatus === commandStatus.error)
        this.#writeCommand(step.clearAgain, commandWrite.clear)
      else this.#open()
    } else if (this.dataStatus === commandStatus.error) this.#fail(svcFailure.commandError)
    else this.#finish()
  }

  #writeCommand(next: number, value: number): void {
    this.#step = next
    this.#toggle(svcElement.data, writeBit | lastBit, value, 0)
  }

  #toggle(element: number, bits: number, infoLow: number, infoHigh: number): void {
    this.infoLow = infoLow
    this.infoHigh = infoHigh
    this.control =
      place(element, svcControl.element) | bits | ((this.control & handshakeBit) ^ handshakeBit)
    this.version++
    this.#waiting = true
  }

  #send(control: number, info: number): void {
    this.control = control
    this.infoLow = info
    this.infoHigh = info
    this.version++
  }

  #finish(): void {
    this.length = this.#bytes
    this.#end(svcState.done)
  }

  #fail(failure: number): void {
    this.failure = failure
    this.#end(svcState.failed)
  }

  #end(state: number): void {
    this.state = state
    this.#waiting = false
    this.#job = job.none
  }
}

function modulo256(value: number): number {
  return ((value % 256) + 256) % 256
}
