/**
 * MC_TorqueControl: the drive holds a torque, and the axis goes where that takes it; the setpoint follows the feedback.
 *
 * The velocity limit is a soft one: over its last tenth the torque falls to nothing, and beyond the limit it turns round, so
 * that an axis that a load pulls is braked. That holds as long as the load is weaker than the torque that was commanded.
 */
import { StopReach } from '../mechanics/stop-reach.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import type { MotionState } from '../trajectory/motion-state.ts'
import { axisError, type AxisErrorNumber } from './axis-error.ts'
import type { AxisPoint } from './axis-point.ts'
import { axisState } from './axis-state.ts'
import type { DriveLead } from './drive-lead.ts'
import { motionResult, type Motion, type MotionResult } from './motion.ts'

/** Of the velocity limit: where the torque begins to fall. */
const fade = 0.1

export class TorqueControl implements Motion {
  readonly state = axisState.continuousMotion
  error: AxisErrorNumber = axisError.none
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** %, signed. Set before `begin`, as what follows. */
  target = 0.5
  /** %/s; 0: at once. */
  ramp = 0.5
  /** Unit/s. */
  velocity = 0.5
  /** The command for the drive, % of rated torque. */
  command = 0.5
  /** The target, as far as the ramp has come. */
  #ramped = 0.5
  readonly #cycleS: number
  readonly #actual: AxisPoint
  readonly #lead: DriveLead
  readonly #reach: StopReach
  readonly #positionMin: number
  readonly #positionMax: number

  constructor(
    cycleS: number,
    actual: AxisPoint,
    lead: DriveLead,
    limits: KinematicLimits,
    positionMin: number,
    positionMax: number,
  ) {
    this.#cycleS = cycleS
    this.#actual = actual
    this.#lead = lead
    this.#reach = new StopReach(limits)
    this.#positionMin = positionMin
    this.#positionMax = positionMax
    this.target = 0
    this.ramp = 0
    this.velocity = 0
    this.command = 0
    this.#ramped = 0
  }

  /** From the torque of a torque control before, else from none. */
  begin(): void {
    this.error = axisError.none
    if (!this.#lead.on) this.#ramped = 0
    this.#lead.begin()
  }

  resume(): void {}

  shift(): void {}

  step(setpoint: MotionState): MotionResult {
    const actual = this.#actual
    setpoint.position = actual.position
    setpoint.velocity = actual.velocity
    setpoint.acceleration = 0
    if (this.#leavesLimits()) {
      this.error = axisError.positionLimit
      this.command = 0
      return motionResult.failed
    }
    const change = this.ramp === 0 ? Infinity : this.ramp * this.#cycleS
    const { target } = this
    if (target > this.#ramped) this.#ramped = Math.min(target, this.#ramped + change)
    else this.#ramped = Math.max(target, this.#ramped - change)
    const limited = this.#limitByVelocity()
    return this.#ramped === target && !limited ? motionResult.reached : motionResult.running
  }

  /** The torque falls where it drives the axis beyond its velocity. */
  #limitByVelocity(): boolean {
    const speed = this.#ramped < 0 ? -this.#actual.velocity : this.#actual.velocity
    const room = (this.velocity - speed) / (fade * this.velocity)
    this.command = this.#ramped * Math.min(Math.max(room, -1), 1)
    return room < 1
  }

  /** Going on outward, and not to be stopped in front of the limit by the axis's own ramp. */
  #leavesLimits(): boolean {
    const reach = this.#reach
    const { position, velocity } = this.#actual
    reach.from.position = position
    reach.from.velocity = velocity
    reach.from.acceleration = 0
    reach.solve()
    const force = this.#ramped !== 0 ? this.#ramped : this.target
    const high =
      reach.highest > this.#positionMax && (velocity > 0 || (velocity === 0 && force > 0))
    const low = reach.lowest < this.#positionMin && (velocity < 0 || (velocity === 0 && force < 0))
    return high || low
  }
}
