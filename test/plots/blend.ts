/** Buffer modes: two moves on an axis, the second commanded while the first is under way. */
import {
  AxisMotion,
  axisState,
  bufferMode,
  Dynamics,
  type BufferModeName,
} from '../../control/index.ts'
import { drawChart } from './chart.ts'

const cycleS = 0.001
const mostCycles = 5000
const shown = ['buffered', 'blendingLow', 'blendingHigh'] as const satisfies BufferModeName[]
const first = { position: 40, velocity: 100 }
const second = { position: 100, velocity: 200 }

export function drawBlend(): string {
  const runs = shown.map((mode) => ({ mode, ...run(mode) }))
  const end = Math.max(...runs.map((one) => one.velocity.length * cycleS))
  return drawChart({
    title: 'Two moves one after the other: with a stop between them, and blended',
    x: { label: 's', range: [0, end] },
    panels: [
      {
        label: 'position, mm',
        series: runs.map(({ mode, position }) => ({ name: mode, points: position })),
      },
      {
        label: 'velocity, mm/s',
        height: 140,
        series: runs.map(({ velocity }) => ({ name: '', points: velocity })),
      },
      {
        label: 'acceleration, mm/s²',
        series: runs.map(({ acceleration }) => ({ name: '', points: acceleration })),
      },
    ],
  })
}

function run(mode: BufferModeName) {
  const axis = new AxisMotion(cycleS, {
    positionMin: -10,
    positionMax: 200,
    velocity: 300,
    acceleration: 2000,
    jerk: 40_000,
    followingError: 10,
  })
  axis.power(1, true)
  for (let k = 0; k < 10; k++) cycle(axis)
  axis.moveAbsolute(2, first.position, new Dynamics(first.velocity))
  cycle(axis)
  axis.moveAbsolute(3, second.position, new Dynamics(second.velocity), bufferMode[mode])
  type Points = [number, number][]
  const position: Points = []
  const velocity: Points = []
  const acceleration: Points = []
  for (let k = 1; k < mostCycles && axis.state !== axisState.standstill; k++) {
    position.push([k * cycleS, axis.commanded.position])
    velocity.push([k * cycleS, axis.commanded.velocity])
    acceleration.push([k * cycleS, axis.commanded.acceleration])
    cycle(axis)
  }
  return { position, velocity, acceleration }
}

/** The drive follows at once. */
function cycle(axis: AxisMotion): void {
  axis.drivePosition = axis.setpoint
  axis.update(true)
  while (axis.settlements.take());
}
