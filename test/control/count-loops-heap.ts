/** A program for tests: bytes by which the heap grows in a cycle of every loop, filter, observer and experiment, printed. */
import { Biquad } from '../../control/loops/biquad.ts'
import { Cascade } from '../../control/loops/cascade.ts'
import { DeadTime } from '../../control/loops/dead-time.ts'
import { disturbanceGains, DisturbanceObserver } from '../../control/loops/disturbance-observer.ts'
import { EncoderPosition } from '../../control/loops/encoder-position.ts'
import { multisine } from '../../control/loops/excitation.ts'
import { lowPass2, notch } from '../../control/loops/filter-design.ts'
import { FrequencyResponseMeasurement } from '../../control/loops/frequency-response.ts'
import { InertiaExperiment } from '../../control/loops/inertia-experiment.ts'
import { Pid } from '../../control/loops/pid.ts'
import { RelayExperiment } from '../../control/loops/relay-experiment.ts'
import { firstOrderModel, SmithPredictor } from '../../control/loops/smith-predictor.ts'
import { StepExperiment } from '../../control/loops/step-experiment.ts'
import { TrackingObserver, trackingGains } from '../../control/loops/tracking-observer.ts'
import { VelocityDifferentiator } from '../../control/loops/velocity-differentiator.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

const cycleS = 0.001
const gains = { proportional: 2, integral: 5, derivative: 0.1, filterS: 0.01 }
const limits = { outputMin: -3, outputMax: 3 }
const clamped = new Pid(cycleS, { ...gains, ...limits })
const tracked = new Pid(cycleS, { ...gains, ...limits, trackingS: 0.1 })
const cascade = new Cascade(
  cycleS,
  {
    positionGain: 20,
    velocityGain: 0.4,
    integralS: 0.02,
    velocityMax: 50,
    torqueMax: 3,
    inertia: 0.01,
    friction: {
      viscous: 0.01,
      coulomb: 0.1,
      breakaway: 0.2,
      stribeckVelocity: 1,
      smoothingVelocity: 0.1,
    },
  },
  [new Biquad(notch(200, 30, cycleS)), new Biquad(lowPass2(300, cycleS))],
)
const lag = new Biquad(firstOrderModel(2, 0.05, cycleS))
const late = new DeadTime(12)
const predictor = new SmithPredictor(firstOrderModel(2, 0.05, cycleS), 12)
const encoder = new EncoderPosition(0.001, 2 ** 16)
const differentiator = new VelocityDifferentiator(cycleS, 0.003)
const tracking = new TrackingObserver(cycleS, trackingGains(50, cycleS))
const disturbance = new DisturbanceObserver(cycleS, 0.01, disturbanceGains(50, cycleS))
// so long that they run to the end of the program
const relay = new RelayExperiment(cycleS, {
  setpoint: 0.3,
  amplitude: 1,
  hysteresis: 0.01,
  periods: 1_000_000,
  timeoutS: 1000,
})
const step = new StepExperiment(cycleS, { bias: 0.1, step: 0.5, restS: 1, answerS: 1000 })
const inertia = new InertiaExperiment(cycleS, {
  torque: 0.5,
  velocity: 10,
  turns: 1_000_000,
  bound: 1e9,
  timeoutS: 1000,
})
const wave = { cycleS, periodS: 1, fromHz: 5, toHz: 100, amplitude: 1, lines: 20 }
const response = new FrequencyResponseMeasurement(multisine(wave), 1000)
let cycle = 0

function cycles(count: number): void {
  for (let n = 0; n < count; n++) oneCycle()
}

function oneCycle(): void {
  cycle++
  encoder.counts = (cycle * 37) % 65_536
  encoder.update()
  differentiator.position = encoder.position
  differentiator.update()
  tracking.position = encoder.position
  tracking.update()
  disturbance.position = encoder.position
  disturbance.torque = cascade.torque
  disturbance.update()

  cascade.setpointPosition = cycle * 0.037
  cascade.setpointVelocity = 37
  cascade.setpointAcceleration = (cycle & 15) * 0.1
  cascade.position = encoder.position
  cascade.velocity = disturbance.velocity
  if (cycle % 3 === 0) cascade.engage()
  cascade.update()

  relay.measured = late.output
  relay.update()
  response.advance()
  response.given = relay.output + response.excitation
  response.measured = late.output
  response.record()
  lag.input = response.given
  lag.update()
  late.input = lag.output
  late.update()
  predictor.given = response.given
  predictor.measured = late.output
  predictor.update()

  clamped.setpoint = (cycle & 255) * 0.1
  clamped.measured = predictor.predicted
  clamped.update()
  tracked.setpoint = clamped.setpoint
  tracked.measured = predictor.predicted
  if (cycle % 3 === 0) tracked.engage()
  tracked.update()
  step.measured = tracked.output
  step.update()
  inertia.velocity = inertia.velocity + inertia.torque
  inertia.position = inertia.position + inertia.velocity * cycleS
  inertia.update()
}

// so long that whatever gets a compiled form has it
cycles(60_000)
const bytesPerCycle = heapGrowthPerCycle(cycles, 20_000)
const outputs = [clamped.output, tracked.output, cascade.torque, predictor.predicted]
const states = [relay.update(), step.update(), inertia.update(), response.advance()]
console.log(JSON.stringify({ bytesPerCycle, outputs, states }))
