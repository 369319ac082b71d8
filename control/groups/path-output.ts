/** From a place on the path to tool and axes: position, velocity, acceleration. Cyclic throughout. */
import {
  kinematicsResult,
  type Kinematics,
  type KinematicsResult,
} from './kinematics/kinematics.ts'
import { PathPoint, type PathSegment } from './path-segment.ts'

/** Step for derivatives of axes by the path, as a part of the kinematics' scale. */
const difference = 1e-4

export class PathOutput {
  /** Setpoints of the axes: unit, unit/s, unit/s^2. */
  readonly position: Float64Array
  readonly velocity: Float64Array
  readonly acceleration: Float64Array
  /** The tool, in its own coordinates. */
  readonly tool: Float64Array
  /** Speed and acceleration along the path, for `evaluate`. */
  speed = 0.5
  pathAcceleration = 0.5
  readonly #kinematics: Kinematics
  readonly #point: PathPoint
  readonly #before: Float64Array
  readonly #after: Float64Array
  readonly #step: number

  constructor(kinematics: Kinematics) {
    const { axes } = kinematics
    this.#kinematics = kinematics
    this.#step = kinematics.scale * difference
    this.position = new Float64Array(axes)
    this.velocity = new Float64Array(axes)
    this.acceleration = new Float64Array(axes)
    this.tool = new Float64Array(axes)
    this.#point = new PathPoint(axes)
    this.#before = new Float64Array(axes)
    this.#after = new Float64Array(axes)
  }

  /** At rest at a position of the axes. The result is that of the forward kinematics. */
  standAt(axes: Float64Array): KinematicsResult {
    for (let n = 0; n < axes.length; n++) this.position[n] = axes[n] as number
    this.rest()
    return this.#kinematics.forward(this.position, this.tool)
  }

  rest(): void {
    this.velocity.fill(0)
    this.acceleration.fill(0)
  }

  /** At the segment's own coordinate `at`. */
  evaluate(segment: PathSegment): void {
    segment.evaluate(this.#point)
    if (!segment.ofAxes && !this.#kinematics.linear) {
      this.#evaluateByDifferences(segment)
      return
    }
    const point = this.#point
    const { speed, pathAcceleration } = this
    for (let n = 0; n < this.position.length; n++) {
      const first = point.first[n] as number
      this.position[n] = point.position[n] as number
      this.velocity[n] = first * speed
      this.acceleration[n] = first * pathAcceleration + (point.second[n] as number) * speed * speed
    }
    this.#kinematics.forward(this.position, this.tool)
  }

  #evaluateByDifferences(segment: PathSegment): void {
    const step = this.#step
    const { speed, pathAcceleration } = this
    for (let n = 0; n < this.position.length; n++) {
      this.tool[n] = this.#point.position[n] as number
      this.#before[n] = this.position[n] as number
      this.#after[n] = this.position[n] as number
    }
    // the whole segment was checked; one step beyond its end is well within the margins of the kinematics
    this.#kinematics.inverse(this.tool, this.position)
    segment.at -= step
    segment.evaluate(this.#point)
    const behind = this.#kinematics.inverse(this.#point.position, this.#before)
    segment.at += 2 * step
    segment.evaluate(this.#point)
    const ahead = this.#kinematics.inverse(this.#point.position, this.#after)
    if (behind !== kinematicsResult.ok || ahead !== kinematicsResult.ok) return
    for (let n = 0; n < this.position.length; n++) {
      const back = (this.position[n] as number) - (this.#before[n] as number)
      const on = (this.#after[n] as number) - (this.position[n] as number)
      const first = (on + back) / (2 * step)
      this.velocity[n] = first * speed
      this.acceleration[n] =
        first * pathAcceleration + ((on - back) / (step * step)) * speed * speed
    }
  }
}
