/** Whatever dies, the machine goes to its safe state: what the devices do is read from the emulator, not from the runtime. */
import { afterEach, expect, test } from 'vitest'
import { silenceCard } from '../cards/sercos3/driver/chip/silence.ts'
import { openEmulatedMachine, safeTerminals } from '../test/runtime/emulated-machine.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'

let world: EmulatedMachine | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

async function open(
  failure?: 'throw' | 'loop' | 'slow',
  realtime: { readonly stallMs: number } = { stallMs: 500 },
): Promise<EmulatedMachine> {
  const task = new URL(`../test/runtime/tasks/failing-task.ts?failure=${failure}`, import.meta.url)
  world = await openEmulatedMachine(
    { realtime: { policy: 'other', lockMemory: false, ...realtime } },
    failure === undefined ? {} : { taskModule: task },
  )
  await world.machine.operational
  return world
}

/** Power on, the lamp lit. */
async function atWork({ until, device }: EmulatedMachine): Promise<void> {
  await until(
    'the machine is at work',
    () => device(0).operating && (device(2).digitalOutputs & 1) === 1,
  )
}

function isSafe({ device }: EmulatedMachine): boolean {
  const { digitalOutputs, analogOutput1 } = device(2)
  return (
    !device(0).operating &&
    !device(1).operating &&
    digitalOutputs === safeTerminals.digitalOutputs &&
    analogOutput1 === safeTerminals.analogOutput1
  )
}

/** Nothing on this thread runs meanwhile: no timer, no message. */
function blockThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
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

test('a task in an endless loop: main silences the card, and closing still works', async () => {
  const { machine, until, emulator } = await open('loop')
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
  const { device, emulator } = await open('loop', { stallMs: 1500 })
  await atWork(world as EmulatedMachine)
  blockThread(1000)
  expect(isSafe(world as EmulatedMachine)).toBe(true)
  expect(device(0).operating).toBe(false)
  expect(emulator.observe()).toMatchObject({ watchdogAlarm: true, transmitting: false })
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
