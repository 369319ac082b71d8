/**
 * A drive trips: its axis stops with the drive's own words, the others go on; a reset at the machine clears it. A drive that
 * falls off the ring takes only its own axis along, and comes back with it.
 */
import { expect, test } from 'vitest'
import { class1, class2 } from '../../../cards/sercos3/diagnosis.ts'
import { DriveWorld, driveMachine } from '../drive-world.ts'

async function ready(names: readonly string[] = ['x', 'y']): Promise<DriveWorld> {
  const world = new DriveWorld(driveMachine(names)).runUp()
  for (const axis of world.axes) await world.settled(axis.enable())
  return world
}

test('a trip in motion: the move rejects in the words of the drive, the other axis goes on, reset and on again', async () => {
  const world = await ready()
  const [x, y] = [world.axis(0), world.axis(1)]
  const tripped = x.moveAbsolute({ position: 200 })
  const other = y.moveAbsolute({ position: 200 })
  world.run(200)
  const bits = class1.motorTemperature | class1.overload
  world.ring.inject({ kind: 'device', device: 0, does: 'diagnosis', class: 1, bits })
  await expect(world.settled(tripped)).rejects.toThrow(
    'DP_AXIS_DRIVE: axis x, moveAbsolute (the drive reports an error): the drive reports an error or stays in another operation mode than asked for, is "Drive overload" (diagnosis 000F0001); drive overload, motor too hot (S-0-0011)',
  )
  expect(x.status.error?.message).toContain('motor too hot')
  await expect(world.settled(other)).resolves.toEqual({ end: 'done' })
  expect(x.status).toMatchObject({ state: 'errorStop', power: 'notReady' })
  await world.settled(x.reset())
  expect(x.status).toMatchObject({ state: 'disabled', error: undefined })
  await world.settled(x.enable())
  await world.settled(x.moveAbsolute({ position: 0 }))
})

test('the words of the first trip are not told of the second', async () => {
  const world = await ready(['x'])
  const x = world.axis()
  for (const [bit, words] of [
    [class1.feedback, 'feedback failure'],
    [class1.overvoltage, 'overvoltage'],
  ] as const) {
    const move = x.moveRelative({ position: 10 })
    world.run(20)
    world.ring.inject({ kind: 'device', device: 0, does: 'diagnosis', class: 1, bits: bit })
    await expect(world.settled(move)).rejects.toThrow(words)
    await world.settled(x.reset())
    await world.settled(x.enable())
  }
})

test('a warning is told once and changes nothing; it is named beside the error that follows it', async () => {
  const world = await ready(['x'])
  const bits = class2.amplifierTemperature
  world.ring.inject({ kind: 'device', device: 0, does: 'diagnosis', class: 2, bits })
  await world.settled(world.axis().moveAbsolute({ position: 5 }))
  expect(world.warnings).toEqual([
    '"Amplifier is getting hot" (diagnosis 000E0002); amplifier is getting hot (S-0-0012)',
  ])
  world.ring.inject({
    kind: 'device',
    device: 0,
    does: 'diagnosis',
    class: 1,
    bits: class1.amplifierTemperature,
  })
  world.until(() => world.told.length > 0)
  expect(world.told[0]).toContain(
    'amplifier too hot (S-0-0011); amplifier is getting hot (S-0-0012)',
  )
})

test('a drive that refuses its reset: the axis stays in errorStop and the reset rejects', async () => {
  const world = await ready(['x'])
  world.ring.inject({ kind: 'driveFault', device: 0 })
  world.ring.inject({ kind: 'device', device: 0, does: 'refuseReset' })
  world.run(300)
  await expect(world.settled(world.axis().reset())).rejects.toThrow(/DP_AXIS_DRIVE/)
  expect(world.axis().status.state).toBe('errorStop')
})

test('a drive whose data stay away: its axis alone fails, refuses a reset meanwhile, and is reset when it is back', async () => {
  const world = await ready()
  const [x, y] = [world.axis(0), world.axis(1)]
  const lost = x.moveAbsolute({ position: 100 })
  const other = y.moveAbsolute({ position: 100 })
  world.run(100)
  world.ring.inject({ kind: 'device', device: 0, does: 'silent', cycles: 800 })
  await expect(world.settled(lost)).rejects.toThrow(/DP_AXIS_DEVICE_LOST: axis x, moveAbsolute/)
  expect(x.status).toMatchObject({ state: 'errorStop', power: 'notReady', homed: false })
  await expect(world.settled(x.reset())).rejects.toThrow(/DP_AXIS_DEVICE_LOST/)
  await expect(world.settled(other)).resolves.toEqual({ end: 'done' })
  world.run(900)
  expect(x.status.error?.code).toBe('DP_AXIS_DEVICE_LOST')
  await world.settled(x.reset())
  await world.settled(x.enable())
  await world.settled(x.moveAbsolute({ position: 10 }))
  expect(world.drive(0).motion.actualPosition).toBeCloseTo(10, 1)
})
