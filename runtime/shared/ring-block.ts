/**
 * What main thread and cyclic worker share about the ring: one request on its way to the worker, and what the worker sees of
 * phase, cables and connections. Answers to requests come as messages. Each word has one writer.
 */

/** Int32 words. */
const word = {
  /** Main: number of the newest request, written last. */
  asked: 0,
  /** Main: one of ringAct. */
  act: 1,
  /** Main: see ringAct. */
  argument: 2,
  /** Worker: communication phase, -1 NRT to 4. */
  phase: 3,
  /** Worker: code of the card. */
  topology: 4,
  /** Worker: counts up when the connections below were sampled. */
  samples: 5,
  words: 6,
} as const

/** Int32 words of each device, by the worker. */
const connection = { state: 0, losses: 1, lossesInARow: 2, words: 3 } as const

/** What the application asks for. The first five are cardRequest of cards/card.ts. */
export const ringAct = {
  /** Argument: phase, -1 to 4. */
  goToPhase: 1,
  restart: 2,
  recoverRing: 3,
  /** Argument: device. */
  openRing: 4,
  /** Argument: 2 * device + on. */
  identify: 5,
  /** Leaves the safe state by a restart of the ring. Argument 1: a task that crashed is set up and run again. */
  restartMachine: 6,
} as const

export class RingBlock {
  readonly devices: number
  readonly #words: Int32Array

  static allocate(devices: number): SharedArrayBuffer {
    return new SharedArrayBuffer((word.words + devices * connection.words) * 4)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
    this.devices = (this.#words.length - word.words) / connection.words
  }

  /** Main. The request before must have been answered. */
  ask(number: number, act: number, argument: number): void {
    this.#words[word.act] = act
    this.#words[word.argument] = argument
    Atomics.store(this.#words, word.asked, number)
  }

  /** Cyclic. */
  get asked(): number {
    return Atomics.load(this.#words, word.asked)
  }

  get act(): number {
    return this.#words[word.act] as number
  }

  get argument(): number {
    return this.#words[word.argument] as number
  }

  get phase(): number {
    return Atomics.load(this.#words, word.phase)
  }

  get topology(): number {
    return Atomics.load(this.#words, word.topology)
  }

  /** Cyclic. */
  show(phase: number, topology: number): void {
    this.#words[word.phase] = phase
    this.#words[word.topology] = topology
  }

  get samples(): number {
    return Atomics.load(this.#words, word.samples)
  }

  countSample(): void {
    Atomics.add(this.#words, word.samples, 1)
  }

  /** Cyclic. */
  setConnection(device: number, state: number, losses: number, lossesInARow: number): void {
    const at = word.words + device * connection.words
    this.#words[at + connection.state] = state
    this.#words[at + connection.losses] = losses
    this.#words[at + connection.lossesInARow] = lossesInARow
  }

  state(device: number): number {
    return this.#connection(device, connection.state)
  }

  losses(device: number): number {
    return this.#connection(device, connection.losses)
  }

  lossesInARow(device: number): number {
    return this.#connection(device, connection.lossesInARow)
  }

  #connection(device: number, field: number): number {
    return this.#words[word.words + device * connection.words + field] as number
  }
}
