/**
 * What moves an axis: a move, a stop, a homing sequence, a coupling. The axis begins it, steps it once a cycle, and begins
 * another in its place whenever it likes: a motion is an object made beforehand that is begun again and again.
 *
 * A motion reads what it follows (a master, a switch, the feedback) from objects that it was given when it was made.
 */
import type { MotionState } from '../trajectory/motion-state.ts'
import type { AxisErrorNumber } from './axis-error.ts'
import type { axisState } from './axis-state.ts'

/** What a step brought. */
export const motionResult = {
  running: 0,
  /** What was asked for holds (in velocity, in gear, in sync), and the motion goes on. Told as long as it holds. */
  reached: 1,
  /**
   * Over: not stepped again. A discrete motion and a homing sequence end at rest; from any other one the axis goes on at
   * its velocity, in continuousMotion.
   */
  done: 2,
  /** Over, for the reason in `error`: the axis goes to errorStop, from the setpoint of the cycle before. */
  failed: 3,
} as const
export type MotionResult = (typeof motionResult)[keyof typeof motionResult]

/** The states of the PLCopen diagram in which a motion may keep an axis. */
export type MovingState = (typeof axisState)[
  | 'homing'
  | 'discreteMotion'
  | 'continuousMotion'
  | 'synchronizedMotion']

export interface Motion {
  /** The axis's state while it runs. */
  readonly state: MovingState
  /** Why it failed. */
  readonly error: AxisErrorNumber
  /** From now on, from `setpoint`: that of the last cycle, in any state of motion. Does not change it. */
  begin(setpoint: MotionState): void
  /**
   * The setpoint of the last cycle becomes that of this one. Cyclic: allocates nothing, throws nothing. `setpoint` is what
   * the motion wrote the last time, unless `resume` was called since.
   */
  step(setpoint: MotionState): MotionResult
  /**
   * The axis did otherwise in the last cycle (it had to keep a limit), or what it may do has changed: the motion goes on
   * from `setpoint` to what it was begun for. Nothing to do for a motion that looks at nothing but `setpoint` anyway. Cyclic.
   */
  resume(setpoint: MotionState): void
  /** The axis counts its positions otherwise from now on: what was p is p + `distance`. The setpoint is already changed. Unit. */
  shift(distance: number): void
}

/** A motion that finds out where the axis is: state `homing`. The axis's position limits do not hold while it runs. */
export interface HomingMotion extends Motion {
  /** The drive presses against a block with limited torque: how far it lags behind is no fault. */
  readonly limitsTorque: boolean
  /** With `done`: what is p by the coordinates of before is p + this. Unit. */
  readonly found: number
}
