import { describe, expect, test } from 'vitest'
import { maskOf } from '../../../uio/bit-field.ts'
import { dataFlowMode, registers, rxBase, txBase } from '../registers.ts'
import { cp0 } from '../telegram.ts'
import { Bench, describe as list, EchoSlave, hosts } from './chip-bench.ts'
import type { Topology } from './chip-ring.ts'

const r = registers
const secondary = maskOf(r.tgsr1.bits.secondary)
const mstAndAt0 = 0x111
const at = 0x0800

function open(host: (typeof hosts)[number], topology: Topology, count = 3) {
  const slaves = Array.from({ length: count }, (_, n) => new EchoSlave(n + 1))
  return { slaves, bench: new Bench(host, { slaves, topology }) }
}

/** CP0 as the protocol has it: version in MDT0; counter, differing per port, and preset addresses in AT0. */
function startCp0(bench: Bench, mode: number = dataFlowMode.rtRing) {
  bench.describeTx(0, list(cp0.mdtBytes, []))
  bench.describeTx(
    4,
    list(cp0.atBytes, [
      { type: 8, telegramOffset: 0, bufferOffset: 0, bytes: 2 },
      { type: 2, telegramOffset: 2, bufferOffset: 2, bytes: 1022 },
    ]),
  )
  bench.describeRx(
    4,
    list(cp0.atBytes, [{ type: 2, telegramOffset: 0, bufferOffset: 0, bytes: 1024 }]),
  )
  bench.writeAt(txBase.offset + 4 * txBase.port1, 0x0400)
  bench.writeAt(txBase.offset + 4 * txBase.port2, 0x0410)
  bench.writeAt(txBase.offset + 4 * txBase.a, at)
  bench.writeAt(rxBase.offset + 4 * rxBase.p1A, 0x1000)
  bench.writeAt(rxBase.offset + 4 * rxBase.p2A, 0x1800)
  bench.tx[0x0400 / 2] = cp0.counterPort1
  bench.tx[0x0410 / 2] = cp0.counterPort2
  bench.tx.fill(cp0.addressPreset, at / 2, (at + 1024) / 2)
  bench.write(r.txbufcsrA, 0)
  bench.write(r.rxbufcsrA, 0)
  bench.start(0, 1, 1, mode)
}

/** Telegram status without the cycle count. */
function status(bench: Bench, tgsr: typeof r.tgsr1 | typeof r.tgsr2) {
  return bench.read(tgsr) & 0xffff
}

