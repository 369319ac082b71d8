/**
 * One axis after PLCopen Motion Control Part 1, without its commands: state, power, errors, and the setpoint of every cycle.
 * Cyclic throughout.
 *
 * `update` takes its inputs from fields: a double passed to a function that the compiler did not inline is boxed on the heap.
 */
import { FollowingErrorSupervision } from '../mechanics/following-error.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import type { AxisLimits } from './axis-limits.ts'
import { AxisPoint } from './axis-point.ts'
import { axisState, type AxisStateNumber } from './axis-state.ts'
import { bufferMode } from './buffer-mode.ts'
import { DriveLead } from './drive-lead.ts'
import { GivenSetpoint } from './given-setpoint.ts'
import type { HomingMotion, Motion } from './motion.ts'
import { Move } from './move.ts'
import { MotionOrder, orderKind } from './motion-order.ts'
import { MotionRunner, runResult } from './motion-runner.ts'
import { OpenCommands } from './open-commands.ts'
import { Override } from './override.ts'
import { PowerWait } from './power-wait.ts'
import { commandEnd, SettlementOutbox } from './settlement-outbox.ts'
import { TorqueControl } from './torque-control.ts'

export class AxisCore {
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Feedback of this cycle in the drive's own coordinates, unit and unit/s. Set before `update`. */
  drivePosition = 0.5
  driveVelocity = 0.5
  /** Feedback of this cycle, % of rated torque. Set before `update`. */
  driveTorque = 0.5
  /** Commanded position, velocity, acceleration of this cycle, in axis coordinates: copies of `commanded`. */
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  /** `position` in the drive's own coordinates: what goes to the drive. */
  setpoint = 0.5
  /** Feedback in axis coordinates. */
  actualPosition = 0.5
  /** The setpoint of the cycle before minus this cycle's feedback; 0 without power. */
  followingError = 0.5
  /** Axis coordinates minus drive coordinates. Written by homing and MC_SetPosition. */
  homeOffset = 0.5
  state: AxisStateNumber = axisState.disabled
  /** What put the axis into errorStop. */
  error: AxisErrorNumber = axisError.none
  homed = false
  /** The axis asks its drive for power. */
  powerRequested = false
  /** How far the drive is on the way to operation: 0 not ready, 1 ready, 2 under mains, 3 in operation. Set before `update`. */
  powerStep = 0
  /** The drive takes a torque command: torqueControl is possible. */
  takesTorque = false
  /** The drive moves by itself: homing, torque. */
  readonly lead = new DriveLead()
  /** How commands ended; to be emptied once a cycle. */
  readonly settlements = new SettlementOutbox()
  /** Setpoint and feedback, to be followed by others; of the feedback no acceleration is known: it stays 0. */
  readonly commanded: AxisPoint
  readonly actual = new AxisPoint()
  /** What a motion of this axis may use now: less than the axis's own limits while one motion is laid over another. */
  readonly limits: KinematicLimits

  protected readonly own: AxisLimits
  protected readonly open = new OpenCommands(this.settlements)
  protected readonly runner: MotionRunner
  protected readonly powerWait: PowerWait
  protected readonly torque: TorqueControl
  protected readonly given: GivenSetpoint
  /** The homing that runs in state `homing`; none: the drive's own. */
  protected homing: HomingMotion | undefined = undefined
  /** An order to be given, and one of the axis itself. */
  protected readonly draft = new MotionOrder()
  protected powered = false
  protected dropPowerAtRest = false
  readonly #following: FollowingErrorSupervision
  /** The feedback, as a setpoint. */
  readonly #feedback = new MotionState()

