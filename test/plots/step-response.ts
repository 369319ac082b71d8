/** A velocity loop tuned by a relay experiment on the plant: the experiment, and a step with the gains of two rules. */
import {
  experimentState,
  Pid,
  RelayExperiment,
  type TunedGains,
  tyreusLuyben,
  zieglerNichols,
} from '../../control/index.ts'
import { drawChart } from './chart.ts'
import { cycleS, ElasticServo } from './elastic-servo.ts'

const frictionNm = 0.05
const torqueLagS = 0.002
const low = 20
const high = 30
const restCycles = 300
const shownS = 0.3
const stepAtS = 0.05
const peakNm = 6

export function drawStepResponse(): string {
  const point = tuneByRelay()
  const answers = [
    { name: 'Ziegler-Nichols', ...stepOf(zieglerNichols(point, 'PI')) },
    { name: 'Tyreus-Luyben', ...stepOf(tyreusLuyben(point, 'PI')) },
  ]
  const setpoint = [
    [0, low],
    [stepAtS, low],
    [stepAtS, high],
    [shownS, high],
  ] as const
  return drawChart({
    title: 'Step response of a velocity loop whose gains a relay experiment found',
    x: { label: 's', range: [0, shownS] },
    panels: [
      {
        label: 'speed, rad/s',
        height: 180,
        series: [
          ...answers.map(({ name, speed }) => ({ name, points: speed })),
          { name: 'setpoint', style: 'limit', points: setpoint },
        ],
      },
      {
        label: 'torque, N m',
        series: answers.map(({ torque }) => ({ name: '', points: torque })),
      },
    ],
  })
}

function tuneByRelay() {
  const plant = new ElasticServo(frictionNm, torqueLagS)
  const experiment = new RelayExperiment(cycleS, {
    setpoint: low,
    amplitude: 3,
    hysteresis: 0.5,
    timeoutS: 10,
    bound: 30,
  })
  for (;;) {
    experiment.measured = plant.speed
    if (experiment.update() !== experimentState.running) return experiment.result()
    plant.advance(experiment.output)
  }
}

function stepOf(gains: TunedGains) {
  const plant = new ElasticServo(frictionNm, torqueLagS)
  const pid = new Pid(cycleS, { ...gains, filterS: 0, outputMin: -peakNm, outputMax: peakNm })
  const cycle = (setpoint: number) => {
    pid.setpoint = setpoint
    pid.measured = plant.speed
    pid.update()
    plant.advance(pid.output)
  }
  for (let k = 0; k < restCycles; k++) cycle(low)
  const speed: [number, number][] = []
  const torque: [number, number][] = []
  for (let t = 0; t < shownS; t += cycleS) {
    speed.push([t, plant.speed])
    cycle(t < stepAtS ? low : high)
    torque.push([t, pid.output])
  }
  return { speed, torque }
}
