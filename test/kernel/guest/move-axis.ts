/**
 * `move-axis.ts POSITION VELOCITY`: enables the axis x of the machine 'kernel' over its MQTT broker, moves it, and prints
 * every position that the broker published meanwhile, in increments, as JSON.
 */
import { connectAsync } from 'mqtt'

const [position = '10', velocity = '10'] = process.argv.slice(2)
const root = 'dualport/kernel'
const incrementsPerUnit = 10_000

const client = await connectAsync('mqtt://127.0.0.1:1883', { connectTimeout: 20_000 })
const positions: number[] = []
const answers = new Map<number, (answer: { result: string }) => void>()
client.on('message', (topic, payload) => {
  const message = JSON.parse(payload.toString()) as { value: number; id: number; result: string }
  if (topic === `${root}/axis/x/position`)
    positions.push(Math.round(message.value * incrementsPerUnit))
  else if (message.result !== 'accepted') answers.get(message.id)?.(message)
})
await client.subscribeAsync([`${root}/axis/x/position`, `${root}/axis/x/answer`])
await command(1, { command: 'enable' })
console.log('enabled')
await command(2, {
  command: 'moveAbsolute',
  position: Number(position),
  velocity: Number(velocity),
})
// the last position is published at the next interval
await new Promise((resolve) => setTimeout(resolve, 1000))
await client.endAsync()
console.log(`positions ${JSON.stringify(positions)}`)

async function command(id: number, what: object): Promise<void> {
  const answered = new Promise<{ result: string }>((resolve) => answers.set(id, resolve))
  await client.publishAsync(`${root}/axis/x/command`, JSON.stringify({ id, ...what }))
  const answer = await answered
  if (answer.result !== 'done') throw new Error(JSON.stringify(answer))
}
