/**
 * One device's service channel: a container in software that works on the SVC fields of the telegrams.
 *
 * It is advanced once a Sercos cycle with the status word received and gives the control word and info to send. A step is
 * a handshake: info and control word with MHS toggled go out, the device answers with AHS equal. Two may use it: the
 * master for itself, and the users through their mailbox (service-desk.ts). The master goes first: between two steps it
 * takes the channel from a user's job, which begins anew afterwards. Everything is allocated in the constructor: jobs run
 * during cyclic operation too. CoSeMa CSMD_CYC_SVC.c, CSMD_CP_AUX.h; sequence tried.
 */
import { maskOf, place } from '../../../../uio/bit-field.ts'
import { svcControl, svcElement, svcStatus } from '../../telegram.ts'
import { svcFailure, svcForm, svcJob, svcState } from './service-codes.ts'
import { ServiceJob } from './service-job.ts'

export const channelOwner = { free: 0, master: 1, user: 2 } as const

/** Longest list that the master reads or writes for itself, bytes of data. */
export const svcBufferBytes = 4096
const resultWords = 24
/** CSMD_CYC_SVC.c. */
export const handshakeTimeoutCycles = 10

const handshakeBit = maskOf(svcControl.handshake)
const busyBit = maskOf(svcStatus.busy)
const errorBit = maskOf(svcStatus.error)
const validBit = maskOf(svcStatus.valid)
const ready = validBit | maskOf(svcStatus.handshake)

/** Of all channels together: idle ones need not be looked at one by one. */
export class ChannelActivity {
  /** Channels with a job. */
  running = 0
  /** Rises with every change of a word to be sent. */
  version = 0
}

export class ServiceChannel {
  /** What the master sends: control word and the two words of the info. */
  control = 0
  infoLow = 0
  infoHigh = 0
  /** Rises with every change of the above, so that each Tx buffer can be brought up to date. */
  version = 0
  /** It has a job: `advance` is to be called once a cycle. */
  running = false
  /** Number of the master's access whose result was not taken yet, 0: none; see service-access.ts. */
  claim = 0
  /** Why jobs were cancelled last: one of svcFailure. */
  cancelledFor: number = svcFailure.stopped

  /** The master's own job. */
  readonly #master = new ServiceJob(new Uint8Array(svcBufferBytes), new Int32Array(resultWords))
  readonly #user: ServiceJob | undefined
  readonly #activity: ChannelActivity
  #claims = 0
  #current: ServiceJob
  #waiting = false
  #handshakeCycles = 0
  #busyCycles = 0
  #commandCycles = 0
  #handshakeLimit = handshakeTimeoutCycles
  #busyLimit = 2000
  #commandLimit = 10_000

  /** `user`: the job that lies in the users' mailbox. */
  constructor(user?: ServiceJob, activity = new ChannelActivity()) {
    this.#user = user
    this.#activity = activity
    this.#current = this.#master
  }

  /**
   * Cycles that a device may leave a step without an answer, that it may show busy in one, and that a procedure command of
   * the master may take.
   */
  setLimits(handshakeCycles: number, busyCycles: number, commandCycles: number): void {
    this.#handshakeLimit = handshakeCycles
    this.#busyLimit = busyCycles
    this.#commandLimit = commandCycles
  }

  /** One of `channelOwner`. */
  get owner(): number {
    if (!this.running) return channelOwner.free
    return this.#current === this.#master ? channelOwner.master : channelOwner.user
  }

  /** CP1: sets MHS alone, to see whether the device follows. */
  raiseHandshake(): void {
    this.#put(handshakeBit, 0, 0)
    this.#waiting = false
  }

  /** Before CP0: no handshake has been made. */
  reset(): void {
    this.cancel()
    this.#master.state = svcState.idle
    this.#put(0, 0, 0)
  }

  /** A new telegram layout: the handshake bit stands, the rest of the control word does not. */
  rest(): void {
    this.cancel()
    this.#put(this.control & handshakeBit, 0, 0)
  }

  /** Ends running jobs as failed with one of svcFailure; the next job opens anew. */
  cancel(failure: number = svcFailure.stopped): void {
    this.#master.fail(failure)
    this.#user?.fail(failure)
    this.cancelledFor = failure
    this.claim = 0
    this.#endTurn()
  }

  /** True when `status` shows that the device follows the handshake: valid, AHS equal to MHS. */
  follows(status: number): boolean {
    return (status & ready) === (validBit | (this.control & handshakeBit))
  }

  // The master's own job: one at a time.

  /** Claims the channel for an access. Answers its number. */
  takeClaim(): number {
    this.#claims++
    this.claim = this.#claims
    return this.claim
  }

  /** One of svcState. The job under way, or the one that ended last. */
  get state(): number {
    return this.#master.state
  }

  set state(state: number) {
    this.#master.state = state
  }

  get failure(): number {
    return this.#master.failure
  }

  /** Error code of the device after `refused`. */
  get errorCode(): number {
    return this.#master.errorCode
  }

  /** Data status (procedure command acknowledgement) at the last opening. */
  get dataStatus(): number {
    return this.#master.dataStatus
  }

  /** Data read, or to be written as a list. */
  get data(): Uint8Array {
    return this.#master.data
  }

