import { expect, test } from 'vitest'
import { frictionless } from '../plants/friction.ts'
import { ServoPlant } from '../plants/servo.ts'
import { TwoMassServo } from '../plants/two-mass-servo.ts'
import { Biquad } from './biquad.ts'
import { Cascade } from './cascade.ts'
import { type Excitation, multisine, sweptSine } from './excitation.ts'
import { experimentState } from './experiment-state.ts'
import { biquadResponse, lowPass2 } from './filter-design.ts'
import { type FrequencyResponse, FrequencyResponseMeasurement } from './frequency-response.ts'
import { InertiaExperiment } from './inertia-experiment.ts'
import { stabilityMargins } from './stability-margins.ts'
import { TrackingObserver, trackingGains } from './tracking-observer.ts'
import { symmetricalOptimum } from './tuning-rules.ts'

const cycleS = 0.001
const wide = { cycleS, periodS: 1, fromHz: 2, toHz: 400, amplitude: 1, lines: 30 }

/** `plant` turns what is given in a cycle into what shows in the next. */
function measure(
  excitation: Excitation,
  periods: number,
  plant: { input: number; output: number; update(): void },
  noise = 0,
): FrequencyResponse {
  const measurement = new FrequencyResponseMeasurement(excitation, periods)
  for (let k = 0; measurement.advance() === experimentState.running; k++) {
    measurement.measured = plant.output + noise * Math.sin(k * k)
    measurement.given = measurement.excitation
    measurement.record()
    plant.input = measurement.given
    plant.update()
  }
  return measurement.result()
}

test.each([
  ['a multisine', multisine(wide)],
  ['a swept sine', sweptSine(wide)],
])('%s finds gain and phase of a filter, exact to rounding', (_, excitation) => {
  const coefficients = lowPass2(60, cycleS, 0.2)
  const found = measure(excitation, 2, new Biquad(coefficients))
  expect(found.frequencyHz.length).toBeGreaterThan(25)
  for (const [n, hz] of found.frequencyHz.entries()) {
    const exact = biquadResponse(coefficients, hz, cycleS)
    // the filter's output shows a cycle after its input
    const phase = exact.phaseRad - 2 * Math.PI * hz * cycleS
    expect((found.gain[n] as number) / exact.gain).toBeCloseTo(1, 5)
    expect(Math.cos((found.phaseRad[n] as number) - phase)).toBeCloseTo(1, 9)
    expect(found.coherence[n]).toBeCloseTo(1, 9)
    if (n > 0)
      expect(found.phaseRad[n] as number).toBeLessThan((found.phaseRad[n - 1] as number) + 0.1)
  }
})

test('excitations stay within their amplitude, meet their beginning, and a multisine is not peaked', () => {
  for (const { samples } of [multisine(wide), sweptSine(wide)]) {
    expect(Math.max(...samples.map(Math.abs))).toBeLessThanOrEqual(1)
    expect(samples.length).toBe(1000)
  }
  const { samples, lines } = multisine(wide)
  const rms = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / 1000)
  expect(1 / rms).toBeLessThan(4)
  expect(new Set(lines).size).toBe(lines.length)
  const swept = sweptSine(wide).samples
  const step = Math.abs((swept[0] as number) - (swept[999] as number))
  expect(step).toBeLessThan(2 * Math.PI * 400 * cycleS)
})

test('noise lowers the coherence where the plant answers little, and more periods lower the error', () => {
  const filter = lowPass2(20, cycleS)
  const few = measure(multisine(wide), 4, new Biquad(filter), 0.05)
  const many = measure(multisine(wide), 40, new Biquad(filter), 0.05)
  const error = ({ gain, frequencyHz }: FrequencyResponse): number =>
    frequencyHz.reduce(
      (sum, hz, n) => sum + ((gain[n] as number) - biquadResponse(filter, hz, cycleS).gain) ** 2,
      0,
    )
  expect(error(many)).toBeLessThan(0.5 * error(few))
  expect(many.coherence[0]).toBeGreaterThan(0.99)
  expect(many.coherence.at(-1)).toBeLessThan(0.5)
})

test('resonance and antiresonance of a two-mass servo are where their closed forms say', () => {
  const plant = new TwoMassServo({
    motorInertiaKgM2: 0.002,
    loadInertiaKgM2: 0.003,
    stiffnessNmPerRad: 300,
    dampingNmSPerRad: 0.05,
    playRad: 0,
    motorFriction: frictionless,
    loadFriction: frictionless,
    peakTorqueNm: 100,
    torqueLagS: 0,
    countsPerTurn: 1 << 20,
    stepS: 0.001,
  })
  plant.dtS = cycleS
  const spread = { ...wide, periodS: 2, fromHz: 20, lines: 800 }
  const measurement = new FrequencyResponseMeasurement(multisine(spread), 2, 3)
  while (measurement.advance() === experimentState.running) {
    // free rigid body: a loop keeps it near rest
    measurement.given = measurement.excitation - 0.05 * plant.speedRadPerS
    measurement.measured = plant.speedRadPerS
    measurement.record()
    plant.commandNm = measurement.given
    plant.advance()
  }
  const { frequencyHz, gain } = measurement.result()
  const at = (best: (a: number, b: number) => boolean): number => {
    let index = 0
    for (const [n, value] of gain.entries())
      if ((frequencyHz[n] as number) < 120 && best(value, gain[index] as number)) index = n
    return frequencyHz[index] as number
  }
  const antiresonanceHz = Math.sqrt(300 / 0.003) / (2 * Math.PI)
  const resonanceHz = Math.sqrt(300 * (1 / 0.002 + 1 / 0.003)) / (2 * Math.PI)
  expect(Math.abs(at((a, b) => a < b) - antiresonanceHz)).toBeLessThan(0.6)
  expect(Math.abs(at((a, b) => a > b) - resonanceHz)).toBeLessThan(0.6)
})

