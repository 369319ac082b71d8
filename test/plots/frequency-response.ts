/** A Bode plot: a servo with an elastic shaft as a multisine finds it in a closed loop, and as its differential equation has it. */
import {
  experimentState,
  FrequencyResponseMeasurement,
  multisine,
  Pid,
} from '../../control/index.ts'
import { drawChart } from './chart.ts'
import { cycleS, ElasticServo, shaft } from './elastic-servo.ts'

const fromHz = 5
const toHz = 300
const turningRadPerS = 20
const lines = 160
const curvePoints = 400
const folds = 100

export function drawFrequencyResponse(): string {
  const { frequencyHz, gain, phaseRad, coherence } = measured()
  const pairs = (values: Float64Array) =>
    Array.from(values, (value, n) => [frequencyHz[n] as number, value] as const)
  const curve = Array.from({ length: curvePoints + 1 }, (_, n) => {
    const hz = fromHz * (toHz / fromHz) ** (n / curvePoints)
    return { hz, ...torqueToSpeed(hz) }
  })
  return drawChart({
    title: 'Frequency response of a servo with an elastic shaft, measured and calculated',
    x: { label: 'Hz', range: [fromHz, toHz], logarithmic: true },
    panels: [
      {
        label: 'gain, rad/s per N m',
        logarithmic: true,
        height: 150,
        series: [
          { name: 'calculated', points: curve.map(({ hz, gain: value }) => [hz, value]) },
          { name: 'measured', style: 'dots', points: pairs(gain) },
        ],
      },
      {
        label: 'phase, degrees',
        height: 130,
        series: [
          { name: '', points: curve.map(({ hz, phase }) => [hz, degrees(phase)]) },
          { name: '', style: 'dots', points: pairs(phaseRad.map(degrees)) },
        ],
      },
      {
        label: 'coherence',
        height: 50,
        range: [0, 1.1],
        series: [
          { name: '', points: [] },
          { name: '', style: 'dots', points: pairs(coherence) },
        ],
      },
    ],
  })
}

function degrees(rad: number): number {
  return (rad * 180) / Math.PI
}

function measured() {
  const plant = new ElasticServo(0, 0)
  const pid = new Pid(cycleS, {
    proportional: 0.1,
    integral: 1,
    derivative: 0,
    filterS: 0,
    outputMin: -20,
    outputMax: 20,
  })
  const wave = { cycleS, periodS: 1, fromHz, toHz, amplitude: 1, lines }
  const measurement = new FrequencyResponseMeasurement(multisine(wave), 2, 3)
  pid.setpoint = turningRadPerS
  while (measurement.advance() === experimentState.running) {
    pid.measured = plant.speed
    pid.update()
    measurement.given = pid.output + measurement.excitation
    measurement.measured = plant.speed
    plant.advance(measurement.given)
    measurement.record()
  }
  return measurement.result()
}

/**
 * Speed of the motor per torque, G = (Jl s^2 + d s + k) / (s (Jm Jl s^2 + (Jm + Jl) (d s + k))), as a sampling controller sees
 * it: the torque is held for a cycle, and sampling folds back what lies beyond its frequency, the sum over all n of
 * G(s + n ws) (1 - exp(-s T)) / ((s + n ws) T).
 */
function torqueToSpeed(hz: number): { gain: number; phase: number } {
  const w = 2 * Math.PI * hz
  const sum = { re: 0, im: 0 }
  for (let n = -folds; n <= folds; n++) {
    const folded = heldPlant(w + (2 * Math.PI * n) / cycleS)
    sum.re += folded.re
    sum.im += folded.im
  }
  // 1 - exp(-s T)
  const held = { re: 1 - Math.cos(w * cycleS), im: Math.sin(w * cycleS) }
  return {
    gain: Math.hypot(sum.re, sum.im) * Math.hypot(held.re, held.im),
    phase: Math.atan2(sum.im, sum.re) + Math.atan2(held.im, held.re),
  }
}

/** G(s) / (s T), s = j w. */
function heldPlant(w: number): { re: number; im: number } {
  const { motorInertiaKgM2: jm, loadInertiaKgM2: jl } = shaft
  const { stiffnessNmPerRad: k, dampingNmSPerRad: d } = shaft
  const over = { re: k - jl * w * w, im: d * w }
  const under = { re: (jm + jl) * k - jm * jl * w * w, im: (jm + jl) * d * w }
  // s^2 = -w^2
  const factor = -1 / (w * w * cycleS * (under.re * under.re + under.im * under.im))
  return {
    re: factor * (over.re * under.re + over.im * under.im),
    im: factor * (over.im * under.re - over.re * under.im),
  }
}
