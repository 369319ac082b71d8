import { describe, expect, test } from 'vitest'
import { place } from '../../../../uio/bit-field.ts'
import { idn } from '../../idn.ts'
import { cDev } from '../../telegram.ts'
import type { Topology } from '../chip-ring.ts'
import { RingBench } from './ring-bench.ts'
import { readLong, readWord } from './telegram-word.ts'

const drives = (count: number): RingBench =>
  new RingBench(Array.from({ length: count }, () => 'drive' as const))

const inPhase = (count: number, phase: number, topology: Topology = 'ring'): RingBench => {
  const bench = drives(count)
  bench.topology = topology
  bench.runUp(phase)
  return bench
}

const words = (bytes: Uint8Array | undefined, count: number): number[] =>
  Array.from({ length: count }, (_, n) => readWord(bytes as Uint8Array, 2 * n))

const sDevs = (bench: RingBench): number[] => bench.slaves.map((_, n) => bench.sDev(n))

/** Topology command for device `n`, with the toggle bit turned. */
const command = (bench: RingBench, n: number, topology: number): void => {
  const before = bench.cDev[n] as number
  const kept = before & ~place(3, cDev.topology)
  bench.cDev[n] = (kept ^ place(1, cDev.topologyToggle)) | place(topology, cDev.topology)
}

describe('counters of CP0', () => {
  test('ring: P comes in on port 2 with 1 + n, S on port 1 with 0x8001 + n', () => {
    const bench = inPhase(4, 0)
    expect(bench.arrived).toEqual(['S', 'P'])
    expect(words(bench.p.at[0], 6)).toEqual([0x0005, 1, 2, 3, 4, 0xffff])
    expect(words(bench.s.at[0], 6)).toEqual([0x8005, 4, 3, 2, 1, 0xffff])
  })

  test.each([
    ['line', 'p', ['P', undefined], 0x0001 + 7, [1, 2, 3, 4]],
    ['linePort2', 's', [undefined, 'S'], 0x8001 + 7, [4, 3, 2, 1]],
  ] as const)('%s: 2n - 1 on the port that sent', (topology, channel, arrived, count, list) => {
    const bench = inPhase(4, 0, topology)
    expect(bench.arrived).toEqual(arrived)
    expect(words(bench[channel].at[0], 6)).toEqual([count, ...list, 0xffff])
  })

  test('broken ring: each part is a line, and S goes on counting where the master lets it start', () => {
    const bench = drives(5)
    bench.ring.breakAfter(2)
    bench.countS = 0x8003
    bench.runUp(0)
    expect(bench.arrived).toEqual(['P', 'S'])
    expect(words(bench.p.at[0], 4)).toEqual([1 + 3, 1, 2, 0xffff])
    expect(words(bench.s.at[0], 7)).toEqual([0x8003 + 5, 0xffff, 0xffff, 5, 4, 3, 0xffff])
    bench.switchTo(1)
    expect(
      [1, 2, 3, 4, 5].map((slot) => readWord(bench.p.at[0] as Uint8Array, 768 + 4 * slot)),
    ).toEqual([0x0100, 0x1100, 0, 0, 0])
    expect(
      [1, 2, 3, 4, 5].map((slot) => readWord(bench.s.at[0] as Uint8Array, 768 + 4 * slot)),
    ).toEqual([0, 0, 0x0100, 0x0100, 0x2100])
  })

  test('a cable that comes back in CP0 closes the ring by itself', () => {
    const bench = drives(3)
    bench.ring.breakAfter(1)
    bench.runUp(0)
    bench.ring.breakAfter(-1)
    bench.cycle()
    expect(bench.arrived).toEqual(['S', 'P'])
    expect(words(bench.p.at[0], 5)).toEqual([4, 1, 2, 3, 0xffff])
  })

  test.each([
    ['nothing', 0x1, [1, 2]],
    ['fast phase switch', 0x20_0001, [0x8001, 0x8002]],
    ['times in MDT0', 0x10_0001, [0x8001, 0x8002]],
  ])(
    'the address word acknowledges add-on functions that are asked for: %s',
    (_, version, list) => {
      const bench = drives(2)
      bench.version = version
      bench.cycle(2)
      expect(words(bench.p.at[0], 4)).toEqual([3, ...list, 0xffff])
    },
  )
})

