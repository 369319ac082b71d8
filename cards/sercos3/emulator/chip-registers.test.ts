import * as fc from 'fast-check'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { extract, maskOf } from '../../../uio/bit-field.ts'
import type { Register } from '../../../uio/register-table.ts'
import { mainTimerEvent, registers, watchdogTrigger, windows } from '../registers.ts'
import { Bench, EchoSlave, hosts } from './chip-bench.ts'
import { RegisterFile } from './chip-registers.ts'

const r = registers
const ring = () => ({ slaves: [1, 2, 3].map((n) => new EchoSlave(n)), topology: 'ring' as const })
const line = () => ({ slaves: [1, 2, 3].map((n) => new EchoSlave(n)), topology: 'line' as const })

describe.each(hosts)('registers on %s', (host) => {
  /** What plain memory cannot show: it traps no access. */
  const trapped = { skip: host === 'plain memory' }

  test('IDR tells a master core of version 4', () => {
    expect(new Bench(host, ring()).read(r.idr)).toBe(0x88cd0089)
    expect(new Bench(host, { ...ring(), release: 11 }).read(r.idr)).toBe(0x88cd008b)
  })

  test('a written register keeps its writable bits and no others', () => {
    const plain = Object.values<Register>(r).filter(
      (row) => row.access === 'rw' && row.bits === undefined,
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...plain),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        (row, value) => {
          const bench = new Bench(host, ring())
          bench.write(row, value)
          bench.look()
          expect(bench.read(row)).toBe(value)
        },
      ),
    )
  })

  test('read-only registers and reserved bits take nothing', () => {
    const bench = new Bench(host, ring())
    for (const row of [r.idr, r.strbr, r.rdly1, r.seqcnt, r.frxok, r.rxbuftvA] as const) {
      const before = bench.read(row)
      bench.write(row, 0xffffffff)
      bench.look()
      expect(bench.read(row)).toBe(before)
    }
    bench.write(r.ifg, 0xffffffff)
    bench.writeAt(0x044, 0xffffffff)
    bench.look()
    expect(bench.read(r.ifg)).toBe(0x3ff)
    expect(bench.readAt(0x044)).toBe(0)
  })

  test('a soft reset clears itself, every register and the timer, and leaves triple buffers', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.chip.tick()
    bench.write(r.gcsfr, maskOf(r.gcsfr.bits.softReset))
    bench.look()
    expect(bench.read(r.gcsfr)).toBe(0)
    expect(bench.read(r.idr)).toBe(0x88cd0089)
    expect(bench.read(r.tcntcycr)).toBe(0)
    expect(extract(bench.read(r.txbufcsrA), r.txbufcsrA.bits.count)).toBe(2)
    expect(extract(bench.read(r.rxbufcsrA), r.rxbufcsrA.bits.count)).toBe(2)
    bench.chip.tick()
    expect(bench.chip.transmitting).toBe(false)
    expect(bench.read(r.irr0)).toBe(0)
  })

  test('a PHY reset clears itself and keeps the line-break sensitivity', () => {
    const bench = new Bench(host, ring())
    bench.write(r.gcsfr, 0x502)
    bench.look()
    expect(bench.read(r.gcsfr)).toBe(0x500)
  })

  test('IRR0 clears the bits written as 1 and keeps the others', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.chip.tick()
    bench.write(r.ier0, 1)
    bench.look()
    expect(bench.read(r.irr0)).toBe(1)
    bench.write(r.irr0, 0)
    bench.look()
    expect(bench.read(r.irr0)).toBe(1)
    expect(bench.chip.interruptLine).toBe(true)
    expect(bench.chip.acknowledge()).toBe(1)
    expect(bench.read(r.irr0)).toBe(0)
    expect(bench.chip.interruptLine).toBe(false)
    expect(bench.chip.acknowledge()).toBe(0)
  })

  test('a 1 written over a standing 1 of IRR0 clears it', trapped, () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.chip.tick()
    bench.write(r.irr0, 1)
    expect(bench.read(r.irr0)).toBe(0)
  })

  test('nothing interrupts while IER0 is 0 or the main timer is off', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.chip.tick()
    expect(bench.chip.acknowledge()).toBe(0)
    bench.write(r.ier0, 1)
    bench.look()
    expect(bench.chip.acknowledge()).toBe(1)
    bench.write(r.tcsr, 0)
    bench.chip.tick()
    expect(bench.chip.acknowledge()).toBe(0)
  })

  test('TCSR shows a running timer as long as ET0 is set, and the period follows', () => {
    const bench = new Bench(host, ring())
    expect(bench.chip.periodNs).toBe(1_000_000)
    bench.write(r.tcntcycr, 250_000)
    bench.write(r.tcsr, 1)
    bench.look()
    expect(bench.read(r.tcsr)).toBe(0x100001)
    expect(bench.chip.periodNs).toBe(250_000)
    bench.write(r.tcsr, 0)
    bench.look()
    expect(bench.read(r.tcsr)).toBe(0)
    expect(bench.chip.periodNs).toBe(1_000_000)
  })

  test('DFCSR shows the links; a broken one is latched until 1 is written', () => {
    const whole = new Bench(host, ring())
    expect(whole.read(r.dfcsr)).toBe(0x000c0000)
    whole.chip.ring.breakAfter(0)
    whole.chip.tick()
    expect(whole.read(r.dfcsr)).toBe(0x00190000)
    whole.chip.ring.breakAfter(-1)
    whole.chip.tick()
    expect(whole.read(r.dfcsr)).toBe(0x001c0000)
    whole.write(r.dfcsr, 0x00100000)
    whole.look()
    whole.chip.tick()
    expect(whole.read(r.dfcsr)).toBe(0x000c0000)
    expect(new Bench(host, line()).read(r.dfcsr)).toBe(0x00260000)
  })

  test('writing bit 0 of TGSR clears the MDT bits, bit 4 the AT bits, 8 and 10 to 13 their own', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.chip.tick()
    const before = bench.read(r.tgsr2)
    expect(before & 0x1ff).toBe(0x111)
    bench.write(r.tgsr2, 0x001)
    bench.look()
    expect(bench.read(r.tgsr2)).toBe(before & ~0x00f)
    bench.write(r.tgsr2, 0x110)
    bench.look()
    expect(bench.read(r.tgsr2)).toBe(before & ~0x1ff)
  })

  test('SERCERR counts what FCSERR counts and wrong headers; any write clears it, and only it', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.chip.losses.mst = 2
    bench.chip.losses.at = 1
    for (let n = 0; n < 4; n++) bench.chip.tick()
    expect(bench.read(r.sercerr)).toBe(0x00030003)
    expect(bench.read(r.fcserr)).toBe(0x00010001)
    const received = bench.read(r.frxok)
    bench.write(r.sercerr, 0xffffffff)
    bench.look()
    expect(bench.read(r.sercerr)).toBe(0)
    expect(bench.read(r.fcserr)).toBe(0x00010001)
    expect(bench.read(r.frxok)).toBe(received)
  })

  test('FTXOK and FRXOK count the frames of each port', () => {
    const bench = new Bench(host, line())
    bench.startProcessData(0)
    for (let n = 0; n < 5; n++) bench.chip.tick()
    expect(bench.read(r.ftxok)).toBe(0x000a000a)
    expect(bench.read(r.frxok)).toBe(10)
  })

  test('the Sercos time advances by the cycle while EST is set, and carries into the seconds', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.write(r.stns, 999_500_000)
    bench.write(r.tcsr, 0x9)
    bench.chip.tick()
    expect(bench.read(r.stns)).toBe(500_000)
    expect(bench.read(r.stsec)).toBe(1)
  })

  test('a time that was written beside a running clock begins with the toggle bit', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.write(r.tcsr, 0x9)
    bench.chip.tick()
    bench.write(r.stns, 7_000)
    bench.write(r.stsec, 100)
    bench.chip.tick()
    expect([bench.read(r.stsec), bench.read(r.stns)]).toEqual([0, 2_000_000])
    bench.write(r.stns, 7_000)
    bench.write(r.stsec, 100)
    bench.write(r.tcsr, 0x8009)
    bench.chip.tick()
    expect([bench.read(r.stsec), bench.read(r.stns)]).toEqual([100, 1_007_000])
    bench.write(r.stnsNew, 5)
    bench.write(r.stsecNew, 9)
    bench.write(r.tcsr, 0x9)
    bench.chip.tick()
    expect([bench.read(r.stsec), bench.read(r.stns)]).toEqual([9, 1_000_005])
  })

  test('any write to STNS fetches the present time at once', trapped, () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.write(r.tcsr, 0x9)
    for (let n = 0; n < 3; n++) bench.chip.tick()
    bench.write(r.stns, 0)
    expect(bench.read(r.stns)).toBe(3_000_000)
  })

  test('DIVCLK interrupts in each cycle that has a pulse: every one, or every n-th', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    const pulses = (cycles: number) =>
      Array.from({ length: cycles }, () => {
        bench.chip.enabledInterrupts = 0x80
        bench.chip.tick()
        return bench.chip.acknowledge()
      })
    expect(pulses(2)).toEqual([0, 0])
    bench.write(r.tdivclk, 0x02000064)
    expect(pulses(3)).toEqual([0x80, 0x80, 0x80])
    bench.write(r.tcsr, 0x1001)
    expect(pulses(4)).toEqual([0, 0x80, 0, 0x80])
  })

  test('IPCSR shows the links, and an idle transmitter once it is on', () => {
    const bench = new Bench(host, line())
    expect([bench.read(r.ipcsr1), bench.read(r.ipcsr2)]).toEqual([0x80000000, 0])
    bench.write(r.ipcsr1, 0x80000003)
    bench.write(r.ipcsr2, 3)
    bench.look()
    expect([bench.read(r.ipcsr1), bench.read(r.ipcsr2)]).toEqual([0x800c0003, 0x000c0003])
    bench.write(r.ipcsr1, 0)
    bench.chip.tick()
    expect(bench.read(r.ipcsr1)).toBe(0x80000000)
  })

  test('TGSR tells of missed MSTs and ATs, and of the channel', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    const { mstMiss, mstDoubleMiss, at0Miss, secondary, firstMst } = r.tgsr1.bits
    const seen = (row: typeof r.tgsr1 | typeof r.tgsr2) =>
      [mstMiss, mstDoubleMiss, at0Miss, secondary, firstMst].map((bit) =>
        extract(bench.read(row), 'bits' in bit ? bit.bits : bit),
      )
    bench.chip.tick()
    expect([seen(r.tgsr1), seen(r.tgsr2)]).toEqual([
      [0, 0, 0, 1, 1],
      [0, 0, 0, 0, 0],
    ])
    bench.chip.losses.mst = 2
    bench.chip.tick()
    expect(seen(r.tgsr1)).toEqual([1, 0, 1, 0, 0])
    bench.chip.tick()
    expect(seen(r.tgsr2)).toEqual([1, 1, 1, 0, 0])
    bench.chip.losses.at = 1
    bench.chip.tick()
    expect(seen(r.tgsr1)).toEqual([0, 0, 1, 1, 1])
  })

  test('the TSref counter wraps at its maximum', () => {
    const bench = new Bench(host, ring())
    bench.startProcessData(0)
    bench.write(r.sccmdt, 3)
    const seen = Array.from({ length: 4 }, () => {
      bench.chip.tick()
      return bench.read(r.sccmdt) >>> 16
    })
    expect(seen).toEqual([1, 2, 0, 1])
  })

  test('timer events are latched at the index that was written first', trapped, () => {
    const bench = new Bench(host, ring())
    const event = (index: number, type: number, timeNs: number) => {
      bench.write(r.mtdsr, index)
      bench.write(r.mtdru, type * 2 ** 24)
      bench.write(r.mtdrl, timeNs)
    }
    bench.startProcessData(0)
    bench.write(r.ier0, 15)
    event(0, mainTimerEvent.startMdt, 0)
    event(1, mainTimerEvent.startAt, 300_000)
    bench.chip.tick()
    expect(bench.chip.transmitting).toBe(true)
    expect(bench.chip.acknowledge()).toBe(0)
    event(2, mainTimerEvent.tint1, 500_000)
    event(3, mainTimerEvent.tint3, 600_000)
    bench.chip.tick()
    expect(bench.chip.acknowledge()).toBe(0b1010)
    expect(Array.from(bench.chip.timers.main.timesNs.slice(0, 4))).toEqual([
      0, 300_000, 500_000, 600_000,
    ])
    event(0, mainTimerEvent.none, 0)
    bench.chip.tick()
    expect(bench.chip.transmitting).toBe(false)
  })

  test('a write reaches only the bytes that it covers', trapped, () => {
    const bench = new Bench(host, ring())
    bench.write(r.wdcnt, 20)
    bench.write(r.wdcsr, maskOf(r.wdcsr.bits.stopTelegrams))
    bench.chip.busWrite(r.wdcsr.offset, 16, watchdogTrigger.arm)
    expect(bench.read(r.wdcsr)).toBe(0x01010000)
    expect(bench.chip.busRead(r.wdcsr.offset + 2, 16)).toBe(0x0101)
    bench.chip.busWrite(r.wdcsr.offset + 3, 8, 0)
    expect(bench.read(r.wdcsr)).toBe(0x00010000)
    bench.chip.busWrite(r.irr0.offset, 8, 0xff)
    bench.chip.busWrite(r.tcntcycr.offset + 2, 16, 0x1234)
    expect(bench.read(r.tcntcycr)).toBe(0x12340000)
  })
})

