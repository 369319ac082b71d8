import { expect, test } from 'vitest'
import { Biquad } from './biquad.ts'
import { DeadTime } from './dead-time.ts'
import { experimentState } from './experiment-state.ts'
import { firstOrderModel } from './smith-predictor.ts'
import {
  fitFirstOrder,
  fitIntegrating,
  StepExperiment,
  type StepAnswer,
} from './step-experiment.ts'

const cycleS = 0.002

function firstOrderAnswer(noise: number, deadCycles = 37): StepAnswer {
  const experiment = new StepExperiment(cycleS, { bias: 2, step: 0.5, restS: 0.2, answerS: 3 })
  const lag = new Biquad(firstOrderModel(4, 0.3, cycleS))
  lag.input = 2
  lag.settle()
  const dead = new DeadTime(deadCycles)
  dead.input = lag.output
  dead.settle()
  for (let k = 0; ; k++) {
    dead.input = lag.output
    dead.update()
    experiment.measured = dead.output + noise * Math.sin(k * k)
    if (experiment.update() !== experimentState.running) break
    lag.input = experiment.output
    lag.update()
  }
  expect(experiment.output).toBe(2)
  return experiment.answer()
}

test('gain, time constant and dead time of a first-order plant come out of its answer', () => {
  const found = fitFirstOrder(firstOrderAnswer(0))
  expect(found.gain).toBeCloseTo(4, 4)
  expect(found.timeConstantS).toBeCloseTo(0.3, 4)
  expect(found.deadTimeS).toBeCloseTo(37 * cycleS, 4)
})

test('noise of a twentieth of the answer changes the model by a few per cent', () => {
  const found = fitFirstOrder(firstOrderAnswer(0.1))
  expect(found.gain / 4).toBeCloseTo(1, 1)
  expect(Math.abs(found.timeConstantS / 0.3 - 1)).toBeLessThan(0.05)
  expect(Math.abs(found.deadTimeS - 37 * cycleS)).toBeLessThan(0.01)
})

test('of an integrating plant slope and dead time come out, with its lag as dead time', () => {
  // slope 6, lag 20 ms, dead time 30 ms: 6 (t - 0.05 + 0.02 e^(-(t - 0.03) / 0.02))
  const samples = Float64Array.from({ length: 500 }, (_, k) => {
    const t = Math.max(0, k * cycleS - 0.03)
    return -0.5 * 6 * (t - 0.02 * (1 - Math.exp(-t / 0.02)))
  })
  const found = fitIntegrating({ cycleS, step: -0.5, samples, noise: 0 }, 0.3)
  expect(found.slope).toBeCloseTo(6, 6)
  expect(found.deadTimeS).toBeCloseTo(0.05, 6)
})

test('an experiment ends where the plant goes too far, and an answer within the noise is refused', () => {
  const experiment = new StepExperiment(cycleS, {
    bias: 0,
    step: 1,
    restS: 0.01,
    answerS: 1,
    bound: 5,
  })
  let state: number = experimentState.running
  for (let k = 0; state === experimentState.running; k++) {
    experiment.measured = experiment.output === 0 ? 0 : 0.1 * k
    state = experiment.update()
  }
  expect(state).toBe(experimentState.outOfBounds)
  expect(experiment.output).toBe(0)
  expect(() => experiment.answer()).toThrow('DP_LOOP_EXPERIMENT')
  const silent = { cycleS, step: 1, samples: new Float64Array(100), noise: 0.1 }
  expect(() => fitFirstOrder(silent)).toThrow('DP_LOOP_EXPERIMENT')
  expect(() => fitIntegrating(silent, 0)).toThrow('DP_LOOP_EXPERIMENT')
})

test.each([0, 20])('it ends when what is measured is no number (sample %i)', (at) => {
  const experiment = new StepExperiment(cycleS, { bias: 0, step: 1, restS: 0.01, answerS: 1 })
  for (let k = 0; k < at; k++) expect(experiment.update()).toBe(experimentState.running)
  experiment.measured = Number.NaN
  expect(experiment.update()).toBe(experimentState.outOfBounds)
  expect(experiment.output).toBe(0)
})
