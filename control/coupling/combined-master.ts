/** Two masters as one: the sum or the difference of both, each by its ratio. For MC_CombineAxes. */
import type { MasterSource } from './master-source.ts'

export class CombinedMaster implements MasterSource {
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  shifted = 0.5
  first: MasterSource
  second: MasterSource
  /** Slave's unit for one of each master's; a negative one subtracts. */
  firstRatio = 0.5
  secondRatio = 0.5

  constructor(first: MasterSource, second: MasterSource) {
    this.first = first
    this.second = second
    this.firstRatio = 1
    this.secondRatio = 1
    this.update()
  }

  /** Once a cycle, after both masters. */
  update(): void {
    const { first, second, firstRatio, secondRatio } = this
    this.position = firstRatio * first.position + secondRatio * second.position
    this.velocity = firstRatio * first.velocity + secondRatio * second.velocity
    this.acceleration = firstRatio * first.acceleration + secondRatio * second.acceleration
    this.shifted = firstRatio * first.shifted + secondRatio * second.shifted
  }
}
