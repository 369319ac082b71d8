import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MonotonicClock } from '../../../uio/clock.ts'
import { createEvent, signalEvent } from '../../../uio/system/event.ts'
import { closeFile, read } from '../../../uio/system/file.ts'
import { connectUnix, type UnixSocket } from '../../../uio/system/unix-socket.ts'
import { CardServer } from './card-server.ts'
import { PlainCard } from './plain-card.ts'
import { command, headerFlag } from './protocol.ts'

let folder: string
let card: PlainCard
let server: CardServer
let client: UnixSocket
let left: (Error | undefined)[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-vfio-'))
  card = new PlainCard()
  left = []
  server = new CardServer({
    card,
    path: join(folder, 'card.sock'),
    onDisconnected: (error) => left.push(error),
  })
  client = connectUnix(join(folder, 'card.sock'))
  server.step(1000)
  client.send(message(command.version, '00000000'))
  server.step(1000)
  receive()
})

afterEach(() => {
  client.close()
  server.close()
  rmSync(folder, { recursive: true })
})

function message(number: number, hex: string, flags = 0): Uint8Array<ArrayBuffer> {
  const body = Buffer.from(hex.replaceAll(' ', ''), 'hex')
  const bytes = new Uint8Array(16 + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, 7, true)
  view.setUint16(2, number, true)
  view.setUint32(4, bytes.length, true)
  view.setUint32(8, flags, true)
  bytes.set(body, 16)
  return bytes
}

/** What the client finds in its socket now. */
function receive(): Buffer {
  const bytes = new Uint8Array(65_536)
  return Buffer.from(bytes.subarray(0, Math.max(0, client.receive(bytes, []))))
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}

test('posted writes and a read in one burst are carried out in order, and only the read is answered', () => {
  const write = (value: string) =>
    message(command.regionWrite, `1000000000000000 02000000 04000000 ${value}`, headerFlag.noReply)
  const readBack = message(command.regionRead, '1000000000000000 02000000 04000000')
  client.send(concat(write('11111111'), write('22222222'), readBack))
  server.step(1000)
  expect(receive().toString('hex')).toBe(
    '070009002400000001000000000000001000000000000000020000000400000022222222',
  )
})

test('the interrupt reaches the eventfd that the client sent, without a message', () => {
  const eventFd = createEvent()
  client.send(message(command.deviceSetIrqs, '14000000 24000000 00000000 00000000 01000000'), [
    eventFd,
  ])
  server.step(1000)
  receive()
  card.interrupt = true
  server.step(0)
  const count = new BigUint64Array(1)
  expect(read(eventFd, count, 8)).toBe(8)
  expect(count[0]).toBe(1n)
  expect(server.interrupts).toEqual({ fired: 1, refired: 0, messages: 0 })
  closeFile(eventFd)
})

describe('a card that asks its client for guest memory', () => {
  const dmaRead = '0010000000000000 0400000000000000'
  let outcome: boolean | undefined
  let into: Uint8Array<ArrayBuffer>

  beforeEach(() => {
    client.send(message(command.regionWrite, '0400000000000000 07000000 02000000 0400'))
    // argsz, flags: read and write; offset, address, size
    const window = '20000000 03000000 0000000000000000 0010000000000000 0010000000000000'
    client.send(message(command.dmaMap, window))
    server.step(1000)
    receive()
    into = new Uint8Array(4)
    outcome = undefined
    card.onTick = () => {
      card.onTick = () => {}
      outcome = card.bus?.read(0x1000n, into)
    }
  })

  test('goes on serving it while it waits: both may have asked at once', () => {
    const readBack = message(command.regionRead, '0000000000000000 02000000 01000000')
    const answer = message(command.dmaRead, `${dmaRead} 0a0b0c0d`, headerFlag.reply)
    new DataView(answer.buffer).setUint16(0, 1, true)
    client.send(concat(readBack, answer))
    server.step(0)
    expect([outcome, ...into]).toEqual([true, 0x0a, 0x0b, 0x0c, 0x0d])
    expect(receive().toString('hex')).toBe(
      '01000b00200000000000000000000000' +
        dmaRead.replaceAll(' ', '') +
        '07000900210000000100000000000000' +
        '00000000000000000200000001000000' +
        '00',
    )
  })

  test('takes no answer to another question, and none from a client that leaves', () => {
    client.send(message(command.dmaRead, `${dmaRead} 0a0b0c0d`, headerFlag.reply))
    client.close()
    server.step(0)
    expect([outcome, ...into]).toEqual([false, 0, 0, 0, 0])
    expect(left).toHaveLength(1)
    client = connectUnix(join(folder, 'card.sock'))
  })

  test('takes an error for what it is', () => {
    const flags = headerFlag.reply | headerFlag.error
    const answer = message(command.dmaRead, '', flags)
    new DataView(answer.buffer).setUint16(0, 1, true)
    client.send(answer)
    server.step(0)
    expect(outcome).toBe(false)
  })

  test('drops a client whose answer cannot be followed', () => {
    client.send(new Uint8Array(16).fill(0xff))
    server.step(0)
    expect(outcome).toBe(false)
    expect(left).toHaveLength(1)
    expect(left[0]).toMatchObject({ code: 'DP_VFIO_USER_MESSAGE' })
  })
})

test('the clock of the card goes on while the client says nothing', () => {
  card.periodNs = 2_000_000
  const clock = new MonotonicClock()
  const endNs = clock.now() + 50_000_000
  while (clock.now() < endNs) server.step(1000)
  expect(card.ticks).toBeGreaterThan(5)
})

test('a client that sends nonsense is dropped, and the next one is served', () => {
  client.send(new Uint8Array(16).fill(0xff))
  server.step(1000)
  expect(left.map((error) => error?.message)).toEqual([
    expect.stringContaining('DP_VFIO_USER_MESSAGE'),
  ])
  const next = connectUnix(join(folder, 'card.sock'))
  server.step(1000)
  next.send(message(command.version, '00000000'))
  server.step(1000)
  const bytes = new Uint8Array(1000)
  expect(next.receive(bytes, [])).toBeGreaterThan(16)
  next.close()
})

test('a client that leaves takes its interrupt with it, and the card stays', () => {
  card.memory.setUint32(0, 42)
  client.close()
  server.step(1000)
  expect(left).toEqual([undefined])
  expect(card.memory.getUint32(0)).toBe(42)
  client = connectUnix(join(folder, 'card.sock'))
})

test('the watch ends the loop', () => {
  const watched = createEvent()
  const other = new CardServer({
    card: new PlainCard(),
    path: join(folder, 'other.sock'),
    watch: { fd: watched, onReadable: () => false },
  })
  expect(other.step(0)).toBe(true)
  signalEvent(watched)
  other.run()
  closeFile(watched)
})
