import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { PlainCard } from './plain-card.ts'
import { command } from './protocol.ts'
import type { Answer } from './protocol.ts'
import { Session } from './session.ts'

let card: PlainCard
let session: Session
let closed: number[]
let signalled: number[]

beforeEach(() => {
  card = new PlainCard()
  closed = []
  signalled = []
  session = new Session(card, {
    signal: (fd) => signalled.push(fd),
    closeFd: (fd) => closed.push(fd),
    shareMemory: () => undefined,
  })
})

/** Sends a command whose body is given as bytes in hex, blanks allowed. */
function send(number: number, hex = '', fds: readonly number[] = [], nowNs = 0): Answer {
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
  return session.handle(
    { id: 1, command: number, flags: 0, body: new DataView(bytes.buffer), fds },
    nowNs,
  )
}

function hexOf(answer: Answer): string {
  return 'body' in answer ? Buffer.from(answer.body).toString('hex') : `errno ${answer.errno}`
}

function negotiate(): void {
  send(command.version, '0000 0000')
}

describe('VERSION', () => {
  test('agrees on version 0 and the lower minor, and tells what the server takes', () => {
    const answer = send(command.version, '0000 0300 7b7d00')
    if (!('body' in answer)) throw new Error('refused')
    expect([...answer.body.subarray(0, 4)]).toEqual([0, 0, 1, 0])
    expect(Buffer.from(answer.body.subarray(4)).toString()).toBe(
      '{"capabilities":{"max_msg_fds":8,"max_data_xfer_size":1048576}}\0',
    )
    expect(hexOf(send(command.version, '0000 0000')).slice(0, 8)).toBe('00000000')
  })

  test('another major version is refused, and so is everything before it is settled', () => {
    expect(hexOf(send(command.deviceGetInfo))).toBe('errno 22')
    expect(hexOf(send(command.version, '0100 0000'))).toBe('errno 95')
    expect(hexOf(send(command.deviceGetInfo))).toBe('errno 22')
  })
})

describe('what the card consists of', () => {
  beforeEach(negotiate)

  test('a resettable PCI device with nine regions and five kinds of interrupt', () => {
    expect(hexOf(send(command.deviceGetInfo, '10000000 00000000 00000000 00000000'))).toBe(
      '10000000030000000900000005000000',
    )
  })

  test('a BAR is readable and writable but never mappable', () => {
    const ask = '20000000 00000000 02000000 00000000 0000000000000000 0000000000000000'
    expect(hexOf(send(command.deviceGetRegionInfo, ask))).toBe(
      '2000000003000000020000000000000000100000000000000000000000000000',
    )
  })

  test('a BAR that the card has not is empty; an index past the last is refused', () => {
    expect(hexOf(send(command.deviceGetRegionInfo, '20000000 00000000 00000000'))).toBe(
      '2000000000000000000000000000000000000000000000000000000000000000',
    )
    expect(hexOf(send(command.deviceGetRegionInfo, '20000000 00000000 09000000'))).toBe('errno 22')
  })

  test('one INTx line by eventfd, maskable, masked when it fires; no MSI', () => {
    expect(hexOf(send(command.deviceGetIrqInfo, '10000000 00000000 00000000 00000000'))).toBe(
      '10000000070000000000000001000000',
    )
    expect(hexOf(send(command.deviceGetIrqInfo, '10000000 00000000 01000000 00000000'))).toBe(
      '10000000000000000100000000000000',
    )
    expect(hexOf(send(command.deviceGetIrqInfo, '10000000 00000000 05000000'))).toBe('errno 22')
  })

  test('a command that is not served is refused', () => {
    expect(hexOf(send(16))).toBe('errno 95')
  })
})

