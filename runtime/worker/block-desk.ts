/** The function blocks that a user's task made: numbers for them, and how their commands ended. */
import { DualportError } from '../../errors.ts'
import { blockOf, mostBlocks } from './task-block.ts'
import type { TaskBlock } from './task-block.ts'

export class BlockDesk {
  readonly #blocks: TaskBlock[] = []
  /** Some block's command is to be given again. */
  #waits = false

  /** Throws DP_TASK_BLOCKS. In `setup`. */
  add(make: (number: number) => TaskBlock): TaskBlock {
    const number = this.#blocks.length
    if (number === mostBlocks)
      throw new DualportError('DP_TASK_BLOCKS', { expected: `${mostBlocks} at most` })
    const block = make(number)
    this.#blocks.push(block)
    return block
  }

  /** A block waits for room. Cyclic. */
  note(): void {
    this.#waits = true
  }

  /** `refuse`: the machine is in its safe state. Cyclic. */
  giveAgain(refuse: boolean): void {
    if (!this.#waits) return
    this.#waits = false
    const blocks = this.#blocks
    for (let k = 0; k < blocks.length; k++) {
      const block = blocks[k] as TaskBlock
      if (block.waits) block.give(refuse)
    }
  }

  /** A command of a block has ended. Cyclic. */
  take(id: number, end: number, error: number): void {
    this.#blocks[blockOf(id)]?.take(id, end, error)
  }
}
