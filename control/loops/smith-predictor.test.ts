import { expect, test } from 'vitest'
import { Biquad } from './biquad.ts'
import { DeadTime } from './dead-time.ts'
import { Pid, type PidGains } from './pid.ts'
import { firstOrderModel, SmithPredictor } from './smith-predictor.ts'

const cycleS = 0.01
const deadCycles = 30
const gains: PidGains = {
  proportional: 4,
  integral: 20,
  derivative: 0,
  filterS: 0,
  outputMin: -100,
  outputMax: 100,
}
const model = firstOrderModel(2, 0.2, cycleS)

test('a value comes out as many cycles later as told', () => {
  for (const cycles of [0, 1, 5]) {
    const late = new DeadTime(cycles)
    for (let k = 0; k < 20; k++) {
      late.input = k + 1
      late.update()
      expect(late.output).toBe(Math.max(0, k + 1 - cycles))
    }
    late.input = 7
    late.settle()
    late.update()
    expect(late.output).toBe(7)
  }
  expect(() => new DeadTime(1.5)).toThrow('DP_LOOP_PARAMETER: cycles')
})

test('the sampled first-order model is the continuous answer to a step', () => {
  const lag = new Biquad(model)
  lag.input = 3
  for (let k = 1; k < 100; k++) {
    lag.update()
    expect(lag.output).toBeCloseTo(6 * (1 - Math.exp((-k * cycleS) / 0.2)), 12)
  }
})

/** What a plant with dead time shows over the cycles after a step of the setpoint; with a load from a cycle on. */
function answer(
  deadCyclesOfPlant: number,
  predictor?: SmithPredictor,
  { loadFrom = Infinity, calmer = 1 } = {},
): number[] {
  const plant = new Biquad(model)
  const dead = new DeadTime(deadCyclesOfPlant)
  const pid = new Pid(cycleS, {
    ...gains,
    proportional: gains.proportional / calmer,
    integral: gains.integral / calmer,
  })
  pid.setpoint = 1
  const shown: number[] = []
  for (let k = 0; k < 400; k++) {
    plant.input = pid.output + (k >= loadFrom ? 0.5 : 0)
    if (k > 0) plant.update()
    dead.input = plant.output
    dead.update()
    shown.push(dead.output)
    pid.measured = dead.output
    if (predictor !== undefined) {
      predictor.given = pid.output
      predictor.measured = dead.output
      predictor.update()
      pid.measured = predictor.predicted
    }
    pid.update()
  }
  return shown
}

test('with a right model the loop answers as it would without dead time, only later', () => {
  const without = answer(0)
  const predicted = answer(deadCycles, new SmithPredictor(model, deadCycles))
  for (let k = 0; k < 400 - deadCycles; k++)
    expect(predicted[k + deadCycles]).toBeCloseTo(without[k] as number, 9)
  // the same gains without the predictor let the plant swing up
  expect(Math.max(...answer(deadCycles))).toBeGreaterThan(5)
})

test('a load is brought to nothing, and a model wrong by a tenth does not unsettle a calmer loop', () => {
  const loaded = answer(deadCycles, new SmithPredictor(model, deadCycles), { loadFrom: 150 })
  expect(Math.max(...loaded.slice(150))).toBeGreaterThan(1.3)
  expect(loaded[399]).toBeCloseTo(1, 2)
  const wrong = new SmithPredictor(firstOrderModel(2.2, 0.22, cycleS), deadCycles - 3)
  expect(answer(deadCycles, wrong, { calmer: 4 })[399]).toBeCloseTo(1, 2)
})

test('a settled predictor shows what is measured', () => {
  const predictor = new SmithPredictor(model, deadCycles)
  predictor.given = 3
  predictor.measured = 6.5
  predictor.settle()
  for (let k = 0; k < 50; k++) {
    predictor.update()
    expect(predictor.predicted).toBeCloseTo(6.5, 12)
  }
})
