/**
 * Telemetry: a machine tells its streams over MQTT, and a second process, which knows nothing but the broker's URL,
 * subscribes to them. In a program of yours the import is from 'dualport'.
 * Prints: heard x arrive at 100\.0 mm in \d+ messages
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { connectAsync } from 'mqtt'
import { connectMqtt, openMachine } from '../runtime/index.ts'

const [role, brokerUrl = ''] = process.argv.slice(2)
if (role === 'subscribe') await subscribe(brokerUrl)
else await publish()

/** The machine: emulated, with the embedded broker on loopback. */
async function publish(): Promise<void> {
  const machine = await openMachine(new URL('machines/demo.json', import.meta.url))
  const link = await connectMqtt(machine)
  const subscriber = fork(fileURLToPath(import.meta.url), ['subscribe', link.url])
  const ended = once(subscriber, 'exit')
  await once(subscriber, 'message')

  await machine.operational
  const x = machine.axis('x')
  await x.enable()
  await x.moveAbsolute({ position: 100, velocity: 100 })
  await ended

  await machine.close()
  await link.close()
  console.log(`machine closed, ${link.dropped} messages dropped`)
}

/** The other side, which could be any MQTT client anywhere. */
async function subscribe(url: string): Promise<void> {
  const client = await connectAsync(url)
  let messages = 0
  const arrived = new Promise<number>((resolve) => {
    client.on('message', (topic, payload) => {
      const { value, unit } = JSON.parse(payload.toString()) as { value: number; unit: string }
      console.log(`${topic} ${value.toFixed(4)} ${unit}`)
      messages++
      if (Math.abs(value - 100) < 0.01) resolve(value)
    })
  })
  await client.subscribeAsync('dualport/demo/axis/x/position')
  process.send?.('subscribed')
  console.log(`heard x arrive at ${(await arrived).toFixed(1)} mm in ${messages} messages`)
  await client.endAsync()
  process.disconnect?.()
}
