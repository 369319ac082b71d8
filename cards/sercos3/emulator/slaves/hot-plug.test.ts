import { describe, expect, test } from 'vitest'
import { hotPlugCode as code } from '../../hot-plug.ts'
import { connectionElement, connectionIdn, idn } from '../../idn.ts'
import { commandStatus } from '../../telegram.ts'
import type { Topology } from '../chip-ring.ts'
import { type Offsets, RingBench } from './ring-bench.ts'
import { consumerState, producerState } from './connection.ts'
import { readWord } from './telegram-word.ts'

const supported = 0x8000
const enabled = 0x8200
const bySvc = 0x8300
const broadcast = 4095
const fastForward = 0x4100

/** A line of three in CP4; the one at its end is not there yet. */
function line(topology: Topology = 'line'): RingBench {
  const absent = { profile: 'drive', absent: true } as const
  const bench = new RingBench(
    topology === 'linePort2' ? [absent, 'io', 'drive'] : ['drive', 'io', absent],
  )
  bench.topology = topology
  bench.runUp(4)
  bench.hotPlug.control = supported
  bench.cycle(5)
  return bench
}

const newcomer = 2
const neighbour = 1

function say(bench: RingBench, selection: number, control: number, info = 0, cycles = 2): void {
  Object.assign(bench.hotPlug, { selection, control, info })
  bench.cycle(cycles)
}

const lengths = (first: number, bytes: number) =>
  [bytes, 0, 0, 0].map((length, n) => [first + n, length] as const)

/** All parameters of HP0 once, but those of `without`. */
function sendHp0(bench: RingBench, without: readonly number[] = []): void {
  say(bench, broadcast, enabled)
  const parameters = [
    [code.tScyc, 1_000_000],
    ...lengths(code.mdt0Length, bench.mdtBytes),
    ...lengths(code.at0Length, bench.atBytes),
    [code.t6, 600_000],
    [code.t7, 900_000],
  ] as const
  for (const [what, value] of parameters)
    if (!without.includes(what)) say(bench, broadcast, enabled | what, value)
  say(bench, broadcast, enabled)
}

/** Up to the scan: the neighbour forwards. */
function connect(bench: RingBench): void {
  bench.ring.plug(newcomer)
  bench.cycle(3)
  sendHp0(bench)
  bench.cDev[neighbour] = fastForward
  bench.cycle(3)
}

function scan(bench: RingBench, last = 1): (readonly [number, number])[] {
  return Array.from({ length: last + 1 }, (_, index) => {
    say(bench, index << 12, enabled)
    return bench.hotPlugAnswer
  })
}

function giveOffsets(bench: RingBench, selection = 3): (readonly [number, number])[] {
  const at = bench.offsets[newcomer] as Offsets
  return [
    [code.mdtSvcOffset, at.mdtSvc],
    [code.atSvcOffset, at.atSvc],
  ].map(([what, offset]) => {
    say(bench, selection, enabled | (what as number), offset)
    return bench.hotPlugAnswer
  })
}

const phaseOf = (bench: RingBench) => bench.slaves[newcomer]?.observation.phase

function toHp2(topology: Topology = 'line'): RingBench {
  const bench = line(topology)
  connect(bench)
  scan(bench)
  giveOffsets(bench)
  bench.control[newcomer] = 1
  say(bench, 0, bySvc)
  bench.cycle(2)
  return bench
}

describe('HP0', () => {
  test('a device that is not there leaves the neighbour without a link', () => {
    const bench = line()
    expect(bench.sDev(neighbour)).toBe(0x1100)
    expect(bench.slaves[newcomer]?.observation.phase).toBe(-1)
  })

  test('a device that is plugged in is a link, and no telegram comes back from it', () => {
    const bench = line()
    bench.ring.plug(newcomer)
    bench.cycle(50)
    expect(bench.sDev(neighbour)).toBe(0x1500)
    expect(phaseOf(bench)).toBe(-1)
  })

  test('when it has cycle time and lengths it loops back: the neighbour sees P on its inactive port', () => {
    const bench = line()
    bench.ring.plug(newcomer)
    bench.cycle(3)
    sendHp0(bench)
    bench.cycle(2)
    expect(bench.sDev(neighbour)).toBe(0x1900)
    expect(bench.arrived).toEqual(['P', undefined])
  })

  test.each([
    ['cycle time', code.tScyc],
    ['length of MDT3', code.mdt0Length + 3],
    ['length of AT0', code.at0Length],
  ])('not without the %s', (_, missing) => {
    const bench = line()
    bench.ring.plug(newcomer)
    sendHp0(bench, [missing])
    bench.cycle(5)
    expect(bench.sDev(neighbour)).toBe(0x1500)
    say(bench, broadcast, enabled | missing, 100)
    bench.cycle(3)
    expect(bench.sDev(neighbour)).toBe(0x1900)
  })

  test('when the master ends hot plug, the device starts anew', () => {
    const bench = line()
    bench.ring.plug(newcomer)
    sendHp0(bench)
    bench.cycle(3)
    say(bench, 0, supported, 0, 4)
    expect(bench.sDev(neighbour)).toBe(0x1500)
    sendHp0(bench)
    bench.cycle(2)
    expect(bench.sDev(neighbour)).toBe(0x1900)
  })
})

