/**
 * One axis after PLCopen Motion Control Part 1: its state, its commands and the setpoint of every cycle. Cyclic throughout.
 *
 * `update` takes its inputs from fields: a double passed to a function that the compiler did not inline is boxed on the heap.
 */
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import {
  directionError,
  dynamicsError,
  motionStateError,
  positionError,
  stateError,
} from './command-checks.ts'
import { axisState, type AxisStateNumber } from './axis-state.ts'
import { type MotionLimits, SetpointGenerator, stepResult } from './setpoint-generator.ts'
import { commandEnd, SettlementOutbox } from './settlement-outbox.ts'

export type AxisLimits = MotionLimits & {
  /** Unit. Beyond it the axis goes to errorStop. */
  readonly followingError: number
}

/** Longest time that a drive may take to change its power state. */
const powerTimeoutS = 5

/** Power, motion and reset can be open, and the command that comes: no more can settle before the next take. */
const openCommands = 4

export class AxisMotion {
  /** Feedback of this cycle in the drive's own coordinates, unit. Set before `update`. */
  drivePosition = 0
  /** Setpoint that comes from elsewhere, in axis coordinates, unit and unit/s. Set before `follow`. */
  externalPosition = 0
  externalVelocity = 0
  /** Commanded position, velocity, acceleration of this cycle, in axis coordinates. */
  position = 0
  velocity = 0
  acceleration = 0
  /** `position` in the drive's own coordinates: what goes to the drive. */
  setpoint = 0
  /** Feedback in axis coordinates. */
  actualPosition = 0
  /** The setpoint of the cycle before minus this cycle's feedback; 0 without power. */
  followingError = 0
  state: AxisStateNumber = axisState.disabled
  /** What put the axis into errorStop. */
  error: AxisErrorNumber = axisError.none
  homed = false
  /** Axis coordinates minus drive coordinates. Written by homing alone. */
  homeOffset = 0
  /** The axis asks its drive for power. */
  powerRequested = false
  /** How commands ended; to be emptied once a cycle. */
  readonly settlements = new SettlementOutbox()

  readonly #cycleS: number
  readonly #limits: AxisLimits
  readonly #generator: SetpointGenerator
  #powered = false
  #powerId = 0
  #powerWaitS = 0
  #motionId = 0
  #resetId = 0
  #homeTo = 0
  #dropPowerAtRest = false

  /** `cycleS`: s between two updates. */
  constructor(cycleS: number, limits: AxisLimits) {
    this.#cycleS = cycleS
    this.#limits = limits
    this.#generator = new SetpointGenerator(cycleS, limits)
  }

  /** True when the commanded velocity is zero and stays so. */
  get atRest(): boolean {
    return this.#generator.atRest
  }

  /** A reset waits for the axis to come to rest. */
  get resetting(): boolean {
    return this.#resetId !== 0
  }

  // Commands. `id` (not 0) comes back once in `settlements`. False: the outbox is full, nothing was done, try again later.