describe.each(hosts)('the ring on %s', (host) => {
  test('in a ring P arrives at port 2 and S at port 1, each having passed every slave once', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench)
    bench.chip.tick()
    expect(status(bench, r.tgsr1)).toBe(mstAndAt0 | secondary)
    expect(status(bench, r.tgsr2)).toBe(mstAndAt0)
    expect(slaves[1]?.passages).toEqual(['P out', 'S out'])
    expect(slaves.every((slave) => slave.mst)).toBe(true)
    expect(bench.read(r.seqcnt)).toBe(((1 + 3) << 16) | (0x8001 + 3))
    expect(Array.from(bench.rx.slice(0x1802 / 2, 0x1802 / 2 + 4))).toEqual([1, 2, 3, 0xffff])
    expect(Array.from(bench.rx.slice(0x1002 / 2, 0x1002 / 2 + 4))).toEqual([3, 2, 1, 0xffff])
  })

  test('in a line P comes back to port 1, having passed all slaves but the last twice', () => {
    const { slaves, bench } = open(host, 'line')
    startCp0(bench)
    bench.chip.tick()
    expect(status(bench, r.tgsr1)).toBe(mstAndAt0)
    expect(status(bench, r.tgsr2)).toBe(0)
    expect(slaves.map((slave) => slave.passages)).toEqual([
      ['P out', 'P back'],
      ['P out', 'P back'],
      ['P out last'],
    ])
    expect(bench.read(r.seqcnt)).toBe(1 + 2 * 3 - 1)
  })

  test('a ring broken behind the second slave is two lines from the next cycle on', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench)
    bench.chip.tick()
    bench.chip.ring.breakAfter(2)
    for (const slave of slaves) slave.passages.length = 0
    bench.chip.tick()
    expect(status(bench, r.tgsr1)).toBe(mstAndAt0)
    expect(status(bench, r.tgsr2)).toBe(mstAndAt0 | secondary)
    expect(slaves.map((slave) => slave.passages)).toEqual([
      ['P out', 'P back'],
      ['P out last'],
      ['S out last'],
    ])
    expect(bench.read(r.seqcnt)).toBe((((0x8001 + 1) << 16) | (1 + 3)) >>> 0)
    bench.chip.ring.breakAfter(-1)
    bench.chip.tick()
    expect(status(bench, r.tgsr1)).toBe(mstAndAt0 | secondary)
  })

  test('slaves behind the break of a line hear no MST any more', () => {
    const { slaves, bench } = open(host, 'line')
    startCp0(bench)
    bench.chip.ring.breakAfter(1)
    bench.chip.tick()
    expect(slaves.map((slave) => slave.mst)).toEqual([true, false, false])
  })

  test('in line mode the master sends on the one port alone', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench, dataFlowMode.rtLinePort1)
    bench.chip.tick()
    expect(slaves[0]?.passages).toEqual(['P out'])
    expect(bench.read(r.tgsr1)).toBe(maskOf(r.tgsr1.bits.mstMiss) | maskOf(r.tgsr1.bits.at0Miss))
  })

  test('no telegram goes out in a UC mode, nor while transmission is disabled', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench, dataFlowMode.ucRing)
    bench.chip.tick()
    expect(slaves[0]?.mst).toBe(false)
    bench.write(r.dfcsr, dataFlowMode.rtRing | maskOf(r.dfcsr.bits.rxEnable))
    bench.chip.tick()
    expect(slaves[0]?.mst).toBe(false)
    expect(bench.chip.transmitting).toBe(false)
  })

  test('telegrams go out but none come in while reception is disabled', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench)
    bench.write(r.dfcsr, dataFlowMode.rtRing | maskOf(r.dfcsr.bits.txEnable))
    bench.chip.tick()
    expect(slaves[0]?.mst).toBe(true)
    expect([bench.read(r.tgsr1), bench.read(r.tgsr2)]).toEqual([0, 0])
  })

  test('the ring delay is that of the slaves passed: n in a ring, 2n - 1 in a line', () => {
    const ring = open(host, 'ring', 5).bench
    startCp0(ring)
    ring.chip.tick()
    expect([ring.read(r.rdly1), ring.read(r.rdly2)]).toEqual([2560 + 5 * 900, 2560 + 5 * 900])
    const line = open(host, 'line', 5).bench
    startCp0(line)
    line.chip.tick()
    expect([line.read(r.rdly1), line.read(r.rdly2)]).toEqual([2560 + 9 * 900, 0])
  })

  test('the MST carries phase, phase switch and a cycle count that TGSR and PHASECR show', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench)
    for (let n = 1; n <= 9; n++) {
      bench.chip.tick()
      expect(slaves[0]?.cycleCount).toBe(n & 7)
      expect((bench.read(r.phasecr) >> 4) & 7).toBe(n & 7)
      expect((bench.read(r.tgsr1) >>> 24) & 0xf).toBe(8 | (n & 7))
    }
    bench.write(r.phasecr, 0x81)
    bench.chip.tick()
    expect([slaves[0]?.phase, slaves[0]?.phaseSwitch]).toEqual([1, true])
  })

  test('lost MSTs reach no slave and are told as missed once, then twice', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench)
    bench.chip.tick()
    bench.chip.losses.mst = 2
    const { mstMiss, mstDoubleMiss, at0Miss } = r.tgsr1.bits
    const once = maskOf(mstMiss) | maskOf(at0Miss)
    bench.chip.tick()
    expect(bench.read(r.tgsr1)).toBe(once)
    expect(slaves.some((slave) => slave.mst)).toBe(false)
    bench.chip.tick()
    expect(bench.read(r.tgsr1)).toBe(once | maskOf(mstDoubleMiss))
    bench.chip.tick()
    expect(status(bench, r.tgsr1)).toBe(mstAndAt0 | secondary)
  })

  test('lost ATs leave the MDTs valid and the slaves in step', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench)
    bench.chip.losses.at = 1
    bench.chip.tick()
    expect(status(bench, r.tgsr2)).toBe(0x101 | maskOf(r.tgsr1.bits.at0Miss))
    expect(slaves.every((slave) => slave.mst)).toBe(true)
    expect(bench.read(r.seqcnt)).toBe(0)
  })

  test('a dead card reads ones, sends nothing and interrupts no more', () => {
    const { slaves, bench } = open(host, 'ring')
    startCp0(bench)
    bench.write(r.ier0, 1)
    bench.chip.tick()
    bench.chip.die()
    bench.chip.tick()
    expect(bench.read(r.idr)).toBe(0xffffffff)
    bench.write(r.gcsfr, 1)
    bench.chip.tick()
    expect(bench.read(r.gcsfr)).toBe(0xffffffff)
    expect(slaves[0]?.mst).toBe(false)
    expect([bench.chip.acknowledge(), bench.chip.interruptLine]).toEqual([0, false])
  })
})

test('periods that a late host left out pass for the devices while the bus is silent, and only then', () => {
  const { slaves, bench } = open('plain memory', 'ring')
  const passed = () => slaves.map(({ simulatedS }) => Math.round(simulatedS * 1000))
  bench.chip.passOver(50)
  expect(passed()).toEqual([50, 50, 50])
  startCp0(bench)
  bench.chip.settle()
  bench.chip.passOver(50)
  expect(passed()).toEqual([50, 50, 50])
})
