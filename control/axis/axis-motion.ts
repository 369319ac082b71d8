/**
 * One axis after PLCopen Motion Control Part 1, with all its commands: here those that are no moves of its own (axis-moves.ts).
 */
import { AxisMoves } from './axis-moves.ts'
import { axisError } from './axis-error.ts'
import type { AxisLimits } from './axis-limits.ts'
import { axisState } from './axis-state.ts'
import { bufferMode, type BufferMode } from './buffer-mode.ts'
import * as check from './command-checks.ts'
import { HomeHere } from './home-here.ts'
import type { HomingMotion, Motion } from './motion.ts'
import { orderKind } from './motion-order.ts'
import { mostOverride } from './override.ts'
import { ProfileMotion } from './profile/profile-motion.ts'

export class AxisMotion extends AxisMoves {
  /** Setpoint that comes from elsewhere, in axis coordinates, unit and unit/s. Set before `follow`. */
  externalPosition = 0.5
  externalVelocity = 0.5
  readonly #homeHere = new HomeHere(this.actual)
  /** One runs, one waits. */
  readonly #profiles: readonly ProfileMotion[]

  /** `cycleS`: s between two updates. */
  constructor(cycleS: number, limits: AxisLimits) {
    super(cycleS, limits)
    this.externalPosition = 0
    this.externalVelocity = 0
    const { full } = this.runner
    this.#profiles = [new ProfileMotion(cycleS, full), new ProfileMotion(cycleS, full)]
  }

  /** MC_Power. On: done with power at standstill. Off: at once, done when the drive has let go. */
  power(id: number, on: boolean): boolean {
    if (!this.open.hasRoom) return false
    return on ? this.#powerOn(id) : this.#powerOff(id)
  }

