/**
 * The way of a fault from the thread that scripts it to the emulator, which blocks in its pacing and so takes messages
 * by looking, once a cycle. Bounded: more faults than `capacity` between two looks are refused.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { DualportError } from '../../errors.ts'

const capacity = 64

/** Memory for the count of faults under way, for both sides. */
export function createFaultCount(): SharedArrayBuffer {
  return new SharedArrayBuffer(4)
}

export class FaultSender<Fault> {
  readonly #port: MessagePort
  readonly #count: Int32Array

  constructor(port: MessagePort, count: SharedArrayBuffer) {
    this.#port = port
    this.#count = new Int32Array(count)
  }

  /** Takes effect before the emulator's next cycle. Throws DP_EMULATOR_FAULTS. */
  send(fault: Fault): void {
    if (Atomics.load(this.#count, 0) >= capacity) {
      throw new DualportError('DP_EMULATOR_FAULTS', {
        actual: fault,
        expected: `at most ${capacity}`,
      })
    }
    Atomics.add(this.#count, 0, 1)
    this.#port.postMessage(fault, [])
  }
}

export class FaultReceiver<Fault> {
  readonly #port: MessagePort
  readonly #count: Int32Array

  constructor(port: MessagePort, count: SharedArrayBuffer) {
    this.#port = port
    this.#count = new Int32Array(count)
  }

  /** The next fault, if one waits. Costs one load while none does. */
  take(): Fault | undefined {
    if (Atomics.load(this.#count, 0) === 0) return undefined
    const received = receiveMessageOnPort(this.#port)
    if (received === undefined) return undefined
    Atomics.sub(this.#count, 0, 1)
    return received.message as Fault
  }
}
