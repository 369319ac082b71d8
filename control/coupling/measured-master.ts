/**
 * A master whose position is measured: an encoder, or an axis's actual values. A count more or less is not a motion, and a
 * slave that took it for one would tremble at its limits. So a filter finds position, velocity and acceleration (fading memory
 * polynomial filter of second degree; E. Brookner, "Tracking and Kalman Filtering Made Easy", 1998, section 1.3), and what
 * slaves see is led after them by jerk alone, as a machine moves: a slave can follow it exactly. Neither lags behind a constant
 * acceleration.
 */
import type { MasterSource } from './master-source.ts'

export class MeasuredMaster implements MasterSource {
  /** Unit. Set before `update`. */
  measured = 0.5
  /** By how much the position is old when it is measured, s: where the master is by now is told, not where it was. */
  delayS = 0.5
  position = 0.5
  velocity = 0.5
  acceleration = 0.5
  shifted = 0.5

  // found by the filter, at the time of measurement
  #position = 0.5
  #velocity = 0.5
  #acceleration = 0.5
  readonly #cycleS: number
  readonly #onPosition: number
  readonly #onVelocity: number
  readonly #onAcceleration: number
  /** rad/s, of what is led after it. */
  readonly #rate: number

  /** `bandwidthHz`: how fast it follows; a tenth of what the slave's position loop has, or less. */
  constructor(cycleS: number, bandwidthHz: number) {
    const kept = Math.exp(-2 * Math.PI * bandwidthHz * cycleS)
    const lost = 1 - kept
    this.#rate = 2 * Math.PI * bandwidthHz
    this.#cycleS = cycleS
    this.#onPosition = 1 - kept ** 3
    this.#onVelocity = (1.5 * lost * lost * (1 + kept)) / cycleS
    this.#onAcceleration = lost ** 3 / (cycleS * cycleS)
    this.measured = 0
    this.delayS = 0
    this.shifted = 0
    this.settle()
  }

  /** At rest where it is measured now. */
  settle(): void {
    this.#position = this.measured
    this.position = this.measured
    this.#velocity = 0
    this.#acceleration = 0
    this.velocity = 0
    this.acceleration = 0
  }

  /** The coordinates are set anew: what was p is p + `distance`, unit. */
  shift(distance: number): void {
    this.measured += distance
    this.shifted += distance
    this.#position += distance
    this.position += distance
  }

  /** Once a cycle. Cyclic. */
  update(): void {
    const t = this.#cycleS
    const a = this.#acceleration
    const foretold = this.#position + t * (this.#velocity + (t * a) / 2)
    const wrong = this.measured - foretold
    this.#position = foretold + this.#onPosition * wrong
    this.#velocity += t * a + this.#onVelocity * wrong
    this.#acceleration = a + this.#onAcceleration * wrong
    this.#lead()
  }

  /** Three equal poles, by the jerk of this cycle. */
  #lead(): void {
    const t = this.#cycleS
    const w = this.#rate
    const a = this.#acceleration
    // where the master was when this cycle began
    const d = this.delayS - t
    const offP = this.#position + d * (this.#velocity + (d * a) / 2) - this.position
    const offV = this.#velocity + d * a - this.velocity
    const jerk = w * (w * (w * offP + 3 * offV) + 3 * (a - this.acceleration))
    this.position += t * (this.velocity + t * (this.acceleration / 2 + (t * jerk) / 6))
    this.velocity += t * (this.acceleration + (t * jerk) / 2)
    this.acceleration += t * jerk
  }
}
