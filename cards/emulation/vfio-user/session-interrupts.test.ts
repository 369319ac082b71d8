/** What reaches the client of the card's interrupt: by its line, by messages, and as configuration space shows it. */
import { beforeEach, describe, expect, test } from 'vitest'
import { PlainCard } from './plain-card.ts'
import { command } from './protocol.ts'
import type { Answer } from './protocol.ts'
import { Session } from './session.ts'

let card: PlainCard
let session: Session
let closed: number[]
let signalled: number[]

/** A session with a card that has so many messages. */
function begin(msiVectors: 0 | 1): void {
  card = new PlainCard()
  card.msiVectors = msiVectors
  closed = []
  signalled = []
  session = new Session(card, {
    signal: (fd) => signalled.push(fd),
    closeFd: (fd) => closed.push(fd),
    shareMemory: () => undefined,
  })
  send(command.version, '0000 0000')
}

/** Sends a command whose body is given as bytes in hex, blanks allowed. */
function send(number: number, hex = '', fds: readonly number[] = []): Answer {
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  return session.handle(
    { id: 1, command: number, flags: 0, body: new DataView(bytes.buffer), fds },
    0,
  )
}

function hexOf(answer: Answer): string {
  return 'body' in answer ? Buffer.from(answer.body).toString('hex') : `errno ${answer.errno}`
}

function setLevel(level: boolean): void {
  card.interrupt = level
  session.update(0)
}

function readStatus(): string {
  return hexOf(send(command.regionRead, '0600000000000000 07000000 01000000')).slice(32)
}

function writeCommand(hex: string): void {
  send(command.regionWrite, `0400000000000000 07000000 02000000 ${hex}`)
}

describe('a card that sends messages', () => {
  const connect = '14000000 24000000 01000000 00000000 01000000'
  const disable = '14000000 21000000 01000000 00000000 00000000'

  beforeEach(() => begin(1))

  test('tells of its one message, which cannot be masked', () => {
    expect(hexOf(send(command.deviceGetIrqInfo, '10000000 00000000 01000000 00000000'))).toBe(
      '10000000090000000100000001000000',
    )
  })

  test('sends one for each rise while a descriptor is connected, and its line is silent', () => {
    send(command.deviceSetIrqs, '14000000 24000000 00000000 00000000 01000000', [5])
    expect(hexOf(send(command.deviceSetIrqs, connect, [6]))).toBe('')
    setLevel(true)
    setLevel(true)
    setLevel(false)
    setLevel(true)
    expect(signalled).toEqual([6, 6])
    expect(hexOf(send(command.deviceSetIrqs, disable))).toBe('')
    expect(closed).toEqual([6])
    session.update(0)
    expect(signalled).toEqual([6, 6, 5])
  })

  test('a client may have one sent, but not mask it', () => {
    send(command.deviceSetIrqs, connect, [6])
    expect(hexOf(send(command.deviceSetIrqs, '14000000 21000000 01000000 00000000 01000000'))).toBe(
      '',
    )
    expect(signalled).toEqual([6])
    for (const flags of ['09000000', '11000000'])
      expect(
        hexOf(send(command.deviceSetIrqs, `14000000 ${flags} 01000000 00000000 01000000`)),
      ).toBe('errno 22')
  })

  test('it has one message and no more', () => {
    expect(
      hexOf(send(command.deviceSetIrqs, '14000000 24000000 01000000 00000000 02000000', [6, 7])),
    ).toBe('errno 22')
    expect(closed.toSorted((a, b) => a - b)).toEqual([6, 7])
  })

  test('nothing of the client stays when it goes', () => {
    send(command.deviceSetIrqs, connect, [6])
    session.end()
    expect(closed).toEqual([6])
    setLevel(true)
    expect(signalled).toEqual([])
    expect(hexOf(send(command.deviceGetInfo))).toBe('errno 22')
  })
})

describe('INTx and configuration space', () => {
  beforeEach(() => {
    begin(0)
    send(command.deviceSetIrqs, '14000000 24000000 00000000 00000000 01000000', [5])
  })

  test('the interrupt disable bit holds the line down and shows the status all the same', () => {
    writeCommand('0004')
    card.interrupt = true
    session.update(0)
    expect(signalled).toEqual([])
    expect(readStatus()).toBe('88')
    writeCommand('0000')
    session.update(1)
    expect(signalled).toEqual([5])
  })

  test('the status stands until the client has ended the interrupt', () => {
    card.interrupt = true
    session.update(0)
    card.interrupt = false
    session.update(1)
    expect(readStatus()).toBe('88')
    send(command.deviceSetIrqs, '14000000 11000000 00000000 00000000 01000000')
    expect(readStatus()).toBe('80')
  })
})
