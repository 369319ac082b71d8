/** A motion that was commanded: what it shall do, whether it runs already or waits. Made beforehand and filled anew for each command. */
import { axisState, type AxisStateNumber } from './axis-state.ts'
import { bufferMode, type BufferMode } from './buffer-mode.ts'
import type { Dynamics } from './dynamics.ts'
import type { Motion } from './motion.ts'

export const orderKind = {
  /** To `target`, there with `endVelocity`. */
  position: 0,
  /** To `endVelocity`. */
  velocity: 1,
  /** To rest, wherever that is. */
  rest: 2,
  /** What `motion` does. */
  other: 3,
} as const
export type OrderKind = (typeof orderKind)[keyof typeof orderKind]

export class MotionOrder {
  /** Of the command; 0: nobody's, or settled already. */
  id = 0
  /** The same, also when it is settled. */
  command = 0
  kind: OrderKind = orderKind.rest
  state: AxisStateNumber = axisState.standstill
  mode: BufferMode = bufferMode.aborting
  motion: Motion | undefined = undefined
  /** The target is counted from where the motion before ends. */
  relative = false
  /** The axis's limits of position and velocity are seen to. */
  guarded = true
  // fractions first: V8 then holds the fields as doubles and writes them in place
  /** Unit. NaN: not known before it begins. */
  target = 0.5
  /** Unit; of a relative one. */
  distance = 0.5
  /** Unit/s, signed. */
  endVelocity = 0.5
  /** Unit/s, unit/s^2, unit/s^3. 0: the axis's own. */
  velocity = 0.5
  acceleration = 0.5
  deceleration = 0.5
  jerk = 0.5

  constructor() {
    this.become(0, orderKind.rest, axisState.standstill, bufferMode.aborting)
  }

  /** All anew; dynamics are the axis's own. */
  become(id: number, kind: OrderKind, state: AxisStateNumber, mode: BufferMode): void {
    this.id = id
    this.command = id
    this.kind = kind
    this.state = state
    this.mode = mode
    this.motion = undefined
    this.relative = false
    this.guarded = true
    this.target = Number.NaN
    this.distance = 0
    this.endVelocity = 0
    this.velocity = 0
    this.acceleration = 0
    this.deceleration = 0
    this.jerk = 0
  }

  copy(order: MotionOrder): void {
    this.id = order.id
    this.command = order.command
    this.kind = order.kind
    this.state = order.state
    this.mode = order.mode
    this.motion = order.motion
    this.relative = order.relative
    this.guarded = order.guarded
    this.target = order.target
    this.distance = order.distance
    this.endVelocity = order.endVelocity
    this.velocity = order.velocity
    this.acceleration = order.acceleration
    this.deceleration = order.deceleration
    this.jerk = order.jerk
  }

  take(dynamics: Readonly<Dynamics>): void {
    // NaN becomes 0
    this.velocity = dynamics.velocity || 0
    this.acceleration = dynamics.acceleration || 0
    this.deceleration = dynamics.deceleration || 0
    this.jerk = dynamics.jerk || 0
  }

  /** Begins without the end of the one before being waited for at rest. */
  get blends(): boolean {
    return this.mode >= bufferMode.blendingLow && this.kind <= orderKind.velocity
  }
}
