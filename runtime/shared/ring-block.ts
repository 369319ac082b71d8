/**
 * What main thread and cyclic worker share about the ring: one request on its way to the worker, and what the worker sees of
 * phase, cables, ports and connections. Answers to requests come as messages. Each word has one writer.
 */
import { portCounters } from '../../cards/card.ts'
import type { PortCounter } from '../../cards/card.ts'

/** At the start, 64 bits each: the ring's time, then the counters of port 1 and of port 2. */
const timeBytes = 8
const counters = portCounters.length
const wordsAt = timeBytes + 2 * counters * Float64Array.BYTES_PER_ELEMENT

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
  /** Worker: ports that have a link, bit 0 port 1. */
  links: 6,
  words: 7,
} as const

/** Int32 words of each device, by the worker. */
const connection = { state: 0, losses: 1, lossesInARow: 2, words: 3 } as const

/** What the application asks for. The first six are cardRequest of cards/card.ts. */
export const ringAct = {
  /** Argument: phase, -1 to 4. */
  goToPhase: 1,
  restart: 2,
  recoverRing: 3,
  /** Argument: device. */
  openRing: 4,
  /** Argument: 2 * device + on. */
  identify: 5,
  resetPorts: 6,
  /** Leaves the safe state by a restart of the ring. Argument 1: a task that crashed is set up and run again. */
  restartMachine: 7,
} as const

export class RingBlock {
  readonly devices: number
  readonly #words: Int32Array
  readonly #time: BigInt64Array
  /** Doubles: what a port carries in days exceeds 32 bits. */
  readonly #ports: Float64Array

  static allocate(devices: number): SharedArrayBuffer {
    return new SharedArrayBuffer(wordsAt + (word.words + devices * connection.words) * 4)
  }

  constructor(memory: SharedArrayBuffer) {
    this.#time = new BigInt64Array(memory, 0, 1)
    this.#ports = new Float64Array(memory, timeBytes, 2 * counters)
    this.#words = new Int32Array(memory, wordsAt)
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

  /** Worker. */
  setPort(port: 1 | 2, counter: PortCounter, count: number): void {
    this.#ports[(port - 1) * counters + portCounters.indexOf(counter)] = count
  }

  count(port: 1 | 2, counter: PortCounter): number {
    return this.#ports[(port - 1) * counters + portCounters.indexOf(counter)] as number
  }

  /** Worker. Bit 0: port 1. */
  showLinks(links: number): void {
    this.#words[word.links] = links
  }

  link(port: 1 | 2): boolean {
    return ((this.#words[word.links] as number) & port) !== 0
  }

  /** What the ring's time is ahead of CLOCK_MONOTONIC, ns; 0n: it has none. In one word: the two never belong to different moments. */
  get timeAheadNs(): bigint {
    return Atomics.load(this.#time, 0)
  }

  /** Worker. */
  set timeAheadNs(ns: bigint) {
    Atomics.store(this.#time, 0, ns)
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
