/**
 * The worker's side of the users' mailboxes: takes what was posted, gives it to the service channels and hands back what
 * ended. Cyclic: one look at the bell; then only devices that rang or have a transfer under way, and of those that rang a
 * few per cycle.
 */
import { mailboxState, slotWord } from './service-mailbox.ts'
import type { ServiceMailboxes } from './service-mailbox.ts'
import type { ServiceChannel } from './service-channel.ts'
import { svcFailure, svcForm, svcState } from './service-codes.ts'
import type { ServiceJob } from './service-job.ts'

/** Transfers begun, and bells answered, in one cycle. */
const takesPerCycle = 8
const bitsPerWord = 32

export class ServiceDesk {
  readonly #mailboxes: ServiceMailboxes
  readonly #channels: readonly ServiceChannel[]
  readonly #jobs: readonly ServiceJob[]
  /** Not 0 for a device that is on the ring. */
  readonly #present: Uint8Array
  /** Devices with a transfer under way, `#active` of them. */
  readonly #underWay: Int32Array
  #active = 0
  #bell = 0
  #open = 0

  /** `jobs`: those that the mailboxes gave to the channels. `present`: kept up by who watches the ring. */
  constructor(
    mailboxes: ServiceMailboxes,
    channels: readonly ServiceChannel[],
    jobs: readonly ServiceJob[],
    present: Uint8Array = new Uint8Array(channels.length).fill(1),
  ) {
    this.#mailboxes = mailboxes
    this.#channels = channels
    this.#jobs = jobs
    this.#present = present
    this.#underWay = new Int32Array(channels.length)
    mailboxes.open = 0
  }

  /** Serves from now on. `phase`: 2 to 4. */
  open(phase: number): void {
    this.#open = phase
    this.#mailboxes.open = phase
  }

  /** Whether it serves. */
  get isOpen(): boolean {
    return this.#open !== 0
  }

  /** Serves no more: what is posted or under way ends as stopped. In any state, as often as one likes. */
  close(): void {
    this.#mailboxes.open = 0
    for (let n = 0; n < this.#jobs.length; n++) {
      const job = this.#jobs[n] as ServiceJob
      if (this.#mailboxes.pass(n, mailboxState.posted, mailboxState.taken)) {
        this.#end(n, svcFailure.stopped, 0)
        continue
      }
      if (this.#mailboxes.state(n) !== mailboxState.taken) continue
      job.fail(svcFailure.stopped)
      ;(this.#channels[n] as ServiceChannel).dropUser()
      this.#handBack(n)
    }
    this.#active = 0
    this.#open = 0
  }

  /** Once a cycle. Cyclic. */
  serve(): void {
    if (this.#open === 0) return
    if (this.#active > 0) this.#look()
    const bell = this.#mailboxes.bell
    if (bell === this.#bell) return
    this.#bell = bell
    this.#answer()
  }

  /** Begins what was posted, cancels what was called off; the rest of many next time. */
  #answer(): void {
    let takes = takesPerCycle
    const words = (this.#jobs.length + bitsPerWord - 1) >>> 5
    for (let word = 0; word < words; word++) {
      let rang = this.#mailboxes.takeRang(word)
      while (rang !== 0 && takes > 0) {
        const bit = bitsPerWord - 1 - Math.clz32(rang)
        rang &= ~(1 << bit)
        takes--
        this.#serveDevice(word * bitsPerWord + bit)
      }
      if (rang === 0) continue
      this.#mailboxes.putBack(word, rang)
      // an impossible value: the bell seems to have rung again
      this.#bell = ~this.#bell
      return
    }
  }

  #serveDevice(device: number): void {
    if (device >= this.#jobs.length) return
    const slot = this.#mailboxes.slot(device)
    const job = this.#jobs[device] as ServiceJob
    const isNew = this.#mailboxes.pass(device, mailboxState.posted, mailboxState.taken)
    const isTaken = isNew || this.#mailboxes.state(device) === mailboxState.taken
    if (isNew) {
      if (this.#present[device] === 0) {
        this.#end(device, svcFailure.absent, 0)
        return
      }
      this.#begin(device, slot, job)
    }
    if (isTaken && Atomics.load(slot, slotWord.cancel) !== 0) job.cancel(svcFailure.cancelled)
  }

  #begin(device: number, slot: Int32Array, job: ServiceJob): void {
    slot[slotWord.steps] = 0
    slot[slotWord.dataStatus] = 0
    job.start(
      slot[slotWord.kind] as number,
      slot[slotWord.idn] as number,
      slot[slotWord.elements] as number,
      slot[slotWord.bytes] as number,
      svcForm.any,
    )
    this.#underWay[this.#active] = device
    this.#active++
    ;(this.#channels[device] as ServiceChannel).startUser()
  }

  /** Tells how far the transfers are, and hands back those that ended. */
  #look(): void {
    for (let k = this.#active - 1; k >= 0; k--) {
      const device = this.#underWay[k] as number
      const job = this.#jobs[device] as ServiceJob
      if (this.#present[device] === 0 && job.state === svcState.running) {
        job.fail(svcFailure.absent)
        ;(this.#channels[device] as ServiceChannel).dropUser()
      }
      const slot = this.#mailboxes.slot(device)
      Atomics.store(slot, slotWord.steps, job.steps)
      Atomics.store(slot, slotWord.dataStatus, job.dataStatus)
      if (job.state === svcState.running) continue
      this.#handBack(device)
      this.#active--
      this.#underWay[k] = this.#underWay[this.#active] as number
    }
  }

  #handBack(device: number): void {
    const job = this.#jobs[device] as ServiceJob
    const slot = this.#mailboxes.slot(device)
    slot[slotWord.attribute] = job.attribute
    slot[slotWord.dataStatus] = job.dataStatus
    this.#end(device, job.failure, job.errorCode)
  }

  #end(device: number, failure: number, errorCode: number): void {
    const slot = this.#mailboxes.slot(device)
    slot[slotWord.failure] = failure
    slot[slotWord.errorCode] = errorCode
    slot[slotWord.phase] = this.#open
    Atomics.store(slot, slotWord.state, mailboxState.ended)
  }
}
