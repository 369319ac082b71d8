/** For tests: a master that goes where it is told to, jerk-limited. */
import { AxisTrajectory } from '../../control/trajectory/axis-trajectory.ts'
import { planResult } from '../../control/trajectory/plan-result.ts'
import { VirtualMaster } from '../../control/coupling/master-source.ts'

export class LedMaster extends VirtualMaster {
  readonly #way = new AxisTrajectory()
  readonly #cycleS: number
  #recounted = 0

  constructor(cycleS: number, velocity: number, acceleration: number, jerk: number) {
    super()
    this.#cycleS = cycleS
    this.#way.limits.set(velocity, acceleration, jerk)
  }

  /** At rest there. */
  place(position: number): void {
    this.set(position, 0, 0)
    this.moveTo(position)
  }

  moveTo(position: number): void {
    this.#begin(position, 0)
    this.#check(this.#way.plan())
  }

  goOnAt(velocity: number): void {
    this.#begin(0, velocity)
    this.#check(this.#way.planVelocity())
  }

  /** MC_SetPosition: counts otherwise from now on. */
  recount(distance: number): void {
    this.position += distance
    this.shifted += distance
    this.#recounted += distance
  }

  cycle(): void {
    const way = this.#way
    way.time += this.#cycleS
    way.sample()
    this.set(way.position + this.#recounted, way.velocity, way.acceleration)
  }

  #begin(position: number, velocity: number): void {
    const way = this.#way
    way.from.set(this.position - this.#recounted, this.velocity, this.acceleration)
    way.to.set(position, velocity, 0)
    way.time = 0
  }

  #check(result: number): void {
    if (result !== planResult.ok) throw new Error(`the master's trajectory: ${result}`)
  }
}
