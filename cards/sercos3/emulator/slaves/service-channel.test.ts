import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { idn } from '../../idn.ts'
import { isSvcError } from '../../svc-errors.ts'
import { commandStatus, svcElement } from '../../telegram.ts'
import type { Parameter } from './parameter.ts'
import { ParameterStore } from './parameter-store.ts'
import { ProcedureCommand } from './procedure-command.ts'
import { ServiceChannel } from './service-channel.ts'

const valid = 8
const error = 4
const busy = 2
const { data, name, attribute, unit, minimum, maximum } = svcElement

let store: ParameterStore
let channel: ServiceChannel
let control: number
let phase: number

beforeEach(() => {
  store = new ParameterStore()
  store.add({
    idn: 'P-0-0001',
    name: 'small',
    type: 'i16',
    unit: 'mm',
    decimals: 3,
    min: -5,
    max: 5,
    writable: 'CP2-4',
  })
  store.add({ idn: 'P-0-0002', name: 'long', type: 'u32', value: 0xfedcba98, writable: 'CP2' })
  store.add({ idn: 'P-0-0003', name: 'wide', type: 'u64', value: 2 ** 40 + 3, writable: 'CP2-4' })
  store.add({
    idn: 'P-0-0004',
    name: 'list',
    type: 'u32[]',
    value: [1, 2],
    capacity: 16,
    writable: 'CP2-4',
  })
  store.add({ idn: 'P-0-0005', name: 'text', type: 'text', value: 'hello', writable: 'CP2-4' })
  store.add({ idn: 'P-0-0006', name: 'fixed', type: 'u16', value: 7 })
  const command = store.add({ idn: 'P-0-0007', name: 'command', type: 'command' })
  command.command = new ProcedureCommand({
    phases: [2],
    durationS: 0.003,
    interruptible: true,
    execute: () => 'done',
  })
  channel = new ServiceChannel(store)
  control = 0
  phase = 2
})

/** One step, as control bits without handshake; answers [status without handshake, info]. */
function step(element: number, bits: string, info = 0): [status: number, info: number] {
  const flags = (bits.includes('w') ? 2 : 0) | (bits.includes('l') ? 4 : 0)
  control = ((control & 1) ^ 1) | flags | (element << 3)
  channel.exchange(control, info, phase)
  expect(channel.status & 1).toBe(control & 1)
  return [channel.status & ~1, channel.info]
}

const ok = (info: number): [number, number] => [valid, info]
const fails = (code: number): [number, number] => [valid | error, code]
const open = (text: `P-0-${string}`) => step(1, 'wl', idn(text))

describe('steps, on literal words', () => {
  test('opening answers the data status, reading a datum takes one step', () => {
    channel.exchange(0b001_111, idn('P-0-0006'), 2)
    expect([channel.status, channel.info]).toEqual([0b1001, 0])
    channel.exchange(0b111_100, 0, 2)
    expect([channel.status, channel.info]).toEqual([0b1000, 7])
  })

  test('without a change of the handshake bit nothing happens', () => {
    open('P-0-0006')
    for (let k = 0; k < 5; k++) channel.exchange(control, idn('P-0-0001'), phase)
    expect(step(data, 'l')).toEqual(ok(7))
  })

  test('a list is lengths first, then four bytes a step', () => {
    open('P-0-0004')
    expect(step(data, '')).toEqual(ok(8 | (16 << 16)))
    expect(step(data, '')).toEqual(ok(1))
    expect(step(data, 'l')).toEqual(ok(2))
    expect(step(data, 'w', 12)).toEqual(ok(0))
    for (const [item, bits] of [
      [7, 'w'],
      [8, 'w'],
      [9, 'wl'],
    ] as const)
      expect(step(data, bits, item)).toEqual(ok(0))
    expect(store.find(idn('P-0-0004'))?.toArray()).toEqual([7, 8, 9])
  })

  test('the length alone may be read, and the channel closed and opened again', () => {
    open('P-0-0004')
    expect(step(data, '')).toEqual(ok(8 | (16 << 16)))
    expect(step(svcElement.close, '')).toEqual(ok(0))
    open('P-0-0004')
    expect(step(data, '')).toEqual(ok(8 | (16 << 16)))
  })

  test('text, names and units are lists of bytes, the last step padded with zeros', () => {
    open('P-0-0005')
    expect(step(data, '')).toEqual(ok(5 | (64 << 16)))
    expect(step(data, '')).toEqual(ok(Buffer.from('hell').readInt32LE()))
    expect(step(data, 'l')).toEqual(ok(0x6f))
    expect(step(name, '')).toEqual(ok(4 | (4 << 16)))
    expect(step(name, 'l')).toEqual(ok(Buffer.from('text').readInt32LE()))
    open('P-0-0001')
    expect(step(unit, '')).toEqual(ok(2 | (2 << 16)))
    expect(step(unit, 'l')).toEqual(ok(0x6d6d))
  })

  test('eight bytes take two steps each way', () => {
    open('P-0-0003')
    expect(step(data, '')).toEqual(ok(3))
    expect(step(data, 'l')).toEqual(ok(0x100))
    expect(step(data, 'w', 5)).toEqual(ok(0))
    expect(step(data, 'wl', 1)).toEqual(ok(0))
    expect(store.find(idn('P-0-0003'))?.get()).toBe(2 ** 32 + 5)
  })

  test('attribute: length, format, decimals and write protection; it may be read twice', () => {
    open('P-0-0001')
    const word = 1 | (1 << 16) | (2 << 20) | (3 << 24)
    expect(step(attribute, 'l')).toEqual(ok(word))
    expect(step(attribute, 'l')).toEqual(ok(word))
    open('P-0-0002')
    expect(step(attribute, 'l')).toEqual(ok(1 | (2 << 16) | (1 << 20) | (0b110 << 28)))
    open('P-0-0007')
    expect(step(attribute, 'l')[1] & (1 << 19)).toBe(1 << 19)
  })

  test('minimum and maximum have the size of the datum', () => {
    open('P-0-0001')
    expect(step(minimum, 'l')).toEqual(ok(0xfffb))
    expect(step(maximum, 'l')).toEqual(ok(5))
  })

  test('what a write transfer brought is dropped when another access comes before its end', () => {
    open('P-0-0004')
    step(data, 'w', 8)
    step(data, 'w', 99)
    open('P-0-0004')
    expect(store.find(idn('P-0-0004'))?.toArray()).toEqual([1, 2])
  })

  test('a delayed channel acknowledges at once, shows busy, then answers', () => {
    channel.delay(3)
    const opening = 0b001_111
    const seen = [1, 2, 3, 4, 5].map(() => {
      channel.exchange(opening, idn('P-0-0006'), 2)
      return channel.status
    })
    expect(seen).toEqual([
      valid | busy | 1,
      valid | busy | 1,
      valid | busy | 1,
      valid | 1,
      valid | 1,
    ])
  })
})

