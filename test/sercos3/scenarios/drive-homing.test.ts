/**
 * The axis drives slowly to its home switch by itself, backs onto the marker of its encoder and stops; from then on its
 * display counts from there, and the next move goes where the drawing says.
 */
import { expect, test } from 'vitest'
import { DriveWorld, driveMachine } from '../drive-world.ts'

/** It stands a ramp behind its marker: 20 mm/s at 500 mm/s^2. */
const behind = -0.4

async function ready(parameters: { idn: string; value: number }[] = []): Promise<DriveWorld> {
  const world = new DriveWorld(driveMachine(['x'], { parameters })).runUp()
  await world.settled(world.axis().enable())
  return world
}

test('the reference becomes the position asked for, and moves are counted from it', async () => {
  const world = await ready()
  const homed = world.axis().home({ method: 'drive', position: 120 })
  world.run(200)
  expect(world.axis().status).toMatchObject({ state: 'homing', homed: false })
  expect(world.drive().velocity).toBeCloseTo(-20, 0)
  await expect(world.settled(homed)).resolves.toEqual({ end: 'done' })
  expect(world.axis().status).toMatchObject({ state: 'standstill', homed: true })
  expect(world.drive().motion.actualPosition).toBeCloseTo(120 + behind, 1)
  await world.settled(world.axis().moveAbsolute({ position: 130 }))
  world.run(20)
  expect(world.drive().motion.actualPosition).toBeCloseTo(130, 1)
  // the drive itself counts so too
  expect(world.ring.slaves[0]?.observation.position).toBeCloseTo(1_300_000, -3)
})

test('left out, the drive keeps its own reference distance; an earlier home of the axis is forgotten', async () => {
  const world = await ready([{ idn: 'S-0-0052', value: 50_000 }])
  await world.settled(world.axis().home({ position: 77 }))
  expect(world.drive().motion.actualPosition).toBeCloseTo(77, 2)
  await world.settled(world.axis().home({ method: 'drive' }))
  expect(world.drive().motion.actualPosition).toBeCloseTo(5 + behind, 1)
  expect(world.axis().status).toMatchObject({ state: 'standstill', error: undefined })
})

test('a switch that is never reached: the drive gives up, and the axis says that it found no reference', async () => {
  const world = await ready([
    { idn: 'S-0-0147', value: 0 },
    { idn: 'S-0-0041', value: 500_000 },
    { idn: 'S-0-0042', value: 5_000_000 },
  ])
  const homed = world.axis().home({ method: 'drive' })
  await expect(world.settled(homed)).rejects.toThrow(
    /DP_AXIS_HOMING: axis x, homeByDrive: .*DP_SERCOS3_COMMAND: drive-x \(address 1\), CP4, S-0-0148/,
  )
  expect(world.axis().status).toMatchObject({ state: 'errorStop', homed: false, power: 'af' })
  world.run(200)
  expect(world.drive().velocity).toBeCloseTo(0, 0)
  await world.settled(world.axis().reset())
  expect(world.axis().status.state).toBe('standstill')
  await world.settled(world.axis().moveRelative({ position: -10 }))
})

test('a stop ends the search: the axis comes to rest by drive halt and can be moved at once', async () => {
  const world = await ready()
  const homed = world.axis().home({ method: 'drive' })
  world.run(200)
  // the drive hears late that its search is given up
  world.ring.inject({ kind: 'device', device: 0, does: 'busyService', cycles: 40 })
  const stopped = world.axis().stop()
  await expect(world.settled(homed)).resolves.toEqual({ end: 'aborted' })
  await expect(world.settled(stopped)).resolves.toEqual({ end: 'done' })
  expect(world.axis().status).toMatchObject({ state: 'standstill', homed: false, error: undefined })
  const at = world.drive().motion.actualPosition
  let fastest = 0
  for (let k = 0; k < 300; k++) {
    world.run(1)
    fastest = Math.max(fastest, Math.abs(world.drive().velocity))
  }
  expect(fastest).toBeLessThan(2)
  expect(world.drive().motion.actualPosition).toBeCloseTo(at, 1)
  await world.settled(world.axis().moveRelative({ position: 3 }))
  world.run(20)
  expect(world.drive().motion.actualPosition).toBeCloseTo(at + 3, 1)
})

test('power that is taken away in the search leaves an axis without power and without a reference', async () => {
  const world = await ready()
  const homed = world.axis().home({ method: 'drive' })
  world.run(200)
  const off = world.axis().disable()
  await expect(world.settled(homed)).resolves.toEqual({ end: 'aborted' })
  await world.settled(off)
  world.run(100)
  expect(world.axis().status).toMatchObject({ state: 'disabled', homed: false, error: undefined })
})

test('without power, or twice at once, it is refused', async () => {
  const world = new DriveWorld(driveMachine(['x'])).runUp()
  const cold = world.axis().home({ method: 'drive' })
  await expect(world.settled(cold)).rejects.toThrow(/DP_AXIS_DISABLED/)
  await world.settled(world.axis().enable())
  const first = world.axis().home({ method: 'drive' })
  first.catch(() => undefined)
  world.run(50)
  const second = world.axis().home({ method: 'drive' })
  await expect(world.settled(second)).rejects.toThrow(/DP_AXIS_STATE/)
  await expect(world.settled(first)).resolves.toEqual({ end: 'done' })
})

test('a position beyond the limits of the axis is no reference', async () => {
  const world = await ready()
  const homed = world.axis().home({ method: 'drive', position: 5000 })
  await expect(world.settled(homed)).rejects.toThrow(/DP_AXIS_LIMIT/)
  expect(world.ring.master.services.state(0, 2)).toBe(0)
})
