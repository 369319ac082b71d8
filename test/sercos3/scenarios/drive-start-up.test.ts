/**
 * A drive is switched on: its display goes through bb and Ab to AF as the axis asks for power, and the axis says which step
 * is missing when it does not.
 */
import { expect, test } from 'vitest'
import { DriveWorld, driveMachine } from '../drive-world.ts'

test('bb, Ab and AF come in this order, and the axis stands under power', async () => {
  const world = new DriveWorld(driveMachine(['x']))
  const seen: string[] = []
  world.axis().status$.subscribe(({ power }) => {
    if (seen.at(-1) !== power) seen.push(power)
  })
  world.ring.runUp()
  const enabled = world.axis().enable()
  await world.settled(enabled)
  expect(seen).toEqual(['notReady', 'bb', 'ab', 'af'])
  expect(world.axis().status.state).toBe('standstill')
  expect(world.ring.slaves[0]?.observation.operating).toBe(true)
  await world.settled(world.axis().disable())
  world.run(20)
  expect(world.axis().status).toMatchObject({ state: 'disabled', power: 'ab' })
})

test('mains that are off: the axis names the missing step after 5 s, and works once they are on', async () => {
  const world = new DriveWorld(driveMachine(['x']))
  world.ring.inject({ kind: 'device', device: 0, does: 'mains', on: false })
  world.runUp()
  const enabled = world.axis().enable()
  await expect(world.settled(enabled)).rejects.toThrow(
    /DP_AXIS_POWER: axis x, enable \(the drive is ready \(bb\) but gets no power: Ab is missing/,
  )
  expect(world.axis().status).toMatchObject({ state: 'errorStop', power: 'bb' })
  world.ring.inject({ kind: 'device', device: 0, does: 'mains', on: true })
  await world.settled(world.axis().reset())
  await world.settled(world.axis().enable())
  expect(world.axis().status.power).toBe('af')
})

test('mains that go while it moves: the axis fails with the words of the drive', async () => {
  const world = new DriveWorld(driveMachine(['x'])).runUp()
  await world.settled(world.axis().enable())
  const move = world.axis().moveAbsolute({ position: 500 })
  world.run(200)
  world.ring.inject({ kind: 'device', device: 0, does: 'mains', on: false })
  await expect(world.settled(move)).rejects.toThrow(
    /DP_AXIS_DRIVE: .*is "Undervoltage" \(diagnosis 000F000A\); undervoltage \(S-0-0011\)/,
  )
  expect(world.axis().status.error?.message).toMatch(/undervoltage/)
  expect(world.told).toHaveLength(1)
})
