import { expect, test } from 'vitest'
import { Biquad } from './biquad.ts'
import { DeadTime } from './dead-time.ts'
import { Pid } from './pid.ts'
import { firstOrderModel } from './smith-predictor.ts'
import {
  amigo,
  phaseMarginGains,
  simc,
  symmetricalOptimum,
  type TunedGains,
  tyreusLuyben,
  zieglerNichols,
} from './tuning-rules.ts'

type Complex = { readonly gain: number; readonly phaseRad: number }

function controllerAt(gains: TunedGains, w: number): Complex {
  const im = gains.derivative * w - gains.integral / w
  return { gain: Math.hypot(gains.proportional, im), phaseRad: Math.atan2(im, gains.proportional) }
}

/** K e^(-s L) / (1 + s T) */
function plantAt(w: number, gain: number, timeConstantS: number, deadTimeS: number): Complex {
  return {
    gain: gain / Math.hypot(1, w * timeConstantS),
    phaseRad: -Math.atan(w * timeConstantS) - w * deadTimeS,
  }
}

/** Phase margin of an open loop whose gain falls with frequency, by bisection for the crossover. */
function phaseMargin(openLoop: (w: number) => Complex): number {
  let [low, high] = [1e-3, 1e5]
  for (let n = 0; n < 80; n++) {
    const middle = Math.sqrt(low * high)
    if (openLoop(middle).gain > 1) low = middle
    else high = middle
  }
  return Math.PI + openLoop(low).phaseRad
}

test('the rules for the ultimate point are those of their tables', () => {
  const point = { ultimateGain: 10, periodS: 0.8 }
  expect(zieglerNichols(point, 'P')).toEqual({ proportional: 5, integral: 0, derivative: 0 })
  const pid = zieglerNichols(point, 'PID')
  expect(pid.proportional).toBeCloseTo(6, 12)
  expect(pid.integral).toBeCloseTo(6 / 0.4, 12)
  expect(pid.derivative).toBeCloseTo(6 * 0.1, 12)
  expect(zieglerNichols(point, 'PI').integral).toBeCloseTo(4.5 / (0.8 / 1.2), 12)
  expect(tyreusLuyben(point, 'PI').proportional).toBeCloseTo(10 / 3.2, 12)
  expect(tyreusLuyben(point, 'PID').derivative).toBeCloseTo((10 / 2.2) * (0.8 / 6.3), 12)
})

test.each(['PI', 'PID'] as const)(
  'with %s by phase margin the loop crosses gain 1 at the known point with just that margin',
  (kind) => {
    const w = kind === 'PI' ? 6 : 12
    const plant = plantAt(w, 2, 0.3, 0.12)
    const margin = Math.PI / 3
    const point = { ...plant, frequencyHz: w / (2 * Math.PI) }
    const controller = controllerAt(phaseMarginGains(point, margin, kind), w)
    expect(controller.gain * plant.gain).toBeCloseTo(1, 9)
    expect(Math.PI + controller.phaseRad + plant.phaseRad).toBeCloseTo(margin, 9)
    // more phase than this controller can add
    expect(() => phaseMarginGains({ ...point, phaseRad: -6 }, margin, kind)).toThrow(
      'DP_LOOP_PARAMETER',
    )
  },
)

test('the closed loop by SIMC has the time constant that was asked for, after the dead time', () => {
  const cycleS = 0.0005
  const plant = { gain: 2, timeConstantS: 0.5, deadTimeS: 0.05 }
  const gains = simc(plant, 0.2)
  const limits = { filterS: 0, outputMin: -1e3, outputMax: 1e3 }
  const pid = new Pid(cycleS, { ...gains, ...limits })
  const lag = new Biquad(firstOrderModel(plant.gain, plant.timeConstantS, cycleS))
  const dead = new DeadTime(Math.round(plant.deadTimeS / cycleS))
  pid.setpoint = 1
  let reached = 0
  let most = 0
  for (let k = 0; k < 4000; k++) {
    dead.input = lag.output
    dead.update()
    pid.measured = dead.output
    pid.update()
    lag.input = pid.output
    lag.update()
    if (reached === 0 && dead.output >= 1 - Math.exp(-1)) reached = k * cycleS
    most = Math.max(most, dead.output)
  }
  expect(reached - plant.deadTimeS).toBeGreaterThan(0.15)
  expect(reached - plant.deadTimeS).toBeLessThan(0.21)
  expect(most).toBeLessThan(1.02)
})

test('SIMC of an integrating plant has the phase margin of its closed form', () => {
  const gains = simc({ slope: 3, deadTimeS: 0.1 })
  // L(s) = (1 + 8 s L) e^(-s L) / (16 (s L)^2): 47 degrees (Skogestad, 2003, table 1)
  const margin = phaseMargin((w) => {
    const controller = controllerAt(gains, w)
    return {
      gain: (controller.gain * 3) / w,
      phaseRad: controller.phaseRad - Math.PI / 2 - w * 0.1,
    }
  })
  expect((margin * 180) / Math.PI).toBeCloseTo(46.9, 0)
})

test.each(['PI', 'PID'] as const)(
  'AMIGO %s keeps the sensitivity of lag-dominated and dead-time-dominated loops low',
  (kind) => {
    for (const deadTimeS of [0.02, 0.1, 0.3, 1, 3]) {
      const plant = { gain: 2, timeConstantS: 0.3, deadTimeS }
      const gains = amigo(plant, kind)
      let most = 0
      for (let w = 0.01; w < 500; w *= 1.01) {
        const controller = controllerAt(gains, w)
        const { gain, phaseRad } = plantAt(w, 2, 0.3, deadTimeS)
        const phase = phaseRad + controller.phaseRad
        const loop = gain * controller.gain
        // a real derivative is filtered: gain does not stay up for ever
        if (w * deadTimeS > 3) break
        most = Math.max(most, 1 / Math.hypot(1 + loop * Math.cos(phase), loop * Math.sin(phase)))
      }
      expect(most).toBeLessThan(kind === 'PI' ? 1.6 : 2)
      expect(most).toBeGreaterThan(1.05)
    }
  },
)

test('the symmetrical optimum has the phase margin of its ratio', () => {
  const lagS = 0.0012
  for (const ratio of [2, 3, 4]) {
    const gains = symmetricalOptimum({ inertia: 0.02, lagS }, ratio)
    const velocityLoop = (w: number): Complex => {
      const lag = { gain: 1 / Math.hypot(1, w * lagS), phaseRad: -Math.atan(w * lagS) }
      const controller = Math.hypot(1, 1 / (w * gains.integralS)) * gains.velocityGain
      return {
        gain: (controller * lag.gain) / (0.02 * w),
        phaseRad: -Math.atan(1 / (w * gains.integralS)) - Math.PI / 2 + lag.phaseRad,
      }
    }
    expect(phaseMargin(velocityLoop)).toBeCloseTo(Math.atan(ratio) - Math.atan(1 / ratio), 6)
    expect(velocityLoop(1 / (ratio * lagS)).gain).toBeCloseTo(1, 9)
  }
})

test('a plant without gain is refused by the name of what is missing', () => {
  const plant = { gain: 0, timeConstantS: 1, deadTimeS: 0.1 }
  expect(() => simc(plant)).toThrow(/DP_LOOP_PARAMETER: gain/)
  expect(() => amigo(plant, 'PI')).toThrow(/DP_LOOP_PARAMETER: gain/)
  expect(() => simc({ slope: 0, deadTimeS: 0.1 })).toThrow(/DP_LOOP_PARAMETER: slope/)
})
