/**
 * Proofs that a motion could not have been shorter by a little, without a planner.
 *
 * A motion that rises to the upper limit of acceleration, falls (cruising at the upper limit of velocity where it reaches
 * that), rises from the lower limit of acceleration, always with full jerk, goes as far as is possible in its time: by
 * Pontryagin's principle, with an adjoint of jerk that is a parabola, zero where the fall begins and ends. As the problem is
 * linear, that is sufficient. A little more time then lets it go further by the Hamiltonian; where that is positive, less
 * time does not suffice. The smallest distance is the mirror image. Without a distance to meet, a rise and a fall (or a fall
 * and a rise) with full jerk give the greatest (smallest) change of velocity in their time.
 */
import { after, type Segment } from '../check-motion.ts'
import type { AxisCase, Limits, MotionInterface, State } from '../trajectory-case.ts'

/** Of limits and durations: what is shorter or nearer is taken as nothing. */
const near = 1e-6

/** `undefined`: no motion of slightly less time meets the target. Otherwise how the motion looks. `from` is inside the limits. */
export function refuteOptimal(
  { from, limits }: Pick<AxisCase, 'from' | 'limits'>,
  segments: readonly Segment[],
  kind: MotionInterface,
): string | undefined {
  const up = describeShape(from, limits, segments)
  const mirrored = segments.map(({ duration, jerk }) => ({ duration, jerk: -jerk }))
  const down = describeShape(mirrorState(from), mirrorLimits(limits), mirrored)
  if (isFastestChange(up) || isFastestChange(down)) return undefined
  if (kind === 'position' && (isFurthest(up, limits) || isFurthest(down, mirrorLimits(limits))))
    return undefined
  return up.letters
}

type Shape = {
  /** + and - full jerk; A, B hold at the upper, lower limit of acceleration; V cruise at the upper limit of velocity; ? anything else. */
  readonly letters: string
  readonly parts: readonly {
    readonly letter: string
    readonly begin: State
    readonly duration: number
  }[]
  readonly end: State
}

function describeShape(from: State, limits: Limits, segments: readonly Segment[]): Shape {
  const total = segments.reduce((sum, { duration }) => sum + duration, 0)
  const parts: { letter: string; begin: State; duration: number }[] = []
  let state = from
  for (const { duration, jerk } of segments) {
    const letter = letterOf(state, jerk, limits)
    const last = parts.at(-1)
    if (last?.letter === letter) last.duration += duration
    else if (duration > near * near * total) parts.push({ letter, begin: state, duration })
    state = after(state, jerk, duration)
  }
  const isTiny = ({ duration }: { duration: number }) => duration < near * total
  const letters = parts.map((part) => part.letter).join('')
  if (furthest.test(letters)) return { letters, parts, end: state }
  const kept = parts
    .filter((part) => !isTiny(part))
    .filter((part, n, all) => part.letter !== all[n - 1]?.letter)
  return { letters: kept.map((part) => part.letter).join(''), parts: kept, end: state }
}

function letterOf({ velocity, acceleration }: State, jerk: number, limits: Limits): string {
  const { velocityMax, accelerationMax, accelerationMin, jerkMax, jerkMin } = limits
  if (Math.abs(jerk - jerkMax) <= near * jerkMax) return '+'
  if (Math.abs(jerk - jerkMin) <= near * -jerkMin) return '-'
  if (Math.abs(jerk) > near * Math.min(jerkMax, -jerkMin)) return '?'
  if (Math.abs(acceleration - accelerationMax) <= near * accelerationMax) return 'A'
  if (Math.abs(acceleration - accelerationMin) <= near * -accelerationMin) return 'B'
  const still = Math.abs(acceleration) <= near * Math.min(accelerationMax, -accelerationMin)
  return still && Math.abs(velocity - velocityMax) <= near * velocityMax ? 'V' : '?'
}

const furthest = /^(\+?A?-?|-?B?\+?)(V(-?B?\+?))?$|^\+?A?-?B?\+?$/

/** A rise and a fall whose highest acceleration is positive: any later moment would do, no earlier one; or there is nothing to do. */
function isFastestChange({ letters, parts }: Shape): boolean {
  if (letters === '' || letters === '+' || letters === '-') return true
  if (!/^\+?A?-?$/.test(letters)) return false
  const fall = parts.find((part) => part.letter !== '+')
  return fall === undefined || fall.begin.acceleration > 0
}

function isFurthest({ letters, parts, end }: Shape, limits: Limits): boolean {
  if (!furthest.test(letters)) return false
  if (letters.includes('V')) return true
  const fall = parts.find((part) => part.letter === '-')
  // without a fall the adjoint is zero where the last rise begins or the first one ends
  const begin = fall?.begin ?? parts.find((part) => part.letter === 'B')?.begin ?? end
  const duration = fall?.duration ?? 0
  const hamiltonian = begin.velocity + (begin.acceleration * duration) / 2
  const size = Math.max(Math.abs(begin.velocity), limits.velocityMax)
  return hamiltonian >= -near * size
}

/** From one velocity and acceleration to others, s: a rise and a fall, or a fall and a rise, between them a hold at the limit. */
export function fastestChange(from: State, to: State, limits: Limits): number {
  const up = riseAndFall(from, to, limits)
  return up < Infinity ? up : riseAndFall(mirrorState(from), mirrorState(to), mirrorLimits(limits))
}

/** Infinite: that way velocity would change by too much. */
function riseAndFall(
  { velocity: v0, acceleration: a0 }: State,
  { velocity: v1, acceleration: a1 }: State,
  { accelerationMax, jerkMax, jerkMin }: Limits,
): number {
  const gain = (peak: number) =>
    ((peak - a0) * (peak + a0)) / (2 * jerkMax) - ((peak - a1) * (peak + a1)) / (2 * jerkMin)
  const peak = Math.max(a0, a1)
  if (gain(peak) > v1 - v0) return Infinity
  const square = (a0 * a0) / jerkMax - (a1 * a1) / jerkMin + 2 * (v1 - v0)
  const wanted = Math.sqrt(Math.max(square / (1 / jerkMax - 1 / jerkMin), 0))
  const top = Math.max(Math.min(wanted, accelerationMax), peak)
  const hold = wanted > accelerationMax ? (v1 - v0 - gain(top)) / top : 0
  return (top - a0) / jerkMax - (top - a1) / jerkMin + Math.max(hold, 0)
}

function mirrorState({ position, velocity, acceleration }: State): State {
  return { position: -position, velocity: -velocity, acceleration: -acceleration }
}

function mirrorLimits(limits: Limits): Limits {
  return {
    velocityMax: -limits.velocityMin,
    velocityMin: -limits.velocityMax,
    accelerationMax: -limits.accelerationMin,
    accelerationMin: -limits.accelerationMax,
    jerkMax: -limits.jerkMin,
    jerkMin: -limits.jerkMax,
    positionMax: -limits.positionMin,
    positionMin: -limits.positionMax,
  }
}
