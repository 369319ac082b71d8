/**
 * A path of two axes: the cyclic task leads x and y as a group (PLCopen Part 4) round a plate with three sharp corners and a
 * round one. The group looks ahead over the motions that wait, and cuts the corners as far as it may instead of stopping there.
 * In files of yours the imports are from 'dualport', 'dualport/task' and 'dualport/control'.
 * Prints: round the plate without a stop: [4-9]\d mm/s or more, corners cut by 1\.5\d mm, 0 setpoints refused
 */
import { isMainThread } from 'node:worker_threads'
import {
  AxisGroup,
  bufferMode,
  CartesianKinematics,
  circleMode,
  groupState,
  transition,
} from '../control/index.ts'
import { cyclicTask } from '../runtime/task.ts'
import type { AxisIo } from '../runtime/task.ts'

const feed = 100
/** How far the path may stay away from a corner, mm. */
const deviation = 1.5
const corners = [
  [100, 0],
  [100, 60],
  [0, 60],
] as const
const limits = { velocity: 400, acceleration: 2000, jerk: 40_000 }

let x: AxisIo
let y: AxisIo
let group: AxisGroup

export default cyclicTask({
  setup(io) {
    x = io.axis('x')
    y = io.axis('y')
    group = new AxisGroup({
      cycleS: io.cycleS,
      kinematics: new CartesianKinematics(2),
      axes: [
        { positionMin: -10, positionMax: 410, ...limits },
        { positionMin: -10, positionMax: 260, ...limits },
      ],
      path: { velocity: 200, acceleration: 2000, jerk: 40_000 },
    })
  },

  cycle() {
    x.enable()
    y.enable()
    if (!x.operational || !y.operational) return
    if (group.state === groupState.groupDisabled) begin()
    group.update()
    // each command's id and how it ended: nobody waits for them here
    while (group.settlements.take());
    if (!group.commanding) return
    x.setPosition(group.position[0] as number, group.velocity[0] as number)
    y.setPosition(group.position[1] as number, group.velocity[1] as number)
  },
})

/** The whole path at once: the group keeps what waits. */
function begin(): void {
  const { actual, command } = group
  actual[0] = x.setpoint
  actual[1] = y.setpoint
  let id = 1
  group.enable(id++)
  command.velocity = feed
  command.bufferMode = bufferMode.blendingPrevious
  command.transition = transition.maxCornerDeviation
  command.amount = deviation
  for (const corner of corners) {
    command.target.set(corner)
    group.moveLinear(id++)
  }
  command.target.set([0, 30])
  group.moveLinear(id++)
  command.target.set([30, 0])
  command.aid.set([30, 30])
  command.circleMode = circleMode.centre
  group.moveCircular(id++)
  command.target.set([60, 0])
  group.moveLinear(id)
}

if (isMainThread) {
  const { filter, firstValueFrom } = await import('rxjs')
  const { openMachine } = await import('../runtime/index.ts')
  const machine = await openMachine(new URL('machines/demo.json', import.meta.url), {
    taskModule: new URL(import.meta.url),
  })
  const [ofX, ofY] = [machine.axis('x'), machine.axis('y')]
  /** Setpoints of each cycle. */
  const path = { x: [] as number[], y: [] as number[] }
  ofX.samples$.subscribe(({ setpoint }) => path.x.push(...setpoint))
  ofY.samples$.subscribe(({ setpoint }) => path.y.push(...setpoint))
  let refused = 0
  machine.cycle$.subscribe(({ counters }) => (refused = counters.refusedSetpoints))
  await machine.operational
  // up, back, and to the end
  await firstValueFrom(ofY.position$.pipe(filter((at) => at > 59.9)))
  await firstValueFrom(ofX.position$.pipe(filter((at) => at < 0.1)))
  await firstValueFrom(ofX.position$.pipe(filter((at) => at > 59.99)))
  await machine.close()

  const cut = corners.map(([cornerX, cornerY]) =>
    Math.min(...path.x.map((at, n) => Math.hypot(at - cornerX, (path.y[n] ?? 0) - cornerY))),
  )
  // mm/s, by what the setpoints move in a cycle of 1 ms
  const speeds = path.x
    .slice(1)
    .map(
      (at, n) => 1000 * Math.hypot(at - (path.x[n] ?? 0), (path.y[n + 1] ?? 0) - (path.y[n] ?? 0)),
    )
  const atFeed = (speed: number): boolean => speed > 0.99 * feed
  const underWay = speeds.slice(speeds.findIndex(atFeed), speeds.findLastIndex(atFeed))
  console.log(
    `round the plate without a stop: ${Math.min(...underWay).toFixed(0)} mm/s or more, ` +
      `corners cut by ${Math.max(...cut).toFixed(2)} mm, ${refused} setpoints refused`,
  )
}