describe('accesses', () => {
  beforeEach(negotiate)

  test('a write reaches the card at its width, a read brings the value back', () => {
    expect(hexOf(send(command.regionWrite, '0800000000000000 02000000 04000000 78563412'))).toBe(
      '08000000000000000200000004000000',
    )
    expect(card.memory.getUint32(8, true)).toBe(0x12345678)
    expect(hexOf(send(command.regionRead, '0a00000000000000 02000000 02000000'))).toBe(
      '0a0000000000000002000000020000003412',
    )
    expect(card.accesses).toEqual([
      { kind: 'write', offset: 8, width: 32 },
      { kind: 'read', offset: 10, width: 16 },
    ])
  })

  test('a long or unaligned access becomes aligned ones, lowest address first', () => {
    send(command.regionRead, '0100000000000000 02000000 08000000')
    expect(card.accesses.map(({ offset, width }) => `${offset}/${width}`)).toEqual([
      '1/8',
      '2/16',
      '4/32',
      '8/8',
    ])
  })

  test('any write is read back, whatever its place and length', () => {
    fc.assert(
      fc.property(fc.nat(0xf00), fc.uint8Array({ minLength: 1, maxLength: 64 }), (offset, data) => {
        const head = new DataView(new ArrayBuffer(16))
        head.setUint32(0, offset, true)
        head.setUint32(8, 2, true)
        head.setUint32(12, data.length, true)
        const hex = Buffer.from(head.buffer).toString('hex')
        const bytes = Buffer.from(data).toString('hex')
        expect(hexOf(send(command.regionWrite, hex + bytes))).toBe(hex)
        expect(hexOf(send(command.regionRead, hex))).toBe(hex + bytes)
      }),
    )
  })

  test.each([
    ['past the end of the BAR', 'fd0f000000000000 02000000 04000000'],
    ['far past it', 'ffffffffffffffff 02000000 01000000'],
    ['to a BAR that the card has not', '0000000000000000 01000000 04000000'],
    ['of no bytes', '0000000000000000 02000000 00000000'],
    ['cut short', '0000000000000000 02000000'],
  ])('a read %s is refused', (_where, hex) => {
    expect(hexOf(send(command.regionRead, hex))).toBe('errno 22')
  })

  test('a write that brings less than it says is refused', () => {
    expect(hexOf(send(command.regionWrite, '0000000000000000 02000000 04000000 0000'))).toBe(
      'errno 22',
    )
    expect(card.accesses).toEqual([])
  })

  test('configuration space shows the ids, and the size of a BAR once ones are written to it', () => {
    expect(hexOf(send(command.regionRead, '0000000000000000 07000000 04000000')).slice(32)).toBe(
      '34127856',
    )
    expect(hexOf(send(command.regionRead, '0800000000000000 07000000 04000000')).slice(32)).toBe(
      '03008002',
    )
    expect(hexOf(send(command.regionRead, '2c00000000000000 07000000 04000000')).slice(32)).toBe(
      'bc9af0de',
    )
    send(command.regionWrite, '1800000000000000 07000000 04000000 ffffffff')
    expect(hexOf(send(command.regionRead, '1800000000000000 07000000 04000000')).slice(32)).toBe(
      '00f0ffff',
    )
    send(command.regionWrite, '0000000000000000 07000000 04000000 ffffffff')
    expect(hexOf(send(command.regionRead, '0000000000000000 07000000 04000000')).slice(32)).toBe(
      '34127856',
    )
  })

  test('a reset brings the card and what software had set in its configuration back to power-on', () => {
    send(command.regionWrite, '0000000000000000 02000000 01000000 55')
    send(command.regionWrite, '0400000000000000 07000000 02000000 0600')
    expect(hexOf(send(command.deviceReset))).toBe('')
    expect(card.memory.getUint8(0)).toBe(0)
    expect(hexOf(send(command.regionRead, '0400000000000000 07000000 02000000')).slice(32)).toBe(
      '0000',
    )
  })
})