describe('error codes', () => {
  test.each([
    ['an element of a closed channel', () => step(data, 'l'), 0x0001],
    ['a write that announces more than closing', () => step(0, 'w'), 0x0009],
    ['an unknown IDN', () => open('P-0-0999'), 0x1001],
    ['an IDN without the last step', () => step(1, 'w', idn('P-0-0001')), 0x1009],
    ['no unit', () => (open('P-0-0006'), step(unit, '')), 0x4001],
    ['no minimum', () => (open('P-0-0006'), step(minimum, 'l')), 0x5001],
    ['no maximum', () => (open('P-0-0006'), step(maximum, 'l')), 0x6001],
    ['a name written', () => (open('P-0-0001'), step(name, 'wl')), 0x2004],
    ['an attribute written', () => (open('P-0-0001'), step(attribute, 'wl')), 0x3004],
    ['a unit written', () => (open('P-0-0001'), step(unit, 'wl')), 0x4004],
    ['a minimum written', () => (open('P-0-0001'), step(minimum, 'wl')), 0x5004],
    ['a maximum written', () => (open('P-0-0001'), step(maximum, 'wl')), 0x6004],
    ['a name ended too soon', () => (open('P-0-0001'), step(name, 'l')), 0x2002],
    ['data ended too soon', () => (open('P-0-0003'), step(data, 'wl', 1)), 0x7002],
    [
      'a list shorter than announced',
      () => (open('P-0-0004'), step(data, 'w', 8), step(data, 'wl', 1)),
      0x7002,
    ],
    ['half an item', () => (open('P-0-0004'), step(data, 'w', 6)), 0x7002],
    ['data that go on', () => (open('P-0-0001'), step(data, 'w', 1)), 0x7003],
    ['a list beyond its capacity', () => (open('P-0-0004'), step(data, 'w', 20)), 0x7003],
    [
      'reading on behind the end',
      () => (open('P-0-0006'), step(data, ''), step(data, 'l')),
      0x7003,
    ],
    ['read-only data', () => (open('P-0-0006'), step(data, 'wl', 1)), 0x7004],
    ['data below the minimum', () => (open('P-0-0001'), step(data, 'wl', 0xfffa)), 0x7006],
    ['data above the maximum', () => (open('P-0-0001'), step(data, 'wl', 6)), 0x7007],
    [
      'data locked in this phase',
      () => ((phase = 3), open('P-0-0002'), step(data, 'wl', 6)),
      0x7005,
    ],
    [
      'a command out of its phase',
      () => ((phase = 4), open('P-0-0007'), step(data, 'wl', 3)),
      0x7013,
    ],
    [
      'a command already active',
      () => (open('P-0-0007'), step(data, 'wl', 3), step(data, 'wl', 3)),
      0x7010,
    ],
  ] as const)('%s', (_, act, code) => {
    expect(isSvcError(code)).toBe(true)
    expect(act()).toEqual(fails(code))
  })

  test('a refused write changes nothing, and the channel stays open', () => {
    open('P-0-0001')
    step(data, 'wl', 3)
    expect(step(data, 'wl', 6)).toEqual(fails(0x7007))
    expect(step(data, 'l')).toEqual(ok(3))
  })
})

