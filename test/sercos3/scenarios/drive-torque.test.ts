/**
 * A screwdriver axis pushes with a torque instead of going to a place, and stops by the drive's own halt when its task lets go;
 * in position control its torque is limited, and it yields when something stands in the way.
 */
import { expect, test } from 'vitest'
import { cyclicTask } from '../../../runtime/task.ts'
import type { AxisIo } from '../../../runtime/task.ts'
import { DriveWorld, driveMachine, richConnections } from '../drive-world.ts'

class Pushing {
  axis: AxisIo | undefined
  /** What the task does with the axis in each cycle. */
  act: (axis: AxisIo) => void = () => undefined

  setup(io: { axis(name: string): AxisIo }): void {
    this.axis = io.axis('x')
  }

  cycle(): void {
    const { axis } = this
    if (axis === undefined) return
    axis.enable()
    if (axis.operational) this.act(axis)
  }
}

type TaskWorld = { readonly world: DriveWorld; readonly task: Pushing; readonly axis: AxisIo }

function ready(
  device: Parameters<typeof driveMachine>[1] = { connections: richConnections },
): TaskWorld {
  const task = new Pushing()
  const world = new DriveWorld(driveMachine(['x'], device), cyclicTask(task)).runUp()
  world.until(() => task.axis?.operational === true)
  return { world, task, axis: world.taskIo.axis('x') }
}

test('torque accelerates, the status shows torque mode, and without it the drive halts and holds', () => {
  const { world, task, axis } = ready()
  task.act = (one) => one.setTorque(20)
  world.run(100)
  expect(axis.torquePercent).toBeCloseTo(20, 1)
  expect((axis.status >>> 8) & 7).toBe(2)
  expect(axis.velocity).toBeGreaterThan(20)
  expect(axis.state).toBe('synchronizedMotion')
  task.act = () => undefined
  world.run(300)
  expect(Math.abs(axis.velocity)).toBeLessThan(1)
  const at = axis.position
  world.run(300)
  expect(axis.position).toBeCloseTo(at, 1)
  expect([axis.error, (axis.status >>> 8) & 7]).toEqual([undefined, 0])
})

test('setpoints of a position follow on from where the torque has brought the axis', () => {
  const { world, task, axis } = ready()
  task.act = (one) => one.setTorque(20)
  world.run(60)
  task.act = (one) => one.setPosition(one.setpoint + 0.05)
  world.run(200)
  expect([axis.error, axis.state]).toEqual([undefined, 'synchronizedMotion'])
  expect(axis.velocity).toBeCloseTo(50, 0)
})

test('refused: no torque in the telegrams, beyond the limit, outwards at the end of the axis, too fast', () => {
  const plain = ready({})
  plain.task.act = (one) => one.setTorque(10)
  plain.world.run(10)
  expect(plain.world.taskIo.refused).toBe(10)
  expect(plain.axis.torquePercent).toBeCloseTo(0, 0)

  const { world, task, axis } = ready()
  task.act = (one) => one.setTorqueLimit(50)
  world.run(2)
  task.act = (one) => one.setTorque(51)
  world.run(5)
  task.act = (one) => one.setTorque(Number.NaN)
  world.run(5)
  expect(world.taskIo.refused).toBe(10)
  task.act = (one) => one.setTorque(50)
  // the velocity limit ends the acceleration: a halt, and again
  let fastest = 0
  for (let k = 0; k < 600; k++) {
    world.run(1)
    fastest = Math.max(fastest, axis.velocity)
  }
  expect(world.taskIo.refused).toBeGreaterThan(10)
  expect(fastest).toBeLessThan(330)
  expect(axis.error).toBeUndefined()
})

test('drive halt from the task: the drive ramps down by itself, holds, and goes on with the next setpoint', () => {
  const { world, task, axis } = ready()
  let wanted = 0
  task.act = (one) => one.setPosition((wanted += 0.2), 200)
  world.run(200)
  expect(axis.velocity).toBeCloseTo(200, -1)
  let halted = false
  task.act = (one) => {
    one.halt()
    halted ||= (one.status & 0x10) !== 0
  }
  world.run(200)
  expect(Math.abs(axis.velocity)).toBeLessThan(1)
  expect(halted).toBe(true)
  task.act = (one) => one.setPosition(one.setpoint + 0.02)
  world.run(100)
  expect(axis.velocity).toBeCloseTo(20, 0)
  expect(axis.error).toBeUndefined()
})

test.each([
  ['in the telegrams', { connections: richConnections }],
  ['as a parameter', {}],
])('a torque limit %s: the axis yields to what stands in its way', async (_, device) => {
  const world = new DriveWorld(driveMachine(['x'], device)).runUp()
  await world.settled(world.axis().enable())
  await world.settled(world.axis().setTorqueLimit(30))
  world.ring.inject({ kind: 'device', device: 0, does: 'disturb', torqueNm: -2 })
  // 2 N m are 67 % of the rated torque
  let most = 0
  for (let k = 0; k < 40; k++) {
    world.run(1)
    most = Math.max(most, world.drive().torquePercent)
  }
  expect(most).toBeCloseTo(30, 1)
  expect(world.drive().motion.actualPosition).toBeLessThan(-0.1)
})

test('a limit that the drive refuses: the error tells its answer', async () => {
  const world = new DriveWorld(driveMachine(['x'])).runUp()
  const limited = world.axis().setTorqueLimit(400)
  await expect(world.settled(limited)).rejects.toThrow(
    /DP_AXIS_SERVICE: axis x, limitTorque.*S-0-0092 = 4000: .*data: above the maximum/,
  )
})

test('a limit that comes while another is being written is refused, and bounds nothing', async () => {
  const { mdt, at } = richConnections
  const idns = mdt.idns.filter((one) => one !== 'S-0-0092')
  const { world, task } = ready({ connections: { mdt: { ...mdt, idns }, at } })
  const first = world.axis().setTorqueLimit(30)
  const second = world.axis().setTorqueLimit(5)
  second.catch(() => undefined)
  expect(await world.settled(first)).toEqual({ end: 'done' })
  await expect(second).rejects.toThrow(/DP_AXIS_SERVICE: .*another limit is being written/)
  const { refused } = world.taskIo
  task.act = (one) => one.setTorque(20)
  world.run(20)
  expect(world.taskIo.refused).toBe(refused)
})
