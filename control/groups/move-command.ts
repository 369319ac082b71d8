/** What a motion of a group is asked for: filled by the caller, copied where it waits. Fields, so that nothing is allocated. */
import { bufferMode, type BufferMode } from '../axis/buffer-mode.ts'
import { circleMode, type CircleMode } from './circle.ts'
import { transition, type Transition } from './group-path.ts'

export class MoveCommand {
  id = 0
  circular = false
  /** Target and auxiliary point count from where the motion begins. */
  relative = false
  /** Coordinates are positions of the axes, not of the tool. Lines alone. */
  ofAxes = false
  /** Unit. */
  readonly target: Float64Array
  /** Circles: the auxiliary point or vector, see `circleMode`. The first three coordinates count. Unit. */
  readonly aid: Float64Array
  circleMode: CircleMode = circleMode.border
  /** With the centre: clockwise as seen from above (+z). */
  clockwise = false
  /** With a radius: the longer one of two arcs. */
  longWay = false
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Along the path, unit/s, unit/s^2, unit/s^3; 0 stands for the group's own. */
  velocity = 0.5
  acceleration = 0.5
  jerk = 0.5
  bufferMode: BufferMode = bufferMode.aborting
  /** How the motion before goes over into this one, with a blending buffer mode. */
  transition: Transition = transition.none
  /** Distance or deviation of the transition, unit. */
  amount = 0.5

  constructor(axes: number) {
    this.target = new Float64Array(axes)
    this.aid = new Float64Array(axes)
    this.velocity = 0
    this.acceleration = 0
    this.jerk = 0
    this.amount = 0
  }

  copyFrom(other: MoveCommand): void {
    this.id = other.id
    this.circular = other.circular
    this.relative = other.relative
    this.ofAxes = other.ofAxes
    this.target.set(other.target)
    this.aid.set(other.aid)
    this.circleMode = other.circleMode
    this.clockwise = other.clockwise
    this.longWay = other.longWay
    this.velocity = other.velocity
    this.acceleration = other.acceleration
    this.jerk = other.jerk
    this.bufferMode = other.bufferMode
    this.transition = other.transition
    this.amount = other.amount
  }

  /** All numbers are finite, and those that have no sign are not negative. */
  get usable(): boolean {
    for (let n = 0; n < this.target.length; n++) {
      if (!Number.isFinite(this.target[n])) return false
      if (this.circular && n < 3 && !Number.isFinite(this.aid[n])) return false
    }
    if (this.circular && (this.ofAxes || this.target.length < 2)) return false
    // NaN fails each of them
    return (
      this.velocity >= 0 &&
      this.velocity < Infinity &&
      this.acceleration >= 0 &&
      this.acceleration < Infinity &&
      this.jerk >= 0 &&
      this.jerk < Infinity &&
      this.amount >= 0 &&
      this.amount < Infinity
    )
  }
}