test('on a trapping host the RAM windows are memory and the gaps between windows nothing', () => {
  const { chip } = new Bench('trapping host', ring())
  for (const [offset, width] of [
    [0x4000, 16],
    [0x8ffe, 16],
    [0xfffc, 32],
    [0xc001, 8],
  ] as const) {
    chip.busWrite(offset, width, 0x5a)
    expect(chip.busRead(offset, width)).toBe(0x5a)
  }
  chip.busWrite(0x0400, 32, 1)
  chip.busWrite(0x5000, 32, 1)
  expect([chip.busRead(0x0400, 32), chip.busRead(0x5000, 32)]).toEqual([0, 0])
})

/** A processor in a thread of its own: writes a phase, lets the chip change the register, looks whether it stands. */
const writingProcessor = `
  const { workerData } = require('node:worker_threads')
  const word = new Int32Array(workerData.memory, workerData.offset, 1)
  const { changes, written, lost, stop } = workerData.at
  const shared = new Int32Array(workerData.shared)
  for (let n = 1; Atomics.load(shared, stop) === 0; n++) {
    word[0] = n & 15
    const from = Atomics.load(shared, changes)
    while (Atomics.load(shared, changes) - from < 3 && Atomics.load(shared, stop) === 0);
    if ((Atomics.load(word, 0) & 15) !== (n & 15)) Atomics.add(shared, lost, 1)
    Atomics.add(shared, written, 1)
  }
`

test('no write is lost to a change that the chip makes at the same moment', async () => {
  const memory = new SharedArrayBuffer(windows.registers.size)
  const file = new RegisterFile(memory)
  const shared = new SharedArrayBuffer(16)
  const at = { changes: 0, written: 1, lost: 2, stop: 3 }
  const words = new Int32Array(shared)
  const workerData = { memory, shared, at, offset: r.phasecr.offset }
  const worker = new Worker(writingProcessor, { eval: true, workerData })
  const ended = new Promise((resolve) => worker.once('exit', resolve))
  const deadline = performance.now() + 1000
  while (Atomics.load(words, at.written) < 5_000 && performance.now() < deadline) {
    for (let n = 0; n < 1000; n++) {
      file.change(r.phasecr, 0x70, (Atomics.add(words, at.changes, 1) & 7) << 4)
    }
  }
  Atomics.store(words, at.stop, 1)
  await ended
  expect(Atomics.load(words, at.written)).toBeGreaterThan(100)
  expect(Atomics.load(words, at.lost)).toBe(0)
})
