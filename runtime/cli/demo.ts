import path from 'node:path'
import type { MqttLink } from '../mqtt/connect-mqtt.ts'
import { runDemoProgramme } from './demo-programme.ts'
import { runSession } from './machine-session.ts'
import type { SessionOptions } from './machine-session.ts'
import { packageRoot } from './package-root.ts'
import type { StopSignal } from './stop-signal.ts'

export function demoMachine(): string {
  return path.join(packageRoot(), 'examples/machines/demo.json')
}

/** Runs the emulated demo machine until `stop`. */
export async function demo(options: SessionOptions, stop: StopSignal): Promise<number> {
  return runSession(demoMachine(), options, stop, async ({ machine, link, output, ending }) => {
    if (link !== undefined) output.say(howToListen(link))
    await runDemoProgramme(machine, ending)
  })
}

function howToListen({ url, root }: MqttLink): string {
  const { hostname, port } = new URL(url)
  const broker = `-h ${hostname} -p ${port}`
  const command = '{"id": 1, "command": "moveAbsolute", "position": 50}'
  return [
    '',
    'Watch it on MQTT, and take an axis over for 10 s, from another terminal:',
    `  mosquitto_sub ${broker} -t '${root}/#' -v`,
    `  mosquitto_pub ${broker} -t ${root}/axis/x/command -m '${command}'`,
    `  npx mqtt sub ${broker} -t '${root}/#' -v        (without mosquitto)`,
    'Ctrl-C disables the drives and ends.',
    '',
  ].join('\n')
}
