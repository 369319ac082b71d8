/** One function block of a user's task: its inputs become a command when it is executed, its outputs are how that fares. */
import { axisErrorCodes } from '../../control/axis/axis-error.ts'
import type { AxisMotion } from '../../control/axis/axis-motion.ts'
import type { ErrorCode } from '../../errors.ts'
import { commandEnds, commandField, taskCommand } from '../shared/command-ring.ts'
import type { Block } from '../task-blocks.ts'
import type { CommandIntake } from './command-intake.ts'

const done = commandEnds.indexOf('done')
const aborted = commandEnds.indexOf('aborted')
const failed = commandEnds.indexOf('failed')
const open = -1
const never = -2

/** Blocks of a machine. */
export const mostBlocks = 4096
/** Executions of a block that are told apart. */
const generations = 2 ** 31 / mostBlocks - 2

export type BlockKind = {
  /** It moves the axis, and may have to wait; the others are at work at once. */
  readonly moves: boolean
  /** Once it has reached what it is for, it holds that. */
  readonly goesOn: boolean
  /** Its velocity, acceleration and jerk are factors. */
  readonly factors: boolean
}

/** Which block an id belongs to. */
export function blockOf(id: number): number {
  return (taskCommand - 1 - id) & (mostBlocks - 1)
}

export class TaskBlock implements Block {
  // Inputs. Fractions first, so that V8 holds the fields as doubles from the start.
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  deceleration = 0.5
  jerk = 0.5
  endVelocity = 0.5
  torque = 0.5
  torqueRamp = 0.5
  numerator = 0.5
  denominator = 0.5
  masterSync = 0.5
  slaveSync = 0.5
  masterStart = 0.5
  masterOffset = 0.5
  slaveOffset = 0.5
  masterScaling = 0.5
  slaveScaling = 0.5

  readonly #commands: CommandIntake
  readonly #motion: AxisMotion
  /** The command; what is not an input stays as it was set. */
  readonly #values: Float64Array
  readonly #number: number
  readonly #kind: BlockKind
  #generation = 0
  #id = 0
  /** An index of commandEnds, or one of the two below it. */
  #end = never
  #error = 0
  /** There was no room for the end of the command: to be given in the next cycle. */
  waits = false

  /**
   * `values`: the command with all that stays; inputs are taken from it, too. `number`: among the blocks of the machine.
   */
  constructor(
    commands: CommandIntake,
    motion: AxisMotion,
    values: Float64Array,
    number: number,
    kind: BlockKind,
  ) {
    this.#commands = commands
    this.#motion = motion
    this.#values = values
    this.#number = number
    this.#kind = kind
    this.position = values[commandField.position] as number
    this.velocity = values[commandField.velocity] as number
    this.acceleration = values[commandField.acceleration] as number
    this.deceleration = values[commandField.deceleration] as number
    this.jerk = values[commandField.jerk] as number
    if (kind.factors) {
      this.velocity = values[commandField.velocityFactor] as number
      this.acceleration = values[commandField.accelerationFactor] as number
      this.jerk = values[commandField.jerkFactor] as number
    }
    this.endVelocity = values[commandField.endVelocity] as number
    this.torque = values[commandField.torque] as number
    this.torqueRamp = values[commandField.torqueRamp] as number
    this.numerator = values[commandField.numerator] as number
    this.denominator = values[commandField.denominator] as number
    this.masterSync = values[commandField.masterSync] as number
    this.slaveSync = values[commandField.slaveSync] as number
    this.masterStart = values[commandField.masterStart] as number
    this.masterOffset = values[commandField.masterOffset] as number
    this.slaveOffset = values[commandField.slaveOffset] as number
    this.masterScaling = values[commandField.masterScaling] as number
    this.slaveScaling = values[commandField.slaveScaling] as number
  }

  get distance(): number {
    return this.position
  }

  set distance(distance: number) {
    this.position = distance
  }

  get shift(): number {
    return this.position
  }

  set shift(shift: number) {
    this.position = shift
  }

  get active(): boolean {
    return this.#end === open ? this.#moves || !this.#kind.moves : this.#holds
  }

  get busy(): boolean {
    return this.#end === open || this.#holds
  }

  get done(): boolean {
    return this.#end === done && (!this.#kind.goesOn || this.#moves)
  }

  get aborted(): boolean {
    return this.#end === aborted || (this.#end === done && this.#kind.goesOn && !this.#moves)
  }

  get error(): ErrorCode | undefined {
    return this.#end === failed ? axisErrorCodes[this.#error] : undefined
  }

  execute(): void {
    this.#generation = this.#generation === generations ? 0 : this.#generation + 1
    this.#id = taskCommand - 1 - this.#number - this.#generation * mostBlocks
    this.#end = open
    this.#error = 0
    this.#fill()
    this.give(false)
  }

  /** `refuse`: the machine is in its safe state. */
  give(refuse: boolean): void {
    this.waits = !this.#commands.give(this.#values, refuse)
    if (this.waits) this.#commands.blocks?.note()
  }

  /** A command of this block has ended. */
  take(id: number, end: number, error: number): void {
    if (id !== this.#id) return
    this.#end = end
    this.#error = error
  }

  get #moves(): boolean {
    return this.#motion.activeCommand === this.#id
  }

  get #holds(): boolean {
    return this.#end === done && this.#kind.goesOn && this.#moves
  }

  /** Long, flat and dull on purpose: fields of doubles, one by one. */
  #fill(): void {
    const values = this.#values
    values[commandField.id] = this.#id
    if (this.#kind.factors) {
      values[commandField.velocityFactor] = this.velocity
      values[commandField.accelerationFactor] = this.acceleration
      values[commandField.jerkFactor] = this.jerk
    } else {
      values[commandField.velocity] = this.velocity
      values[commandField.acceleration] = this.acceleration
      values[commandField.deceleration] = this.deceleration
      values[commandField.jerk] = this.jerk
    }
    values[commandField.endVelocity] = this.endVelocity
    values[commandField.torque] = this.torque
    values[commandField.torqueRamp] = this.torqueRamp
    values[commandField.numerator] = this.numerator
    values[commandField.denominator] = this.denominator
    values[commandField.masterSync] = this.masterSync
    values[commandField.slaveSync] = this.slaveSync
    values[commandField.masterStart] = this.masterStart
    values[commandField.masterOffset] = this.masterOffset
    values[commandField.slaveOffset] = this.slaveOffset
    values[commandField.masterScaling] = this.masterScaling
    values[commandField.slaveScaling] = this.slaveScaling
    values[commandField.position] = this.position
  }
}
