/** Brokers other than the embedded one: with a password, with TLS. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { Aedes } from 'aedes'
import { filter, firstValueFrom } from 'rxjs'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { ToyMachine } from '../../test/toy-machine.ts'
import { loadMachineFile } from '../machine-file/load.ts'
import type { MachineInput } from '../machine-file/schema.ts'
import { connectMqtt } from './connect-mqtt.ts'
import type { MqttLink, MqttState } from './connect-mqtt.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'dualport-tls-'))
const pem = { key: path.join(folder, 'key.pem'), cert: path.join(folder, 'cert.pem') }
const hasCertificate = makeCertificate()

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  vi.unstubAllEnvs()
  for (const close of closing.splice(0).toReversed()) await close()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A broker that lets in `plant` with the password `tulip`. */
async function guardedBroker(listener: (aedes: Aedes) => Server): Promise<number> {
  const aedes = await Aedes.createBroker()
  aedes.authenticate = (_, name, password, done) =>
    done(null, name === 'plant' && password?.toString() === 'tulip')
  const server = listener(aedes).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(async () => {
    await new Promise<void>((resolve) => aedes.close(() => resolve()))
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const plain = (aedes: Aedes): Server => createServer(aedes.handle)
const encrypted = (aedes: Aedes): Server =>
  tls.createServer({ key: readFileSync(pem.key), cert: readFileSync(pem.cert) }, aedes.handle)

/** The first state that tells how it went. */
async function stateOf(mqtt: MachineInput['mqtt']): Promise<MqttState> {
  const file = await loadMachineFile({
    name: 'toy',
    card: { type: 'sercos3' },
    devices: [{ name: 'a', address: 1, profile: 'io' }],
    ...(mqtt && { mqtt }),
  })
  const link: MqttLink = await connectMqtt(new ToyMachine(file))
  closing.push(() => link.close())
  return firstValueFrom(link.state$.pipe(filter((s) => s.connected || s.problem !== undefined)))
}

test('user name and password of the machine file open a guarded broker, wrong ones do not', async () => {
  const url = `mqtt://127.0.0.1:${await guardedBroker(plain)}`
  expect(await stateOf({ url, username: 'plant', password: 'tulip' })).toMatchObject({
    connected: true,
  })
  expect(await stateOf({ url, username: 'plant', password: 'rose' })).toMatchObject({
    connected: false,
    problem: { code: 'DP_MQTT_CONNECTION' },
  })
})

test('the password may come from the environment', async () => {
  vi.stubEnv('DUALPORT_MQTT_PASSWORD', 'tulip')
  const url = `mqtt://127.0.0.1:${await guardedBroker(plain)}`
  expect(await stateOf({ url, username: 'plant' })).toMatchObject({ connected: true })
})

test.skipIf(!hasCertificate)(
  'a TLS broker is believed when the named authority signed it, and only then (needs openssl)',
  async () => {
    const url = `mqtts://127.0.0.1:${await guardedBroker(encrypted)}`
    const user = { username: 'plant', password: 'tulip' }
    expect(await stateOf({ url, ...user, ca: pem.cert })).toMatchObject({ connected: true })
    const stranger = await stateOf({ url, ...user })
    expect(stranger.connected).toBe(false)
    expect(stranger.problem?.actual).toMatch(/self-signed certificate/)
    expect(await stateOf({ url, ...user, rejectUnauthorized: false })).toMatchObject({
      connected: true,
    })
  },
)

function makeCertificate(): boolean {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const files = ['-keyout', pem.key, '-out', pem.cert, '-days', '2']
  try {
    execFileSync('openssl', ['req', '-x509', ...curve, ...files, ...subject], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
