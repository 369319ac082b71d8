/**
 * Random tasks of all kinds. Half of the targets are reached by a motion that was made first, jerk by jerk within the limits:
 * its duration is one that the planner must not exceed.
 */
import {
  synchronization,
  type Synchronization,
} from '../../../control/trajectory/synchronized-trajectory.ts'
import { after, extremes } from '../check-motion.ts'
import type { AxisCase, Limits, MotionInterface, State } from '../trajectory-case.ts'
import { Random } from './random.ts'

export type RandomCase = {
  readonly seed: number
  readonly kind: MotionInterface
  readonly synchronization: Synchronization
  /** s. */
  readonly minimumDuration: number
  /** 0: none. s. */
  readonly cycle: number
  readonly axes: readonly AxisCase[]
  /** What axis n does for each unit of the first one, where all go along one line. */
  readonly shares: readonly number[] | undefined
  /** A duration in which all axes can meet their targets, s; `undefined`: none is known. */
  readonly possible: number | undefined
}

const mostAxes = 6
const mostSegments = 12

export function randomCase(seed: number): RandomCase {
  const random = new Random(seed)
  const kind = random.chance(0.8) ? 'position' : 'velocity'
  const count = random.chance(0.5) ? 1 : random.whole(2, mostAxes)
  const wild = random.chance(0.05)
  const time = random.decades(-3, 2)
  const madeFirst = random.chance(0.5)
  const inPhase = count > 1 && random.chance(0.4)
  const shared = madeFirst && !wild ? random.decades(-2, 1) * time : undefined
  const free = Array.from({ length: count }, () => randomAxis(random, time, shared, wild))
  // at rest at both ends the line is that of the positions alone
  const resting = random.chance(0.3)
  const shares =
    inPhase && random.chance(0.9)
      ? free.map((_, n) => (n === 0 ? 1 : random.pick([0, 1, -1, 2, -0.5, random.between(-2, 2)])))
      : undefined
  return {
    seed,
    kind,
    synchronization: inPhase
      ? random.pick([synchronization.phase, synchronization.phaseOrTime])
      : random.pick([synchronization.time, synchronization.time, synchronization.none]),
    minimumDuration: random.chance(0.2) ? random.decades(-2, 1) * time : 0,
    cycle: random.chance(0.2) ? random.decades(-3, 0) * time : 0,
    axes: shares === undefined ? free : alongOneLine(random, free, shares, resting),
    shares,
    possible: inPhase ? undefined : shared,
  }
}

function randomAxis(
  random: Random,
  time: number,
  duration: number | undefined,
  wild: boolean,
): AxisCase {
  const limits = randomLimits(random, time)
  // what was made keeps away from the limits, and begins at 0: else one bit decides whether its time suffices
  const inner = duration === undefined ? limits : scaled(limits, 1 - 1e-3)
  const outside = duration === undefined && random.chance(0.2)
  const start = randomStart(random, inner, outside)
  const from = duration === undefined ? start : { ...start, position: 0 }
  const to =
    duration === undefined
      ? randomTarget(random, limits, from, wild)
      : makeMotion(random, inner, from, duration)
  return { from, to, limits: random.chance(0.1) ? withPositions(random, limits, from, to) : limits }
}

function randomLimits(random: Random, time: number): Limits {
  const extreme = random.chance(0.15)
  const spread = () => (extreme ? random.decades(-2.5, 2.5) : random.decades(-1, 1))
  const velocity = random.decades(-3, 5)
  const acceleration = (velocity / time) * spread()
  const jerk = (acceleration / time) * spread()
  const uneven = random.chance(0.5)
  const other = () => (uneven ? random.decades(extreme ? -2 : -0.7, extreme ? 2 : 0.7) : 1)
  return {
    velocityMax: velocity,
    velocityMin: -velocity * other(),
    accelerationMax: acceleration,
    accelerationMin: -acceleration * other(),
    jerkMax: jerk,
    jerkMin: -jerk * other(),
    positionMax: Infinity,
    positionMin: -Infinity,
  }
}

function scaled(limits: Limits, factor: number): Limits {
  return {
    ...limits,
    velocityMax: limits.velocityMax * factor,
    velocityMin: limits.velocityMin * factor,
    accelerationMax: limits.accelerationMax * factor,
    accelerationMin: limits.accelerationMin * factor,
    jerkMax: limits.jerkMax * factor,
    jerkMin: limits.jerkMin * factor,
  }
}

/** Nothing, anything, tiny, on a limit or hardly inside one. */
function within(random: Random, low: number, high: number): number {
  const choice = random.next()
  if (choice < 0.25) return 0
  if (choice < 0.75) return random.between(low, high)
  const limit = random.chance(0.5) ? low : high
  if (choice < 0.85) return limit
  return limit * random.pick([1 - 1e-9, 1 - 1e-13, 1e-6, 1e-12])
}

function randomStart(random: Random, limits: Limits, outside: boolean): State {
  const { velocityMax, velocityMin, accelerationMax, accelerationMin } = limits
  const position = random.chance(0.3) ? 0 : random.sign() * random.decades(-3, 4)
  if (outside) {
    // what jerk cannot take away in time may carry velocity away, but not by decades
    const most = Math.sqrt(-6 * limits.jerkMin * velocityMax)
    const least = -Math.sqrt(-6 * limits.jerkMax * velocityMin)
    return {
      position,
      velocity: random.between(3 * velocityMin, 3 * velocityMax),
      acceleration: random.between(
        Math.max(3 * accelerationMin, least),
        Math.min(3 * accelerationMax, most),
      ),
    }
  }
  const velocity = within(random, velocityMin, velocityMax)
  const wish = within(random, accelerationMin, accelerationMax)
  // jerk must have time to take it away before velocity passes its limit
  const acceleration =
    wish > 0
      ? Math.min(wish, Math.sqrt(-2 * limits.jerkMin * (velocityMax - velocity)))
      : Math.max(wish, -Math.sqrt(2 * limits.jerkMax * (velocity - velocityMin)))
  return { position, velocity, acceleration }
}