  /** MC_Home, direct: the present actual position becomes `position`. */
  home(id: number, position: number): boolean {
    if (!this.open.hasRoom) return false
    const error = check.positionError(this.own, position)
    if (error !== axisError.none) return this.open.refuse(id, error)
    this.#homeHere.position = position
    return this.homeBy(id, this.#homeHere)
  }

  /** MC_Home by a sequence of our own. */
  homeBy(id: number, motion: HomingMotion): boolean {
    if (!this.open.hasRoom) return false
    const error = check.standstillError(this.state)
    if (error !== axisError.none) return this.open.refuse(id, error)
    const draft = this.prepare(id, orderKind.other, axisState.homing, bufferMode.aborting)
    draft.motion = motion
    draft.guarded = false
    this.homing = motion
    return this.give()
  }

  /**
   * MC_Home, led by the drive: it moves by itself until `endDriveHoming` tells how that ended. `position`: what the
   * reference becomes, NaN what the drive says.
   */
  homeByDrive(id: number, position: number): boolean {
    if (!this.open.hasRoom) return false
    const wrong = !Number.isNaN(position) && check.positionError(this.own, position)
    const error = wrong || check.standstillError(this.state)
    if (error !== axisError.none) return this.open.refuse(id, error)
    // stands in for what the drive does
    this.prepare(id, orderKind.rest, axisState.homing, bufferMode.aborting)
    this.give()
    this.lead.begin()
    return true
  }

  /** Drive-led homing has ended, and the drive follows its commands again. `homed`: its positions count from its reference. */
  endDriveHoming(homed: boolean): void {
    const homing = this.state === axisState.homing
    if (homing && !homed) this.errorStop(axisError.homing)
    if (!homed) return
    this.homed = true
    this.adoptDriveCoordinates()
    if (!homing) return
    this.lead.end()
    this.runner.finish()
    this.state = axisState.standstill
  }

  /**
   * MC_TorqueControl: % of rated torque, reached at `ramp` %/s (0: at once), no faster than `velocity` unit/s (0: the axis's
   * own). Done when the torque is reached, and the axis goes on. Refused where the drive takes no torque.
   */
  torqueControl(
    id: number,
    torque: number,
    ramp = 0,
    velocity = 0,
    mode: BufferMode = bufferMode.aborting,
  ): boolean {
    if (!this.open.hasRoom) return false
    const most = Math.max(this.runner.full.velocityMax, -this.runner.full.velocityMin)
    if (!this.takesTorque) return this.open.refuse(id, axisError.operationMode)
    // negated comparisons, so that NaN fails them
    if (!(Number.isFinite(torque) && ramp >= 0 && velocity >= 0))
      return this.open.refuse(id, axisError.argument)
    if (velocity > most) return this.open.refuse(id, axisError.velocityLimit)
    const draft = this.prepare(id, orderKind.other, axisState.continuousMotion, mode)
    draft.motion = this.torque
    draft.guarded = false
    const error = this.motionError(draft)
    if (error !== axisError.none) return this.open.refuse(id, error)
    this.torque.target = torque
    this.torque.ramp = ramp
    this.torque.velocity = velocity || most
    return this.give()
  }

  /**
   * MC_PositionProfile, MC_VelocityProfile, MC_AccelerationProfile: `table` of profileTable, which is not copied. Goes where the
   * profile begins, then along it. Done at its end; the latter two go on at the velocity that they end with. One may wait.
   * Goes through the whole table when it is commanded.
   */
  runProfile(id: number, table: Float64Array, mode: BufferMode = bufferMode.aborting): boolean {
    if (!this.open.hasRoom) return false
    const { active, queue } = this.runner
    const waiting = mode === bufferMode.aborting ? undefined : queue.last?.motion
    const motion = this.#profiles.find((one) => one !== active?.motion && one !== waiting)
    if (motion === undefined) return this.open.refuse(id, axisError.queue)
    const error = check.motionStateError(this.state) || motion.load(table)
    if (error !== axisError.none) return this.open.refuse(id, error)
    const draft = this.prepare(id, orderKind.other, motion.state, mode)
    draft.motion = motion
    draft.guarded = false
    const refused = this.motionError(draft)
    return refused === axisError.none ? this.give() : this.open.refuse(id, refused)
  }

  /** Any other motion: a gear, a cam. Done when it reaches what it is for (in gear, in sync), or ends. */
  begin(id: number, motion: Motion, mode: BufferMode = bufferMode.aborting): boolean {
    if (!this.open.hasRoom) return false
    const draft = this.prepare(id, orderKind.other, motion.state, mode)
    draft.motion = motion
    const error = this.motionError(draft)
    return error === axisError.none ? this.give() : this.open.refuse(id, error)
  }

  /** MC_GearOut, MC_CamOut: out of synchronizedMotion, on at the present velocity. Done at once. */
  disengage(id: number): boolean {
    if (!this.open.hasRoom) return false
    if (this.state !== axisState.synchronizedMotion)
      return this.open.refuse(id, check.motionStateError(this.state) || axisError.state)
    this.lead.end()
    this.runner.goOn()
    this.state = axisState.continuousMotion
    return this.open.settle(id)
  }

  /**
   * Takes `externalPosition` as the setpoint of the next update: synchronizedMotion. To be called every cycle; without it the
   * axis comes to rest by a ramp. Limits are the caller's care. False where the state does not allow motion. Cyclic.
   */
  follow(): boolean {
    if (check.motionStateError(this.state) !== axisError.none) return false
    const { given } = this.given
    given.position = this.externalPosition
    given.velocity = this.externalVelocity
    this.given.isNew = true
    if (this.isGiven) return true
    const { draft } = this
    draft.become(0, orderKind.other, axisState.synchronizedMotion, bufferMode.aborting)
    draft.motion = this.given
    draft.guarded = false
    return this.give()
  }

  /**
   * The drive moves by a torque from elsewhere, and the setpoint follows it: synchronizedMotion. To be called every cycle;
   * without it the drive stops by its own halt. False where the state does not allow motion. Cyclic.
   */
  followDrive(): boolean {
    if (check.motionStateError(this.state) !== axisError.none) return false
    this.runner.abort()
    this.state = axisState.synchronizedMotion
    this.lead.begin()
    return true
  }

  /**
   * MC_SetPosition: the present actual position becomes `position`, or grows by it where `relative`. Nothing moves, and a
   * motion under way goes on: to the same number in the new coordinates where its target is an absolute one.
   */
  setPosition(id: number, position: number, relative = false): boolean {
    if (!this.open.hasRoom) return false
    const distance = relative ? position : position - this.actual.position
    const unfit =
      this.state === axisState.homing ||
      this.state === axisState.stopping ||
      this.state === axisState.errorStop
    const error =
      (unfit ? axisError.state : axisError.none) ||
      check.positionError(this.own, this.actual.position + distance)
    if (error !== axisError.none) return this.open.refuse(id, error)
    this.shift(distance)
    return this.open.settle(id)
  }

  /**
   * MC_SetOverride: factors on the velocities, accelerations and jerks that commands ask for, from now on. A velocity factor of
   * 0 is a pause. It does not concern couplings, profiles and stops.
   */
  setOverride(id: number, velocity: number, acceleration = 1, jerk = 1): boolean {
    if (!this.open.hasRoom) return false
    const usable =
      velocity >= 0 &&
      acceleration > 0 &&
      jerk > 0 &&
      Math.max(velocity, acceleration, jerk) <= mostOverride
    if (!usable) return this.open.refuse(id, axisError.argument)
    const { override } = this.runner
    override.velocity = velocity
    override.acceleration = acceleration
    override.jerk = jerk
    this.runner.takeOverride()
    return this.open.settle(id)
  }

  /** MC_Reset: leaves errorStop once the axis is at rest: to standstill with power, else to disabled. Done at once elsewhere. */
  reset(id: number): boolean {
    if (!this.open.hasRoom) return false
    if (this.state !== axisState.errorStop) return this.open.settle(id)
    this.open.beginReset(id)
    return true
  }

  #powerOn(id: number): true {
    if (this.state === axisState.errorStop) return this.open.refuse(id, axisError.state)
    this.open.beginPower(0)
    if (this.state !== axisState.disabled) return this.open.settle(id)
    this.powerRequested = true
    this.open.beginPower(id)
    this.powerWait.begin()
    return true
  }

  #powerOff(id: number): true {
    this.open.beginPower(id)
    this.runner.abort()
    this.powerRequested = false
    this.letGo()
    this.powerWait.begin()
    this.publish()
    // errorStop stays until a reset, with or without power
    if (this.state !== axisState.errorStop) this.state = axisState.disabled
    return true
  }
}