function advance(seconds: number): void {
  store.find(idn('P-0-0007'))?.command?.advance(seconds)
}

function write(word: number): [number, number] {
  open('P-0-0007')
  return step(data, 'wl', word)
}

function status(): number {
  return open('P-0-0007')[1]
}

describe('procedure command', () => {
  const { notSet, set, inProcess, interrupted, done } = commandStatus
  test('set, in process, done, cleared: seen in the data status', () => {
    expect(status()).toBe(notSet)
    expect([write(1), status()]).toEqual([ok(0), set])
    expect([write(3), status()]).toEqual([ok(0), inProcess])
    advance(0.002)
    expect(status()).toBe(inProcess)
    advance(0.002)
    expect(status()).toBe(done)
    expect([write(0), status()]).toEqual([ok(0), notSet])
  })

  test('withdrawing the enable interrupts it, enabling goes on where it stood', () => {
    write(3)
    advance(0.002)
    expect([write(1), status()]).toEqual([ok(0), interrupted])
    advance(1)
    expect(status()).toBe(interrupted)
    write(3)
    advance(0.002)
    expect(status()).toBe(done)
  })

  test('one that cannot be interrupted says so', () => {
    const command = new ProcedureCommand({ phases: [2], durationS: 1, execute: () => 'error' })
    expect([command.write(3, 2), command.write(1, 2), command.status]).toEqual([
      0,
      0x7011,
      inProcess,
    ])
    command.advance(2)
    expect(command.status).toBe(commandStatus.error)
  })
})

describe('any sequence of accesses', () => {
  const access = fc.record({
    element: fc.integer({ min: 0, max: 7 }),
    bits: fc.constantFrom('', 'w', 'l', 'wl'),
    info: fc.oneof(
      fc.constantFrom(...[1, 2, 3, 4, 5, 6, 7, 9].map((n) => idn(`P-0-000${n}`))),
      fc.integer({ min: 0, max: 20 }),
      fc.integer(),
    ),
  })

  test('is answered step by step, errors are of the table, and the channel works afterwards', () => {
    fc.assert(
      fc.property(
        fc.array(access, { maxLength: 60 }),
        fc.constantFrom(2, 3, 4),
        (steps, inPhase) => {
          phase = inPhase
          for (const { element, bits, info } of steps) {
            const [seen, answer] = step(element, bits, info)
            expect(seen & ~error).toBe(valid)
            expect((seen & error) === 0 || isSvcError(answer)).toBe(true)
          }
          open('P-0-0006')
          expect(step(data, 'l')).toEqual(ok(7))
          const small = store.find(idn('P-0-0001')) as Parameter
          expect(Math.abs(small.get())).toBeLessThanOrEqual(5)
        },
      ),
    )
  })

  test('with any delay: an answer comes after just so many cycles, whatever the master does meanwhile', () => {
    fc.assert(
      fc.property(fc.array(access), fc.integer({ min: 1, max: 9 }), (noise, cycles) => {
        channel.reset()
        channel.delay(cycles)
        channel.exchange(0b001_111, idn('P-0-0006'), 2)
        for (let k = 0; k < cycles; k++) {
          expect(channel.status).toBe(valid | busy | 1)
          const other = noise[k]
          const word = other === undefined ? 0b001_111 : (other.element << 3) | 1
          channel.exchange(word, other?.info ?? 0, 2)
        }
        expect([channel.status, channel.info]).toEqual([valid | 1, 0])
      }),
    )
  })

  test('a list reads as it was written', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 4 }), (items) => {
        open('P-0-0004')
        const bytes = items.length * 4
        expect(step(data, items.length === 0 ? 'wl' : 'w', bytes)).toEqual(ok(0))
        items.forEach((item, n) => step(data, n === items.length - 1 ? 'wl' : 'w', item))
        const read: number[] = []
        expect(step(data, items.length === 0 ? 'l' : '')).toEqual(ok(bytes | (16 << 16)))
        items.forEach((_, n) => read.push(step(data, n === items.length - 1 ? 'l' : '')[1]))
        expect(read).toEqual(items)
      }),
    )
  })

  test('a datum reads as it was written, or is refused for its bounds', () => {
    let before = 0
    fc.assert(
      fc.property(fc.integer({ min: -40, max: 40 }), (value) => {
        open('P-0-0001')
        const answer = step(data, 'wl', value & 0xffff)
        const expected = value < -5 ? fails(0x7006) : value > 5 ? fails(0x7007) : ok(0)
        expect(answer).toEqual(expected)
        const kept = Math.abs(value) <= 5 ? value : before
        expect(step(data, 'l')).toEqual(ok(kept & 0xffff))
        before = kept
      }),
    )
  })
})
