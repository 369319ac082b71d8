/** A card that outlives its machine: how the devices are left, and how the next machine finds them. */
import { connectAsync } from 'mqtt'
import { afterEach, expect, test, vi } from 'vitest'
import { openEmulatedSercos3 } from '../cards/sercos3/emulator/open-emulator.ts'
import type { EmulatedSercos3 } from '../cards/sercos3/emulator/open-emulator.ts'
import { testMachine } from '../test/runtime/emulated-machine.ts'
import { openMachine } from './machine.ts'
import type { OpenMachineOptions } from './machine.ts'
import type { OpenedMachine } from './opened-machine.ts'
import type { MachineInput } from './machine-file/schema.ts'
import type { AxisStatus } from './machine-types.ts'
import { connectMqtt } from './mqtt/connect-mqtt.ts'

let emulator: EmulatedSercos3 | undefined
let machine: OpenedMachine | undefined

afterEach(async () => {
  await machine?.close()
  await emulator?.close()
  emulator = undefined
})

/** Opens a machine on the emulator that stays open from one to the next. */
async function open(
  changes: Partial<MachineInput> = {},
  options: OpenMachineOptions = {},
): Promise<OpenedMachine> {
  const input = testMachine(changes)
  const devices = input.devices.map(({ name, address, profile }) => ({ name, address, profile }))
  emulator ??= await openEmulatedSercos3({ devices, topology: 'ring' })
  machine = await openMachine(input, { ...options, card: emulator })
  await machine.operational
  return machine
}

/** Every state that the axes of a machine have had. */
function statesOf({ axes }: OpenedMachine): AxisStatus['state'][][] {
  return axes.map(({ status$ }) => {
    const states: AxisStatus['state'][] = []
    status$.subscribe(({ state }) => state !== states.at(-1) && states.push(state))
    return states
  })
}

async function expectReady(opened: OpenedMachine): Promise<void> {
  const states = statesOf(opened)
  for (const axis of opened.axes) expect(await axis.enable()).toEqual({ end: 'done' })
  expect(states).toEqual(opened.axes.map(() => ['disabled', 'standstill']))
}

test('after an orderly end the devices have no error, and the axes of the next machine need no reset', async () => {
  const first = await open()
  for (const axis of first.axes) await axis.enable()
  await first.close()
  const seen = emulator?.observe()
  expect(seen?.transmitting).toBe(false)
  expect(seen?.devices.map(({ error }) => error)).toEqual([false, false, false])
  await expectReady(await open())
})

test('after a worker that died with power on, the axes of the next machine need no reset', async () => {
  const task = new URL('../test/runtime/tasks/failing-task.ts?failure=die', import.meta.url)
  const first = await open({}, { taskModule: task })
  await vi.waitFor(() => expect(first.safeReason).toMatch(/DP_WORKER_FAILED/), 10_000)
  await vi.waitFor(() => {
    const drive = emulator?.observe().devices[0]
    expect(drive).toMatchObject({ error: true, operating: false })
  }, 10_000)
  await first.close()
  expect(first.axis('x').status).toMatchObject({ state: 'errorStop' })
  await expectReady(await open())
})

test('an error that a drive has of itself is there in the next machine, until it is reset', async () => {
  const first = await open()
  const y = first.axis('y')
  emulator?.inject({ kind: 'driveFault', device: 1 })
  await vi.waitFor(() => expect(y.status.state).toBe('errorStop'))
  await first.close()
  expect(y.status).toMatchObject({ state: 'errorStop', error: { code: 'DP_AXIS_DRIVE' } })
  expect(first.axis('x').status.state).toBe('disabled')
  const second = await open()
  await vi.waitFor(() => expect(second.axis('y').status.error?.code).toBe('DP_AXIS_DRIVE'))
  expect(second.axis('x').status.state).toBe('disabled')
  await second.axis('y').reset()
  expect(await second.axis('y').enable()).toEqual({ end: 'done' })
})

test('closing ends moving axes as disabled, retained on MQTT too, and rejects what is under way', async () => {
  const opened = await open({ mqtt: { port: 0 } })
  const link = await connectMqtt(opened)
  const states = statesOf(opened)
  const moves = opened.axes.map(async (axis) => {
    await axis.enable()
    await axis.moveVelocity({ velocity: 30 })
    return axis.moveAbsolute({ position: 400, velocity: 30 })
  })
  const ends = Promise.allSettled(moves)
  await vi.waitFor(() => {
    for (const { status } of opened.axes) expect(status.state).toBe('discreteMotion')
  }, 10_000)
  await opened.close()
  for (const end of await ends) expect(end).toMatchObject({ reason: { code: 'DP_MACHINE_CLOSED' } })
  expect(opened.safeReason).toBeUndefined()
  for (const one of states) {
    expect(one).not.toContain('errorStop')
    expect(one.at(-1)).toBe('disabled')
  }
  const client = await connectAsync(link.url)
  const told = new Map<string, unknown>()
  client.on('message', (topic, payload) => told.set(topic, JSON.parse(payload.toString())))
  await client.subscribeAsync('dualport/test/axis/+/status')
  await vi.waitFor(() => expect(told.size).toBe(2))
  for (const status of told.values())
    expect(status).toMatchObject({ state: 'disabled', error: null })
  await client.endAsync()
  await link.close()
})
