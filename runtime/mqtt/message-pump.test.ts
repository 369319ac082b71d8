import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { connect } from 'mqtt'
import type { MqttClient } from 'mqtt'
import { afterEach, expect, test, vi } from 'vitest'
import { BoundedQueue } from './bounded-queue.ts'
import { maxStreamBytes, maxUnacknowledged, MessagePump } from './message-pump.ts'

/** A broker in a process of its own, so that it can be killed and frozen; it says what it receives. */
const brokerProgram = `
  const { createServer } = await import('node:net')
  const { Aedes } = await import('aedes')
  const aedes = await Aedes.createBroker()
  aedes.on('publish', ({ topic, payload }) => topic === 'count' && console.log(String(payload)))
  const server = createServer(aedes.handle)
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('port ' + server.address().port))
`

class BrokerProcess {
  readonly received: number[] = []
  port = 0
  #child: ChildProcess | undefined

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', brokerProgram], {
      env: { ...process.env, PORT: String(this.port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    await new Promise<void>((resolve) => {
      createInterface(child.stdout).on('line', (line) => {
        if (!line.startsWith('port ')) this.received.push(Number(line.split(' ', 1)[0]))
        else {
          this.port = Number(line.slice(5))
          resolve()
        }
      })
    })
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    const gone = once(child, 'close')
    child.kill('SIGKILL')
    await gone
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }
}

const broker = new BrokerProcess()
let client: MqttClient

afterEach(async () => {
  await client.endAsync(true)
  await broker.kill()
  broker.received.length = 0
  broker.port = 0
})

function pumpOn(bound: number, qos: 0 | 1) {
  client = connect(`mqtt://127.0.0.1:${broker.port}`, {
    protocolVersion: 4,
    queueQoSZero: false,
    reconnectPeriod: 50,
    keepalive: 60,
  })
  client.on('error', () => {})
  const queue = new BoundedQueue(bound)
  return { pump: new MessagePump(client, queue, qos), queue }
}

/** Numbered messages of some 200 bytes. */
function counter(pump: MessagePump) {
  let sent = 0
  return {
    push(count: number): void {
      for (let index = 0; index < count; index++) {
        pump.push({ topic: 'count', payload: `${sent++} ${'.'.repeat(200)}`, retain: false })
      }
    },
    get sent() {
      return sent
    },
  }
}

/** QoS 1 may deliver a message again after a reconnect, never out of order. */
function withoutRepeats(received: readonly number[]): number[] {
  return received.filter((value, index) => !received.slice(0, index).includes(value))
}

test('what is missing after a killed broker is what was dropped; the rest came in order', async () => {
  await broker.start()
  const { pump } = pumpOn(500, 1)
  const messages = counter(pump)
  messages.push(300)
  await vi.waitFor(() => expect(broker.received).toHaveLength(300))

  // in the middle of a burst, so that some messages are unacknowledged
  messages.push(200)
  await broker.kill()
  messages.push(2000)
  expect(pump.dropped).toBeGreaterThanOrEqual(1500)
  await broker.start()
  await vi.waitFor(() => expect(broker.received).toContain(messages.sent - 1), { timeout: 10_000 })
  messages.push(100)
  await vi.waitFor(() => expect(broker.received).toContain(messages.sent - 1))

  const received = withoutRepeats(broker.received)
  expect(received).toEqual(received.toSorted((a, b) => a - b))
  expect(messages.sent - received.length).toBe(pump.dropped)
  expect(broker.received.length - received.length).toBeLessThanOrEqual(maxUnacknowledged)
})

test.each([0, 1] as const)(
  'a frozen broker costs no more than the bound at QoS %i, and what is missing was dropped',
  async (qos) => {
    await broker.start()
    const { pump, queue } = pumpOn(1000, qos)
    const messages = counter(pump)
    messages.push(100)
    await vi.waitFor(() => expect(broker.received).toHaveLength(100))

    broker.signal('SIGSTOP')
    // more than the kernel's socket buffers take
    for (let round = 0; round < 200; round++) {
      messages.push(200)
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    expect(queue.size).toBe(1000)
    expect(client.stream.writableLength).toBeLessThan(maxStreamBytes + 1024)
    expect(pump.dropped).toBeGreaterThan(0)

    broker.signal('SIGCONT')
    const last = messages.sent - 1
    await vi.waitFor(() => expect(broker.received).toContain(last), { timeout: 10_000 })
    expect(broker.received).toEqual(broker.received.toSorted((a, b) => a - b))
    expect(messages.sent - broker.received.length).toBe(pump.dropped)
  },
)

test('messages wait for a broker that is not there yet', async () => {
  await broker.start()
  await broker.kill()
  const { pump } = pumpOn(10, 0)
  counter(pump).push(15)
  expect(await pump.flush(10)).toBe(false)
  await broker.start()
  await vi.waitFor(() => expect(broker.received).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]))
  expect(await pump.flush(1000)).toBe(true)
  expect(pump.dropped).toBe(5)
})