  /** `cycleS`: s between two updates. */
  constructor(cycleS: number, limits: AxisLimits) {
    this.drivePosition = 0
    this.driveVelocity = 0
    this.driveTorque = 0
    this.position = 0
    this.velocity = 0
    this.acceleration = 0
    this.setpoint = 0
    this.actualPosition = 0
    this.followingError = 0
    this.homeOffset = 0
    this.own = limits
    this.powerWait = new PowerWait(cycleS)
    this.runner = new MotionRunner(cycleS, limits, this.settlements)
    this.commanded = this.runner.commanded
    this.limits = this.runner.available
    const { full } = this.runner
    const { positionMin, positionMax } = limits
    this.torque = new TorqueControl(cycleS, this.actual, this.lead, full, positionMin, positionMax)
    const rest = new Move(cycleS, full, new Override())
    this.given = new GivenSetpoint(rest)
    this.#following = new FollowingErrorSupervision(cycleS, {
      window: limits.followingError,
      windowPerVelocityS: limits.following?.windowPerVelocityS ?? 0,
      lagS: limits.following?.lagS ?? 0,
      filterS: limits.following?.filterS ?? 0,
    })
  }

  /** True when the commanded velocity is zero and stays so. */
  get atRest(): boolean {
    if (this.lead.on) return false
    return this.runner.isIdle || (this.isGiven && this.given.atRest)
  }

  /** The setpoint is commanded; without power it is the feedback. */
  get hasPower(): boolean {
    return this.powered
  }

  /** A reset waits for the axis to come to rest. */
  get resetting(): boolean {
    return this.open.reset !== 0
  }

  /** Motions that wait for the one that runs. */
  get queued(): number {
    return Math.max(this.runner.queue.count - 1, 0)
  }

  /** The command whose motion moves the axis, also when it has reached what it is for and goes on; 0: nobody's. */
  get activeCommand(): number {
    return this.runner.active?.command ?? 0
  }

  /** The motion moves the axis now. */
  runs(motion: Motion): boolean {
    return this.runner.active?.motion === motion
  }

  /** The motion moves the axis, or waits. */
  holds(motion: Motion): boolean {
    const { queue } = this.runner
    for (let n = 0; n < queue.count; n++) if (queue.at(n).motion === motion) return true
    return false
  }

  /** MC_TorqueControl runs: the drive is to hold `torqueCommand`. */
  get torqueLeads(): boolean {
    return this.runner.active?.motion === this.torque
  }

  /** % of rated torque; 0 without MC_TorqueControl. */
  get torqueCommand(): number {
    return this.torqueLeads ? this.torque.command : 0
  }

  // Reactions: not commands, always taken.

  /** To rest within the axis's limits, then errorStop holds the position until a reset. */
  errorStop(reason: AxisErrorNumber): void {
    this.fail(reason)
    if (!this.powered) this.powerRequested = false
    else if (this.atRest) this.runner.abort()
    else this.slowDown(0, axisState.errorStop)
  }

  /** As errorStop, and gives up power at rest. */
  quickStop(reason: AxisErrorNumber): void {
    this.errorStop(reason)
    this.dropPowerAtRest = true
    if (this.atRest) this.powerRequested = false
  }

  /** errorStop with power given up at once; the drive slows down by itself. */
  release(reason: AxisErrorNumber): void {
    this.fail(reason)
    this.powerRequested = false
    this.letGo()
  }

  /** Once a cycle, after the feedback was set. `powered`: the drive is in operation. */
  update(powered: boolean): void {
    const { actual } = this
    actual.position = this.drivePosition + this.homeOffset
    actual.velocity = this.driveVelocity
    if (powered && this.powerRequested) this.#updatePowered()
    else this.#updateUnpowered(powered)
    this.publish()
  }

  #updatePowered(): void {
    if (!this.powered) this.#takePower()
    this.#superviseFollowing()
    if (this.lead.on && !this.torqueLeads) this.#followFeedback()
    else this.#step()
    if (this.open.reset !== 0 && this.atRest) this.#leaveErrorStop()
  }

  /** The setpoint follows the feedback. */
  #updateUnpowered(powered: boolean): void {
    if (this.powered) {
      this.fail(axisError.powerLost)
      this.powerRequested = false
      this.letGo()
    }
    this.#standAtFeedback()
    this.followingError = 0
    if (this.open.power !== 0) this.#awaitPower(powered)
    if (this.open.reset !== 0) this.#leaveErrorStop()
  }

  #takePower(): void {
    this.powered = true
    this.#standAtFeedback()
    this.#following.reset()
    if (this.state === axisState.disabled) this.state = axisState.standstill
    this.open.endPower()
  }

  #superviseFollowing(): void {
    const following = this.#following
    this.followingError = this.lead.on ? 0 : this.commanded.position - this.actual.position
    following.error = this.followingError
    following.velocity = this.lead.on ? 0 : this.commanded.velocity
    if (this.state === axisState.errorStop || this.homing?.limitsTorque === true) following.reset()
    else if (following.update()) this.errorStop(axisError.followingError)
  }

  #step(): void {
    const { runner } = this
    if (runner.isIdle) return
    const result = runner.step()
    if (result === runResult.failed) {
      this.fail(runner.error)
      this.slowDown(0, axisState.errorStop)
      return
    }
    if (this.lead.on && !this.torqueLeads) this.lead.end()
    if (result === runResult.atRest) this.#arrive()
    else if (runner.active !== undefined) this.state = runner.active.state
  }

  #arrive(): void {
    const { state, homing } = this
    if (state === axisState.homing && homing !== undefined) {
      this.shift(homing.found)
      this.homed = true
    }
    this.homing = undefined
    if (state !== axisState.errorStop) this.state = axisState.standstill
    if (this.dropPowerAtRest) this.powerRequested = false
  }

  /** To rest by the axis's own ramp, or by the drive's where it moves by itself. `draft` is used. */
  protected slowDown(id: number, state: AxisStateNumber): void {
    this.draft.become(id, orderKind.rest, state, bufferMode.aborting)
    this.rest()
  }

  /** As `draft` says. */
  protected rest(): void {
    this.runner.add(this.draft)
    this.state = this.draft.state
    this.homing = undefined
    if (this.lead.on) this.lead.halts = true
  }

  #followFeedback(): void {
    this.#takeFeedback()
    this.#feedback.velocity = this.actual.velocity
    this.runner.follow(this.#feedback)
    if (!this.lead.hasStopped) return
    this.lead.end()
    this.#feedback.velocity = 0
    this.runner.follow(this.#feedback)
    this.runner.finish()
    if (this.runner.active === undefined) this.#arrive()
    else this.state = this.runner.active.state
  }

  /** Nothing moves the axis, and the setpoint is the feedback. */
  #standAtFeedback(): void {
    this.#takeFeedback()
    this.runner.standAt(this.#feedback)
  }

  #takeFeedback(): void {
    this.#feedback.position = this.actual.position
    this.#feedback.velocity = 0
    this.#feedback.acceleration = 0
  }

  /** From here on the setpoint follows the feedback. */
  protected letGo(): void {
    this.powered = false
    this.lead.end()
    this.homing = undefined
    this.#standAtFeedback()
  }

  #awaitPower(powered: boolean): void {
    const late = this.powerWait.advance(this.powerStep, this.powerRequested)
    if (!this.powerRequested && !powered) this.open.endPower()
    else if (late !== axisError.none) {
      this.powerRequested = false
      this.fail(late)
    }
  }

  #leaveErrorStop(): void {
    this.error = axisError.none
    this.dropPowerAtRest = false
    const on = this.powered && this.powerRequested
    this.state = on ? axisState.standstill : axisState.disabled
    this.powerRequested = on
    this.#following.reset()
    this.open.endReset()
  }

  /** What was p is p + distance; nothing moves. Unit. */
  protected shift(distance: number): void {
    this.homeOffset += distance
    this.actual.position += distance
    this.actual.shifted += distance
    this.runner.shift(distance)
    this.publish()
  }

  /** The drive counts its positions anew: the setpoint is the feedback. */
  protected adoptDriveCoordinates(): void {
    const distance = this.drivePosition - this.actual.position
    this.homeOffset = 0
    this.actual.position = this.drivePosition
    this.actual.shifted += distance
    this.commanded.shifted += distance
    this.#takeFeedback()
    this.runner.follow(this.#feedback)
    this.publish()
  }

  protected publish(): void {
    const { commanded } = this
    this.actualPosition = this.actual.position
    this.position = commanded.position
    this.velocity = commanded.velocity
    this.acceleration = commanded.acceleration
    this.setpoint = commanded.position - this.homeOffset
  }

  /** What `follow` takes moves the axis, or the ramp from it to rest. */
  get isGiven(): boolean {
    return this.runner.active?.motion === this.given
  }

  /** errorStop, every open command settled. The first reason is the cause; what follows from it does not replace it. */
  protected fail(reason: AxisErrorNumber): void {
    if (this.state !== axisState.errorStop) this.error = reason
    this.state = axisState.errorStop
    this.homing = undefined
    this.runner.settleAll(commandEnd.error, reason)
    this.open.fail(reason)
  }
}
