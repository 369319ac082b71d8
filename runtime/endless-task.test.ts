/** A task that never comes back keeps a CPU: these tests have the machine for themselves. */
import { afterEach, expect, test } from 'vitest'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'
import { atWork, blockThread, isSafe, openFailingMachine } from '../test/runtime/failing-machine.ts'

let world: EmulatedMachine | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

async function open(stallMs?: number): Promise<EmulatedMachine> {
  world = await openFailingMachine('loop', stallMs)
  return world
}

test('a task in an endless loop: main silences the card, and closing still works', async () => {
  const { machine, until, emulator } = await open()
  await atWork(world as EmulatedMachine)
  await until('the machine is safe', () => isSafe(world as EmulatedMachine))
  expect(emulator.observe().transmitting).toBe(false)
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_WORKER_STALL/)
  expect(machine.axis('x').status.state).toBe('errorStop')
  await expect(machine.restart({ task: 'again' })).rejects.toMatchObject({
    code: 'DP_MACHINE_RESTART',
    actual: 'its worker stalled',
  })
})

test("a task in an endless loop while the main thread is blocked, too: the chip's watchdog ends the telegrams", async () => {
  const { device, emulator } = await open(1000)
  await atWork(world as EmulatedMachine)
  blockThread(900)
  expect(isSafe(world as EmulatedMachine)).toBe(true)
  expect(device(0).operating).toBe(false)
  expect(emulator.observe()).toMatchObject({ watchdogAlarm: true, transmitting: false })
})
