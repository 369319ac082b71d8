import { expect, test } from 'vitest'
import { ServoPlant, type ServoParameters } from '../plants/servo.ts'
import { experimentState, type ExperimentState } from './experiment-state.ts'
import { InertiaExperiment, type InertiaParameters } from './inertia-experiment.ts'
import { TrackingObserver, trackingGains } from './tracking-observer.ts'

const cycleS = 0.001
const motor: ServoParameters = {
  inertiaKgM2: 0.0023,
  friction: { viscousNmSPerRad: 0.004, coulombNm: 0.15 },
  peakTorqueNm: 10,
  countsPerTurn: 1 << 17,
  stepS: 0.0001,
}
const parameters: InertiaParameters = {
  torque: 1.2,
  velocity: 60,
  turns: 6,
  bound: 100,
  timeoutS: 10,
}

function run(experiment: InertiaExperiment, loadNm: number, sign = 1): ExperimentState {
  const plant = new ServoPlant(motor)
  plant.dtS = cycleS
  plant.disturbanceNm = -loadNm
  const observer = new TrackingObserver(cycleS, trackingGains(200, cycleS))
  for (let k = 0; ; k++) {
    observer.position = (plant.encoderCounts * 2 * Math.PI) / motor.countsPerTurn
    observer.update()
    experiment.position = observer.position
    experiment.velocity = observer.velocity
    const state = experiment.update()
    if (state !== experimentState.running) return state
    plant.commandNm = sign * experiment.torque
    plant.advance()
  }
}

test('inertia, both frictions and load of a servo come out of a run to and fro, seen through its encoder', () => {
  const experiment = new InertiaExperiment(cycleS, parameters)
  expect(run(experiment, 0.35)).toBe(experimentState.done)
  const found = experiment.result()
  expect(found.inertia / 0.0023).toBeCloseTo(1, 2)
  expect(found.coulomb / 0.15).toBeCloseTo(1, 2)
  expect(found.viscous / 0.004).toBeCloseTo(1, 1)
  expect(found.load / 0.35).toBeCloseTo(1, 3)
  // the observer's, which is known: tracking-observer.ts
  const { alpha, beta } = trackingGains(200, cycleS)
  expect(found.lagS / (cycleS * (alpha / beta - 0.5))).toBeCloseTo(1, 1)
})

test('it ends where the axis goes too far, or never gets as fast', () => {
  const narrow = new InertiaExperiment(cycleS, { ...parameters, bound: 0.5 })
  expect(run(narrow, 0)).toBe(experimentState.outOfBounds)
  expect(narrow.torque).toBe(0)
  expect(() => narrow.result()).toThrow('DP_LOOP_EXPERIMENT')
  const weak = new InertiaExperiment(cycleS, { ...parameters, torque: 0.1, timeoutS: 0.5 })
  expect(run(weak, 0)).toBe(experimentState.noAnswer)
})

test('a torque of the wrong sign runs into the bound instead of a wrong estimate', () => {
  const wrong = new InertiaExperiment(cycleS, parameters)
  expect(run(wrong, 0, -1)).toBe(experimentState.outOfBounds)
})

test.each(['position', 'velocity'] as const)('it ends when the %s is no number', (field) => {
  const experiment = new InertiaExperiment(cycleS, parameters)
  expect(experiment.update()).toBe(experimentState.running)
  experiment[field] = Number.NaN
  expect(experiment.update()).toBe(experimentState.outOfBounds)
  expect(experiment.torque).toBe(0)
})
