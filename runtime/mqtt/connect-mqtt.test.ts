import { connectAsync } from 'mqtt'
import type { MqttClient } from 'mqtt'
import { filter, firstValueFrom } from 'rxjs'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ToyMachine } from '../../test/toy-machine.ts'
import { connectionState } from '../../cards/card.ts'
import { topology } from '../../cards/sercos3/driver/chip/cable-topology.ts'
import { DualportError } from '../../errors.ts'
import { loadMachineFile } from '../machine-file/load.ts'
import type { MachineFile, MachineInput } from '../machine-file/schema.ts'
import type { CycleReport } from '../machine-types.ts'
import { connectMqtt } from './connect-mqtt.ts'
import type { MqttLink } from './connect-mqtt.ts'
import { topicTable } from './topics.ts'

const quantiles = { p50: 1, p99: 2, p999: 3, max: 4 }
const report: CycleReport = {
  timeNs: 0,
  cycles: 1000,
  cycleNs: 1_000_000,
  latencyNs: quantiles,
  executionNs: quantiles,
  jitterNs: quantiles,
  ringClock: { driftPpb: 0, jitterNs: 0 },
  leastTimeLeftNs: 0,
  counters: {
    missedInterrupts: 1,
    maskedInterrupts: 8,
    overruns: 2,
    lateCycles: 3,
    lostTelegrams: 4,
    droppedRecords: 5,
    droppedEvents: 6,
    refusedSetpoints: 7,
    droppedMessages: 0,
  },
}

const limits = {
  positionMin: -100,
  positionMax: 100,
  velocity: 100,
  acceleration: 1000,
  jerk: 10000,
  followingError: 1,
}
const input: MachineInput = {
  name: 'toy',
  card: { type: 'sercos3' },
  devices: [
    { name: 'a', address: 1, profile: 'drive' },
    { name: 'b', address: 2, profile: 'drive' },
    { name: 'd', address: 3, profile: 'io' },
  ],
  axes: [
    { name: 'x', device: 'a', unit: 'mm', limits, commands: ['mqtt'] },
    { name: 'c', device: 'b', unit: 'deg', limits },
  ],
  io: [
    { kind: 'digitalOutput', name: 'lamp', device: 'd', channel: 0 },
    { kind: 'analogInput', name: 'level', device: 'd', channel: 0 },
  ],
  mqtt: { port: 0, prefix: 'site/hall', publish: { default: { intervalMs: 0 } } },
}

type Heard = { topic: string; payload: string; retain: boolean }

let file: MachineFile
let machine: ToyMachine
let link: MqttLink
let client: MqttClient
let heard: Heard[]

beforeEach(async () => {
  file = await loadMachineFile(input)
  machine = new ToyMachine(file)
  link = await connectMqtt(machine)
  client = await connectAsync(link.url)
  heard = []
  client.on('message', (topic, payload, { retain }) =>
    heard.push({ topic, payload: payload.toString(), retain }),
  )
  await client.subscribeAsync('site/#', { qos: 1 })
  await retained('state', 'online')
})
afterEach(async () => {
  await client.endAsync(true)
  await link.close()
})

function payloads(topic: string): unknown[] {
  return payloadsOf(`toy/${topic}`)
}

function payloadsOf(topic: string): unknown[] {
  return heard
    .filter((message) => message.topic === `site/hall/${topic}`)
    .map(({ payload }) => (topic.endsWith('/state') ? payload : JSON.parse(payload)))
}

async function told(topic: string, payload: object): Promise<void> {
  await vi.waitFor(() => expect(payloads(topic)).toContainEqual(expect.objectContaining(payload)))
}

async function retained(topic: string, payload: string): Promise<void> {
  const full = `site/hall/toy/${topic}`
  await vi.waitFor(() =>
    expect(heard).toContainEqual({ topic: full, payload, retain: expect.any(Boolean) }),
  )
}