describe('HP1', () => {
  test('the scan answers with the address, then with the end of the list', () => {
    const bench = line()
    connect(bench)
    expect(bench.sDev(neighbour)).toBe(0x4100)
    expect(scan(bench)).toEqual([
      [0x0003, 1],
      [0x1000 | 4093, 1],
    ])
  })

  test('each offset of the service channel is acknowledged with its code', () => {
    const bench = line()
    connect(bench)
    scan(bench)
    expect(giveOffsets(bench)).toEqual([
      [3, code.mdtSvcOffset],
      [3, code.atSvcOffset],
    ])
  })

  test('offsets before the scan is over are a scan error, those for nobody lack the address', () => {
    const bench = line()
    connect(bench)
    scan(bench, 0)
    expect(giveOffsets(bench)[0]).toEqual([3, 0x105])
    scan(bench)
    expect(giveOffsets(bench, 0)[0]).toEqual([0, 0x104])
  })

  test('the service channel without its offsets is an error', () => {
    const bench = line()
    connect(bench)
    scan(bench)
    say(bench, 0, bySvc)
    expect(bench.hotPlugAnswer).toEqual([0, 0x102])
  })

  test('offsets for another address are not acknowledged', () => {
    const bench = line()
    connect(bench)
    scan(bench)
    expect(giveOffsets(bench, 77)[0]).toEqual([77, 0])
  })
})

describe('HP2', () => {
  test('the service channel shows itself valid and answers the handshake, S-DEV is not there yet', () => {
    const bench = toHp2()
    expect(bench.svcStatus(newcomer) & 0b1001).toBe(0b1001)
    expect(bench.sDev(newcomer)).toBe(0)
    expect(bench.sDev(neighbour)).toBe(0x4100)
  })

  test('S-0-0128 is refused before S-0-0127 is done', () => {
    const bench = toHp2()
    expect(() => bench.command(newcomer, idn('S-0-0128'))).toThrow('7013')
  })

  test('with all parameters, S-0-0127 and S-0-0128 the device is in CP4 and produces', () => {
    const bench = toHp2()
    bench.configure(newcomer)
    expect(bench.command(newcomer, idn('S-0-0127'))).toBe(commandStatus.done)
    expect(phaseOf(bench)).toBe(-1)
    expect(bench.command(newcomer, idn('S-0-0128'))).toBe(commandStatus.done)
    say(bench, 0, supported)
    bench.cycle(5)
    expect(phaseOf(bench)).toBe(4)
    expect(bench.sDev(newcomer)).toBe(0x1100)
    const state = (instance: number) =>
      bench.read(newcomer, connectionIdn(instance, connectionElement.state))
    expect([state(0), state(1)]).toEqual([consumerState.consuming, producerState.producing])
    const at = bench.offsets[newcomer]?.at as number
    const before = readWord(bench.p.at[0] as Uint8Array, at)
    bench.cycle()
    expect((readWord(bench.p.at[0] as Uint8Array, at) ^ before) & 3).toBe(2)
  })

  test('what S-0-0127 finds wrong keeps it where it is', () => {
    const bench = toHp2()
    bench.configure(newcomer)
    bench.write(newcomer, idn('S-0-1006'), 2_000_000)
    expect(bench.command(newcomer, idn('S-0-0127'))).toBe(commandStatus.error)
    expect(bench.readList(newcomer, idn('S-0-0021'))).toEqual(new Uint8Array([0xee, 0x03, 0, 0]))
    expect(phaseOf(bench)).toBe(-1)
  })

  test('pulled out again, the neighbour loops back in the same cycle', () => {
    const bench = toHp2()
    bench.configure(newcomer)
    bench.command(newcomer, idn('S-0-0127'))
    bench.command(newcomer, idn('S-0-0128'))
    say(bench, 0, supported)
    bench.ring.pull(newcomer)
    bench.cycle()
    expect(bench.arrived).toEqual(['P', undefined])
    expect(bench.sDev(neighbour)).toBe(0x5100)
    expect(bench.sDev(newcomer)).toBe(0)
    expect(phaseOf(bench)).toBe(-1)
  })
})

test('a device that is switched off and on in a ring comes back by hot plug from the side of P, and the ring is closed after', () => {
  const bench = new RingBench(['drive', 'drive', 'drive', 'io'])
  bench.runUp(4)
  bench.ring.powerCycle(2)
  bench.cycle()
  expect(bench.arrived).toEqual(['P', 'S'])
  expect([bench.sDev(1), bench.sDev(3)]).toEqual([0x1100, 0x2100])
  bench.cycle(120)
  expect([bench.sDev(1), bench.sDev(3)]).toEqual([0x1500, 0x2500])
  sendHp0(bench)
  bench.cDev[1] = fastForward
  bench.cycle(3)
  scan(bench)
  giveOffsets(bench)
  bench.control[2] = 1
  say(bench, 0, bySvc)
  bench.configure(2)
  bench.command(2, idn('S-0-0127'))
  bench.command(2, idn('S-0-0128'))
  say(bench, 0, supported, 0, 5)
  expect([bench.sDev(2), bench.sDev(3)]).toEqual([0x1d00, 0x2900])
  bench.cDev[2] = fastForward
  bench.cDev[3] = fastForward
  bench.cycle(3)
  expect(bench.arrived).toEqual(['S', 'P'])
  expect(bench.slaves.map(({ observation }) => observation.phase)).toEqual([4, 4, 4, 4])
})

test('hot plug at the end of a line at port 2 works with the secondary channel', () => {
  const bench = new RingBench([{ profile: 'drive', absent: true }, 'io', 'drive'])
  bench.topology = 'linePort2'
  bench.runUp(4)
  bench.ring.plug(0)
  bench.cycle(3)
  expect(bench.sDev(1)).toBe(0x2500)
  sendHp0(bench)
  bench.cycle(2)
  expect(bench.sDev(1)).toBe(0x2d00)
})
