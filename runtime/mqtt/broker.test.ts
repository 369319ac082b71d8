import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { connectAsync } from 'mqtt'
import { expect, test, vi } from 'vitest'
import { startBroker } from './broker.ts'

test('a given port that is in use is DP_MQTT_PORT_BUSY', async () => {
  const first = await startBroker(0)
  await expect(startBroker(first.port)).rejects.toMatchObject({
    code: 'DP_MQTT_PORT_BUSY',
    at: `127.0.0.1:${first.port}`,
  })
  await first.close()
})

test('without a port a second broker takes a free one', async () => {
  const first = await startBroker()
  const second = await startBroker()
  expect(second.port).not.toBe(first.port)
  await first.close()
  await second.close()
})

test('is on loopback only, and closes although a client never said a word', async () => {
  const broker = await startBroker(0)
  expect(broker.url).toBe(`mqtt://127.0.0.1:${broker.port}`)
  const silent = connect(broker.port, '127.0.0.1')
  silent.on('error', () => {})
  await once(silent, 'connect')
  const gone = once(silent, 'close')
  await broker.close()
  await broker.close()
  await gone
  const server = createServer().listen(broker.port, '127.0.0.1')
  await once(server, 'listening')
  expect((server.address() as AddressInfo).port).toBe(broker.port)
  server.close()
})

test('delivers messages of every kind side by side, once, also to overlapping subscriptions', async () => {
  const broker = await startBroker(0)
  const heard: string[] = []
  const subscriber = await connectAsync(broker.url)
  subscriber.on('message', (topic, payload) => heard.push(`${topic} ${payload.toString()}`))
  await subscriber.subscribeAsync(['kind/#', 'kind/+'], { qos: 1 })
  const publisher = await connectAsync(broker.url)
  const kinds = [
    { qos: 0, retain: true },
    { qos: 1, retain: true },
    { qos: 1, retain: false },
    { qos: 0, retain: false },
  ] as const
  const sent: string[] = []
  for (let count = 0; count < 20; count++) {
    for (const [kind, options] of kinds.entries()) {
      publisher.publish(`kind/${kind}`, String(count), options)
      sent.push(`kind/${kind} ${count}`)
    }
  }
  await vi.waitFor(() => expect(heard.toSorted()).toEqual(sent.toSorted()))
  const ofOne = heard.filter((message) => message.startsWith('kind/1'))
  expect(ofOne).toEqual(sent.filter((message) => message.startsWith('kind/1')))
  await publisher.endAsync(true)
  await subscriber.endAsync(true)
  await broker.close()
})

test('a subscriber that stopped reading is thrown out, and the others go on', async () => {
  const broker = await startBroker(0)
  const frozen = connect(broker.port, '127.0.0.1')
  frozen.on('error', () => {})
  // CONNECT as "f" with a clean session, then SUBSCRIBE to #, then never a read
  frozen.write(Uint8Array.of(0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 1, 102))
  frozen.write(Uint8Array.of(0x82, 6, 0, 1, 0, 1, 35, 0))
  await once(frozen, 'data')
  frozen.pause()
  const subscriber = await connectAsync(broker.url)
  const heard: string[] = []
  subscriber.on('message', (topic) => heard.push(topic))
  await subscriber.subscribeAsync('flood/#')
  const publisher = await connectAsync(broker.url)
  const kilobytes = Buffer.alloc(32 * 1024)
  for (let count = 0; count < 400; count++) publisher.publish(`flood/${count}`, kilobytes)
  await vi.waitFor(() => expect(heard.at(-1)).toBe('flood/399'), { timeout: 10_000 })
  expect(heard).toHaveLength(400)
  await publisher.endAsync(true)
  await subscriber.endAsync(true)
  await broker.close()
})
