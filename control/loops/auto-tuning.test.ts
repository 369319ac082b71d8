/** From experiment to gains to the closed loop, on plants that the rules know nothing of but what the experiment told. */
import { expect, test } from 'vitest'
import { TwoMassServo } from '../plants/two-mass-servo.ts'
import { Biquad } from './biquad.ts'
import { DeadTime } from './dead-time.ts'
import { multisine } from './excitation.ts'
import { experimentState } from './experiment-state.ts'
import { FrequencyResponseMeasurement } from './frequency-response.ts'
import { Pid } from './pid.ts'
import { RelayExperiment } from './relay-experiment.ts'
import { firstOrderModel } from './smith-predictor.ts'
import { stabilityMargins } from './stability-margins.ts'
import { fitFirstOrder, StepExperiment } from './step-experiment.ts'
import { phaseMarginGains, simc, type TunedGains, zieglerNichols } from './tuning-rules.ts'

/** What a tuner sees: what is given in a cycle shows from the next on. */
interface Plant {
  shown: number
  given: number
  advance(): void
}

/** Two lags and a dead time: no model of first order fits it exactly. */
class Process implements Plant {
  shown = 0
  given = 0
  readonly #lags = [
    new Biquad(firstOrderModel(1.5, 0.4, 0.01)),
    new Biquad(firstOrderModel(1, 0.1, 0.01)),
  ]
  readonly #dead = new DeadTime(10)

  advance(): void {
    let value = this.given
    for (const lag of this.#lags) {
      lag.input = value
      lag.update()
      value = lag.output
    }
    this.#dead.input = value
    this.#dead.update()
    this.shown = this.#dead.output
  }
}

/** Torque to speed of a servo with an elastic shaft, friction and a current loop that lags. */
class Servo implements Plant {
  shown = 0
  given = 0
  readonly #servo = new TwoMassServo({
    motorInertiaKgM2: 0.002,
    loadInertiaKgM2: 0.001,
    stiffnessNmPerRad: 900,
    dampingNmSPerRad: 0.05,
    playRad: 0,
    motorFriction: { viscousNmSPerRad: 0.002, coulombNm: 0.01 },
    loadFriction: { viscousNmSPerRad: 0, coulombNm: 0 },
    peakTorqueNm: 20,
    torqueLagS: 0.002,
    countsPerTurn: 1 << 20,
    stepS: 0.001,
  })

  advance(): void {
    this.#servo.dtS = 0.001
    this.#servo.commandNm = this.given
    this.#servo.advance()
    this.shown = this.#servo.speedRadPerS
  }
}

function relayed(plant: Plant, experiment: RelayExperiment): RelayExperiment {
  for (;;) {
    experiment.measured = plant.shown
    if (experiment.update() !== experimentState.running) return experiment
    plant.given = experiment.output
    plant.advance()
  }
}

/** Margins of the loop with these gains, measured while it is closed. */
function measuredMargins(plant: Plant, gains: TunedGains, cycleS: number, fromHz: number) {
  const pid = new Pid(cycleS, { ...gains, filterS: 0, outputMin: -100, outputMax: 100 })
  const toHz = 0.4 / cycleS
  const wave = { cycleS, periodS: 10 / fromHz, fromHz, toHz, amplitude: 0.5, lines: 150 }
  const measurement = new FrequencyResponseMeasurement(multisine(wave), 2, 2)
  // a servo turns on: friction that turns round has no frequency response
  pid.setpoint = 20
  while (measurement.advance() === experimentState.running) {
    pid.measured = plant.shown
    pid.update()
    plant.given = pid.output + measurement.excitation
    measurement.given = plant.given
    measurement.measured = -pid.output
    measurement.record()
    plant.advance()
  }
  return stabilityMargins(measurement.result())
}

test('a process tuned by a relay to 60 degrees has them, but for what sampling takes', () => {
  const cycleS = 0.01
  const parameters = { setpoint: 0, amplitude: 1, hysteresis: 0.02, timeoutS: 60 }
  const point = relayed(new Process(), new RelayExperiment(cycleS, parameters)).result()
  const gains = phaseMarginGains(point, Math.PI / 3, 'PID')
  const margins = measuredMargins(new Process(), gains, cycleS, 0.1)
  expect(margins.crossoverHz / point.frequencyHz).toBeCloseTo(1, 1)
  // backward differences turn the derivative back by half a cycle, 3 degrees here
  expect((margins.phaseMarginRad * 180) / Math.PI).toBeGreaterThan(53)
  expect((margins.phaseMarginRad * 180) / Math.PI).toBeLessThan(62)
})

test('a servo with an elastic shaft and a lagging current loop tuned by a relay is stable with margin', () => {
  const cycleS = 0.001
  const parameters = { setpoint: 20, amplitude: 3, hysteresis: 0.5, timeoutS: 10, bound: 30 }
  const point = relayed(new Servo(), new RelayExperiment(cycleS, parameters)).result()
  const margins = measuredMargins(new Servo(), zieglerNichols(point, 'PI'), cycleS, 2)
  expect(margins.phaseMarginRad).toBeGreaterThan(0.3)
  expect(margins.gainMargin).toBeGreaterThan(1.5)
})

test('a process tuned by SIMC from a step goes to its setpoint with hardly any overshoot', () => {
  const cycleS = 0.01
  const plant = new Process()
  const experiment = new StepExperiment(cycleS, { bias: 0, step: 1, restS: 0.5, answerS: 5 })
  for (;;) {
    experiment.measured = plant.shown
    if (experiment.update() !== experimentState.running) break
    plant.given = experiment.output
    plant.advance()
  }
  const model = fitFirstOrder(experiment.answer())
  // half of the smaller lag goes to the larger one, half to the dead time (Skogestad's rule)
  expect(model.gain).toBeCloseTo(1.5, 1)
  expect(model.timeConstantS).toBeCloseTo(0.45, 1)
  expect(model.deadTimeS).toBeCloseTo(0.15, 1)
  const pid = new Pid(cycleS, {
    ...simc(model, 2 * model.deadTimeS),
    filterS: 0,
    outputMin: -10,
    outputMax: 10,
  })
  const tuned = new Process()
  pid.setpoint = 1
  let most = 0
  for (let k = 0; k < 400; k++) {
    pid.measured = tuned.shown
    pid.update()
    tuned.given = pid.output
    tuned.advance()
    most = Math.max(most, tuned.shown)
  }
  expect(tuned.shown).toBeCloseTo(1, 2)
  expect(most).toBeLessThan(1.05)
})
