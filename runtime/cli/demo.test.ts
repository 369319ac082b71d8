/** The command line end to end, in processes of its own: emulated card, embedded broker, signals. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { connectAsync } from 'mqtt'
import { afterEach, expect, test, vi } from 'vitest'

const main = fileURLToPath(new URL('main.ts', import.meta.url))

class CommandLine {
  out = ''
  err = ''
  readonly ended: Promise<number | null>
  readonly #child

  constructor(argv: readonly string[], nodeOptions: readonly string[] = []) {
    const child = spawn(process.execPath, [...nodeOptions, main, ...argv], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (data: Buffer) => void (this.out += data.toString()))
    child.stderr.on('data', (data: Buffer) => void (this.err += data.toString()))
    this.ended = once(child, 'close').then(() => child.exitCode)
    this.#child = child
  }

  /** Waits until the output matches, and gives the first group. */
  async says(pattern: RegExp): Promise<string> {
    const heard = (): void => {
      if (!pattern.test(this.out))
        throw new Error(`no ${pattern.source} in: ${this.out}${this.err}`)
    }
    await vi.waitFor(heard, { timeout: 15_000 })
    return pattern.exec(this.out)?.[1] ?? ''
  }

  /** As `head` does when it has seen enough. */
  stopReading(): void {
    this.#child.stdout.destroy()
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }
}

let running: CommandLine | undefined
afterEach(async () => {
  running?.signal('SIGKILL')
  await running?.ended
  running = undefined
})

test('the demo moves four axes, tells it on MQTT, obeys a command, and Ctrl-C leaves the drives disabled', async () => {
  running = new CommandLine(['demo'])
  const port = await running.says(
    /mosquitto_sub -h 127\.0\.0\.1 -p (\d+) -t 'dualport\/demo\/#' -v/,
  )
  expect(running.out).toMatch(/^phase +CP0: /m)
  expect(running.out).toMatch(/^first cycle in CP4 [\d.]+ s after the start$/m)

  const client = await connectAsync(`mqtt://127.0.0.1:${port}`)
  const positions = new Map<string, Set<number>>()
  const powers = new Map<string, string>()
  const answers: unknown[] = []
  client.on('message', (topic, payload) => {
    const [, , , axis = '', leaf] = topic.split('/')
    const told = JSON.parse(payload.toString()) as { value: number; power: string; id: number }
    if (leaf === 'position') positions.set(axis, (positions.get(axis) ?? new Set()).add(told.value))
    else if (leaf === 'status') powers.set(axis, told.power)
    else if (topic === 'me') answers.push(told)
  })
  await client.subscribeAsync([
    'dualport/demo/axis/+/position',
    'dualport/demo/axis/+/status',
    'me',
  ])
  await vi.waitFor(
    () => {
      for (const axis of ['x', 'y', 'z', 'c']) {
        expect(powers.get(axis)).toBe('af')
        expect(positions.get(axis)?.size).toBeGreaterThan(3)
      }
    },
    { timeout: 10_000 },
  )

  const command = { id: 5, replyTo: 'me', command: 'moveAbsolute', position: 77 }
  await client.publishAsync('dualport/demo/axis/x/command', JSON.stringify(command))
  await vi.waitFor(
    () =>
      expect(answers).toEqual([
        { id: 5, result: 'accepted' },
        { id: 5, result: 'done' },
      ]),
    {
      timeout: 5000,
    },
  )

  const home = { id: 6, replyTo: 'me', command: 'home', method: 'indexPulse' }
  await client.publishAsync('dualport/demo/axis/x/command', JSON.stringify(home))
  const tooFar = { id: 7, replyTo: 'me', command: 'moveAbsolute', position: 1e4 }
  await client.publishAsync('dualport/demo/axis/y/command', JSON.stringify(tooFar))
  await vi.waitFor(() => expect(answers).toHaveLength(4))
  expect(answers.slice(2)).toMatchObject([
    { id: 6, result: 'error', error: { code: 'DP_AXIS_HOMING_METHOD' } },
    { id: 7, result: 'error', error: { code: 'DP_AXIS_LIMIT' } },
  ])

  running.signal('SIGINT')
  expect(await running.ended).toBe(0)
  expect(running.out).toMatch(/closed: 4 drives disabled, outputs safe\n$/)
  for (const axis of ['x', 'y', 'z', 'c']) expect(powers.get(axis)).not.toBe('af')
  await client.endAsync(true)
}, 40_000)

test('a reader that goes away ends the machine in order', async () => {
  running = new CommandLine(['demo', '--json', '--no-mqtt'])
  await running.says(/"kind":"operational"/)
  running.stopReading()
  expect(await running.ended).toBe(0)
  expect(running.err).not.toMatch(/EPIPE|^ +at /m)
}, 40_000)

test('Ctrl-C while the command line is still being loaded ends it with 0, and opens nothing', async () => {
  const preload = `import { registerHooks } from 'node:module'
    registerHooks({
      resolve(module, context, next) {
        if (module === 'commander') process.kill(process.pid, 'SIGINT')
        return next(module, context)
      },
    })`
  const option = `data:text/javascript,${encodeURIComponent(preload)}`
  running = new CommandLine(['demo'], ['--import', option])
  expect(await running.ended).toBe(0)
  expect(running.out + running.err).toBe('')
}, 40_000)

test('run ends with 1 and the reason when the machine goes to its safe state', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dualport-run-'))
  const task = `export default {
    cycle(io, tick) { if (tick.cycle > 50) throw new Error('the saw is stuck') }
  }`
  const machine = {
    name: 'broken',
    card: { type: 'sercos3', watchdogCycles: 200 },
    devices: [{ name: 'd', address: 1, profile: 'io' }],
    task: { module: 'task.mjs' },
    mqtt: { enabled: false },
  }
  await writeFile(path.join(folder, 'task.mjs'), task)
  await writeFile(path.join(folder, 'machine.json'), JSON.stringify(machine))
  running = new CommandLine(['run', path.join(folder, 'machine.json')])
  expect(await running.ended).toBe(1)
  expect(running.err.match(/WARNING .*the saw is stuck/g)).toHaveLength(1)
  expect(running.err.match(/DP_TASK_FAILED/g)).toHaveLength(1)
  await rm(folder, { recursive: true })
}, 40_000)