async function command(axis: string, payload: unknown, retain = false): Promise<void> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  await client.publishAsync(`site/hall/toy/axis/${axis}/command`, text, { retain })
}
async function answered(topic: string, answer: object): Promise<void> {
  await vi.waitFor(() =>
    expect(
      heard.filter((message) => message.topic === topic).map(({ payload }) => JSON.parse(payload)),
    ).toContainEqual(expect.objectContaining(answer)),
  )
}
async function given(count = 1) {
  await vi.waitFor(() => expect(machine.given).toHaveLength(count))
  return machine.given[count - 1]
}

describe('a machine on MQTT', () => {
  test('publishes every topic of the table, and no other', async () => {
    machine.axis('x').feed(1, 2, 10.1234567)
    machine.axis('c').feed(-5)
    machine.ring.takeProgress({ phase: 'CP2', doing: 'writing parameters', fraction: 0.4 })
    machine.ringBlock.show(2, topology.brokenRing)
    machine.ringBlock.setConnection(1, connectionState.warning, 7, 2)
    machine.ringBlock.countSample()
    machine.ring.drain()
    await machine.io.point('lamp').write(true)
    machine.cycle$.next(report)
    const error = new DualportError('DP_INTERNAL', { at: 'here' })
    const fault = { kind: 'fault', severity: 'error', message: 'broken', axis: 'x', error } as const
    machine.events$.next({ timeNs: 0, ...fault })
    client.publish('site/hall/toy/axis/x/command', '{}')

    await told('axis/x/position', { value: 10.123457, unit: 'mm', cycle: 2 })
    await told('axis/x/velocity', { value: 20.246913, unit: 'mm/s' })
    await told('axis/x/torque', { unit: '%' })
    await told('axis/c/followingError', { value: -0.005, unit: 'deg' })
    await told('axis/c/status', { state: 'disabled', power: 'bb', homed: false, error: null })
    await told('io/lamp', { value: true })
    await told('io/level', { value: 0, unit: 'V' })
    await told('ring/phase', { phase: 'CP2', doing: 'writing parameters', fraction: 0.4 })
    await told('ring/topology', { topology: 'brokenRing' })
    await told(`ring/device/${file.devices[1]?.name}`, { state: 'warning', losses: 7 })
    await told('cycle', { counters: report.counters, latencyNs: quantiles })
    await told('events', {
      kind: 'fault',
      axis: 'x',
      error: { code: 'DP_INTERNAL', message: error.message },
    })
    await told('axis/x/answer', { id: null, result: 'error' })

    const rows = topicTable.map((row) => row.topic)
    const seen = new Set(heard.map(({ topic }) => rowOf(topic)))
    expect([...seen].toSorted()).toEqual(rows.toSorted())
  })

  test('tells what the table calls retained, and nothing else, to a late subscriber', async () => {
    machine.axis('x').feed(7)
    machine.cycle$.next(report)
    machine.events$.next({ timeNs: 0, kind: 'phase', severity: 'info', message: 'CP1' })
    await told('events', { kind: 'phase' })
    const late = await connectAsync(link.url)
    const topics = new Set<string>()
    late.on('message', (topic, _, { retain }) => retain && topics.add(rowOf(topic)))
    await late.subscribeAsync('site/#')
    const rows = topicTable.filter((row) => row.retained).map((row) => row.topic)
    await vi.waitFor(() => expect([...topics].toSorted()).toEqual(rows.toSorted()))
    await late.endAsync(true)
  })

  test('is offline for its subscribers when it closes, with everything before it said', async () => {
    const named = { ...file, name: 'other', mqtt: { ...file.mqtt, url: link.url } }
    const other = new ToyMachine(named)
    const otherLink = await connectMqtt(other)
    await firstValueFrom(otherLink.state$.pipe(filter((state) => state.connected)))
    for (let position = 0; position < 300; position++) other.axis('c').feed(position)
    await otherLink.close()
    await vi.waitFor(() => expect(payloadsOf('other/state').at(-1)).toBe('offline'))
    await vi.waitFor(() => expect(payloadsOf('other/axis/c/position')).toHaveLength(300))
    expect(payloadsOf('other/axis/c/position').at(-1)).toMatchObject({ value: 299 })
  })

  test('leaves the last position at the broker although its interval had not ended', async () => {
    const publish = { default: { intervalMs: 60_000, deadBand: 0, onChange: true }, signals: {} }
    const mqtt = { ...file.mqtt, url: link.url, publish }
    const slow = new ToyMachine({ ...file, name: 'slow', mqtt })
    const slowLink = await connectMqtt(slow)
    await firstValueFrom(slowLink.state$.pipe(filter((state) => state.connected)))
    slow.axis('c').feed(1)
    slow.axis('c').feed(2)
    await slow.io.point('lamp').write(true)
    await slowLink.close()
    await vi.waitFor(() => expect(payloadsOf('slow/state').at(-1)).toBe('offline'))
    expect(payloadsOf('slow/axis/c/position').at(-1)).toMatchObject({ value: 2 })
    expect(payloadsOf('slow/io/lamp').at(-1)).toMatchObject({ value: true })
  })

  test('takes one link at a time: two would carry out each command twice', async () => {
    await expect(connectMqtt(machine)).rejects.toMatchObject({ code: 'DP_MQTT_LINKED' })
    await link.close()
    link = await connectMqtt(machine)
  })

  test('may be linked after an attempt that failed', async () => {
    const port = Number(new URL(link.url).port)
    const other = new ToyMachine({ ...file, mqtt: { ...file.mqtt, port } })
    for (let attempt = 0; attempt < 2; attempt++)
      await expect(connectMqtt(other)).rejects.toMatchObject({ code: 'DP_MQTT_PORT_BUSY' })
  })

  test('whose file switches MQTT off is refused', async () => {
    const silent = new ToyMachine({ ...file, mqtt: { ...file.mqtt, enabled: false } })
    await expect(connectMqtt(silent)).rejects.toMatchObject({ code: 'DP_MQTT_DISABLED', at: 'toy' })
  })
})

