import { describe, expect, test } from 'vitest'
import { place } from '../../../uio/bit-field.ts'
import { registers, rxBase, svcContainer, txBase } from '../registers.ts'
import { svcElement } from '../telegram.ts'
import { Bench, describe as list, EchoSlave, hosts, type HostKind } from './chip-bench.ts'
import type { CycleTelegrams } from './slave.ts'

const { ctl0, ctl2, ctl3, ctl4, word } = svcContainer
const container = 0x40
const c = container / 2
const txField = 0x1000
const rxField = 0x1000
const busy = place(1, ctl0.masterBusy)
const readBase = 8
const busyStatus = 2
const errorStatus = 4

/** The slave's end of one service channel: SVC at byte 0 of MDT0 and AT0. Answers a step after `delay` cycles. */
class SvcSlave extends EchoSlave {
  readonly received: { control: number; info: number }[] = []
  /** Info of each answer, in order; the IDN's data status first. */
  answers: number[] = []
  errorAt = -1
  valid = true
  /** Cycles before it answers, and cycles that it is busy then. */
  delay = 0
  busyFor = 0
  #handshake = 0
  #status = 0
  #info = 0
  #waited = 0

  override pass(telegrams: CycleTelegrams, channel: 'P' | 'S'): void {
    const mdt = view(telegrams.mdt[0])
    const at = view(telegrams.at[0])
    if (channel === 'P') this.#listen(mdt.getUint16(0, true), mdt.getUint32(2, true))
    at.setUint16(0, (this.valid ? 8 : 0) | this.#status | this.#handshake, true)
    at.setUint32(2, this.#info, true)
  }

  #listen(control: number, info: number): void {
    const asked = (control & 1) !== this.#handshake || this.#status === busyStatus
    if (!asked || this.#waited++ < this.delay) return
    this.#handshake = control & 1
    this.#status = this.#waited <= this.delay + this.busyFor ? busyStatus : 0
    if (this.#status === busyStatus) return
    this.#waited = 0
    this.received.push({ control, info })
    this.#info = this.answers.shift() ?? 0
    this.#status = this.received.length - 1 === this.errorAt ? errorStatus : 0
  }
}

function view(bytes: Uint8Array | undefined): DataView {
  return bytes === undefined
    ? new DataView(new ArrayBuffer(8))
    : new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function open(host: HostKind) {
  const slave = new SvcSlave(1)
  const bench = new Bench(host, { slaves: [slave], topology: 'ring' })
  const range = { type: 0, telegramOffset: 0, bufferOffset: 0, bytes: 6 }
  bench.describeTx(0, list(40, [range]))
  bench.describeTx(4, list(40, []))
  bench.describeRx(4, list(40, [range]))
  bench.writeAt(txBase.offset + 4 * txBase.svc, txField)
  bench.writeAt(rxBase.offset + 4 * rxBase.p1Svc, rxField)
  bench.writeAt(rxBase.offset + 4 * rxBase.p2Svc, 0x2000)
  bench.svc[c + word.rxPtr] = rxField
  bench.svc[c + word.txPtr] = txField
  bench.svc[c + word.ctl0] = busy
  bench.svc[3] = 0x8000 | container
  // 10 cycles of handshake time-out, 5 of busy time-out
  bench.write(registers.svccsr, 0x050a0001)
  bench.start(2, 1, 1)
  bench.chip.tick()
  return { slave, bench }
}

/** What a processor writes to start a transfer; `bytes` long, all of it in one go. */
function start(
  bench: Bench,
  element: number,
  write: boolean,
  bytes: number,
  data: readonly number[] = [],
): void {
  const last = 2 * Math.ceil(Math.max(bytes, 1) / 4) - 2
  data.forEach((value, n) => (bench.svc[c + word.buffers + n] = value))
  bench.svc[c + word.ctl4] = 0
  bench.svc[c + word.ctl3] =
    place(readBase, ctl3.readPointer) | place(readBase + (write ? 0 : last), ctl3.readLast)
  bench.svc[c + word.ctl2] = place(write ? last : 0, ctl2.writeLast)
  const answered = (bench.svc[c + word.ctl1] ?? 0) & 1
  bench.svc[c + word.ctl0] =
    place(element, ctl0.element) |
    place(write ? 1 : 0, ctl0.write) |
    place(1, ctl0.setEnd) |
    place(bytes <= 4 ? 1 : 0, ctl0.end) |
    (answered ^ 1)
}

function finish(bench: Bench, cycles = 60): { control: number; cycles: number } {
  for (let n = 1; n <= cycles; n++) {
    bench.chip.tick()
    const control = bench.svc[c + word.ctl0] ?? 0
    if ((control & busy) !== 0) return { control, cycles: n }
  }
  throw new Error('the container stays with the chip')
}

function readBuffer(bench: Bench, words: number): number[] {
  const at = c + word.buffers + readBase
  return Array.from(bench.svc.slice(at, at + words))
}

describe.each(hosts)('a service-channel container on %s', (host) => {
  test('opens an IDN: sends it, and stores the data status that answers it', () => {
    const { slave, bench } = open(host)
    slave.answers = [0x0003]
    start(bench, svcElement.idn, true, 4, [0x0033, 0x0000])
    expect(finish(bench).control & place(1, ctl0.endReadInterrupt)).not.toBe(0)
    expect(slave.received).toEqual([{ control: 0b001_111, info: 0x33 }])
    expect(readBuffer(bench, 2)).toEqual([3, 0])
    expect(bench.read(registers.irr1)).toBe(1 << 3)
    expect(bench.svc[c + word.ctl1]).toBe(0b1001)
  })

  test('reads a long element step by step, flagging the last', () => {
    const { slave, bench } = open(host)
    slave.answers = [0x00080008, 0x22221111, 0x44443333]
    start(bench, svcElement.data, false, 12)
    finish(bench)
    expect(slave.received.map(({ control }) => control & 4)).toEqual([0, 0, 4])
    expect(readBuffer(bench, 6)).toEqual([8, 8, 0x1111, 0x2222, 0x3333, 0x4444])
  })

  test('writes a long element step by step, flagging the last', () => {
    const { slave, bench } = open(host)
    start(bench, svcElement.data, true, 12, [8, 8, 1, 2, 3, 4])
    const { control } = finish(bench)
    expect(control & place(1, ctl0.endWriteInterrupt)).not.toBe(0)
    expect(slave.received.map(({ info }) => info)).toEqual([0x00080008, 0x00020001, 0x00040003])
    expect(slave.received.map((step) => step.control & 0b111_110)).toEqual([0x3a, 0x3a, 0x3e])
  })

  test('an error in the middle ends the transfer with the slave’s code, and the next transfer runs', () => {
    const { slave, bench } = open(host)
    slave.errorAt = 1
    slave.answers = [0, 0x7004]
    start(bench, svcElement.data, true, 12, [8, 8, 1, 2, 3, 4])
    expect(finish(bench).control & place(1, ctl0.errorInterrupt)).not.toBe(0)
    expect(slave.received).toHaveLength(2)
    expect(readBuffer(bench, 1)).toEqual([0x7004])
    slave.answers = [0x1234]
    start(bench, svcElement.data, false, 4)
    expect(finish(bench).control & place(1, ctl0.errorInterrupt)).toBe(0)
    expect(readBuffer(bench, 1)).toEqual([0x1234])
  })

  test('a slave that does not answer ends it after the handshake time-out', () => {
    const { slave, bench } = open(host)
    slave.valid = false
    start(bench, svcElement.data, false, 4)
    const { cycles } = finish(bench)
    expect(cycles).toBe(11)
    expect((bench.svc[c + word.ctl4] ?? 0) & place(1, ctl4.handshakeTimeout)).not.toBe(0)
  })

  test('a slave that is slow, but within the time-outs, is waited for', () => {
    const { slave, bench } = open(host)
    slave.delay = 8
    slave.answers = [0x77]
    start(bench, svcElement.data, false, 4)
    finish(bench)
    expect(bench.svc[c + word.ctl4]).toBe(0)
    expect(readBuffer(bench, 1)).toEqual([0x77])
  })

  test('a busy slave is waited for until the busy time-out', () => {
    const { slave, bench } = open(host)
    slave.busyFor = 5
    slave.answers = [0x77]
    start(bench, svcElement.data, false, 4)
    finish(bench)
    expect(readBuffer(bench, 1)).toEqual([0x77])
    slave.busyFor = 6
    start(bench, svcElement.data, false, 4)
    finish(bench)
    const error = bench.svc[c + word.ctl4] ?? 0
    expect(error & place(1, ctl4.busyTimeout)).not.toBe(0)
    expect(error & place(1, ctl4.busyCount)).not.toBe(0)
  })

  test('the chip leaves a container alone that is the processor’s, and one that is not enabled', () => {
    const { bench } = open(host)
    const before = bench.svc.slice()
    for (let n = 0; n < 3; n++) bench.chip.tick()
    expect(bench.svc).toEqual(before)
    bench.svc[3] = container
    start(bench, svcElement.data, false, 4)
    for (let n = 0; n < 3; n++) bench.chip.tick()
    expect((bench.svc[c + word.ctl0] ?? 0) & busy).toBe(0)
  })

  test('a pointer out of SVC RAM is a process error', () => {
    const { bench } = open(host)
    bench.svc[4] = 0xbffc
    bench.chip.tick()
    expect(bench.read(registers.svccsr) & 0x100).toBe(0x100)
  })
})
