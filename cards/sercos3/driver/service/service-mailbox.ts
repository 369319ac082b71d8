/**
 * The users' transfers on their way to the cyclic worker and back: one slot per device in one SharedArrayBuffer.
 *
 * A slot has one owner at a time, by its state word: free and ended it is the main thread's, posted and taken the
 * worker's. The main thread posts, sets the device's bit and counts the bell; the worker looks at the bell once a cycle.
 * What is read or written lies in the slot itself and is copied by nobody. `open` tells whether the worker serves; it
 * closes `open` first and ends what it finds afterwards, the main thread posts first and looks at `open` afterwards: so
 * nothing posted is left behind.
 */
import { ServiceJob } from './service-job.ts'

/** Devices that a ring can have. */
const maxDevices = 256
const bitsPerWord = 32

export const mailboxState = { free: 0, posted: 1, taken: 2, ended: 3 } as const

/** Words of the head. */
const head = { bell: 0, open: 1, rang: 8, words: 8 + maxDevices / bitsPerWord } as const

/** Words of a slot. */
export const slotWord = {
  state: 0,
  /** Main: one of svcJob, IDN, elements (bit n: element n), bytes to write. */
  kind: 1,
  idn: 2,
  elements: 3,
  bytes: 4,
  /** Main: not 0: end it. */
  cancel: 5,
  /** Worker: of the transfer under way. */
  steps: 6,
  dataStatus: 7,
  /** Worker: how it ended: of svcFailure; the device's code; element 3; in which phase. */
  failure: 8,
  errorCode: 9,
  attribute: 10,
  phase: 11,
  /** Worker: per element, see ServiceJob. */
  results: 16,
  words: 40,
} as const

/** The longest list, and name, unit, minimum and maximum beside it. */
export const slotDataBytes = 65_536 + 1024
const slotBytes = slotWord.words * 4 + slotDataBytes

export function allocateServiceMailboxes(devices: number): SharedArrayBuffer {
  return new SharedArrayBuffer(head.words * 4 + devices * slotBytes)
}

export class ServiceMailboxes {
  readonly devices: number
  readonly #head: Int32Array
  readonly #slots: readonly Int32Array[]
  readonly #data: readonly Uint8Array[]

  constructor(memory: SharedArrayBuffer) {
    this.devices = (memory.byteLength - head.words * 4) / slotBytes
    this.#head = new Int32Array(memory, 0, head.words)
    const at = (device: number) => head.words * 4 + device * slotBytes
    const all = Array.from({ length: this.devices }, (_, device) => device)
    this.#slots = all.map((device) => new Int32Array(memory, at(device), slotWord.words))
    this.#data = all.map(
      (device) => new Uint8Array(memory, at(device) + slotWord.words * 4, slotDataBytes),
    )
  }

  /** Words of a device's slot, see slotWord. Only its owner writes, but for `cancel`. */
  slot(device: number): Int32Array {
    return this.#slots[device] as Int32Array
  }

  data(device: number): Uint8Array {
    return this.#data[device] as Uint8Array
  }

  state(device: number): number {
    return Atomics.load(this.slot(device), slotWord.state)
  }

  /** The slot changes hands, or not: another thread was faster. */
  pass(device: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.slot(device), slotWord.state, from, to) === from
  }

  /** Main: posts what stands in the slot. False: it is in use. */
  post(device: number): boolean {
    Atomics.store(this.slot(device), slotWord.cancel, 0)
    if (!this.pass(device, mailboxState.free, mailboxState.posted)) return false
    this.#ring(device)
    return true
  }

  /** Main: the transfer under way is to end. */
  cancel(device: number): void {
    Atomics.store(this.slot(device), slotWord.cancel, 1)
    this.#ring(device)
  }

  /** Phase in which the worker serves (2 to 4), 0: it does not. */
  get open(): number {
    return Atomics.load(this.#head, head.open)
  }

  set open(phase: number) {
    Atomics.store(this.#head, head.open, phase)
  }

  /** Changes with each post and each cancel. Cyclic. */
  get bell(): number {
    return Atomics.load(this.#head, head.bell)
  }

  /** Worker: which of the devices 32 * word to 32 * word + 31 rang since it was asked last. Cyclic. */
  takeRang(word: number): number {
    return Atomics.exchange(this.#head, head.rang + word, 0)
  }

  /** Worker: for those that it does not get round to in this cycle. Cyclic. */
  putBack(word: number, bits: number): void {
    Atomics.or(this.#head, head.rang + word, bits)
  }

  /** Worker: a job that reads and writes in the slot. */
  job(device: number): ServiceJob {
    return new ServiceJob(this.data(device), this.slot(device).subarray(slotWord.results))
  }

  #ring(device: number): void {
    Atomics.or(this.#head, head.rang + (device >>> 5), 1 << (device & 31))
    Atomics.add(this.#head, head.bell, 1)
  }
}