test('t1, t6 and t7 are taken from MDT0 of CP0 when the version says so', () => {
  const bench = drives(1)
  bench.version = 0x10_0001
  bench.times = [9_000, 650_000, 950_000]
  bench.runUp(2)
  const window = bench.readList(0, idn('S-0-1017'))
  expect([readLong(window, 0), readLong(window, 4)]).toEqual([650_000, 950_000])
  expect(bench.read(0, idn('S-0-1006'))).toBe(9_000)
})

test('when the version says so, what is looped back does not go on to the neighbour', () => {
  const bench = drives(2)
  bench.version = 0x40_0001
  bench.countS = 0x8002
  bench.ring.breakAfter(1)
  bench.runUp(2)
  bench.ring.breakAfter(-1)
  bench.cycle(3)
  expect(sDevs(bench)).toEqual([0x1500, 0x2500])
})

describe('S-DEV', () => {
  test.each([1, 2, 3, 4])(
    'in CP%i both neighbours of a break loop back in the same cycle',
    (phase) => {
      const bench = inPhase(4, phase)
      expect(sDevs(bench)).toEqual([0x0100, 0x0100, 0x0100, 0x0100])
      bench.ring.breakAfter(2)
      bench.cycle()
      expect(bench.arrived).toEqual(['P', 'S'])
      expect(sDevs(bench)).toEqual([0x0100, 0x1100, 0x2100, 0x0100])
    },
  )

  test('the ends of the ring at the master loop back too', () => {
    const bench = inPhase(2, 4)
    bench.ring.breakAfter(0)
    bench.cycle()
    expect(bench.arrived).toEqual([undefined, 'S'])
    expect(sDevs(bench)).toEqual([0x2100, 0x0100])
    bench.ring.breakAfter(-1)
    bench.ring.breakAfter(2)
    bench.cycle()
    expect(bench.arrived).toEqual([undefined, undefined])
  })

  test('a healed cable stays unused: each neighbour sees the telegrams of the other on its inactive port', () => {
    const bench = inPhase(3, 4)
    bench.ring.breakAfter(1)
    bench.cycle(3)
    bench.ring.breakAfter(-1)
    bench.cycle()
    expect(sDevs(bench)).toEqual([0x1500, 0x2500, 0x0100])
    bench.cycle()
    expect(sDevs(bench)).toEqual([0x1d00, 0x2900, 0x0100])
    bench.cycle(50)
    expect(bench.arrived).toEqual(['P', 'S'])
  })

  test('fast forward by command: carried out and acknowledged with the toggle bit, once', () => {
    const bench = inPhase(3, 4)
    bench.ring.breakAfter(1)
    bench.cycle(3)
    bench.ring.breakAfter(-1)
    bench.cycle(3)
    command(bench, 0, 0)
    command(bench, 1, 0)
    bench.cycle()
    expect(sDevs(bench)).toEqual([0x1d00, 0x2900, 0x0100])
    bench.cycle()
    expect(bench.arrived).toEqual(['S', 'P'])
    expect(sDevs(bench)).toEqual([0x4100, 0x4100, 0x0100])
    bench.cycle(5)
    expect(sDevs(bench)).toEqual([0x4100, 0x4100, 0x0100])
  })

  test('while only one neighbour forwards, its channel comes in on both ports', () => {
    const bench = inPhase(3, 4)
    bench.ring.breakAfter(1)
    bench.cycle(2)
    bench.ring.breakAfter(-1)
    bench.cycle(2)
    command(bench, 0, 0)
    bench.cycle(2)
    expect(bench.arrived).toEqual(['S', 'S'])
    command(bench, 0, 1)
    bench.cycle(2)
    expect(bench.arrived).toEqual(['P', 'S'])
    command(bench, 1, 0)
    bench.cycle(2)
    expect(bench.arrived).toEqual(['P', 'P'])
  })

  test('a command that the cables forbid is neither carried out nor acknowledged', () => {
    const bench = inPhase(2, 4, 'line')
    command(bench, 1, 0)
    bench.cycle(3)
    expect(sDevs(bench)).toEqual([0x0100, 0x1100])
    command(bench, 1, 1)
    bench.cycle(3)
    expect(sDevs(bench)).toEqual([0x0100, 0x1100])
  })

  test('without the master-valid bit C-DEV says nothing', () => {
    const bench = inPhase(2, 4)
    bench.cDev[0] = 0x5800
    bench.cycle(3)
    expect(sDevs(bench)).toEqual([0x0100, 0x0100])
  })

  test('the master opens the ring between two neighbours and closes it again', () => {
    const bench = inPhase(4, 4)
    command(bench, 1, 1)
    command(bench, 2, 2)
    bench.cycle(3)
    expect(bench.arrived).toEqual(['P', 'S'])
    expect(sDevs(bench)).toEqual([0x0100, 0x5d00, 0x6900, 0x0100])
    bench.ring.breakAfter(2)
    bench.cycle(2)
    expect(sDevs(bench)).toEqual([0x0100, 0x5100, 0x6100, 0x0100])
    bench.ring.breakAfter(-1)
    bench.cycle(2)
    command(bench, 1, 0)
    command(bench, 2, 0)
    bench.cycle(3)
    expect(bench.arrived).toEqual(['S', 'P'])
    expect(sDevs(bench)).toEqual([0x0100, 0x0100, 0x0100, 0x0100])
  })

  test('identification is a light at the device', () => {
    const bench = inPhase(2, 2)
    bench.cDev[1] = 0x8100
    bench.cycle()
    expect(bench.slaves.map(({ observation }) => observation.identify)).toEqual([false, true])
  })
})

