/**
 * Hands messages from the bounded queue to the MQTT client, only as fast as the connection takes them.
 *
 * The client's own stores are no bound: offline it queues for ever, and QoS 1 packet ids wrap at 65,535 over messages
 * still stored. A frozen broker looks connected while megabytes pile up in the stream. So a message is handed over only
 * while connected, with few messages unacknowledged and the stream's buffer short.
 */
import type { MqttClient } from 'mqtt'
import type { BoundedQueue, Message } from './bounded-queue.ts'

export const maxUnacknowledged = 100
export const maxStreamBytes = 64 * 1024

export class MessagePump {
  readonly #client: MqttClient
  readonly #queue: BoundedQueue
  readonly #qos: 0 | 1
  #ready = false
  #pumping = false
  #connection = 0
  #unacknowledged = 0
  #lost = 0
  #emptied: (() => void) | undefined

  constructor(client: MqttClient, queue: BoundedQueue, qos: 0 | 1) {
    this.#client = client
    this.#queue = queue
    this.#qos = qos
    // stored QoS 1 messages were replayed before `connect`; each connection has a stream of its own
    client.on('connect', () => {
      this.#ready = true
      client.stream.on('drain', () => this.pump())
      this.pump()
    })
    client.on('close', () => this.#disconnected())
  }

  /** Messages that never reached a connection: dropped at the bound, or QoS 0 in the buffer of one that broke. */
  get dropped(): number {
    return this.#queue.dropped + this.#lost
  }

  push(message: Message): void {
    this.#queue.push(message)
    this.pump()
  }

  pump(): void {
    // a QoS 0 callback comes back within publish
    if (this.#pumping) return
    this.#pumping = true
    while (this.#mayHandOver()) {
      const message = this.#queue.shift()
      if (message === undefined) break
      this.#handOver(message)
    }
    this.#pumping = false
    if (this.#queue.size === 0 && this.#unacknowledged === 0) this.#emptied?.()
  }

  /** Resolves `true` when everything was handed over and acknowledged, `false` after `timeoutMs` or without connection. */
  async flush(timeoutMs: number): Promise<boolean> {
    if (!this.#ready) return false
    if (this.#queue.size === 0 && this.#unacknowledged === 0) return true
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs)
      this.#emptied = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }

  #mayHandOver(): boolean {
    return (
      this.#ready &&
      this.#unacknowledged < maxUnacknowledged &&
      this.#client.stream.writableLength < maxStreamBytes
    )
  }

  #handOver(message: Message): void {
    const connection = this.#connection
    this.#unacknowledged++
    this.#client.publish(
      message.topic,
      message.payload,
      { qos: this.#qos, retain: message.retain },
      () => {
        // at QoS 1 the client keeps a message over a reconnect, at QoS 0 #disconnected has settled it
        if (this.#qos === 0 && connection !== this.#connection) return
        this.#unacknowledged--
        this.pump()
      },
    )
  }

  #disconnected(): void {
    this.#ready = false
    this.#connection++
    if (this.#qos === 1) return
    this.#lost += this.#unacknowledged
    this.#unacknowledged = 0
  }
}