  /** Bytes of data read. */
  get length(): number {
    const { lengths } = this.#master
    let bytes = 0
    for (let n = 0; n < lengths.length; n++) bytes = Math.max(bytes, lengths[n] as number)
    return bytes
  }

  /** Reads `element` of `idn`, which must be no list, into `data`, little endian. Name and unit are texts all the same. */
  startRead(idn: number, element: number = svcElement.data): void {
    this.#start(svcJob.read, idn, 1 << element, 0, svcForm.scalar)
  }

  /** Reads the data of `idn`, which must be a list, without its head into `data`. */
  startReadList(idn: number): void {
    this.#start(svcJob.read, idn, 1 << svcElement.data, 0, svcForm.list)
  }

  /** Writes a scalar at the length that the attribute gives. Signed or unsigned, up to 2^53. */
  startWrite(idn: number, value: number): void {
    let rest = value
    for (let n = 0; n < 8; n++) {
      this.data[n] = modulo256(rest)
      rest = Math.floor(rest / 256)
    }
    this.#start(svcJob.write, idn, 0, -1, svcForm.scalar)
  }

  /** Writes the first `bytes` bytes of `data` as a list. */
  startWriteList(idn: number, bytes: number): void {
    this.#start(svcJob.write, idn, 0, bytes, svcForm.list)
  }

  /** Runs a procedure command: clears it, sets and enables it, waits for its end, clears it. */
  startCommand(idn: number): void {
    this.#commandCycles = 0
    this.#start(svcJob.command, idn, 0, 0, svcForm.any)
  }

  /** The user's job has been started. Cyclic. */
  startUser(): void {
    this.#beginTurn()
  }

  /** The user's job has ended outside of `advance`. Cyclic. */
  dropUser(): void {
    if (this.#master.state !== svcState.running) this.#endTurn()
  }

  /** Once a cycle with new telegrams, while `running`. Cyclic. */
  advance(status: number, infoLow: number, infoHigh: number): void {
    const job = this.#current
    if (this.#master.state === svcState.running && this.#master.isCommand) this.#limitCommand()
    if (!this.follows(status)) {
      if (++this.#handshakeCycles > this.#handshakeLimit) this.#give(svcFailure.handshakeTimeout)
      return
    }
    this.#handshakeCycles = 0
    // While busy no step may be begun either: a device may still work on what an earlier job left behind.
    if ((status & busyBit) !== 0) {
      if (++this.#busyCycles > this.#busyLimit) this.#give(svcFailure.busyTimeout)
      return
    }
    this.#busyCycles = 0
    if (this.#waiting) {
      this.#waiting = false
      if (job.state === svcState.running) {
        if ((status & errorBit) !== 0) job.refuse(infoLow)
        else job.take(infoLow, infoHigh)
      }
    }
    this.#sendNext()
  }

  /** For ServiceJob.send. Cyclic. */
  send(element: number, bits: number, infoLow: number, infoHigh: number): void {
    const toggled = (this.control & handshakeBit) ^ handshakeBit
    this.#put(place(element, svcControl.element) | bits | toggled, infoLow, infoHigh)
    this.#waiting = true
  }

  /** A job may end by sending, when it was cancelled before it began: then the other one has its turn. */
  #sendNext(): void {
    for (let turn = 0; turn < 2; turn++) {
      this.#choose()
      const job = this.#current
      if (job.state !== svcState.running) break
      job.send(this)
      if (this.#waiting) return
    }
    if (this.#master.state !== svcState.running && this.#user?.state !== svcState.running)
      this.#endTurn()
  }

  #choose(): void {
    const master = this.#master
    const user = this.#user
    if (master.state === svcState.running) {
      if (user !== undefined && this.#current === user && user.state === svcState.running)
        user.rewind()
      this.#current = master
    } else if (user !== undefined && user.state === svcState.running) this.#current = user
  }

  #limitCommand(): void {
    if (++this.#commandCycles > this.#commandLimit) this.#master.cancel(svcFailure.commandTimeout)
  }

  /** The device does not answer: whoever waits fails. */
  #give(failure: number): void {
    const job = this.#current
    // a job whose first step could not go out yet waits as well
    if (job.state === svcState.running) job.fail(failure)
    else if (this.#master.state === svcState.running) this.#master.fail(failure)
    else this.#user?.fail(failure)
    this.#waiting = false
    this.#handshakeCycles = 0
    this.#busyCycles = 0
    if (this.#master.state !== svcState.running && this.#user?.state !== svcState.running)
      this.#endTurn()
  }

  #start(kind: number, idn: number, elements: number, bytes: number, form: number): void {
    this.#master.start(kind, idn, elements, bytes, form)
    this.#beginTurn()
  }

  #beginTurn(): void {
    if (this.running) return
    this.running = true
    this.#activity.running++
    this.#waiting = false
    this.#handshakeCycles = 0
    this.#busyCycles = 0
  }

  #endTurn(): void {
    this.#waiting = false
    if (!this.running) return
    this.running = false
    this.#activity.running--
  }

  #put(control: number, infoLow: number, infoHigh: number): void {
    this.control = control
    this.infoLow = infoLow
    this.infoHigh = infoHigh
    this.version = (this.version + 1) | 0
    this.#activity.version = (this.#activity.version + 1) | 0
  }
}

function modulo256(value: number): number {
  return ((value % 256) + 256) % 256
}

export { svcFailure, svcState } from './service-codes.ts'
