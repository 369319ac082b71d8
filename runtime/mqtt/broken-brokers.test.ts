import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { firstValueFrom, filter } from 'rxjs'
import { afterEach, expect, test, vi } from 'vitest'
import { ToyMachine } from '../../test/toy-machine.ts'
import { loadMachineFile } from '../machine-file/load.ts'
import { startBroker } from './broker.ts'
import { connectMqtt } from './connect-mqtt.ts'
import type { MqttLink } from './connect-mqtt.ts'

const closing: (() => Promise<unknown> | void)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function linkTo(port: number): Promise<{ link: MqttLink; machine: ToyMachine }> {
  const file = await loadMachineFile({
    name: 'toy',
    card: { type: 'sercos3' },
    devices: [{ name: 'a', address: 1, profile: 'io' }],
    mqtt: { url: `mqtt://127.0.0.1:${port}` },
  })
  const machine = new ToyMachine(file)
  const link = await connectMqtt(machine)
  closing.push(() => link.close())
  return { link, machine }
}

/** Takes connections and answers them with `answer` or not at all. */
async function server(answer?: Uint8Array): Promise<number> {
  const sockets: Socket[] = []
  const tcp = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.once('data', () => answer && socket.write(answer))
  })
  tcp.listen(0, '127.0.0.1')
  await once(tcp, 'listening')
  closing.push(() => {
    for (const socket of sockets) socket.destroy()
    tcp.close()
  })
  return (tcp.address() as AddressInfo).port
}

test('a broker that is not there is a problem in the state, not an exception, until it comes', async () => {
  const probe = await startBroker(0)
  await probe.close()
  const { link } = await linkTo(probe.port)
  const refused = await firstValueFrom(
    link.state$.pipe(filter((state) => state.problem !== undefined)),
  )
  expect(refused.problem).toMatchObject({
    code: 'DP_MQTT_CONNECTION',
    at: `mqtt://127.0.0.1:${probe.port}`,
    actual: expect.stringContaining('ECONNREFUSED'),
  })
  const broker = await startBroker(probe.port)
  closing.push(() => broker.close())
  const up = await firstValueFrom(link.state$.pipe(filter((state) => state.connected)))
  expect(up.problem).toBeUndefined()
})

test('a broker that refuses is quoted, and tried again', async () => {
  // CONNACK, return code 5: not authorised
  const { link } = await linkTo(await server(Uint8Array.of(0x20, 2, 0, 5)))
  const refused = await firstValueFrom(
    link.state$.pipe(filter((state) => state.problem !== undefined)),
  )
  expect(refused.problem?.actual).toMatch(/not authorized/i)
  const again = await firstValueFrom(
    link.state$.pipe(filter((state) => state.problem !== undefined && state !== refused)),
  )
  expect(again.problem?.actual).toMatch(/not authorized/i)
})

test.each([
  ['never answers', undefined],
  ['accepts the connection and then falls silent', Uint8Array.of(0x20, 2, 0, 0)],
  ['answers no MQTT', new TextEncoder().encode('HTTP/1.1 400 Bad Request\r\n')],
])('closing ends although the broker %s', async (_, answer) => {
  const { link, machine } = await linkTo(await server(answer))
  if (answer?.length === 4)
    await firstValueFrom(link.state$.pipe(filter((state) => state.connected)))
  machine.events$.next({ timeNs: 0, kind: 'phase', severity: 'info', message: 'CP1' })
  const states: boolean[] = []
  link.state$.subscribe({ complete: () => states.push(true) })
  await link.close()
  await vi.waitFor(() => expect(states).toEqual([true]))
})
