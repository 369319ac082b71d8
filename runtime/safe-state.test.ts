/** Whatever dies, the machine goes to its safe state: what the devices do is read from the emulator, not from the runtime. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { silenceCard } from '../cards/sercos3/driver/silence.ts'
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
})

test('a task in an endless loop: main silences the card, and closing still works', async () => {
  const { machine, until, emulator } = await open('loop')
  await atWork(world as EmulatedMachine)
  await until('the machine is safe', () => isSafe(world as EmulatedMachine))
  expect(emulator.observe().transmitting).toBe(false)
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_WORKER_STALL/)
  expect(machine.axis('x').status.state).toBe('errorStop')
})

test("a task in an endless loop while the main thread is blocked, too: the chip's watchdog ends the telegrams", async () => {
  const { device, emulator } = await open('loop', { stallMs: 1200 })
  await atWork(world as EmulatedMachine)
  blockThread(800)
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
  const told = events.flatMap(({ kind, error }) =>
    error === undefined ? [] : [[kind, error.code]],
  )
  expect(told.filter(([kind]) => kind !== 'axis')).toEqual([
    ['gone', 'DP_CARD_GONE'],
    ['safe', 'DP_CARD_GONE'],
  ])
})

test.for([
  ['process.exit()', 'exit', 7],
  ['an uncaught exception', 'throw', 1],
  ['an unhandled rejection', 'reject', 1],
  ['process.exit() during close()', 'exit-in-close', 7],
] as const)(
  '%s in an embedding program ends it within a second with power off and outputs safe',
  async ([, how, expectedCode]) => {
    const { code, stdout } = await endProgram(how)
    const seen = JSON.parse(stdout) as Record<string, unknown>
    expect(code).toBe(expectedCode)
    expect(seen).toMatchObject({
      before: { lamp: 0b1001, power: true },
      power: [false, false],
      outputs: [safeTerminals.digitalOutputs, safeTerminals.analogOutput1],
      transmitEnabled: false,
    })
    expect(seen['tookMs']).toBeLessThan(1000)
  },
)

test('process.exit() during the run-up ends the program within a second, and the card is silent', async () => {
  const { code, stdout } = await endProgram('exit-in-run-up')
  const seen = JSON.parse(stdout) as Record<string, unknown>
  expect(code).toBe(7)
  expect(seen).toMatchObject({ power: [false, false], transmitEnabled: false })
  expect(seen['tookMs']).toBeLessThan(1000)
})

function endProgram(how: string): Promise<{ readonly code: number; readonly stdout: string }> {
  const program = fileURLToPath(new URL('../test/runtime/exit-while-moving.ts', import.meta.url))
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, how], { timeout: 15_000 }, (error, stdout, stderr) => {
      if (error?.killed === true) reject(new Error(`${program} did not end: ${stdout}${stderr}`))
      else resolve({ code: Number(error?.code ?? 0), stdout })
    })
  })
}
