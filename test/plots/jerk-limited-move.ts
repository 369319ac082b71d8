/** Trajectories on line: a move, and another target while it is under way. */
import { AxisTrajectory, planResult } from '../../control/index.ts'
import { drawChart, type Series } from './chart.ts'

const stepS = 0.001
const newTargetS = 0.32
const limits = { velocity: 300, acceleration: 2000, jerk: 40_000 }

export function drawJerkLimitedMove(): string {
  const planned = sampled(Infinity)
  const changed = sampled(newTargetS)
  const end = Math.max(planned.end, changed.end)
  const panel = (
    label: string,
    key: 'position' | 'velocity' | 'acceleration' | 'jerk',
    limit?: number,
    low?: number,
  ) => ({
    label,
    series: [
      { name: 'to 120 mm', points: planned[key] },
      { name: 'to 40 mm after 0.32 s', points: changed[key] },
      ...(limit === undefined ? [] : limitLines(limit, low ?? -limit, end)),
    ].map((series, n) => (key === 'position' || n > 1 ? series : { ...series, name: '' })),
  })
  return drawChart({
    title: 'A jerk-limited move to 120 mm, and the same move sent back to 40 mm while under way',
    x: { label: 's', range: [0, end] },
    panels: [
      panel('position, mm', 'position'),
      panel('velocity, mm/s', 'velocity', limits.velocity),
      panel('acceleration, mm/s²', 'acceleration', limits.acceleration),
      panel('jerk, mm/s³', 'jerk', limits.jerk),
    ],
  })
}

function limitLines(high: number, low: number, end: number): Series[] {
  return [high, low].map((limit, n) => ({
    name: n === 0 ? 'limit' : '',
    style: 'limit' as const,
    points: [
      [0, limit],
      [end, limit],
    ] as const,
  }))
}

function sampled(changeS: number) {
  const axis = new AxisTrajectory()
  axis.limits.set(limits.velocity, limits.acceleration, limits.jerk)
  axis.to.set(120, 0, 0)
  plan(axis)
  type Points = [number, number][]
  const rows = { position: [] as Points, velocity: [] as Points, acceleration: [] as Points }
  const jerk: Points = []
  let begin = 0
  let changed = false
  for (let k = 0; k * stepS <= begin + axis.duration + stepS; k++) {
    const t = k * stepS
    axis.time = t - begin
    axis.sample()
    if (!changed && t >= changeS) {
      changed = true
      begin = t
      axis.from.set(axis.position, axis.velocity, axis.acceleration)
      axis.to.set(40, 0, 0)
      plan(axis)
      axis.time = 0
      axis.sample()
    }
    rows.position.push([t, axis.position])
    rows.velocity.push([t, axis.velocity])
    rows.acceleration.push([t, axis.acceleration])
    // a step is drawn upright
    const before = jerk.at(-1)
    if (before !== undefined && before[1] !== axis.jerk) jerk.push([t, before[1]])
    jerk.push([t, axis.jerk])
  }
  return { ...rows, jerk, end: begin + axis.duration }
}

function plan(axis: AxisTrajectory): void {
  const result = axis.plan()
  if (result !== planResult.ok) throw new Error(`the move was refused: ${result}`)
}