  /** MC_Power. On: done with power at standstill. Off: at once, done when the drive has let go. */
  power(id: number, on: boolean): boolean {
    if (!this.#accepts()) return false
    return on ? this.#powerOn(id) : this.#powerOff(id)
  }

  /** MC_Home, direct: the present actual position becomes `position`. */
  home(id: number, position: number): boolean {
    if (!this.#accepts()) return false
    const error =
      positionError(this.#limits, position) ||
      (this.state === axisState.standstill ? axisError.none : stateError(this.state))
    if (error !== axisError.none) return this.#refuse(id, error)
    this.#motionId = id
    this.#homeTo = position
    this.state = axisState.homing
    return true
  }

  /** MC_MoveAbsolute. A limit of 0 stands for the axis's own. */
  moveAbsolute(
    id: number,
    position: number,
    velocity: number,
    acceleration: number,
    jerk: number,
  ): boolean {
    if (!this.#accepts()) return false
    const limits = this.#limits
    const error =
      motionStateError(this.state) ||
      positionError(limits, position) ||
      dynamicsError(limits, velocity, acceleration, jerk)
    if (error !== axisError.none) return this.#refuse(id, error)
    this.#abortMotion()
    this.#motionId = id
    this.state = axisState.discreteMotion
    this.#generator.moveTo(
      position,
      velocity || limits.velocity,
      acceleration || limits.acceleration,
      jerk || limits.jerk,
    )
    return true
  }

  /** MC_MoveRelative, from the position commanded at this moment. A limit of 0 stands for the axis's own. */
  moveRelative(
    id: number,
    distance: number,
    velocity: number,
    acceleration: number,
    jerk: number,
  ): boolean {
    return this.moveAbsolute(id, this.position + distance, velocity, acceleration, jerk)
  }

  /** MC_MoveVelocity, signed: done when the velocity is reached, and the axis goes on. An acceleration or jerk of 0 stands for the axis's own. */
  moveVelocity(id: number, velocity: number, acceleration: number, jerk: number): boolean {
    if (!this.#accepts()) return false
    const limits = this.#limits
    const error =
      motionStateError(this.state) ||
      dynamicsError(limits, Math.abs(velocity), acceleration, jerk) ||
      directionError(limits, this.position, velocity)
    if (error !== axisError.none) return this.#refuse(id, error)
    this.#abortMotion()
    this.#motionId = id
    this.state = axisState.continuousMotion
    this.#generator.changeVelocity(
      velocity,
      acceleration || limits.acceleration,
      jerk || limits.jerk,
    )
    return true
  }

  /**
   * Takes `externalPosition` as the setpoint of the next update: synchronizedMotion. To be called every cycle; without it the
   * axis comes to rest by a ramp. Limits are the caller's care. False where the state does not allow motion.
   */
  follow(): boolean {
    if (motionStateError(this.state) !== axisError.none) return false
    this.#abortMotion()
    this.state = axisState.synchronizedMotion
    const generator = this.#generator
    generator.givenPosition = this.externalPosition
    generator.givenVelocity = this.externalVelocity
    generator.follow()
    return true
  }

  /** MC_Halt: to rest within the axis's limits; any later motion may take over. */
  halt(id: number): boolean {
    if (!this.#accepts()) return false
    const error = motionStateError(this.state)
    if (error !== axisError.none) return this.#refuse(id, error)
    if (this.state === axisState.standstill) return this.#settle(id)
    this.#abortMotion()
    this.#motionId = id
    this.state = axisState.discreteMotion
    this.#generator.stop()
    return true
  }

  /** MC_Stop: to rest within the axis's limits; no motion may take over. A second one takes the place of the first. */
  stop(id: number): boolean {
    if (!this.#accepts()) return false
    if (this.state === axisState.disabled || this.state === axisState.errorStop) {
      return this.#refuse(id, stateError(this.state))
    }
    this.#abortMotion()
    this.#motionId = id
    this.state = axisState.stopping
    this.#generator.stop()
    return true
  }

  /** MC_Reset: leaves errorStop once the axis is at rest: to standstill with power, else to disabled. Done at once elsewhere. */
  reset(id: number): boolean {
    if (!this.#accepts()) return false
    if (this.state !== axisState.errorStop) return this.#settle(id)
    this.settlements.put(this.#resetId, commandEnd.aborted, axisError.none)
    this.#resetId = id
    return true
  }

  // Reactions: not commands, always taken.

  /** To rest within the axis's limits, then errorStop holds the position until a reset. */
  errorStop(reason: AxisErrorNumber): void {
    this.#fail(reason)
    if (!this.#powered) this.powerRequested = false
    else if (!this.atRest) this.#generator.stop()
  }

  /** As errorStop, and gives up power at rest. */
  quickStop(reason: AxisErrorNumber): void {
    this.errorStop(reason)
    this.#dropPowerAtRest = true
    if (this.atRest) this.powerRequested = false
  }

  /** errorStop with power given up at once; the drive slows down by itself. */
  release(reason: AxisErrorNumber): void {
    this.#fail(reason)
    this.powerRequested = false
    this.#letGo()
  }

  /** Once a cycle, after `drivePosition` was set. `powered`: the drive is in operation. */
  update(powered: boolean): void {
    this.actualPosition = this.drivePosition + this.homeOffset
    if (powered && this.powerRequested) this.#updatePowered()
    else this.#updateUnpowered(powered)
    this.setpoint = this.position - this.homeOffset
  }

  #updatePowered(): void {
    if (!this.#powered) this.#takePower()
    this.followingError = this.position - this.actualPosition
    if (
      Math.abs(this.followingError) > this.#limits.followingError &&
      this.state !== axisState.errorStop
    ) {
      this.errorStop(axisError.followingError)
    }
    if (this.state === axisState.homing) this.#setHome()
    this.#step()
    if (this.#resetId !== 0 && this.atRest) this.#leaveErrorStop()
  }

  /** The setpoint follows the feedback. */
  #updateUnpowered(powered: boolean): void {
    if (this.#powered) {
      this.#fail(axisError.powerLost)
      this.powerRequested = false
      this.#letGo()
    }
    this.#generator.position = this.actualPosition
    this.position = this.actualPosition
    this.followingError = 0
    if (this.#powerId !== 0) this.#awaitPower(powered)
    if (this.#resetId !== 0) this.#leaveErrorStop()
  }

  #takePower(): void {
    this.#powered = true
    this.#generator.position = this.actualPosition
    this.position = this.actualPosition
    if (this.state === axisState.disabled) this.state = axisState.standstill
    this.settlements.put(this.#powerId, commandEnd.done, axisError.none)
    this.#powerId = 0
  }

  /** From here on the setpoint follows the feedback. */
  #letGo(): void {
    this.#powered = false
    this.#generator.rest()
    this.velocity = 0
    this.acceleration = 0
  }

  #awaitPower(powered: boolean): void {
    this.#powerWaitS += this.#cycleS
    if (!this.powerRequested && !powered) {
      this.settlements.put(this.#powerId, commandEnd.done, axisError.none)
      this.#powerId = 0
    } else if (this.#powerWaitS > powerTimeoutS) {
      this.powerRequested = false
      this.#fail(axisError.powerTimeout)
    }
  }

  #setHome(): void {
    const shift = this.#homeTo - this.actualPosition
    this.homeOffset += shift
    this.actualPosition = this.#homeTo
    this.#generator.position += shift
    this.homed = true
    this.state = axisState.standstill
    this.#settleMotion()
  }

  #step(): void {
    const generator = this.#generator
    const result = generator.step()
    this.position = generator.position
    this.velocity = generator.velocity
    this.acceleration = generator.acceleration
    if (result === stepResult.none) return
    if (result === stepResult.atRest) this.#arrive()
    else if (result === stepResult.velocityReached) this.#settleMotion()
    else this.#fail(axisError.positionLimit)
  }

  #arrive(): void {
    if (this.state === axisState.discreteMotion || this.state === axisState.stopping) {
      this.state = axisState.standstill
    }
    this.#settleMotion()
    if (this.#dropPowerAtRest) this.powerRequested = false
  }

  #leaveErrorStop(): void {
    this.error = axisError.none
    this.#dropPowerAtRest = false
    if (this.#powered && this.powerRequested) this.state = axisState.standstill
    else {
      this.state = axisState.disabled
      this.powerRequested = false
    }
    this.settlements.put(this.#resetId, commandEnd.done, axisError.none)
    this.#resetId = 0
  }

  #powerOn(id: number): true {
    if (this.state === axisState.errorStop) return this.#refuse(id, axisError.state)
    this.settlements.put(this.#powerId, commandEnd.aborted, axisError.none)
    this.#powerId = 0
    if (this.state !== axisState.disabled) return this.#settle(id)
    this.powerRequested = true
    this.#powerId = id
    this.#powerWaitS = 0
    return true
  }

  #powerOff(id: number): true {
    this.settlements.put(this.#powerId, commandEnd.aborted, axisError.none)
    this.#abortMotion()
    this.powerRequested = false
    this.#letGo()
    this.#powerId = id
    this.#powerWaitS = 0
    // errorStop stays until a reset, with or without power
    if (this.state !== axisState.errorStop) this.state = axisState.disabled
    return true
  }

  /** errorStop, every open command settled. The first reason is the cause; what follows from it does not replace it. */
  #fail(reason: AxisErrorNumber): void {
    if (this.state !== axisState.errorStop) this.error = reason
    this.state = axisState.errorStop
    this.settlements.put(this.#motionId, commandEnd.error, reason)
    this.settlements.put(this.#powerId, commandEnd.error, reason)
    this.settlements.put(this.#resetId, commandEnd.error, reason)
    this.#motionId = 0
    this.#powerId = 0
    this.#resetId = 0
  }

  #accepts(): boolean {
    return this.settlements.free >= openCommands
  }

  #refuse(id: number, error: AxisErrorNumber): true {
    this.settlements.put(id, commandEnd.error, error)
    return true
  }

  #settle(id: number): true {
    this.settlements.put(id, commandEnd.done, axisError.none)
    return true
  }

  #abortMotion(): void {
    this.settlements.put(this.#motionId, commandEnd.aborted, axisError.none)
    this.#motionId = 0
  }

  #settleMotion(): void {
    this.settlements.put(this.#motionId, commandEnd.done, axisError.none)
    this.#motionId = 0
  }
}
