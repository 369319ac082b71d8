/** For tests: an axis that follows its setpoint a cycle later, with switches, index pulses and a hard stop somewhere on its way. */
import { motionResult, type MotionResult } from '../../axis/motion.ts'
import { MotionState } from '../../trajectory/motion-state.ts'
import type { Homing } from './homing.ts'

export const cycleS = 0.001

export type Rig = {
  /** Where the axis is when it begins, in the machine's own coordinates, unit. */
  readonly at?: number
  /** Actuated at and below, at and above. Unit. */
  readonly negativeLimit?: number
  readonly positiveLimit?: number
  /** Actuated between. */
  readonly home?: readonly [number, number]
  /** Index pulses at `first + n every`. */
  readonly index?: { readonly first: number; readonly every: number }
  /** No further than this. */
  readonly block?: number
}

export type Ride = {
  readonly result: MotionResult
  readonly seconds: number
  /** The setpoint in the end. */
  readonly setpoint: MotionState
  /** Largest of everything commanded, by finite differences of the setpoints. */
  readonly velocity: number
  readonly acceleration: number
  readonly jerk: number
}

/** Runs the sequence to its end, or for `seconds`. */
export function ride(homing: Homing, rig: Rig, seconds = 60): Ride {
  const { signals } = homing
  const setpoint = new MotionState()
  setpoint.set(rig.at ?? 0, 0, 0)
  let actual = setpoint.position
  sense(homing, rig, actual, actual)
  homing.begin(setpoint)
  let [velocity, acceleration, jerk] = [0, 0, 0]
  let result: MotionResult = motionResult.running
  let cycles = 0
  while (result === motionResult.running && cycles * cycleS < seconds) {
    const { position: p, velocity: v, acceleration: a } = setpoint
    result = homing.step(setpoint)
    velocity = Math.max(velocity, Math.abs(setpoint.position - p) / cycleS)
    acceleration = Math.max(acceleration, Math.abs(setpoint.velocity - v) / cycleS)
    jerk = Math.max(jerk, Math.abs(setpoint.acceleration - a) / cycleS)
    const before = actual
    actual = Math.min(rig.block ?? Infinity, p)
    signals.torque = Math.min(homing.torqueLimit, 100 * Math.max(0, setpoint.position - actual))
    sense(homing, rig, before, actual)
    cycles++
  }
  return { result, seconds: cycles * cycleS, setpoint, velocity, acceleration, jerk }
}

function sense(homing: Homing, rig: Rig, before: number, actual: number): void {
  const { signals } = homing
  signals.actualPosition = actual
  signals.actualVelocity = (actual - before) / cycleS
  signals.negativeLimit = actual <= (rig.negativeLimit ?? -Infinity)
  signals.positiveLimit = actual >= (rig.positiveLimit ?? Infinity)
  const [from, to] = rig.home ?? [Infinity, Infinity]
  signals.homeSwitch = actual >= from && actual <= to
  if (!homing.armsLatch) signals.latched = false
  else if (!signals.latched && rig.index !== undefined) {
    const { first, every } = rig.index
    const turnBefore = Math.floor((before - first) / every)
    const turn = Math.floor((actual - first) / every)
    if (turn !== turnBefore) {
      signals.latched = true
      signals.latchedPosition = first + Math.max(turn, turnBefore) * every
    }
  }
}
