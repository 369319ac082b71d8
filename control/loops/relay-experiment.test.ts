import { expect, test } from 'vitest'
import { Biquad } from './biquad.ts'
import { DeadTime } from './dead-time.ts'
import { experimentState, type ExperimentState } from './experiment-state.ts'
import { RelayExperiment, type RelayParameters } from './relay-experiment.ts'
import { firstOrderModel } from './smith-predictor.ts'

const cycleS = 0.001
const plant = { gain: 3, timeConstantS: 0.2, deadCycles: 40 }
const parameters: RelayParameters = {
  setpoint: 1,
  amplitude: 0.5,
  hysteresis: 0.05,
  periods: 10,
  timeoutS: 10,
}

type World = { readonly load?: number; readonly noise?: number; readonly sign?: number }

function run(experiment: RelayExperiment, world: World = {}): ExperimentState {
  const { load = 0, noise = 0, sign = 1 } = world
  const lag = new Biquad(firstOrderModel(plant.gain * sign, plant.timeConstantS, cycleS))
  const dead = new DeadTime(plant.deadCycles)
  for (let k = 0; k < 20_000; k++) {
    dead.input = lag.output
    dead.update()
    experiment.measured = dead.output + noise * Math.sin(k * k)
    const state = experiment.update()
    if (state !== experimentState.running) return state
    lag.input = experiment.output - load
    lag.update()
  }
  return experimentState.running
}

/** Of the plant as the cycles see it: K (1 - a) z^-(d + 1) / (1 - a z^-1). */
function exactResponse(hz: number): { gain: number; phaseRad: number } {
  const kept = Math.exp(-cycleS / plant.timeConstantS)
  const w = 2 * Math.PI * hz * cycleS
  const re = 1 - kept * Math.cos(w)
  const im = kept * Math.sin(w)
  return {
    gain: (plant.gain * (1 - kept)) / Math.hypot(re, im),
    phaseRad: -w * (plant.deadCycles + 1) - Math.atan2(im, re),
  }
}

test('gain and phase at the frequency of the swing are those of the transfer function', () => {
  const experiment = new RelayExperiment(cycleS, parameters)
  expect(run(experiment)).toBe(experimentState.done)
  const found = experiment.result()
  const exact = exactResponse(found.frequencyHz)
  expect(found.gain / exact.gain).toBeCloseTo(1, 3)
  expect(found.phaseRad).toBeCloseTo(exact.phaseRad, 2)
  expect(found.periodS * found.frequencyHz).toBeCloseTo(1, 12)
})

test('without hysteresis the swing is at the ultimate point: phase -pi, gain 1 / ultimate gain', () => {
  const experiment = new RelayExperiment(cycleS, { ...parameters, hysteresis: 0 })
  expect(run(experiment)).toBe(experimentState.done)
  const found = experiment.result()
  // bisection for the frequency where the exact phase is -pi
  let [low, high] = [0.1, 20]
  for (let n = 0; n < 60; n++) {
    const middle = (low + high) / 2
    if (exactResponse(middle).phaseRad > -Math.PI) low = middle
    else high = middle
  }
  expect(found.frequencyHz / low).toBeCloseTo(1, 1)
  expect(found.ultimateGain * exactResponse(low).gain).toBeCloseTo(1, 1)
})

test('a load that is not known moves the middle of the relay until the swing is even', () => {
  const experiment = new RelayExperiment(cycleS, { ...parameters, setpoint: 0, settlePeriods: 8 })
  expect(run(experiment, { load: 0.3 })).toBe(experimentState.done)
  const found = experiment.result()
  expect(found.bias).toBeCloseTo(0.3, 2)
  const exact = exactResponse(found.frequencyHz)
  expect(found.gain / exact.gain).toBeCloseTo(1, 2)
})

test('noise within the hysteresis changes little', () => {
  const experiment = new RelayExperiment(cycleS, parameters)
  expect(run(experiment, { noise: 0.04 })).toBe(experimentState.done)
  const found = experiment.result()
  const exact = exactResponse(found.frequencyHz)
  expect(found.gain / exact.gain).toBeCloseTo(1, 1)
  expect(found.phaseRad).toBeCloseTo(exact.phaseRad, 1)
})

test('a plant of negative gain is measured with a negative amplitude', () => {
  const experiment = new RelayExperiment(cycleS, { ...parameters, amplitude: -0.5, setpoint: 0 })
  expect(run(experiment, { sign: -1 })).toBe(experimentState.done)
  expect(experiment.result().ultimateGain).toBeLessThan(0)
})

test('it ends where the plant goes too far or does not answer, with the output back in its middle', () => {
  const far = new RelayExperiment(cycleS, { ...parameters, bias: 0.1, setpoint: 0, bound: 0.06 })
  expect(run(far)).toBe(experimentState.outOfBounds)
  expect(far.output).toBe(0.1)
  expect(() => far.result()).toThrow('DP_LOOP_EXPERIMENT')
  const weak = new RelayExperiment(cycleS, { ...parameters, amplitude: 0.1, timeoutS: 2 })
  expect(run(weak)).toBe(experimentState.noAnswer)
  expect(weak.output).toBe(0)
})

test('it ends when what is measured is no number', () => {
  const experiment = new RelayExperiment(cycleS, parameters)
  expect(experiment.update()).toBe(experimentState.running)
  experiment.measured = Number.NaN
  expect(experiment.update()).toBe(experimentState.outOfBounds)
})
