/** Whatever dies, the machine goes to its safe state: what the devices do is read from the emulator, not from the runtime. */
import { afterEach, expect, test } from 'vitest'
import { silenceCard } from '../cards/sercos3/driver/chip/silence.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'
import { atWork, blockThread, isSafe, openFailingMachine } from '../test/runtime/failing-machine.ts'

let world: EmulatedMachine | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

async function open(failure?: 'throw' | 'slow'): Promise<EmulatedMachine> {
  world = await openFailingMachine(failure)
  return world
}

test('a task that throws: drives without power, outputs safe, and the ring goes on', async () => {
  const { machine, until, emulator } = await open('throw')
  await atWork(world as EmulatedMachine)
  await until('the machine is safe', () => isSafe(world as EmulatedMachine))
  expect(emulator.observe().transmitting).toBe(true)
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_TASK_FAILED: Error: planned/)
  await expect(machine.axis('x').reset()).rejects.toMatchObject({ code: 'DP_MACHINE_SAFE' })
  // what failed once runs again only when somebody says so
  const refused = machine.restart()
  const expected = machine.operational
  // never asked of the worker: it waits for a restart that is refused
  const late = machine.ring.restart()
  const refusal = { code: 'DP_MACHINE_RESTART', actual: 'its cyclic task failed' }
  await Promise.all([
    expect(refused).rejects.toMatchObject(refusal),
    expect(expected).rejects.toMatchObject(refusal),
    expect(late).rejects.toMatchObject({ code: 'DP_MACHINE_SAFE' }),
  ])
  expect(machine.safeReason).toMatch(/DP_TASK_FAILED/)
  await machine.operational
  await machine.restart({ task: 'again' })
  expect(machine.safeReason).toBeUndefined()
  await atWork(world as EmulatedMachine)
  await until('it failed again', () => machine.safeReason !== undefined)
})

test('a main thread that is blocked for two seconds: the worker runs the axes down', async () => {
  const { machine, events, until, emulator } = await open()
  await machine.axis('x').enable()
  await machine.axis('y').enable()
  await machine.io.point('lamp').write(true)
  await machine.axis('x').moveVelocity({ velocity: 50 })
  await atWork(world as EmulatedMachine)
  blockThread(2000)
  expect(isSafe(world as EmulatedMachine)).toBe(true)
  expect(emulator.observe().transmitting).toBe(true)
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_MAIN_STALL/)
  expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['stall', 'safe']))
})

test('a task that overruns its cycle more often in a row than tolerated', async () => {
  const { machine, until } = await open('slow')
  await atWork(world as EmulatedMachine)
  await until('the machine is safe', () => isSafe(world as EmulatedMachine))
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_TASK_OVERRUN/)
})

test('the card vanishes: the machine says so, its commands reject, and it closes', async () => {
  const { machine, events, until, emulator } = await open()
  await machine.axis('x').enable()
  const move = machine.axis('x').moveVelocity({ velocity: 10 })
  await move
  const halting = machine.axis('x').moveAbsolute({ position: 400, velocity: 20 })
  emulator.inject({ kind: 'unplugged' })
  await expect(halting).rejects.toMatchObject({ code: 'DP_MACHINE_SAFE' })
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_CARD_GONE/)
  expect(events.map(({ kind }) => kind)).toContain('gone')
  expect(machine.axis('x').status.state).toBe('errorStop')
  // the card's memory reads all ones; this thread has no view on it any more, so that closing cannot reach it either
  const registers = emulator.device.map('registers')
  expect(registers.read32(0)).toBe(0)
  silenceCard(registers)
  await machine.close()
})

test('the card reads all ones: the machine says that it is gone, and it closes', async () => {
  const { machine, events, until, emulator } = await open()
  emulator.inject({ kind: 'deadCard' })
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_CARD_GONE/)
  await expect(machine.restart()).rejects.toMatchObject({ actual: 'its card is gone' })
  const told = events.flatMap(({ kind, error }) =>
    error === undefined ? [] : [[kind, error.code]],
  )
  expect(told.filter(([kind]) => kind !== 'axis')).toEqual([
    ['gone', 'DP_CARD_GONE'],
    ['safe', 'DP_CARD_GONE'],
  ])
})