test('margins are those of the closed form of an integrator with dead time', () => {
  // L = k e^(-s T) / s: crossover k, margin pi/2 - k T, phase crossover pi / (2 T), gain margin pi / (2 k T)
  const [k, deadS] = [20, 0.03]
  const frequencyHz = Float64Array.from({ length: 400 }, (_, n) => 0.1 * 1.02 ** n)
  const openLoop = {
    frequencyHz,
    gain: frequencyHz.map((hz) => k / (2 * Math.PI * hz)),
    phaseRad: frequencyHz.map((hz) => -Math.PI / 2 - 2 * Math.PI * hz * deadS),
  }
  const margins = stabilityMargins(openLoop)
  expect(margins.crossoverHz).toBeCloseTo(k / (2 * Math.PI), 6)
  expect(margins.phaseMarginRad).toBeCloseTo(Math.PI / 2 - k * deadS, 4)
  expect(margins.phaseCrossoverHz).toBeCloseTo(1 / (4 * deadS), 2)
  expect(margins.gainMargin).toBeCloseTo(Math.PI / (2 * k * deadS), 2)
  const never = stabilityMargins({ ...openLoop, gain: frequencyHz.map(() => 0.1) })
  expect(never.phaseMarginRad).toBeNaN()
})

test('a measurement that is not done has no result, and senseless excitations are refused', () => {
  const measurement = new FrequencyResponseMeasurement(multisine(wide), 1)
  measurement.advance()
  measurement.record()
  expect(() => measurement.result()).toThrow('DP_LOOP_EXPERIMENT')
  expect(() => multisine({ ...wide, toHz: 500 })).toThrow('DP_LOOP_PARAMETER: toHz')
  expect(() => sweptSine({ ...wide, fromHz: 399.5 })).toThrow('DP_LOOP_PARAMETER: periodS')
  expect(() => multisine({ ...wide, lines: 1 })).toThrow('DP_LOOP_PARAMETER: lines')
})

test('a servo tuned by its own experiments has the phase margin that the rule promises, as measured in the closed loop', () => {
  const motor = {
    inertiaKgM2: 0.002,
    friction: { viscousNmSPerRad: 0.001, coulombNm: 0.05 },
    peakTorqueNm: 10,
    countsPerTurn: 1 << 20,
    stepS: 0.001,
  }
  const plant = new ServoPlant(motor)
  plant.dtS = cycleS
  const observer = new TrackingObserver(cycleS, trackingGains(250, cycleS))
  const look = (): void => {
    observer.position = (plant.encoderCounts * 2 * Math.PI) / motor.countsPerTurn
    observer.update()
  }
  const experiment = new InertiaExperiment(cycleS, {
    torque: 1,
    velocity: 50,
    turns: 4,
    bound: 100,
    timeoutS: 5,
  })
  for (;;) {
    look()
    experiment.position = observer.position
    experiment.velocity = observer.velocity
    if (experiment.update() !== experimentState.running) break
    plant.commandNm = experiment.torque
    plant.advance()
  }
  const found = experiment.result()
  const ratio = 3
  // what is held for a cycle is half a cycle late
  const gains = symmetricalOptimum({ ...found, lagS: found.lagS + cycleS / 2 }, ratio)
  const cascade = new Cascade(cycleS, {
    ...gains,
    positionGain: 0,
    velocityMax: 1000,
    torqueMax: 10,
  })
  cascade.setpointVelocity = 30
  const spread = { cycleS, periodS: 1, fromHz: 5, toHz: 200, amplitude: 0.5, lines: 60 }
  const measurement = new FrequencyResponseMeasurement(multisine(spread), 3)
  while (measurement.advance() === experimentState.running) {
    look()
    cascade.velocity = observer.velocity
    cascade.update()
    // the open loop: from the torque that is given to the torque that the controller answers with
    measurement.measured = -cascade.torque
    measurement.given = cascade.torque + measurement.excitation
    measurement.record()
    plant.commandNm = measurement.given
    plant.advance()
  }
  const openLoop = measurement.result()
  const { phaseMarginRad, crossoverHz } = stabilityMargins(openLoop)
  const promised = Math.atan(ratio) - Math.atan(1 / ratio)
  expect(Math.abs(phaseMarginRad - promised)).toBeLessThan(0.1)
  const lagS = found.lagS + cycleS / 2
  expect(crossoverHz / (1 / (2 * Math.PI * ratio * lagS))).toBeCloseTo(1, 1)
})