describe('SET_IRQS', () => {
  beforeEach(negotiate)
  const connect = '14000000 24000000 00000000 00000000 01000000'
  const unmask = '14000000 11000000 00000000 00000000 01000000'
  const mask = '14000000 09000000 00000000 00000000 01000000'
  const disable = '14000000 21000000 00000000 00000000 00000000'

  test('an eventfd is kept until another or none replaces it', () => {
    expect(hexOf(send(command.deviceSetIrqs, connect, [5]))).toBe('')
    expect(closed).toEqual([])
    send(command.deviceSetIrqs, connect, [6])
    expect(closed).toEqual([5])
    expect(hexOf(send(command.deviceSetIrqs, disable))).toBe('')
    expect(closed).toEqual([5, 6])
  })

  test('the line fires on its eventfd once, then waits for the unmask', () => {
    send(command.deviceSetIrqs, connect, [5])
    session.line.update(true, 0)
    session.line.update(true, 1)
    expect(signalled).toEqual([5])
    session.line.update(false, 2)
    send(command.deviceSetIrqs, unmask, [], 3)
    session.line.update(true, 4)
    expect(signalled).toEqual([5, 5])
  })

  test('a masked line does not fire', () => {
    send(command.deviceSetIrqs, connect, [5])
    send(command.deviceSetIrqs, mask)
    session.line.update(true, 0)
    expect(signalled).toEqual([])
  })

  test.each([
    ['eventfds for masking', '14000000 0c000000 00000000 00000000 01000000', 'errno 95'],
    ['a kind of data that is none', '14000000 20000000 00000000 00000000 01000000', 'errno 22'],
    [
      'an interrupt that the card has not',
      '14000000 24000000 01000000 00000000 01000000',
      'errno 22',
    ],
    ['a second line', '14000000 24000000 00000000 01000000 01000000', 'errno 22'],
    ['half a message', '14000000 24000000', 'errno 22'],
  ])('%s: refused, and its descriptors are closed', (_what, hex, outcome) => {
    expect(hexOf(send(command.deviceSetIrqs, hex, [7, 8]))).toBe(outcome)
    expect(closed.toSorted((a, b) => a - b)).toEqual([7, 8])
  })

  test('the kinds of interrupt that the card has not can be disabled, as QEMU does', () => {
    expect(hexOf(send(command.deviceSetIrqs, '14000000 21000000 02000000 00000000 00000000'))).toBe(
      '',
    )
  })
})

test('a BAR that the card offers as a file is mappable, and the file comes with the answer', () => {
  card.mappable = new Map([[2, 42]])
  negotiate()
  const answer = send(command.deviceGetRegionInfo, '20000000 00000000 02000000 00000000')
  expect(hexOf(answer).slice(0, 24)).toBe('200000000700000002000000')
  expect(answer).toHaveProperty('fds', [42])
  expect(closed).toEqual([])
})

describe('DMA windows', () => {
  beforeEach(negotiate)
  const window = '20000000 03000000 0000000000000000 0000100000000000 0000200000000000'
  const exactly = '18000000 00000000 0000100000000000 0000200000000000'

  test('a window is kept, and goes when it is unmapped exactly', () => {
    expect(hexOf(send(command.dmaMap, window))).toBe('')
    expect(session.dma.windows).toEqual([
      { address: 0x100000n, bytes: 0x200000n, flags: 3, memory: undefined },
    ])
    expect(
      hexOf(send(command.dmaUnmap, '18000000 00000000 0000100000000000 0000100000000000')),
    ).toBe('errno 2')
    expect(hexOf(send(command.dmaUnmap, exactly))).toBe(exactly.replaceAll(' ', ''))
    expect(session.dma.windows).toEqual([])
  })

  test('windows never overlap', () => {
    send(command.dmaMap, window)
    expect(hexOf(send(command.dmaMap, window))).toBe('errno 17')
    const behind = '20000000 03000000 0000000000000000 0000300000000000 0010000000000000'
    expect(hexOf(send(command.dmaMap, behind))).toBe('')
  })

  test('a window past the address space or of no size is refused', () => {
    expect(
      hexOf(
        send(
          command.dmaMap,
          '20000000 03000000 0000000000000000 00f0ffffffffffff 0020000000000000',
        ),
      ),
    ).toBe('errno 22')
    expect(
      hexOf(
        send(
          command.dmaMap,
          '20000000 03000000 0000000000000000 0000100000000000 0000000000000000',
        ),
      ),
    ).toBe('errno 22')
  })
})

test('no message makes the session throw, and no descriptor is lost', () => {
  negotiate()
  fc.assert(
    fc.property(fc.nat(20), fc.uint8Array({ maxLength: 48 }), fc.nat(3), (number, bytes, count) => {
      closed.length = 0
      const fds = Array.from({ length: count }, (_, index) => 100 + index)
      const before = session.line.connect(undefined)
      expect(before === undefined || before >= 100).toBe(true)
      session.handle(
        { id: 1, command: number, flags: 0, body: new DataView(bytes.slice().buffer), fds },
        0,
      )
      const kept = session.line.connect(undefined)
      expect([...closed, ...(kept === undefined ? [] : [kept])].toSorted((a, b) => a - b)).toEqual(
        fds,
      )
    }),
  )
})
