/**
 * One axis after PLCopen Motion Control Part 1: its state, its commands and the setpoint of every cycle. Cyclic throughout.
 *
 * `update` takes its inputs from fields: a double passed to a function that the compiler did not inline is boxed on the heap.
 */
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import * as check from './command-checks.ts'
import { DriveLead } from './drive-lead.ts'
import { axisState, type AxisStateNumber } from './axis-state.ts'
import { SetpointGenerator, stepResult } from './setpoint-generator.ts'
import { OpenCommands } from './open-commands.ts'
import { PowerWait } from './power-wait.ts'
import { SettlementOutbox } from './settlement-outbox.ts'

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
  /** How far the drive is on the way to operation: 0 not ready, 1 ready, 2 under mains, 3 in operation. Set before `update`. */
  powerStep = 0
  /** The drive moves by itself: homing, torque. */
  readonly lead = new DriveLead()
  /** How commands ended; to be emptied once a cycle. */
  readonly settlements = new SettlementOutbox()

  readonly #open = new OpenCommands(this.settlements)
  readonly #limits: check.AxisLimits
  readonly #generator: SetpointGenerator
  readonly #powerWait: PowerWait
  #powered = false
  #homeTo = 0
  #dropPowerAtRest = false

  /** `cycleS`: s between two updates. */
  constructor(cycleS: number, limits: check.AxisLimits) {
    this.#powerWait = new PowerWait(cycleS)
    this.#limits = limits
    this.#generator = new SetpointGenerator(cycleS, limits)
  }

  /** True when the commanded velocity is zero and stays so. */
  get atRest(): boolean {
    return this.#generator.atRest && !this.lead.on
  }

  /** A reset waits for the axis to come to rest. */
  get resetting(): boolean {
    return this.#open.reset !== 0
  }

  // Commands. `id` (not 0) comes back once in `settlements`. False: the outbox is full, nothing was done, try again later.

  /** MC_Power. On: done with power at standstill. Off: at once, done when the drive has let go. */
  power(id: number, on: boolean): boolean {
    if (!this.#open.hasRoom) return false
    return on ? this.#powerOn(id) : this.#powerOff(id)
  }

  /** MC_Home, direct: the present actual position becomes `position`. */
  home(id: number, position: number): boolean {
    if (!this.#open.hasRoom) return false
    const error = check.positionError(this.#limits, position) || check.standstillError(this.state)
    if (error !== axisError.none) return this.#open.refuse(id, error)
    this.#open.beginMotion(id)
    this.#homeTo = position
    this.state = axisState.homing
    return true
  }

  /**
   * MC_Home, led by the drive: it moves by itself until `endDriveHoming` tells how that ended. `position`: what the
   * reference becomes, NaN what the drive says.
   */
  homeByDrive(id: number, position: number): boolean {
    if (!this.#open.hasRoom) return false
    const wrong = !Number.isNaN(position) && check.positionError(this.#limits, position)
    const error = wrong || check.standstillError(this.state)
    if (error !== axisError.none) return this.#open.refuse(id, error)
    this.#open.beginMotion(id)
    this.state = axisState.homing
    this.lead.begin()
    return true
  }

  /** Drive-led homing has ended, and the drive follows its commands again. `homed`: its positions count from its reference. */
  endDriveHoming(homed: boolean): void {
    const homing = this.state === axisState.homing
    if (homing && !homed) this.errorStop(axisError.homing)
    if (!homed) return
    this.homeOffset = 0
    this.homed = true
    this.actualPosition = this.drivePosition
    this.#standAtFeedback()
    if (homing) this.#endHoming()
  }

  /** MC_MoveAbsolute. A limit of 0 stands for the axis's own. */
  moveAbsolute(
    id: number,
    position: number,
    velocity: number,
    acceleration: number,
    jerk: number,
  ): boolean {
    if (!this.#open.hasRoom) return false
    const limits = this.#limits
    const error = check.moveError(limits, this.state, position, velocity, acceleration, jerk)
    if (error !== axisError.none) return this.#open.refuse(id, error)
    this.#open.beginMotion(id)
    this.lead.end()
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
    if (!this.#open.hasRoom) return false
    const limits = this.#limits
    const { state, position } = this
    const error = check.speedError(limits, state, position, velocity, acceleration, jerk)
    if (error !== axisError.none) return this.#open.refuse(id, error)
    this.#open.beginMotion(id)
    this.lead.end()
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
    if (check.motionStateError(this.state) !== axisError.none) return false
    this.#open.beginMotion(0)
    this.state = axisState.synchronizedMotion
    this.lead.end()
    const generator = this.#generator
    generator.givenPosition = this.externalPosition
    generator.givenVelocity = this.externalVelocity
    generator.follow()
    return true
  }

  /**
   * The drive moves by a torque from elsewhere, and the setpoint follows it: synchronizedMotion. To be called every cycle;
   * without it the drive stops by its own halt. False where the state does not allow motion.
   */
  followDrive(): boolean {
    if (check.motionStateError(this.state) !== axisError.none) return false
    this.#open.beginMotion(0)
    this.state = axisState.synchronizedMotion
    this.lead.begin()
    return true
  }

  /** MC_Halt: to rest within the axis's limits; any later motion may take over. */
  halt(id: number): boolean {
    if (!this.#open.hasRoom) return false
    const error = check.motionStateError(this.state)
    if (error !== axisError.none) return this.#open.refuse(id, error)
    if (this.state === axisState.standstill) return this.#open.settle(id)
    this.#open.beginMotion(id)
    this.state = axisState.discreteMotion
    this.#slowDown()
    return true
  }

  /** MC_Stop: to rest within the axis's limits; no motion may take over. A second one takes the place of the first. */
  stop(id: number): boolean {
    if (!this.#open.hasRoom) return false
    const stopped = this.state === axisState.disabled || this.state === axisState.errorStop
    if (stopped) return this.#open.refuse(id, check.stateError(this.state))
    this.#open.beginMotion(id)
    this.state = axisState.stopping
    this.#slowDown()
    return true
  }

  /** MC_Reset: leaves errorStop once the axis is at rest: to standstill with power, else to disabled. Done at once elsewhere. */
  reset(id: number): boolean {
    if (!this.#open.hasRoom) return false
    if (this.state !== axisState.errorStop) return this.#open.settle(id)
    this.#open.beginReset(id)
    return true
  }

  // Reactions: not commands, always taken.

  /** To rest within the axis's limits, then errorStop holds the position until a reset. */
  errorStop(reason: AxisErrorNumber): void {
    this.#fail(reason)
    if (!this.#powered) this.powerRequested = false
    else if (!this.atRest) this.#slowDown()
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
    this.followingError = this.lead.on ? 0 : this.position - this.actualPosition
    const lags = Math.abs(this.followingError) > this.#limits.followingError
    if (lags && this.state !== axisState.errorStop) this.errorStop(axisError.followingError)
    if (this.lead.on) this.#followFeedback()
    else {
      if (this.state === axisState.homing) this.#setHome()
      this.#step()
    }
    if (this.#open.reset !== 0 && this.atRest) this.#leaveErrorStop()
  }

  /** The setpoint follows the feedback. */
  #updateUnpowered(powered: boolean): void {
    if (this.#powered) {
      this.#fail(axisError.powerLost)
      this.powerRequested = false
      this.#letGo()
    }
    this.#standAtFeedback()
    this.followingError = 0
    if (this.#open.power !== 0) this.#awaitPower(powered)
    if (this.#open.reset !== 0) this.#leaveErrorStop()
  }

  #takePower(): void {
    this.#powered = true
    this.#standAtFeedback()
    if (this.state === axisState.disabled) this.state = axisState.standstill
    this.#open.endPower()
  }

  /** By the axis's own ramp, or by the drive's where it moves by itself. */
  #slowDown(): void {
    if (this.lead.on) this.lead.halts = true
    else this.#generator.stop()
  }

  #followFeedback(): void {
    this.#standAtFeedback()
    if (!this.lead.hasStopped) return
    this.lead.end()
    this.#arrive()
  }

  #standAtFeedback(): void {
    const generator = this.#generator
    generator.rest()
    generator.position = this.actualPosition
    this.position = this.actualPosition
    this.velocity = 0
    this.acceleration = 0
  }

  /** From here on the setpoint follows the feedback. */
  #letGo(): void {
    this.#powered = false
    this.lead.end()
    this.#standAtFeedback()
  }

  #awaitPower(powered: boolean): void {
    const late = this.#powerWait.advance(this.powerStep, this.powerRequested)
    if (!this.powerRequested && !powered) this.#open.endPower()
    else if (late !== axisError.none) {
      this.powerRequested = false
      this.#fail(late)
    }
  }

  #setHome(): void {
    const shift = this.#homeTo - this.actualPosition
    this.homeOffset += shift
    this.actualPosition = this.#homeTo
    this.#generator.position += shift
    this.homed = true
    this.#endHoming()
  }

  #endHoming(): void {
    this.lead.end()
    this.state = axisState.standstill
    this.#open.endMotion()
  }

  #step(): void {
    const generator = this.#generator
    const result = generator.step()
    this.position = generator.position
    this.velocity = generator.velocity
    this.acceleration = generator.acceleration
    if (result === stepResult.none) return
    if (result === stepResult.atRest) this.#arrive()
    else if (result === stepResult.velocityReached) this.#open.endMotion()
    else this.#fail(axisError.positionLimit)
  }

  #arrive(): void {
    if (check.endsAtRest(this.state)) this.state = axisState.standstill
    this.#open.endMotion()
    if (this.#dropPowerAtRest) this.powerRequested = false
  }

  #leaveErrorStop(): void {
    this.error = axisError.none
    this.#dropPowerAtRest = false
    const on = this.#powered && this.powerRequested
    this.state = on ? axisState.standstill : axisState.disabled
    this.powerRequested = on
    this.#open.endReset()
  }

  #powerOn(id: number): true {
    if (this.state === axisState.errorStop) return this.#open.refuse(id, axisError.state)
    this.#open.beginPower(0)
    if (this.state !== axisState.disabled) return this.#open.settle(id)
    this.powerRequested = true
    this.#open.beginPower(id)
    this.#powerWait.begin()
    return true
  }

  #powerOff(id: number): true {
    this.#open.beginPower(id)
    this.#open.beginMotion(0)
    this.powerRequested = false
    this.#letGo()
    this.#powerWait.begin()
    // errorStop stays until a reset, with or without power
    if (this.state !== axisState.errorStop) this.state = axisState.disabled
    return true
  }

  /** errorStop, every open command settled. The first reason is the cause; what follows from it does not replace it. */
  #fail(reason: AxisErrorNumber): void {
    if (this.state !== axisState.errorStop) this.error = reason
    this.state = axisState.errorStop
    this.#open.fail(reason)
  }
}
