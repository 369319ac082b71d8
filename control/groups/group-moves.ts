/** From a motion command to a segment of the path: geometry, demands, transition. Cyclic throughout. */
import { bufferMode } from '../axis/buffer-mode.ts'
import { appendResult, type AppendResult } from './block-maker.ts'
import { CircleMaker, circleResult } from './circle.ts'
import { groupError, type GroupErrorNumber } from './group-error.ts'
import { transition, type GroupPath } from './group-path.ts'
import type { MoveCommand } from './move-command.ts'
import { segmentKind } from './path-segment.ts'

/** Along the path: unit/s, unit/s^2, unit/s^3. The highest that a command may ask for, and what one gets that asks for nothing. */
export interface PathLimits {
  readonly velocity: number
  readonly acceleration: number
  readonly jerk: number
}

/** No way at all, unit. */
const nothing = 1e-9

const errorOfResult: readonly GroupErrorNumber[] = [
  groupError.none,
  groupError.full,
  groupError.unreachable,
  groupError.singular,
  groupError.positionLimit,
  groupError.full,
]

export class GroupMoves {
  /** Factors on acceleration and jerk of commands to come, above 0, at most 1. */
  accelerationFactor = 0.5
  jerkFactor = 0.5
  /** The command appended last had no way to go: it is done already. */
  done = false
  readonly #path: GroupPath
  readonly #limits: PathLimits
  readonly #circles = new CircleMaker()
  readonly #target: Float64Array
  readonly #aid: Float64Array
  /** Speed asked for by the command before. */
  #feed = 0.5
  #length = 0.5

  constructor(path: GroupPath, limits: PathLimits) {
    this.#path = path
    this.#limits = limits
    this.#target = new Float64Array(path.endTool.length)
    this.#aid = new Float64Array(path.endTool.length)
    this.accelerationFactor = 1
    this.jerkFactor = 1
  }

  /** What is wrong with the command's own numbers. */
  check(command: MoveCommand): GroupErrorNumber {
    if (!command.usable) return groupError.argument
    const limits = this.#limits
    return command.velocity > limits.velocity ||
      command.acceleration > limits.acceleration ||
      command.jerk > limits.jerk
      ? groupError.pathLimit
      : groupError.none
  }

  /** On to the end of the path. Anything but `none`: the path is as before. */
  append(command: MoveCommand): GroupErrorNumber {
    const { next } = this.#path
    this.done = false
    this.#place(command)
    if (command.circular) {
      if (!this.#makeCircle(command)) return groupError.circle
    } else if (!this.#makeLine(command)) {
      this.done = true
      return groupError.none
    }
    next.id = command.id
    next.ofAxes = command.ofAxes
    next.feed = command.velocity || this.#limits.velocity
    next.highest = this.#limits.velocity
    next.acceleration =
      (command.acceleration || this.#limits.acceleration) * this.accelerationFactor
    next.jerk = (command.jerk || this.#limits.jerk) * this.jerkFactor
    return errorOfResult[this.#appendNext(command)] as GroupErrorNumber
  }

  /** Target and auxiliary point in absolute coordinates. */
  #place(command: MoveCommand): void {
    const from = command.ofAxes ? this.#path.endAxes : this.#path.endTool
    const isVector = command.circleMode === 2
    for (let n = 0; n < from.length; n++) {
      const base = command.relative ? (from[n] as number) : 0
      this.#target[n] = (command.target[n] as number) + base
      this.#aid[n] = (command.aid[n] as number) + (isVector ? 0 : base)
    }
  }

  #makeCircle(command: MoveCommand): boolean {
    this.#circles.clockwise = command.clockwise
    this.#circles.longWay = command.longWay
    const { endTool, next } = this.#path
    return (
      this.#circles.make(command.circleMode, endTool, this.#target, this.#aid, next) ===
      circleResult.ok
    )
  }

  /** False: there is no way to go. */
  #makeLine(command: MoveCommand): boolean {
    const { next } = this.#path
    const from = command.ofAxes ? this.#path.endAxes : this.#path.endTool
    // the way of the tool is what speed counts along; where it only turns, that is
    this.#measure(from, command.ofAxes ? from.length : Math.min(3, from.length))
    if (this.#length <= nothing) this.#measure(from, from.length)
    const length = this.#length
    if (length <= nothing) return false
    next.kind = segmentKind.line
    next.length = length
    for (let n = 0; n < from.length; n++) {
      next.origin[n] = from[n] as number
      next.direction[n] = ((this.#target[n] as number) - (from[n] as number)) / length
    }
    return true
  }

  #measure(from: Float64Array, coordinates: number): void {
    let square = 0
    for (let n = 0; n < coordinates; n++) {
      const way = (this.#target[n] as number) - (from[n] as number)
      square += way * way
    }
    this.#length = Math.sqrt(square)
  }

  #appendNext(command: MoveCommand): AppendResult {
    const path = this.#path
    const mode = command.bufferMode
    const before = this.#feed
    const { feed } = path.next
    path.amount = command.amount
    path.blendFeed =
      mode === bufferMode.blendingPrevious
        ? before
        : mode === bufferMode.blendingNext
          ? feed
          : mode === bufferMode.blendingHigh
            ? Math.max(before, feed)
            : Math.min(before, feed)
    const blending = mode !== bufferMode.aborting && mode !== bufferMode.buffered
    // a blend of no size is none
    const kind =
      blending && (command.amount > 0 || command.transition < transition.cornerDistance)
        ? command.transition
        : blending
          ? transition.none
          : transition.exact
    const result = path.append(kind)
    if (result === appendResult.ok) this.#feed = feed
    return result
  }
}
