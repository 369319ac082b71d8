/** Robots on straight lines of their tools: no axis and not the tool exceeds a limit. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Extremes } from '../../test/control/sampled-extremes.ts'
import { bufferMode } from '../axis/buffer-mode.ts'
import { commandEnd } from '../axis/settlement-outbox.ts'
import { AxisGroup, type GroupOptions } from './axis-group.ts'
import { transition } from './group-path.ts'
import { groupState } from './group-state.ts'
import { DeltaKinematics } from './kinematics/delta.ts'
import { ScaraKinematics } from './kinematics/scara.ts'

const cycleS = 0.001
const path = { velocity: 400, acceleration: 4000, jerk: 1e5 }

function within(min: number, max: number) {
  return fc.double({ min, max, noNaN: true })
}

/** A robot goes along a polygon and an arc, between points that it reaches. */
function trace(
  group: AxisGroup,
  axes: GroupOptions['axes'],
  points: readonly number[][],
  deviation: number,
) {
  const found = { axes: new Extremes(cycleS), tool: new Extremes(cycleS), ends: [] as number[] }
  const { command } = group
  for (const [n, point] of points.entries()) {
    command.target.set(point)
    command.bufferMode = bufferMode.blendingLow
    command.transition = transition.maxCornerDeviation
    command.amount = deviation
    group.moveLinear(n + 10)
  }
  for (let cycle = 0; cycle < 60_000 && group.state === groupState.groupMoving; cycle++) {
    group.update()
    found.axes.add(group.position, axes)
    found.tool.addVector(group.tool.subarray(0, 3), path)
    while (group.settlements.take()) found.ends.push(group.settlements.end)
  }
  return found
}

const limitsOf = (velocity: number, acceleration: number, jerk: number) => ({
  positionMin: -400,
  positionMax: 400,
  velocity,
  acceleration,
  jerk,
})

test('a SCARA keeps the limits of its axes on straight lines of the tool', () => {
  const kinematics = new ScaraKinematics(4, { upper: 300, fore: 200, configuration: 'left' })
  const axes = [
    limitsOf(300, 2000, 4e4),
    limitsOf(400, 3000, 6e4),
    limitsOf(200, 3000, 1e5),
    limitsOf(700, 9000, 3e5),
  ]
  const group = new AxisGroup({ cycleS, kinematics, axes, path })
  kinematics.inverse(Float64Array.of(300, 200, 0, 0), group.actual)
  group.enable(1)
  group.settlements.take()
  const points = [
    [300, -200, 0, 0],
    [200, -200, 30, 90],
    [200, 250, 30, 90],
    [-150, 250, 0, 45],
    [-150, 300, 0, 45],
    [-150, 300, 0, -45],
    [300, 200, 0, 0],
  ]
  const found = trace(group, axes, points, 5)
  expect(found.ends).toEqual(points.map(() => commandEnd.done))
  expect(found.axes.excess).toEqual([])
  expect(found.tool.excess).toEqual([])
  // and uses what there is
  expect(
    Math.max(found.axes.velocity, found.axes.acceleration, found.tool.acceleration),
  ).toBeGreaterThan(0.6)
})

test('a delta robot keeps the limits of its axes between places of its workspace', () => {
  const kinematics = new DeltaKinematics({ base: 100, platform: 40, arm: 200, rod: 450 })
  const axes = [limitsOf(400, 4000, 2e5), limitsOf(400, 4000, 2e5), limitsOf(400, 4000, 2e5)]
  fc.assert(
    fc.property(
      fc.array(fc.tuple(within(-150, 150), within(-150, 150), within(-480, -350)), {
        minLength: 2,
        maxLength: 8,
      }),
      (points) => {
        const group = new AxisGroup({ cycleS, kinematics, axes, path })
        kinematics.inverse(Float64Array.of(0, 0, -400), group.actual)
        group.enable(1)
        group.settlements.take()
        const found = trace(group, axes, points, 3)
        expect(found.ends).toEqual(points.map(() => commandEnd.done))
        expect(found.axes.excess).toEqual([])
        expect(found.tool.excess).toEqual([])
      },
    ),
    { numRuns: 12 },
  )
})
