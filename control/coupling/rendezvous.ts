/**
 * The way on which a slave meets its master at a given place of the master, neither sooner nor later, under the slave's limits.
 * When the master will be there, and how fast, is foreseen in each cycle from its velocity and acceleration of then.
 *
 * A way is kept as long as what is foreseen stays the same: begun anew in the middle of a stretch at full jerk it would be
 * impossible by the last digit, and the next possible one may take ten times as long.
 */
import type { Dynamics } from '../axis/dynamics.ts'
import { AxisTrajectory } from '../trajectory/axis-trajectory.ts'
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { planResult } from '../trajectory/plan-result.ts'
import { keepVelocityLimit, limitApproach } from './approach-limits.ts'
import type { CouplingLaw } from './coupling-law.ts'

/** Of a cycle, of the slave's velocity and acceleration limits: what is the same. */
const same = 1e-6
/** Of a cycle: how late the slave may be. */
const late = 0.1

export class Rendezvous {
  /** Master where they meet, unit of the master. */
  masterSync = 0.5
  /** The master now. Set before each step. */
  readonly master = new MotionState()
  readonly #cycleS: number
  readonly #own: KinematicLimits
  readonly #dynamics: Dynamics
  readonly #law: CouplingLaw
  /** The way that is gone, where there is one, and a new one. */
  #way = new AxisTrajectory()
  #trial = new AxisTrajectory()
  #goes = false
  /** From the beginning of this cycle until they meet, s. */
  #leftS = 0.5

  /** `law` tells where the slave belongs; its master is set here. */
  constructor(cycleS: number, own: KinematicLimits, dynamics: Dynamics, law: CouplingLaw) {
    this.#cycleS = cycleS
    this.#own = own
    this.#dynamics = dynamics
    this.#law = law
    this.masterSync = 0
    this.#leftS = 0
  }

  /** What was foreseen is forgotten: the slave comes from elsewhere. */
  begin(): void {
    this.#goes = false
  }

  /** `setpoint` goes one cycle on. False, and it stays: it cannot be there in time. The master moves towards the place. Cyclic. */
  advance(setpoint: MotionState): boolean {
    if (!this.#tryWith(setpoint, false) && !this.#tryWith(setpoint, true)) {
      this.#goes = false
      return false
    }
    const way = this.#way
    this.#goes = true
    way.time += this.#cycleS
    way.sample()
    setpoint.position = way.position
    setpoint.velocity = way.velocity
    setpoint.acceleration = way.acceleration
    return true
  }

  /** Finds a way to where the master will be; `steady`: without its acceleration. */
  #tryWith(setpoint: MotionState, steady: boolean): boolean {
    if (!this.#foresee(steady)) return false
    const way = this.#way
    const missesByS = Math.abs(way.duration - way.time - this.#leftS)
    if (this.#goes && missesByS < same * this.#cycleS && this.#arrivesRight()) return true
    if (this.#plan(setpoint)) return true
    // the way of before does not miss by much
    return this.#goes && missesByS < this.#cycleS
  }

  #foresee(steady: boolean): boolean {
    const { master } = this.#law
    const { position, velocity, acceleration } = this.master
    const a = steady ? 0 : acceleration
    const left = this.masterSync - position
    const square = velocity * velocity + 2 * a * left
    // it stops before
    if (!(square >= 0)) return false
    const arrival = velocity < 0 ? -Math.sqrt(square) : Math.sqrt(square)
    // the setpoint is still that of the cycle before
    this.#leftS = (2 * left) / (velocity + arrival) + this.#cycleS
    master.position = this.masterSync
    master.velocity = arrival
    master.acceleration = a
    this.#law.evaluate()
    return true
  }

  /** The way leads to the velocity and acceleration that are foreseen. */
  #arrivesRight(): boolean {
    const { to, limits } = this.#way
    const { slave } = this.#law
    const offV = Math.abs(to.velocity - slave.velocity)
    const offA = Math.abs(to.acceleration - slave.acceleration)
    return offV < same * limits.velocityMax && offA < same * limits.accelerationMax
  }

  #plan(setpoint: MotionState): boolean {
    const trial = this.#trial
    const { from, to } = trial
    const { slave, master } = this.#law
    from.position = setpoint.position
    from.velocity = setpoint.velocity
    from.acceleration = setpoint.acceleration
    to.position = slave.position
    to.velocity = slave.velocity
    to.acceleration = slave.acceleration
    const up = setpoint.velocity === 0 ? master.velocity > 0 : setpoint.velocity > 0
    limitApproach(trial.limits, this.#own, this.#dynamics, up ? 1 : -1)
    keepVelocityLimit(trial.limits, this.#own, setpoint)
    trial.minimumDuration = this.#leftS
    if (trial.plan() !== planResult.ok) return false
    if (trial.duration > this.#leftS + late * this.#cycleS) return false
    trial.time = 0
    this.#trial = this.#way
    this.#way = trial
    return true
  }
}
