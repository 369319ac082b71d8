/**
 * A measuring probe touches the work-piece while the axis moves fast: the position shown is that of the contact itself, not
 * of the cycle in which anybody heard of it.
 */
import { expect, test } from 'vitest'
import { probeTargetFrom } from '../../../cards/sercos3/emulator/slaves/drive/mechanics.ts'
import { cyclicTask } from '../../../runtime/task.ts'
import type { AxisIo } from '../../../runtime/task.ts'
import { DriveWorld, driveMachine, richConnections } from '../drive-world.ts'

const contact = probeTargetFrom / 10_000
const silent = () => undefined

async function ready(connections?: typeof richConnections): Promise<DriveWorld> {
  const file = driveMachine(['x'], connections === undefined ? {} : { connections })
  const world = new DriveWorld(file).runUp()
  await world.settled(world.axis().enable())
  return world
}

test.each([
  ['through the service channel', undefined],
  ['through the telegrams', richConnections],
])('a rising edge, %s, in the coordinates of the axis', async (_, connections) => {
  const world = await ready(connections)
  await world.settled(world.axis().home({ position: 100 }))
  const touched = world.axis().touchProbe({ probe: 1, edge: 'rising' })
  world.run(200)
  // 0.3 mm a cycle
  const move = world.axis().moveRelative({ position: 40, velocity: 300 })
  const { position } = await world.settled(touched)
  expect(position).toBeCloseTo(100 + contact, 3)
  await world.settled(move)
})

test('both probes wait at once, each for its own edge', async () => {
  const world = await ready()
  const contactMade = world.axis().touchProbe({ probe: 1, edge: 'falling' })
  const switchMade = world.axis().touchProbe({ probe: 2, edge: 'rising' })
  world.run(200)
  await world.settled(world.axis().moveAbsolute({ position: 20 }))
  await world.settled(world.axis().moveAbsolute({ position: -20 }))
  expect((await world.settled(contactMade)).position).toBeCloseTo(contact, 3)
  expect((await world.settled(switchMade)).position).toBeCloseTo(-5.2, 3)
})

test('an abort gives the probe up, with the reason of who aborted it, and it can be armed anew', async () => {
  const world = await ready()
  const given = new AbortController()
  const touched = world.axis().touchProbe({ probe: 1, edge: 'rising', signal: given.signal })
  touched.catch(silent)
  world.run(100)
  given.abort(new Error('no work-piece'))
  await expect(world.settled(touched)).rejects.toThrow('no work-piece')
  const again = world.axis().touchProbe({ probe: 1, edge: 'rising' })
  world.run(100)
  await world.settled(world.axis().moveAbsolute({ position: 20 }))
  expect((await world.settled(again)).position).toBeCloseTo(contact, 3)
})

test('a probe that waits already is refused, and says so', async () => {
  const world = await ready()
  const first = world.axis().touchProbe({ probe: 1, edge: 'rising' })
  first.catch(silent)
  world.run(100)
  const second = world.axis().touchProbe({ probe: 1, edge: 'falling' })
  await expect(world.settled(second)).rejects.toThrow(/DP_AXIS_PROBE: .*waits for another edge/)
})

test('a drive without probes: the error names its IDN and the answer in words', async () => {
  const world = await ready()
  world.ring.inject({ kind: 'device', device: 0, does: 'serviceError', idn: 405, code: 0x1001 })
  const touched = world.axis().touchProbe({ probe: 1, edge: 'rising' })
  await expect(world.settled(touched)).rejects.toThrow(
    /DP_AXIS_PROBE: .*DP_SERCOS3_SVC: drive-x \(address 1\), CP4, S-0-0405 = 0: .*no such IDN/,
  )
})

test("a user's task arms the probe and finds the contact in the cycle", () => {
  class Measuring {
    axis: AxisIo | undefined
    readonly states = new Set<string>()
    setup(io: { axis(name: string): AxisIo }): void {
      this.axis = io.axis('x')
    }

    cycle(): void {
      const { axis } = this
      if (axis === undefined) return
      axis.enable()
      this.states.add(axis.probeState(1))
      if (axis.probeState(1) !== 'latched') axis.armProbe(1, 'rising')
      if (axis.operational && axis.probeState(1) === 'armed') axis.setPosition(axis.setpoint + 0.1)
    }
  }
  const task = new Measuring()
  const world = new DriveWorld(driveMachine(['x']), cyclicTask(task)).runUp()
  world.until(() => task.axis?.probeState(1) === 'latched')
  expect(task.axis?.probePosition(1)).toBeCloseTo(contact, 3)
  expect([...task.states]).toEqual(['off', 'arming', 'armed', 'latched'])
})
