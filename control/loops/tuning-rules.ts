/**
 * From what an experiment tells of a plant to the gains of a Pid, and of a cascade. Gains are those of the parallel form:
 * integral = proportional / reset time, derivative = proportional * rate time. None is cyclic.
 */
import type { CascadeParameters } from './cascade.ts'
import {
  refuse,
  requireBetween,
  requireNotNegative,
  requireNotZero,
  requirePositive,
} from './loop-parameter.ts'
import type { RelayResult } from './relay-experiment.ts'

export type TunedGains = {
  readonly proportional: number
  readonly integral: number
  readonly derivative: number
}

/** Gain and dead time and one time constant: how most plants answer a step. */
export type FirstOrderPlant = {
  /** Measured by given, once all has settled. */
  readonly gain: number
  readonly timeConstantS: number
  readonly deadTimeS: number
}

/** A plant that rises as long as something is given: a level, a position. */
export type IntegratingPlant = {
  /** Measured per second by given. */
  readonly slope: number
  readonly deadTimeS: number
}

/** Where a loop under proportional control would swing. */
export type UltimatePoint = Pick<RelayResult, 'ultimateGain' | 'periodS'>

/** Fast and lightly damped (a quarter is left of each overshoot). J. G. Ziegler, N. B. Nichols, "Optimum Settings for Automatic Controllers", 1942. */
export function zieglerNichols(point: UltimatePoint, kind: 'P' | 'PI' | 'PID'): TunedGains {
  const { ultimateGain, periodS } = point
  if (kind === 'P') return { proportional: 0.5 * ultimateGain, integral: 0, derivative: 0 }
  if (kind === 'PI') return withTimes(0.45 * ultimateGain, periodS / 1.2, 0)
  return withTimes(0.6 * ultimateGain, periodS / 2, periodS / 8)
}

/** Calmer than Ziegler and Nichols. B. D. Tyreus, W. L. Luyben, "Tuning PI Controllers for Integrator/Dead Time Processes", 1992. */
export function tyreusLuyben(point: UltimatePoint, kind: 'PI' | 'PID'): TunedGains {
  const { ultimateGain, periodS } = point
  if (kind === 'PI') return withTimes(ultimateGain / 3.2, 2.2 * periodS, 0)
  return withTimes(ultimateGain / 2.2, 2.2 * periodS, periodS / 6.3)
}

/**
 * The controller that turns the known point of the plant's response to gain 1 and this phase margin, rad. PID with a reset
 * time of four rate times, or PI where the point leaves room for it. Astrom, Hagglund, Automatica 20(5), 1984.
 * Throws DP_LOOP_PARAMETER where no such controller exists.
 */
export function phaseMarginGains(
  point: Pick<RelayResult, 'frequencyHz' | 'gain' | 'phaseRad'>,
  phaseMarginRad: number,
  kind: 'PI' | 'PID',
): TunedGains {
  requirePositive('gain', point.gain)
  const w = 2 * Math.PI * point.frequencyHz
  const turn = phaseMarginRad - Math.PI - point.phaseRad
  const most = kind === 'PI' ? 0 : Math.PI / 2
  requireBetween('phaseMarginRad - pi - phaseRad', turn, -Math.PI / 2, most)
  const proportional = Math.cos(turn) / point.gain
  const slope = Math.tan(turn)
  if (kind === 'PI') return withTimes(proportional, -1 / (slope * w), 0)
  // w rate - 1 / (w reset) = tan(turn), reset = 4 rate
  const rateS = (slope + Math.sqrt(slope * slope + 1)) / (2 * w)
  return withTimes(proportional, 4 * rateS, rateS)
}

/**
 * A closed loop of first order with `closedLoopS`; the dead time itself is the fastest that is robust, and is taken where it is
 * left out. S. Skogestad, "Simple Analytic Rules for Model Reduction and PID Controller Tuning", J. Process Control 13, 2003.
 */
export function simc(plant: FirstOrderPlant | IntegratingPlant, closedLoopS?: number): TunedGains {
  requirePositive('closedLoopS + deadTimeS', (closedLoopS ?? plant.deadTimeS) + plant.deadTimeS)
  const lagS = (closedLoopS ?? plant.deadTimeS) + plant.deadTimeS
  if ('slope' in plant) {
    requireNotZero('slope', plant.slope)
    return withTimes(1 / (plant.slope * lagS), 4 * lagS, 0)
  }
  const { gain, timeConstantS } = plant
  requireNotZero('gain', gain)
  requirePositive('timeConstantS', timeConstantS)
  return withTimes(timeConstantS / (gain * lagS), Math.min(timeConstantS, 4 * lagS), 0)
}

/** For rejection of load with a bounded sensitivity of 1.4. K. J. Astrom, T. Hagglund, "Revisiting the Ziegler-Nichols Step Response Method for PID Control", J. Process Control 14, 2004. */
export function amigo(plant: FirstOrderPlant, kind: 'PI' | 'PID'): TunedGains {
  const { gain, timeConstantS: t, deadTimeS: l } = plant
  requireNotZero('gain', gain)
  requirePositive('deadTimeS', l)
  requireNotNegative('timeConstantS', t)
  if (kind === 'PI') {
    const proportional = (0.15 + (0.35 - (l * t) / ((l + t) * (l + t))) * (t / l)) / gain
    return withTimes(
      proportional,
      0.35 * l + (13 * l * t * t) / (t * t + 12 * l * t + 7 * l * l),
      0,
    )
  }
  const resetS = ((0.4 * l + 0.8 * t) / (l + 0.1 * t)) * l
  return withTimes((0.2 + (0.45 * t) / l) / gain, resetS, (0.5 * l * t) / (0.3 * l + t))
}

/** What a cascade is tuned to. */
export type ServoPlantEstimate = {
  /** Torque per acceleration. */
  readonly inertia: number
  /** Sum of all small lags of the velocity loop, s: current loop, filters, half a cycle of holding, dead times. */
  readonly lagS: number
}

/**
 * Gains of a cascade by the symmetrical optimum (C. Kessler, 1958): the velocity loop crosses gain 1 at 1 / (ratio lagS), with
 * the phase margin atan(ratio) - atan(1 / ratio): 37 degrees at 2, 53 at 3. The position loop is four times slower.
 * Throws DP_LOOP_PARAMETER.
 */
export function symmetricalOptimum(
  plant: ServoPlantEstimate,
  ratio = 3,
): Pick<CascadeParameters, 'positionGain' | 'velocityGain' | 'integralS' | 'inertia'> {
  requirePositive('inertia', plant.inertia)
  requirePositive('lagS', plant.lagS)
  if (!(ratio > 1)) refuse('ratio', ratio, 'a number above 1')
  const crossover = 1 / (ratio * plant.lagS)
  return {
    positionGain: crossover / 4,
    velocityGain: plant.inertia * crossover,
    integralS: ratio * ratio * plant.lagS,
    inertia: plant.inertia,
  }
}

function withTimes(proportional: number, resetS: number, rateS: number): TunedGains {
  return { proportional, integral: proportional / resetS, derivative: proportional * rateS }
}
