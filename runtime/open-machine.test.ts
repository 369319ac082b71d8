import { afterEach, expect, test } from 'vitest'
import { openEmulatedSercos3 } from '../cards/sercos3/emulator/open-emulator.ts'
import type { EmulatedSercos3 } from '../cards/sercos3/emulator/open-emulator.ts'
import { testMachine, testRealtime } from '../test/runtime/emulated-machine.ts'
import { openMachine } from './machine.ts'
import type { MachineEvent } from './machine-types.ts'

let emulator: EmulatedSercos3 | undefined

afterEach(async () => {
  await emulator?.close()
  emulator = undefined
})

function taskModule(name: string): URL {
  return new URL(`../test/runtime/tasks/${name}.ts`, import.meta.url)
}

test.for([
  ['absent', 'DP_TASK_MODULE'],
  ['not-a-task', 'DP_TASK_MODULE'],
  ['failing-setup', 'DP_TASK_MODULE'],
] as const)('a task module that is %s is refused', async ([name, code]) => {
  await expect(openMachine(testMachine(), { taskModule: taskModule(name) })).rejects.toMatchObject({
    code,
    at: expect.stringMatching(/tasks|setup/) as string,
  })
})

test('a phase to hold the ring in that is none is refused, not run through', async () => {
  await expect(openMachine(testMachine(), { upTo: 'CP9' as 'CP2' })).rejects.toMatchObject({
    code: 'DP_RING_PHASE',
    actual: 'CP9',
  })
})

test('a real-time setting that is required and refused keeps the machine closed', async () => {
  const realtime = { ...testRealtime, cpu: 1000, required: true }
  await expect(openMachine(testMachine({ realtime }))).rejects.toMatchObject({
    code: 'DP_REALTIME_REFUSED',
    actual: expect.stringMatching(/CPU 1000/) as string,
  })
})

test('a real-time setting that is refused but not required is an event that warns', async () => {
  const realtime = { ...testRealtime, cpu: 1000 }
  const machine = await openMachine(testMachine({ realtime }))
  const events: MachineEvent[] = []
  machine.events$.subscribe((event) => events.push(event))
  await machine.close()
  const told = events.filter(({ kind }) => kind === 'realtime').map(({ message }) => message)
  expect(told).toContainEqual(expect.stringMatching(/^affinity: wanted CPU 1000/))
})

test('commands before the ring is operational are refused with what to await', async () => {
  const machine = await openMachine(testMachine())
  await expect(machine.axis('x').enable()).rejects.toMatchObject({ code: 'DP_MACHINE_NOT_READY' })
  await machine.close()
})

test('closing during the run-up ends at once, and operational says why', async () => {
  const machine = await openMachine(testMachine())
  const { operational } = machine
  const started = performance.now()
  await machine.close()
  expect(performance.now() - started).toBeLessThan(2000)
  await expect(operational).rejects.toMatchObject({ code: 'DP_MACHINE_CLOSED' })
})

test('a ring that lacks a device never becomes operational, and the driver says which one', async () => {
  const input = testMachine()
  const devices = input.devices
    .slice(0, 2)
    .map(({ name, address, profile }) => ({ name, address, profile }))
  emulator = await openEmulatedSercos3({ devices, topology: 'ring' })
  const machine = await openMachine(input, { card: emulator })
  await expect(machine.operational).rejects.toMatchObject({
    code: expect.stringMatching(/^DP_SERCOS3_/) as string,
  })
  expect(machine.safeReason).toMatch(/DP_SERCOS3_/)
  await expect(machine.axis('x').enable()).rejects.toMatchObject({ code: 'DP_MACHINE_SAFE' })
  await machine.close()
})
