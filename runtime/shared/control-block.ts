/**
 * The words that main thread and cyclic worker share beside the rings. Each word has one writer, named here.
 * 32-bit words go through Atomics; doubles are plain (a 64-bit machine does not tear them, and they are only shown).
 */
import { Histogram, histogramBytes } from './histogram.ts'

/** Int32 words. */
const word = {
  /** Main: counts up every drain; the worker runs the axes down when it stands still. */
  heartbeat: 0,
  /** Main: run the machine down in order and end. */
  close: 1,
  /** Main: the worker stalled and main silenced the card. Read before any hand-over or watchdog trigger. */
  halt: 2,
  /** Worker: counts up every turn of the loop; main calls it stalled when it stands still. */
  beat: 3,
  /** Worker: one of workerStates. */
  state: 4,
  words: 8,
} as const

/** `attached`: the worker holds the device and sets itself up; `ended`: it has let go of it. */
export const workerStates = { starting: 0, attached: 1, running: 2, ended: 3 } as const

/** Doubles that the worker counts up: all start at 0. */
export const counterNames = [
  'cycles',
  'missedInterrupts',
  'overruns',
  'lateCycles',
  'lostTelegrams',
  'refusedSetpoints',
] as const
export type CounterName = (typeof counterNames)[number]

/** Doubles that the worker sets once per second. */
export const gaugeNames = ['clockDriftPpb', 'clockJitterNs', 'leastTimeLeftNs'] as const
export type GaugeName = (typeof gaugeNames)[number]

export const histogramNames = ['latency', 'execution', 'jitter'] as const

export class ControlBlock {
  /** Durations in ns; the worker adds, main takes windows. */
  readonly latency: Histogram
  readonly execution: Histogram
  readonly jitter: Histogram
  readonly #words: Int32Array
  readonly #counters: Float64Array
  readonly #gauges: Float64Array
  readonly #axisStatus: Int32Array

  /** `axes`: and groups, whose status words follow those of the axes. */
  static allocate(axes: number): SharedArrayBuffer {
    return new SharedArrayBuffer(
      word.words * 4 +
        (counterNames.length + gaugeNames.length) * 8 +
        histogramNames.length * histogramBytes +
        Math.max(axes, 1) * 4,
    )
  }

  constructor(memory: SharedArrayBuffer) {
    const counters = word.words * 4
    const gauges = counters + counterNames.length * 8
    const histograms = gauges + gaugeNames.length * 8
    const axes = histograms + histogramNames.length * histogramBytes
    this.#words = new Int32Array(memory, 0, word.words)
    this.#counters = new Float64Array(memory, counters, counterNames.length)
    this.#gauges = new Float64Array(memory, gauges, gaugeNames.length)
    this.latency = new Histogram(memory, histograms)
    this.execution = new Histogram(memory, histograms + histogramBytes)
    this.jitter = new Histogram(memory, histograms + 2 * histogramBytes)
    this.#axisStatus = new Int32Array(memory, axes)
  }

  get heartbeat(): number {
    return Atomics.load(this.#words, word.heartbeat)
  }

  countHeartbeat(): void {
    Atomics.add(this.#words, word.heartbeat, 1)
  }

  get closing(): boolean {
    return Atomics.load(this.#words, word.close) !== 0
  }

  requestClose(): void {
    Atomics.store(this.#words, word.close, 1)
  }

  get halted(): boolean {
    return Atomics.load(this.#words, word.halt) !== 0
  }

  halt(): void {
    Atomics.store(this.#words, word.halt, 1)
  }

  get beat(): number {
    return Atomics.load(this.#words, word.beat)
  }

  countBeat(): void {
    Atomics.add(this.#words, word.beat, 1)
  }

  get state(): number {
    return Atomics.load(this.#words, word.state)
  }

  enter(state: number): void {
    Atomics.store(this.#words, word.state, state)
    Atomics.notify(this.#words, word.state)
  }

  /** Blocks this thread until the worker has ended, `timeoutMs` at most. For the exit hook alone. */
  waitUntilEnded(timeoutMs: number): void {
    const end = performance.now() + timeoutMs
    for (;;) {
      const state = this.state
      const left = end - performance.now()
      if (state === workerStates.ended || left <= 0) return
      Atomics.wait(this.#words, word.state, state, left)
    }
  }

  counter(index: number): number {
    return this.#counters[index] as number
  }

  setCounter(index: number, value: number): void {
    this.#counters[index] = value
  }

  gauge(name: GaugeName): number {
    return this.#gauges[gaugeNames.indexOf(name)] as number
  }

  setGauge(name: GaugeName, value: number): void {
    this.#gauges[gaugeNames.indexOf(name)] = value
  }

  /** The newest packed status of an axis: see axis-status-word.ts. */
  axisStatus(axis: number): number {
    return Atomics.load(this.#axisStatus, axis)
  }

  setAxisStatus(axis: number, packed: number): void {
    Atomics.store(this.#axisStatus, axis, packed)
  }
}
