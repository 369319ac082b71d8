/**
 * A group of axes after PLCopen Motion Control Part 4: its state, its commands, and the setpoints of its axes in every cycle.
 * Cyclic throughout. Whoever runs it hands over where the axes are (`actual`), calls `update` once a cycle, and while `commanding`
 * gives `position` and `velocity` to the axes, which are in synchronizedMotion then. In groupStandby axes may move on their own.
 *
 * Halt, stop, interrupt and a motion that aborts another brake on the path: a way that was checked is not left.
 */
import { bufferMode } from '../axis/buffer-mode.ts'
import { SettlementOutbox } from '../axis/settlement-outbox.ts'
import type { GroupAxisLimits } from './block-maker.ts'
import { groupError, type GroupErrorNumber } from './group-error.ts'
import { GroupMoves, type PathLimits } from './group-moves.ts'
import { GroupPath } from './group-path.ts'
import { groupState, type GroupStateNumber } from './group-state.ts'
import type { Kinematics } from './kinematics/kinematics.ts'
import { MoveCommand } from './move-command.ts'
import { OpenGroupCommands } from './open-group-commands.ts'
import { PendingMoves } from './pending-moves.ts'

export interface GroupOptions {
  /** Time between two updates, s. */
  readonly cycleS: number
  readonly kinematics: Kinematics
  /** One for each axis. */
  readonly axes: readonly GroupAxisLimits[]
  readonly path: PathLimits
  /** How many motions may wait; 64 if not given. */
  readonly capacity?: number
}

/** Commands other than motions that can be open at once, with room to spare. */
const otherCommands = 8

export class AxisGroup {
  /** Setpoints of the axes where they stand now, unit: set before `update` while the group does not command. */
  readonly actual: Float64Array
  /** All axes stand and have power: set before a motion is commanded. */
  axesReady = true
  /** Setpoints of the axes: unit, unit/s, unit/s^2. */
  readonly position: Float64Array
  readonly velocity: Float64Array
  readonly acceleration: Float64Array
  /** The tool's setpoint, in its own coordinates. */
  readonly tool: Float64Array
  state: GroupStateNumber = groupState.groupDisabled
  /** What put the group into groupErrorStop. */
  error: GroupErrorNumber = groupError.none
  /** What the next motion is asked for; its `id` is given with the call. */
  readonly command: MoveCommand
  /** How commands ended; to be emptied once a cycle. */
  readonly settlements: SettlementOutbox

  readonly #path: GroupPath
  readonly #moves: GroupMoves
  readonly #pending: PendingMoves
  readonly #open: OpenGroupCommands
  /** What is left of the path is not wanted any more, once at rest. */
  #braking = false
  #interrupted = false
  #override = 0.5

  constructor(options: GroupOptions) {
    const { kinematics, capacity = 64 } = options
    // a blend for each motion
    this.#path = new GroupPath(options.cycleS, kinematics, options.axes, 2 * capacity)
    this.#moves = new GroupMoves(this.#path, options.path)
    this.#pending = new PendingMoves(kinematics.axes, capacity)
    const mostOpen = 2 * capacity + otherCommands
    this.settlements = new SettlementOutbox(2 * mostOpen)
    this.#open = new OpenGroupCommands(this.settlements, mostOpen)
    this.command = new MoveCommand(kinematics.axes)
    this.actual = new Float64Array(kinematics.axes)
    const { output } = this.#path
    this.position = output.position
    this.velocity = output.velocity
    this.acceleration = output.acceleration
    this.tool = output.tool
    this.#override = 1
  }

  /** The axes are to follow the group. */
  get commanding(): boolean {
    return (
      this.state === groupState.groupMoving ||
      this.state === groupState.groupStopping ||
      (this.state === groupState.groupErrorStop && !this.atRest)
    )
  }

  get atRest(): boolean {
    return !this.#path.profile.active || this.#path.profile.atRest
  }

  /** Stands on its path because of an interrupt. */
  get interrupted(): boolean {
    return this.#interrupted && this.atRest
  }

  /** Speed along the path, unit/s. */
  get pathSpeed(): number {
    return this.#path.profile.speed
  }

  /** The id of the motion under way, 0 when there is none. */
  get activeId(): number {
    return this.#path.segments.activeId
  }

