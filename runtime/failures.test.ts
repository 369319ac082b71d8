/** Failures at work: what the application is told, and what becomes of the devices. */
import { afterEach, describe, expect, test } from 'vitest'
import {
  openEmulatedMachine,
  safeTerminals,
  testMachine,
} from '../test/runtime/emulated-machine.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'
import type { OpenMachineOptions } from './machine.ts'
import type { MachineInput } from './machine-file/schema.ts'

const worlds: EmulatedMachine[] = []

afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()))
})

async function open(
  changes: Partial<MachineInput> = {},
  options: OpenMachineOptions = {},
): Promise<EmulatedMachine> {
  const world = await openEmulatedMachine(changes, options)
  worlds.push(world)
  await world.machine.operational
  return world
}

function failingTask(failure: string): OpenMachineOptions {
  const task = new URL(`../test/runtime/tasks/failing-task.ts?failure=${failure}`, import.meta.url)
  return { taskModule: task }
}

test('what belongs to the cyclic task is refused to the application', async () => {
  const { machine } = await open({}, failingTask('never'))
  await expect(machine.io.point('lamp').write(true)).rejects.toMatchObject({ code: 'DP_IO_OWNER' })
  await expect(machine.axis('x').enable()).rejects.toMatchObject({ code: 'DP_AXIS_OWNER' })
})

test('a worker that ends by itself: the card is silent, outputs and drives are safe', async () => {
  const { machine, until, device, emulator } = await open({}, failingTask('die'))
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_WORKER_FAILED/)
  await until('the card is silent', () => !emulator.observe().transmitting)
  await until('the devices are safe', () => {
    const { digitalOutputs, analogOutput1 } = device(2)
    return (
      !device(0).operating &&
      digitalOutputs === safeTerminals.digitalOutputs &&
      analogOutput1 === safeTerminals.analogOutput1
    )
  })
  expect(machine.axis('x').status).toMatchObject({ state: 'errorStop', power: 'notReady' })
})

test('an axis that falls behind its setpoint: errorStop, the command says why, and reset brings it back', async () => {
  const { axes } = testMachine()
  const tight = axes?.map((axis) => ({
    ...axis,
    limits: { ...axis.limits, followingError: 0.01 },
  }))
  const { machine } = await open(tight === undefined ? {} : { axes: tight })
  const x = machine.axis('x')
  await x.enable()
  await expect(x.moveAbsolute({ position: 100 })).rejects.toMatchObject({
    code: 'DP_AXIS_FOLLOWING_ERROR',
  })
  expect(x.status).toMatchObject({
    state: 'errorStop',
    power: 'af',
    error: { code: 'DP_AXIS_FOLLOWING_ERROR' },
  })
  expect(await x.reset()).toEqual({ end: 'done' })
  expect(x.status).toMatchObject({ state: 'standstill', error: undefined })
})

test('a bus that fails: the machine is safe, and nothing is claimed of its axes any more until it is restarted', async () => {
  const { machine, until, emulator, device, events } = await open()
  const x = machine.axis('x')
  await x.enable()
  await x.home({ position: 10 })
  expect(x.status).toMatchObject({ power: 'af', homed: true })
  emulator.inject({ kind: 'lostTelegram', what: 'at', cycles: 100_000 })
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_SERCOS3_/)
  await until('the axis is in errorStop', () => x.status.state === 'errorStop')
  expect(x.status).toMatchObject({ power: 'notReady', homed: false })
  await until('the drive has let go', () => !device(0).operating)
  await expect(machine.ring.goTo('CP2')).rejects.toMatchObject({ code: 'DP_MACHINE_SAFE' })
  await expect(machine.operational).resolves.toBeUndefined()

  // nothing has changed yet: the ring does not come up
  await expect(machine.restart()).rejects.toMatchObject({
    code: expect.stringMatching(/^DP_SERCOS3_/),
  })
  expect(machine.safeReason).toMatch(/DP_SERCOS3_/)
  await expect(machine.operational).rejects.toMatchObject({
    code: expect.stringMatching(/^DP_SERCOS3_/),
  })

  emulator.inject({ kind: 'lostTelegram', what: 'at', cycles: 0 })
  await machine.restart()
  await machine.operational
  expect(machine.safeReason).toBeUndefined()
  expect(events.map(({ kind }) => kind).filter((kind) => kind === 'operational')).toHaveLength(2)
  await until('the axis is disabled', () => x.status.state === 'disabled')
  expect(x.status).toMatchObject({ homed: false, error: undefined })
  expect(await x.enable()).toEqual({ end: 'done' })
  expect(await x.moveRelative({ position: 1 })).toEqual({ end: 'done' })
  await expect(machine.restart()).rejects.toMatchObject({ actual: 'not in its safe state' })
})

test('an event tells of setpoints that are refused, once per second', async () => {
  const { events, until } = await open(
    {},
    {
      taskModule: new URL('../test/runtime/tasks/refused-setpoints.ts', import.meta.url),
    },
  )
  const refused = () => events.filter(({ kind }) => kind === 'refused')
  await until('two events have come', () => refused().length === 2)
  const [first, second] = refused()
  expect((second?.timeNs ?? 0) - (first?.timeNs ?? 0)).toBeGreaterThan(0.99e9)
})

describe('two machines in one process', () => {
  test('run side by side, and the end of one leaves the other at work', async () => {
    const one = await open({ name: 'one' })
    const other = await open({ name: 'other' })
    const [x, y] = [one.machine.axis('x'), other.machine.axis('x')]
    await Promise.all([x.enable(), y.enable()])
    await Promise.all([x.moveAbsolute({ position: 5 }), y.moveAbsolute({ position: -5 })])
    expect(one.device(0).position).toBeGreaterThan(0)
    expect(other.device(0).position).toBeLessThan(0)
    await one.machine.close()
    expect(await y.moveAbsolute({ position: -7 })).toEqual({ end: 'done' })
    expect(other.machine.safeReason).toBeUndefined()
    expect(other.emulator.observe().transmitting).toBe(true)
    expect(one.emulator.observe().transmitting).toBe(false)
  })
})