function randomTarget(random: Random, limits: Limits, from: State, wild: boolean): State {
  const { velocityMax, velocityMin, accelerationMax, accelerationMin } = limits
  const factor = wild ? 1.5 : 1
  const velocity = factor * within(random, velocityMin, velocityMax)
  const wish = factor * within(random, accelerationMin, accelerationMax)
  // jerk must have had time to build it up
  const most = Math.sqrt(Math.max(2 * limits.jerkMax * (velocity - velocityMin), 0))
  const least = -Math.sqrt(Math.max(-2 * limits.jerkMin * (velocityMax - velocity), 0))
  const acceleration = wild ? wish : Math.min(Math.max(wish, least), most)
  const natural = (velocityMax * velocityMax) / accelerationMax
  const distance = random.chance(0.15) ? 0 : random.sign() * natural * random.decades(-5, 3)
  return { position: from.position + distance, velocity, acceleration }
}

/** Some segments of full jerk, half jerk or none; then acceleration is taken away, and velocity kept. */
function makeMotion(random: Random, limits: Limits, from: State, duration: number): State {
  const { jerkMax, jerkMin } = limits
  let state = from
  let left = duration
  const spend = (jerk: number, t: number) => {
    const spent = Math.min(t, left)
    state = after(state, jerk, spent)
    left -= spent
  }
  const share = random.decades(-1, 0)
  for (let n = random.whole(1, mostSegments); n > 0; n--) {
    const wish = random.chance(0.3) ? left : random.next() * share * duration
    const jerk = random.pick([jerkMax, jerkMin, jerkMax, jerkMin, 0, jerkMax / 2, jerkMin / 2])
    spend(jerk, Math.min(wish, longest(state, jerk, limits)))
  }
  const { acceleration } = state
  const calm = acceleration > 0 ? jerkMin : jerkMax
  spend(calm, Math.abs(acceleration / calm))
  if (left > 0) state = { ...state, acceleration: 0 }
  spend(0, left)
  return state
}

/** How long a jerk may last so that the limits can still be kept afterwards: by halving. */
function longest(state: State, jerk: number, limits: Limits): number {
  const { accelerationMax, accelerationMin } = limits
  const range = accelerationMax - accelerationMin
  let high = range / Math.abs(jerk === 0 ? Math.max(limits.jerkMax, -limits.jerkMin) : jerk)
  let low = 0
  for (let n = 0; n < 20; n++) {
    const middle = (low + high) / 2
    if (extremes(state, jerk, middle).every((one) => canGoOn(one, limits))) low = middle
    else high = middle
  }
  return low
}

function canGoOn(state: State, limits: Limits): boolean {
  const { velocity: v, acceleration: a } = state
  const { accelerationMax, accelerationMin, velocityMax, velocityMin, jerkMax, jerkMin } = limits
  if (a > accelerationMax || a < accelerationMin || v > velocityMax || v < velocityMin) return false
  const next = a > 0 ? v - (a * a) / (2 * jerkMin) : v - (a * a) / (2 * jerkMax)
  return next <= velocityMax && next >= velocityMin
}

function withPositions(random: Random, limits: Limits, from: State, to: State): Limits {
  const way = Math.abs(to.position - from.position)
  const room = () => random.pick([0, 1e-3, 0.1, 1, 100]) * way
  return {
    ...limits,
    positionMax: Math.max(from.position, to.position) + room(),
    positionMin: Math.min(from.position, to.position) - room(),
  }
}

/** Axes that all do a share of what the first one does, each with limits of its own, some of them narrower than their share. */
function alongOneLine(
  random: Random,
  axes: readonly AxisCase[],
  shares: readonly number[],
  resting: boolean,
): AxisCase[] {
  const { from, to, limits } = axes[0] as AxisCase
  return axes.map((_, n) => {
    const share = shares[n] as number
    const origin = (to.position - from.position) * random.between(-3, 3)
    const moved = (state: State): State => ({
      position: origin + share * (state.position - from.position),
      velocity: resting ? 0 : share * state.velocity,
      acceleration: resting ? 0 : share * state.acceleration,
    })
    // ends in motion must stay within the limits of all
    const wide = (limit: number) =>
      limit * random.between(resting ? 0.1 : 1, 3) * Math.max(Math.abs(share), 0.1)
    const forward = share >= 0
    return {
      from: moved(from),
      to: moved(to),
      limits: {
        velocityMax: wide(forward ? limits.velocityMax : -limits.velocityMin),
        velocityMin: wide(forward ? limits.velocityMin : -limits.velocityMax),
        accelerationMax: wide(forward ? limits.accelerationMax : -limits.accelerationMin),
        accelerationMin: wide(forward ? limits.accelerationMin : -limits.accelerationMax),
        jerkMax: wide(forward ? limits.jerkMax : -limits.jerkMin),
        jerkMin: wide(forward ? limits.jerkMin : -limits.jerkMax),
        positionMax: Infinity,
        positionMin: -Infinity,
      },
    }
  })
}
