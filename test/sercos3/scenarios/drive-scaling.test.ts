/**
 * A drive of another make is put in: the axis takes its increments per millimetre from the drive itself, and refuses one that
 * turns where the machine file wants a slide.
 */
import { expect, test } from 'vitest'
import { DriveWorld, driveMachine } from '../drive-world.ts'

test('the increments of the drive stand in place of those of the machine file', async () => {
  const wrong = { incrementsPerUnit: 1, velocityIncrementsPerUnit: 1 }
  const world = new DriveWorld(driveMachine(['x'], {}, { ...wrong, scaling: 'fromDevice' })).runUp()
  await world.settled(world.axis().enable())
  await world.settled(world.axis().moveAbsolute({ position: 25 }))
  world.run(50)
  expect(world.ring.slaves[0]?.observation.position).toBeCloseTo(250_000, -3)
  expect(world.drive().motion.actualPosition).toBeCloseTo(25, 1)
})

test('a rotary axis on a linear drive ends the run-up, with device, phase and IDNs', () => {
  const world = new DriveWorld(driveMachine(['x'], {}, { unit: 'deg', scaling: 'fromDevice' }))
  expect(() => world.ring.runUp()).toThrow(
    /DP_SERCOS3_SCALING: drive-x \(address 1\), CP2, S-0-0076, S-0-0044: .*is linear, expected the kind of an axis in deg/,
  )
})
