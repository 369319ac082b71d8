/** The machine on MQTT: its streams out, its commands in, over the embedded broker or any other. */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { connect } from 'mqtt'
import type { IClientOptions, MqttClient } from 'mqtt'
import { BehaviorSubject } from 'rxjs'
import type { Observable } from 'rxjs'
import { DualportError } from '../../errors.ts'
import type { MachineFile, MqttFile } from '../machine-file/schema.ts'
import type { Machine } from '../machine-types.ts'
import { BoundedQueue } from './bounded-queue.ts'
import { startBroker } from './broker.ts'
import { MessagePump } from './message-pump.ts'
import { publishStreams } from './publish-streams.ts'
import { CommandTaker } from './take-commands.ts'
import { Topics } from './topics.ts'

/** Short, so that a broker that froze is noticed: it still looks connected. */
const keepaliveS = 5
const connectTimeoutMs = 5000
const reconnectMs = 1000
const flushMs = 1000

export type MqttState = {
  readonly connected: boolean
  /** DP_MQTT_CONNECTION: why there is no connection, as far as the broker or the network told. */
  readonly problem: DualportError | undefined
}

export type MqttLink = {
  /** Of the broker in use, without credentials. */
  readonly url: string
  /** First levels of every topic of this machine: `dualport/demo`. */
  readonly root: string
  /** Messages that were dropped before they reached a connection. */
  readonly dropped: number
  /** The present state, then each change. Completes at close. */
  readonly state$: Observable<MqttState>
  /** Publishes `offline`, disconnects, stops the embedded broker. Ends within 2 s whatever the broker does. Idempotent. */
  close(): Promise<void>
}

/** A machine as `openMachine` returns it. */
export type PublishedMachine = Machine & {
  readonly file: MachineFile
  /** Where the machine shows the dropped messages among its counters. */
  countDroppedMessages?(count: () => number): void
}

/** Machines with a link that is not closed: two would answer each command, and move an axis twice. */
const linked = new WeakSet<PublishedMachine>()

/**
 * Puts the machine on MQTT as its file says. Resolves at once: a broker that cannot be reached is tried again every
 * second, while the newest messages wait in a bounded queue. `link.state$` tells; nothing is thrown then.
 * Throws DP_MQTT_DISABLED (the file says `mqtt.enabled: false`: ask `machine.file.mqtt.enabled` first), DP_MQTT_LINKED
 * (the machine has a link already), DP_MQTT_PORT_BUSY, DP_MQTT_BROKER (embedded broker), DP_MQTT_CONNECTION (a
 * certificate file cannot be read).
 */
export async function connectMqtt(machine: PublishedMachine): Promise<MqttLink> {
  if (!machine.file.mqtt.enabled) throw new DualportError('DP_MQTT_DISABLED', { at: machine.name })
  if (linked.has(machine)) throw new DualportError('DP_MQTT_LINKED', { at: machine.name })
  linked.add(machine)
  try {
    return await openLink(machine)
  } catch (error) {
    linked.delete(machine)
    throw error
  }
}

async function openLink(machine: PublishedMachine): Promise<MqttLink> {
  const { file } = machine
  const { mqtt } = file
  const topics = new Topics(file)
  const secrets = await readSecrets(mqtt)
  const broker = mqtt.url === undefined ? await startBroker(mqtt.port) : undefined
  const url = broker?.url ?? mqtt.url ?? ''
  const client = connect(url, clientOptions(mqtt, secrets, topics))
  // registered first: `online` goes out ahead of the backlog
  client.on('connect', () => {
    client.publish(topics.state, 'online', { qos: 1, retain: true })
  })
  const pump = new MessagePump(client, new BoundedQueue(mqtt.queueMessages), mqtt.qos)
  const state$ = watchConnection(client, url)

  machine.countDroppedMessages?.(() => pump.dropped)

  const publish = pump.push.bind(pump)
  const streams = publishStreams(machine, file, {
    publish,
    get dropped() {
      return pump.dropped
    },
  })
  const commands = new CommandTaker(machine, file, publish)
  client.on('message', (topic, payload, packet) => commands.take(topic, payload, packet.retain))
  client.subscribe(topics.commands, { qos: 0 })
  client.on('connect', () => streams.republish())

  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    streams.close()
    client.removeAllListeners('message')
    if (await pump.flush(flushMs)) await publishOffline(client, topics.state)
    await endClient(client)
    await broker?.close()
    linked.delete(machine)
    state$.complete()
  }
  return {
    url,
    root: topics.root,
    get dropped() {
      return pump.dropped
    },
    state$: state$.asObservable(),
    close: () => (closing ??= close()),
  }
}

type Secrets = Pick<IClientOptions, 'ca' | 'cert' | 'key' | 'password'>

async function readSecrets(mqtt: MqttFile): Promise<Secrets> {
  const secrets: Secrets = {}
  for (const field of ['ca', 'cert', 'key'] as const) {
    const file = mqtt[field]
    if (file === undefined) continue
    secrets[field] = await readFile(file).catch((cause: unknown) => {
      throw new DualportError('DP_MQTT_CONNECTION', { at: `mqtt.${field}: ${file}`, cause })
    })
  }
  const password = mqtt.password ?? process.env['DUALPORT_MQTT_PASSWORD']
  // MQTT 3.1.1 allows no password without a user name
  if (password !== undefined && mqtt.username !== undefined) secrets.password = password
  return secrets
}

function clientOptions(mqtt: MqttFile, secrets: Secrets, topics: Topics): IClientOptions {
  return {
    ...secrets,
    ...(mqtt.username !== undefined && { username: mqtt.username }),
    // a broker need not take more than 23 characters in 3.1.1
    clientId: `dualport_${randomBytes(5).toString('hex')}`,
    protocolVersion: 4,
    clean: true,
    keepalive: keepaliveS,
    connectTimeout: connectTimeoutMs,
    reconnectPeriod: reconnectMs,
    // a broker that is starting or being set up refuses, too
    reconnectOnConnackError: true,
    queueQoSZero: false,
    rejectUnauthorized: mqtt.rejectUnauthorized,
    will: { topic: topics.state, payload: Buffer.from('offline'), qos: 1, retain: true },
  }
}

function watchConnection(client: MqttClient, url: string): BehaviorSubject<MqttState> {
  const state$ = new BehaviorSubject<MqttState>({ connected: false, problem: undefined })
  let reason: unknown
  client.on('error', (error) => {
    reason = error
  })
  client.on('connect', () => {
    reason = undefined
    state$.next({ connected: true, problem: undefined })
  })
  client.on('close', () => {
    const problem = new DualportError('DP_MQTT_CONNECTION', {
      at: url,
      ...(reason instanceof Error && { actual: reason.message }),
      cause: reason,
    })
    state$.next({ connected: false, problem })
  })
  return state$
}

/** Acknowledged or not, within the time: the will says the same. */
async function publishOffline(client: MqttClient, topic: string): Promise<void> {
  await withinTime((done) => client.publish(topic, 'offline', { qos: 1, retain: true }, done), 500)
}

/** Without force the client waits for its acknowledgements for ever, and a second `end` with force does nothing. */
async function endClient(client: MqttClient): Promise<void> {
  const idle = client.connected && Object.keys(client.outgoing).length === 0
  await withinTime((done) => client.end(!idle, done), 500)
  client.stream.destroy()
}

async function withinTime(act: (done: () => void) => void, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs)
    act(() => {
      clearTimeout(timer)
      resolve()
    })
  })
}