  // Commands. `id` (not 0) comes back once in `settlements`. False: the outbox is full, nothing was done, try again later.

  /** MC_GroupEnable. */
  enable(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (this.state !== groupState.groupDisabled) return this.#open.refuse(id, groupError.state)
    this.state = groupState.groupStandby
    this.#standAtActual()
    return this.#open.settle(id)
  }

  /** MC_GroupDisable: in any state. Axes under way brake by their own limits, off the path. */
  disable(id: number): boolean {
    if (!this.#open.hasRoom) return false
    this.#drop(groupError.none)
    this.#open.beginReset(0)
    this.#dropPath()
    this.error = groupError.none
    this.state = groupState.groupDisabled
    return this.#open.settle(id)
  }

  /**
   * MC_MoveLinearAbsolute and Relative, by `command`. Refused with the reason where the way leaves a limit. Where there is no way
   * to go it is done at once, whatever waits.
   */
  moveLinear(id: number): boolean {
    this.command.circular = false
    return this.#move(id)
  }

  /** MC_MoveCircularAbsolute and Relative, by `command`. */
  moveCircular(id: number): boolean {
    this.command.circular = true
    return this.#move(id)
  }

  /** MC_GroupHalt: to rest on the path, any motion may take over. */
  halt(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (this.state === groupState.groupStandby) return this.#open.settle(id)
    if (this.state !== groupState.groupMoving) return this.#open.refuse(id, this.#stateError())
    this.#drop(groupError.none)
    this.#brake()
    this.#open.halt = id
    return true
  }

  /** MC_GroupStop: to rest on the path, no motion may take over. A second one takes the place of the first. */
  stop(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (this.state === groupState.groupDisabled || this.state === groupState.groupErrorStop)
      return this.#open.refuse(id, this.#stateError())
    this.#drop(groupError.none)
    this.#brake()
    this.#open.stop = id
    this.state = groupState.groupStopping
    return true
  }

  /** MC_GroupInterrupt: to rest on the path, which is kept for `continue`. The state stays. */
  interrupt(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (this.state !== groupState.groupMoving || this.#braking)
      return this.#open.refuse(id, this.#stateError())
    this.#open.beginInterrupt(id)
    this.#interrupted = true
    this.#applyOverride()
    return true
  }

  /** MC_GroupContinue. */
  continue(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (!this.#interrupted) return this.#open.refuse(id, groupError.state)
    this.#forgetInterrupt()
    return this.#open.settle(id)
  }

  /**
   * MC_GroupSetOverride: 0 to 1; velocity at once (0 stands still on the path), acceleration and jerk (above 0) for motions
   * commanded from now on: those on the path rely on what they were planned with.
   */
  setOverride(id: number, velocity: number, acceleration: number, jerk: number): boolean {
    if (!this.#open.hasRoom) return false
    const usable =
      velocity >= 0 &&
      velocity <= 1 &&
      acceleration > 0 &&
      acceleration <= 1 &&
      jerk > 0 &&
      jerk <= 1
    if (!usable) return this.#open.refuse(id, groupError.argument)
    this.#override = velocity
    this.#moves.accelerationFactor = acceleration
    this.#moves.jerkFactor = jerk
    this.#applyOverride()
    return this.#open.settle(id)
  }

  /** MC_GroupHome: the axes home by themselves; `endHoming` tells how that went. */
  home(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (this.state !== groupState.groupStandby) return this.#open.refuse(id, this.#stateError())
    this.#open.home = id
    this.state = groupState.groupHoming
    return true
  }

  endHoming(homed: boolean): void {
    if (this.state !== groupState.groupHoming) return
    if (!homed) {
      this.fail(groupError.homing)
      return
    }
    this.state = groupState.groupStandby
    this.#open.endHome()
  }

  /** MC_GroupReset: leaves groupErrorStop once at rest. Done at once elsewhere. */
  reset(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (this.state !== groupState.groupErrorStop) return this.#open.settle(id)
    this.#open.beginReset(id)
    return true
  }

  /** Not a command, always taken: to rest on the path, then groupErrorStop until a reset. */
  fail(reason: GroupErrorNumber): void {
    if (this.state === groupState.groupDisabled || this.state === groupState.groupErrorStop) return
    this.#drop(reason)
    this.#brake()
    this.error = reason
    this.state = groupState.groupErrorStop
  }

  /** One cycle on. */
  update(): void {
    this.#path.advance()
    this.#settlePassed()
    if (!this.atRest) return
    this.#open.endInterrupt()
    this.#comeToRest()
  }

  #comeToRest(): void {
    if (this.state === groupState.groupErrorStop) this.#resetAtRest()
    else if (this.state === groupState.groupStopping) this.#endStop()
    else if (this.state === groupState.groupMoving) this.#goOn()
  }

  #resetAtRest(): void {
    if (this.#open.reset === 0) return
    this.#dropPath()
    this.error = groupError.none
    this.state = groupState.groupStandby
    this.#open.endReset()
  }

  #endStop(): void {
    this.#dropPath()
    this.state = groupState.groupStandby
    this.#open.endStop()
  }

  /** At rest while moving: at the end, after braking, or on the way. */
  #goOn(): void {
    if (this.#path.profile.active && !this.#braking) return
    this.#open.endHalt()
    this.#dropPath()
    this.#forgetInterrupt()
    while (this.#pending.count > 0 && this.#appendPending());
    if (!this.#path.profile.active) this.state = groupState.groupStandby
  }

  /** True: look for the next one. A motion that fails takes those with it that were to follow. */
  #appendPending(): boolean {
    const command = this.#pending.take()
    const error = this.#moves.append(command)
    if (error === groupError.none) {
      if (this.#moves.done) this.#open.settle(command.id)
      return true
    }
    this.#open.refuse(command.id, error)
    while (this.#pending.count > 0) this.#open.abort(this.#pending.take().id)
    return false
  }

  #move(id: number): boolean {
    if (!this.#open.hasRoom) return false
    const { command } = this
    command.id = id
    const error = this.#moveError() || this.#moves.check(command)
    if (error !== groupError.none) return this.#open.refuse(id, error)
    if (this.state === groupState.groupStandby) return this.#begin()
    if (command.bufferMode === bufferMode.aborting) {
      this.#drop(groupError.none)
      this.#brake()
    }
    if (!this.#braking) return this.#append()
    return this.#pending.put(command) || this.#open.refuse(id, groupError.full)
  }

  #moveError(): GroupErrorNumber {
    if (this.state === groupState.groupMoving) return groupError.none
    if (this.state !== groupState.groupStandby) return this.#stateError()
    return this.axesReady ? groupError.none : groupError.axis
  }

  #begin(): boolean {
    this.#standAtActual()
    this.#append()
    if (this.#path.profile.active) this.state = groupState.groupMoving
    return true
  }

  #append(): boolean {
    const { id } = this.command
    const error = this.#moves.append(this.command)
    if (error !== groupError.none) return this.#open.refuse(id, error)
    if (this.#moves.done) return this.#open.settle(id)
    return true
  }

  #standAtActual(): void {
    this.#path.standAt(this.actual)
    this.#braking = false
    this.#applyOverride()
  }

  #dropPath(): void {
    this.#path.clear()
    this.#braking = false
    this.#applyOverride()
  }

  #brake(): void {
    this.#braking = true
    this.#applyOverride()
  }

  #applyOverride(): void {
    this.#path.override = this.#braking || this.#interrupted ? 0 : this.#override
  }

  #forgetInterrupt(): void {
    this.#open.beginInterrupt(0)
    this.#interrupted = false
    this.#applyOverride()
  }

  /** Ends every open command but a reset, in error unless `reason` is none. What is left of the path stays, for braking. */
  #drop(reason: GroupErrorNumber): void {
    const { segments } = this.#path
    this.#settlePassed()
    const active = segments.activeId
    for (let id = segments.disown(); id !== 0; id = segments.disown()) {
      if (id === active && reason !== groupError.none) this.#open.refuse(id, reason)
      else this.#open.abort(id)
    }
    while (this.#pending.count > 0) this.#open.abort(this.#pending.take().id)
    this.#open.drop(reason)
    this.#forgetInterrupt()
  }

  #settlePassed(): void {
    const { segments } = this.#path
    for (let id = segments.takePassed(); id !== 0; id = segments.takePassed()) this.#open.settle(id)
  }

  #stateError(): GroupErrorNumber {
    return this.state === groupState.groupDisabled ? groupError.disabled : groupError.state
  }
}