describe('commands over MQTT', () => {
  test('are carried out and answered on replyTo: accepted, then done', async () => {
    await command('x', {
      id: 7,
      replyTo: 'site/me',
      command: 'moveAbsolute',
      position: 12,
      velocity: 3,
    })
    const move = await given()
    expect(move).toMatchObject({ axis: 'x', command: 'moveAbsolute' })
    expect(move?.argument).toEqual({ position: 12, velocity: 3 })
    await answered('site/me', { id: 7, result: 'accepted' })
    move?.settle('done')
    await answered('site/me', { id: 7, result: 'done' })
    expect(heard.filter(({ topic }) => topic === 'site/me')).toHaveLength(2)
  })

  test('that the axis refuses are answered with the error alone, without accepted', async () => {
    const refusal = new DualportError('DP_AXIS_HOMING_METHOD')
    const home = vi.spyOn(machine.axis('x'), 'home').mockImplementation(async () => {
      // as long as the cyclic worker and the drain of its answers take
      await new Promise((resolve) => setTimeout(resolve, 10))
      throw refusal
    })
    await command('x', { id: 1, replyTo: 'site/me', command: 'home', method: 'limitSwitch' })
    await answered('site/me', { id: 1, result: 'error' })
    expect(home).toHaveBeenCalledWith({ method: 'limitSwitch' })
    await command('x', { id: 2, replyTo: 'site/me', command: 'halt' })
    const halt = await given()
    await answered('site/me', { id: 2, result: 'accepted' })
    halt?.settle('done')
    await answered('site/me', { id: 2, result: 'done' })
    const answers = heard.filter(({ topic }) => topic === 'site/me').map((one) => one.payload)
    expect(answers.map((text) => (JSON.parse(text) as { result: string }).result)).toEqual([
      'error',
      'accepted',
      'done',
    ])
  })

  test('that a later one aborts or that fail are answered so', async () => {
    await command('x', { id: 'a', command: 'home' })
    await command('x', { id: 'b', command: 'halt' })
    await given(2)
    machine.given[0]?.settle('aborted')
    machine.given[1]?.fail(new DualportError('DP_MACHINE_CLOSED'))
    await answered('site/hall/toy/axis/x/answer', { id: 'a', result: 'aborted' })
    await answered('site/hall/toy/axis/x/answer', {
      id: 'b',
      result: 'error',
      error: expect.objectContaining({ code: 'DP_MACHINE_CLOSED' }),
    })
  })

  const limitless = { id: 1, replyTo: 'site/me', command: 'moveAbsolute' }
  test.each<[string, string, unknown, string, RegExp]>([
    ['for a closed axis', 'c', { ...limitless, position: 1 }, 'DP_MQTT_COMMAND_CLOSED', /mqtt/],
    ['for no axis', 'q', { ...limitless, position: 1 }, 'DP_AXIS_UNKNOWN', /axis\/q/],
    [
      'without a position',
      'x',
      limitless,
      'DP_MQTT_COMMAND',
      /position is missing, expected a number/,
    ],
    [
      'with two wrong fields',
      'x',
      { ...limitless, position: 'far', velocty: 3 },
      'DP_MQTT_COMMAND',
      /position is "far", expected a number; velocty is 3, expected no field of this name; the nearest is velocity/,
    ],
    [
      'of no known kind',
      'x',
      { ...limitless, command: 'jump' },
      'DP_MQTT_COMMAND',
      /command is "jump", expected enable, /,
    ],
    [
      'with a field of another command',
      'x',
      { ...limitless, command: 'enable', position: 5 },
      'DP_MQTT_COMMAND',
      /position is 5, expected no field of this name; known are id, replyTo, command\)/,
    ],
  ])(
    '%s are refused with the field and what was expected',
    async (_, axis, payload, code, words) => {
      await command(axis, payload)
      const error = { code, message: expect.stringMatching(words) }
      await answered('site/me', { id: 1, result: 'error', error })
      expect(machine.given).toEqual([])
    },
  )

  test.each<[string, unknown, RegExp]>([
    ['no JSON', 'move!', /is no JSON \(.*"move!".*\), expected a JSON object/],
    ['no object', '[1]', /the payload is \[1\], expected an object/],
    [
      'more than 4 KiB',
      { ...limitless, position: 1, id: 'x'.repeat(5000) },
      /is 5\d{3} bytes long, expected at most 4096 bytes/,
    ],
    ['a wildcard in replyTo', { ...limitless, position: 1, replyTo: 'site/#' }, /without wildcard/],
    [
      'a replyTo that could pass for telemetry',
      { ...limitless, position: 1, replyTo: 'site/hall/toy/axis/x/position' },
      /expected a replyTo outside site\/hall\/toy\//,
    ],
  ])('with %s are refused on the answer topic', async (_, payload, words) => {
    await command('x', payload)
    const error = { code: 'DP_MQTT_COMMAND', message: expect.stringMatching(words) }
    await answered('site/hall/toy/axis/x/answer', { result: 'error', error })
    expect(machine.given).toEqual([])
  })

  test('that a broker retained are refused: they would move the axis at every connect', async () => {
    await command('x', { ...limitless, position: 5 }, true)
    await given()
    const next = new ToyMachine({ ...file, mqtt: { ...file.mqtt, url: link.url } })
    const second = await connectMqtt(next)
    const error = expect.objectContaining({ code: 'DP_MQTT_COMMAND' })
    await answered('site/me', { id: 1, result: 'error', error })
    expect(next.given).toEqual([])
    await second.close()
  })

  test('without payload, which clear what a broker keeps, are ignored', async () => {
    await command('x', '')
    await command('x', { id: 'after', command: 'jump' })
    await answered('site/hall/toy/axis/x/answer', { id: 'after', result: 'error' })
    expect(payloads('axis/x/answer')).toHaveLength(1)
  })

  test('beyond 100 under way are refused', async () => {
    for (let id = 0; id <= 100; id++) await command('x', { id, command: 'halt' })
    const error = expect.objectContaining({ code: 'DP_MQTT_COMMAND_BUSY' })
    await answered('site/hall/toy/axis/x/answer', { id: 100, result: 'error', error })
    expect(machine.given).toHaveLength(100)
    for (const halt of machine.given) halt.settle('done')
  })
})

/** The table's row of a topic: names in it become `<name>`. */
function rowOf(topic: string): string {
  return topic
    .replace('site/hall/toy/', '')
    .replace(/^(axis|io|ring\/(?:device|port))\/[^/]+/, '$1/<name>')
}
