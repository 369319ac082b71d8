/** An application's blocks on emulated drives: every Promise settles as PLCopen says, and the drives do what was asked. */
import { afterEach, expect, test, vi } from 'vitest'
import { makeCam } from '../../../control/coupling/cam-table.ts'
import { DriveWorld, driveMachine, richConnections } from '../drive-world.ts'

afterEach(() => void vi.restoreAllMocks())

const silent = () => undefined

async function ready(): Promise<DriveWorld> {
  const world = new DriveWorld(driveMachine(['x', 'y'], { connections: richConnections })).runUp()
  await world.settled(Promise.all([world.axis(0).enable(), world.axis(1).enable()]))
  return world
}

test('a gear: its state, what the slave does, and the way out of it', async () => {
  const world = await ready()
  const [x, y] = [world.axis(0), world.axis(1)]
  const states: string[] = []
  x.state$.subscribe((state) => states.push(state))
  await world.settled(x.gearIn({ master: 'y', numerator: 1, denominator: 2 }))
  await world.settled(y.moveAbsolute({ position: 20, acceleration: 1000, jerk: 10_000 }))
  world.run(50)
  expect(await world.settled(x.readActualPosition())).toBeCloseTo(10, 1)
  await world.settled(x.gearOut())
  await world.settled(x.halt())
  world.run(10)
  expect(states).toEqual(['standstill', 'synchronizedMotion', 'continuousMotion', 'standstill'])
  await expect(world.settled(x.gearOut())).rejects.toMatchObject({ code: 'DP_AXIS_STATE' })
})

test('a cam that the application made, and a name that the machine does not have', async () => {
  const world = await ready()
  const [x, y] = [world.axis(0), world.axis(1)]
  const cam = makeCam({
    from: { master: 0, slave: 0 },
    sections: [{ master: 40, slave: 8, law: 'modifiedSine' }],
  })
  await expect(x.camTableSelect({ cam: 'stroke' })).rejects.toMatchObject({
    code: 'DP_CAM_UNKNOWN',
  })
  const once = await x.camTableSelect({ cam, periodic: false })
  const followed = x.camIn({ master: 'y', cam: once })
  await world.settled(y.moveAbsolute({ position: 41, velocity: 100 }))
  expect(await world.settled(followed)).toEqual({ end: 'done' })
  world.run(50)
  expect(x.status.state).toBe('continuousMotion')
  expect(await world.settled(x.readActualPosition())).toBeCloseTo(8, 1)
})

test('profiles, override and superposition on a real way', async () => {
  const world = await ready()
  const x = world.axis(0)
  await world.settled(x.positionProfile({ times: [0, 0.5, 1], values: [0, 20, 5] }))
  await world.settled(x.setOverride({ velocity: 0.5 }))
  const move = x.moveAbsolute({ position: 30, velocity: 100 })
  const over = x.moveSuperimposed({ distance: 2, velocity: 20 })
  await world.settled(Promise.all([move, over]))
  world.run(200)
  expect(await world.settled(x.readActualPosition())).toBeCloseTo(32, 1)
  await expect(x.positionProfile({ times: [0], values: [1] })).rejects.toMatchObject({
    code: 'DP_PROFILE',
  })
  await expect(
    world.settled(x.velocityProfile({ times: [0, 0.01], values: [0, 250] })),
  ).rejects.toMatchObject({ code: 'DP_AXIS_LIMIT' })
})

test('the drive holds a torque, and any move takes over from where it came to', async () => {
  const world = await ready()
  const x = world.axis(0)
  await world.settled(x.torqueControl({ torque: 20, torqueRamp: 400, velocity: 50 }))
  world.run(200)
  expect(x.status.state).toBe('continuousMotion')
  expect(await world.settled(x.readActualTorque())).toBeGreaterThan(0)
  const reached = await world.settled(x.readActualPosition())
  expect(reached).toBeGreaterThan(0)
  const stopped = x.halt()
  await world.settled(stopped)
  await world.settled(x.moveAbsolute({ position: 0 }))
  world.run(100)
  expect(await world.settled(x.readActualPosition())).toBeCloseTo(0, 1)
})

test('a touch outside of the window is passed over, and an aborted probe says so', async () => {
  const world = await ready()
  const x = world.axis(0)
  const waits = x.touchProbe({ probe: 1, edge: 'rising', window: { first: 500, last: 600 } })
  waits.catch(silent)
  world.run(200)
  await world.settled(x.moveAbsolute({ position: 20 }))
  world.run(500)
  await world.settled(x.abortTrigger({ probe: 1 }))
  await expect(world.settled(waits)).rejects.toMatchObject({ code: 'DP_AXIS_PROBE' })
})

test('what is wrong with a call is told before anything moves', async () => {
  const world = await ready()
  const x = world.axis(0)
  const wrong: [Promise<unknown>, string][] = [
    [x.gearIn({ master: 'q' }), 'DP_AXIS_UNKNOWN'],
    [x.gearIn({ master: 'y', numerator: Number.NaN }), 'DP_COMMAND_VALUE'],
    [x.setOverride({ velocity: 11 }), 'DP_COMMAND_VALUE'],
    [x.camIn({ master: 'y', cam: 'stroke' }), 'DP_CAM_UNKNOWN'],
    [x.home({ method: 'limitSwitch' }), 'DP_AXIS_HOMING_METHOD'],
    [x.digitalCamSwitch({ tracks: [{ output: 'lamp' }], switches: [] }), 'DP_IO_UNKNOWN'],
  ]
  for (const [call, code] of wrong) await expect(call).rejects.toMatchObject({ code })
  expect(x.status.state).toBe('standstill')
})
