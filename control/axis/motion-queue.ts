/** The motion of an axis that runs, and those that wait for it: a ring of orders, of fixed size. */
import { MotionOrder } from './motion-order.ts'

/** Motions that may wait; one more is refused with axisError.queue. */
export const queueDepth = 4

const slots = queueDepth + 1

export class MotionQueue {
  readonly #orders = Array.from({ length: slots }, () => new MotionOrder())
  #head = 0
  /** The one that runs included. */
  count = 0

  /** The one that runs. */
  get active(): MotionOrder | undefined {
    return this.count > 0 ? this.at(0) : undefined
  }

  /** The one that runs after it. */
  get next(): MotionOrder | undefined {
    return this.count > 1 ? this.at(1) : undefined
  }

  /** The one commanded last. */
  get last(): MotionOrder | undefined {
    return this.count > 0 ? this.at(this.count - 1) : undefined
  }

  get isFull(): boolean {
    return this.count === slots
  }

  /** Place n counted from the one that runs; to be below `count`. */
  at(n: number): MotionOrder {
    return this.#orders[(this.#head + n) % slots] as MotionOrder
  }

  /** Room for one more, to be filled: not to be asked for when it is full. */
  append(): MotionOrder {
    this.count += 1
    return this.at(this.count - 1)
  }

  /** The one that runs is over. */
  remove(): void {
    this.#head = (this.#head + 1) % slots
    this.count -= 1
  }

  clear(): void {
    this.count = 0
  }
}