describe('process data', () => {
  test('of every device go on in the very cycle of a break, each on the side that it is on', () => {
    const bench = inPhase(4, 4)
    bench.cycle(10)
    const cCon = (set: RingBench['p'], n: number) =>
      readWord(set.at[0] as Uint8Array, bench.offsets[n]?.at as number)
    const toggles = () => [0, 1, 2, 3].map((n) => (cCon(bench.p, n) | cCon(bench.s, n)) & 3)
    const before = toggles()
    bench.ring.breakAfter(3)
    bench.cycle()
    expect(toggles()).toEqual(before.map((bits) => bits ^ 2))
    expect([0, 1, 2, 3].map((n) => cCon(bench.p, n) & 1)).toEqual([1, 1, 1, 0])
    expect([0, 1, 2, 3].map((n) => cCon(bench.s, n) & 1)).toEqual([0, 0, 0, 1])
  })

  test('stop behind the break of a line, whose devices fall back to NRT and stay out when it is mended', () => {
    const bench = inPhase(3, 4, 'line')
    bench.ring.breakAfter(1)
    bench.cycle(20)
    expect(bench.slaves.map(({ observation }) => observation.phase)).toEqual([4, -1, -1])
    expect(bench.sDev(0)).toBe(0x1100)
    bench.ring.breakAfter(-1)
    bench.cycle(20)
    expect(bench.slaves.map(({ observation }) => observation.phase)).toEqual([4, -1, -1])
    expect(bench.sDev(0)).toBe(0x1500)
  })
})

test('the delay measured at a port is that of every passage: n in a ring, 2n - 1 in a line and in each part of a broken ring', () => {
  const bench = inPhase(5, 4)
  const delays = () => [bench.ring.delayNs(1), bench.ring.delayNs(2)]
  expect(delays()).toEqual([5 * 900, 5 * 900])
  bench.ring.breakAfter(2)
  bench.cycle()
  expect(delays()).toEqual([3 * 900, 5 * 900])
  const line = inPhase(3, 4, 'line')
  expect([line.ring.delayNs(1), line.ring.delayNs(2)]).toEqual([5 * 900, 0])
})

test('64 devices: all addresses in CP0, each in its slot in CP2, the last of a line loops back', () => {
  const bench = inPhase(64, 0, 'line')
  const list = Array.from({ length: 64 }, (_, n) => n + 1)
  expect(words(bench.p.at[0], 66)).toEqual([1 + 127, ...list, 0xffff])
  bench.switchTo(1)
  bench.switchTo(2)
  expect(sDevs(bench)).toEqual(list.map((n) => (n === 64 ? 0x1100 : 0x0100)))
})
