/** The programs that serve one emulated card each: started as a virtual machine's owner starts them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { PollSet, pollIn } from '../../uio/system/event.ts'
import { connectUnix } from '../../uio/system/unix-socket.ts'

const root = resolve(import.meta.dirname, '../..')

const programs = [
  ['cif', 'cards/cif/emulator/serve-pci-card.ts', [], '10b5 9030 1518 0430'],
  [
    'cif',
    'cards/cif/emulator/serve-pci-card.ts',
    ['--fieldbus', 'devicenet'],
    '10b5 9030 1518 0432',
  ],
  ['netx', 'cards/netx/emulator/serve-pci-card.ts', [], '15cf 0000 0000 0000'],
  ['mf624', 'cards/mf624/emulator/serve-pci-card.ts', [], '186c 0624 186c 0624'],
  [
    'sercos3',
    'cards/sercos3/emulator/serve-pci-card.ts',
    ['--device', 'x:1:drive', '--msi', '--mappable'],
    '10b5 9030 1971 3530',
  ],
  ['foreign', 'cards/emulation/serve-foreign-card.ts', [], '1234 5679 1234 0001'],
] as const

let folder: string
let child: ChildProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-served-'))
})

afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

/** Starts a program; `next` is its next line, `tell` gives it an order and returns the answer. */
async function start(program: string, args: readonly string[]) {
  const socket = join(folder, 'card.sock')
  const started = spawn(process.execPath, [join(root, program), '--socket', socket, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child = started
  const lines = createInterface({ input: started.stdout })[Symbol.asyncIterator]()
  const next = async () => {
    const { value } = (await lines.next()) as { value: unknown }
    return JSON.parse(String(value)) as Record<string, unknown>
  }
  const tell = async (order: string) => {
    started.stdin.write(`${order}\n`)
    return next()
  }
  expect(await next()).toEqual({ event: 'listening' })
  return { socket, next, tell, started }
}

function message(command: number, hex: string): Uint8Array<ArrayBuffer> {
  const body = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  const bytes = new Uint8Array(16 + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(2, command, true)
  view.setUint32(4, bytes.length, true)
  bytes.set(body, 16)
  return bytes
}

/** Vendor, device, subsystem vendor and subsystem device, as a client reads them. */
function readIds(socket: string): string {
  const client = connectUnix(socket)
  const readable = new PollSet([client.fd], pollIn)
  const answer = new Uint8Array(4096)
  const ask = (command: number, hex: string) => {
    client.send(message(command, hex))
    readable.wait(5000)
    return new DataView(answer.buffer, 0, Math.max(0, client.receive(answer, [])))
  }
  ask(1, '00000000')
  const config = ask(9, '0000000000000000 07000000 40000000')
  const ids = [0x00, 0x02, 0x2c, 0x2e].map((at) => config.getUint16(32 + at, true))
  client.close()
  return ids.map((id) => id.toString(16).padStart(4, '0')).join(' ')
}

test.each(programs)('%s %s %j', async (_name, program, args, ids) => {
  const { socket, next, tell, started } = await start(program, args)
  expect(readIds(socket)).toBe(ids)
  expect(await next()).toEqual({ event: 'connected' })
  expect(await next()).toMatchObject({ event: 'disconnected' })
  expect(await tell('{"do":"burst","everyUs":0,"count":3}')).toMatchObject({ fired: 0 })
  expect(await tell('{"do":"observe"}')).toMatchObject({ pending: true, left: 0, merged: 2 })
  expect(await tell('{"do":"nonsense"}')).toHaveProperty('refused')
  started.stdin.end()
  expect(await once(started, 'exit')).toEqual([0, null])
})

test('the foreign card interrupts at random once it is told to', async () => {
  const { tell } = await start('cards/emulation/serve-foreign-card.ts', [])
  expect(await tell('{"do":"observe"}')).toMatchObject({ events: 0 })
  await tell('{"do":"annoy","seed":1,"meanUs":100,"holdUs":50,"count":5}')
  let seen = await tell('{"do":"observe"}')
  while (seen['events'] !== 5) seen = await tell('{"do":"observe"}')
  expect(seen).toMatchObject({ left: 0, cleared: 0 })
})
