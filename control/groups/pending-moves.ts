/** Motions that wait until the group has come to rest: a ring of fixed size. Cyclic throughout. */
import { MoveCommand } from './move-command.ts'

export class PendingMoves {
  count = 0
  #head = 0
  readonly #commands: MoveCommand[] = []

  constructor(axes: number, capacity: number) {
    for (let n = 0; n < capacity; n++) this.#commands.push(new MoveCommand(axes))
  }

  /** A copy of the command. False: no room. */
  put(command: MoveCommand): boolean {
    const { length } = this.#commands
    if (this.count === length) return false
    const place = this.#commands[(this.#head + this.count) % length] as MoveCommand
    place.copyFrom(command)
    this.count += 1
    return true
  }

  /** The oldest one; there is one. It is the ring's own and good until the next `put`. */
  take(): MoveCommand {
    const command = this.#commands[this.#head] as MoveCommand
    this.#head = (this.#head + 1) % this.#commands.length
    this.count -= 1
    return command
  }
}
