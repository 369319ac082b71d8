import { describe, expect, test } from 'vitest'
import { idn } from '../../idn.ts'
import { commandStatus } from '../../telegram.ts'
import { RingBench } from './ring-bench.ts'
import { readWord } from './telegram-word.ts'

const words = (bytes: Uint8Array | undefined, count: number): number[] =>
  Array.from({ length: count }, (_, n) => readWord(bytes as Uint8Array, 2 * n))

const inCp0 = (count: number, topology: 'ring' | 'line'): RingBench => {
  const bench = new RingBench(Array.from({ length: count }, () => 'drive' as const))
  bench.topology = topology
  bench.cycle(2)
  return bench
}

const phaseAfter = (act: (bench: RingBench) => void): number | undefined => {
  const bench = new RingBench(['drive'])
  bench.runUp(1)
  act(bench)
  return bench.slaves[0]?.observation.phase
}

const checked = (spoil: (bench: RingBench) => void): { status: number; list: number[] } => {
  const bench = new RingBench(['drive', 'io'])
  bench.runUp(2)
  bench.configure(0)
  spoil(bench)
  const status = bench.command(0, idn('S-0-0127'))
  const bytes = bench.readList(0, idn('S-0-0021'))
  const list = Array.from(new Uint32Array(bytes.slice().buffer))
  return { status, list }
}

describe('CP0', () => {
  test('ring: P lists the addresses in order, S in reverse, each counter moves by the number of slaves', () => {
    const bench = inCp0(3, 'ring')
    expect(words(bench.p.at[0], 5)).toEqual([0x0004, 1, 2, 3, 0xffff])
    expect(words(bench.s.at[0], 5)).toEqual([0x8004, 3, 2, 1, 0xffff])
  })

  test('line: the counter comes back with 2n - 1 added', () => {
    const bench = inCp0(3, 'line')
    expect(words(bench.p.at[0], 5)).toEqual([0x0001 + 5, 1, 2, 3, 0xffff])
    expect(words(inCp0(1, 'line').p.at[0], 3)).toEqual([0x0002, 1, 0xffff])
  })

  test('with the phase-switch bit nothing is written any more', () => {
    const bench = inCp0(2, 'ring')
    bench.announce(1)
    bench.cycle()
    expect(words(bench.p.at[0], 4)).toEqual([1, 0xffff, 0xffff, 0xffff])
  })
})

describe('CP1 and CP2', () => {
  test('a device answers in the slot of its topology address: SlaveValid, SVC valid, AHS follows MHS', () => {
    const bench = new RingBench(['drive', 'io'])
    bench.runUp(1)
    expect([bench.sDev(0), bench.sDev(1)]).toEqual([0x0100, 0x0100])
    expect([bench.svcStatus(0), bench.svcStatus(1)]).toEqual([0x0008, 0x0008])
    bench.control[1] = 1
    bench.cycle()
    expect([bench.svcStatus(0), bench.svcStatus(1)]).toEqual([0x0008, 0x0009])
    expect(words(bench.p.at[0], 3)).toEqual([0, 0, 0])
    expect(bench.s.at[0]).toEqual(bench.p.at[0])
  })

  test('it becomes valid within 200 ms, but not at once', () => {
    const bench = new RingBench(['drive'])
    bench.cycle(10)
    bench.switchTo(1, 5)
    expect([bench.sDev(0), bench.svcStatus(0)]).toEqual([0, 0])
    bench.cycle(195)
    expect([bench.sDev(0), bench.svcStatus(0)]).toEqual([0x0100, 0x0008])
  })

  test('the last slave of a line shows the loopback', () => {
    const bench = new RingBench(['drive', 'drive'])
    bench.topology = 'line'
    bench.runUp(1)
    expect([bench.sDev(0), bench.sDev(1)]).toEqual([0x0100, 0x1100])
  })

  test.each([1, 2, 3, 4])('leaving CP%i clears every field of the AT', (phase) => {
    const bench = new RingBench(['drive', 'io'])
    bench.runUp(phase)
    expect((bench.p.at[0] as Uint8Array).some((byte) => byte !== 0)).toBe(true)
    bench.announce(phase === 4 ? 0 : phase + 1)
    bench.cycle(2)
    expect((bench.p.at[0] as Uint8Array).some((byte) => byte !== 0)).toBe(false)
    expect(bench.slaves.map((slave) => slave.observation.phase)).toEqual([phase, phase])
  })
})

describe('phase switches', () => {
  test('a ring of drive and I/O device reaches CP4', () => {
    const bench = new RingBench(['drive', 'io', 'drive'])
    bench.runUp(4)
    expect(bench.slaves.map((slave) => slave.observation.phase)).toEqual([4, 4, 4])
    expect([0, 1, 2].map((n) => bench.sDev(n))).toEqual([0x0100, 0x0100, 0x0100])
    expect(bench.svcStatus(0) & 8).toBe(8)
    expect(bench.s.at[0]).toEqual(bench.p.at[0])
  })

  test.each([
    ['a jump without the phase-switch bit', (b: RingBench) => (b.enter(2), b.cycle())],
    ['a switch that skips a phase', (b: RingBench) => b.switchTo(3)],
    [
      'a switch without the pause',
      (b: RingBench) => {
        b.announce(2)
        b.cycle()
        b.enter(2)
        b.cycle()
      },
    ],
    ['a long silence', (b: RingBench) => b.silence(250)],
  ])('%s ends in NRT', (_, act) => {
    expect(phaseAfter(act)).toBe(-1)
  })

  test('from NRT only CP0 leads on, and CP0 may begin at any time', () => {
    const bench = new RingBench(['drive'])
    bench.enter(2)
    bench.cycle(3)
    expect(bench.slaves[0]?.observation.phase).toBe(-1)
    bench.runUp(2)
    bench.enter(0)
    bench.cycle()
    expect(bench.slaves[0]?.observation.phase).toBe(0)
    bench.runUp(4)
    expect(bench.slaves[0]?.observation.phase).toBe(4)
  })

  test('fast switching, announced in CP0, needs no pause', () => {
    const bench = new RingBench(['drive'])
    bench.version = 1 << 21
    bench.cycle(2)
    bench.announce(1)
    bench.cycle()
    bench.enter(1)
    bench.cycle()
    expect(bench.slaves[0]?.observation.phase).toBe(1)
  })

  test('MST losses up to S-0-1003 keep CP3, one more ends in NRT', () => {
    const bench = new RingBench(['drive'])
    bench.mstLosses = 4
    bench.runUp(3)
    bench.silence(4)
    bench.cycle()
    expect(bench.slaves[0]?.observation.phase).toBe(3)
    bench.silence(5)
    expect(bench.slaves[0]?.observation.phase).toBe(-1)
  })

  test.each([
    ['announced CP0 and went has no error', true, false],
    ['only went has one', false, true],
  ])('a device whose master %s', (_, announced, error) => {
    const bench = new RingBench(['drive'])
    bench.runUp(4)
    if (announced) {
      bench.announce(0)
      bench.cycle()
    }
    bench.silence(11_000)
    expect(bench.slaves[0]?.observation).toMatchObject({ phase: -1, error })
  })

  test('a withheld insertion leaves the AT empty for that time', () => {
    const bench = new RingBench(['drive', 'drive'])
    bench.runUp(4)
    bench.slaves[0]?.withholdInsertion(2)
    const seen = [1, 2, 3].map(() => {
      bench.cycle()
      return [bench.sDev(0), bench.sDev(1)]
    })
    expect(seen).toEqual([
      [0, 0x100],
      [0, 0x100],
      [0x100, 0x100],
    ])
  })
})

describe('transition checks', () => {
  test('S-0-0127 is done when everything was written', () => {
    expect(checked(() => {})).toEqual({ status: commandStatus.done, list: [] })
  })

  test.each([
    ['cycle time', 'S-0-1002', 1_100_000, ['S-0-1002', 'S-0-1050.0.10', 'S-0-1050.1.10']],
    ['t1 beyond the cycle', 'S-0-1006', 2_000_000, ['S-0-1006']],
    ['SVC field in the hot-plug field', 'S-0-1014', 4, ['S-0-1014']],
    ['C-DEV behind the end of the MDT', 'S-0-1009', 300, ['S-0-1009']],
    ['connection behind the end of the AT', 'S-0-1050.1.3', 70, ['S-0-1050.1.3']],
    ['consumer in an AT', 'S-0-1050.0.3', 0x30, ['S-0-1050.0.3']],
    ['connection over the S-DEV', 'S-0-1050.1.3', 20, ['S-0-1050.1.3']],
    ['producer cycle', 'S-0-1050.0.10', 1_500_000, ['S-0-1050.0.10']],
    ['set-up of an unknown type', 'S-0-1050.0.1', 0x8010, ['S-0-1050.0.1']],
  ] as const)('S-0-0127 names what is wrong: %s', (_, target, value, expected) => {
    const { status, list } = checked((bench) => bench.write(0, idn(target), value))
    expect(status).toBe(commandStatus.error)
    expect(list).toEqual(expected.map((text) => idn(text)))
  })

  test('S-0-0127 names a datum that the device cannot produce', () => {
    const { status, list } = checked((bench) =>
      bench.writeList(0, idn('S-0-1050.1.6'), [idn('S-0-0135'), idn('S-0-0047')], 4),
    )
    expect(status).toBe(commandStatus.error)
    expect(list).toEqual([idn('S-0-1050.1.6')])
  })

  test('S-0-0127 names everything when nothing was written, and CP3 then ends in NRT', () => {
    const bench = new RingBench(['drive'])
    bench.runUp(2)
    expect(bench.command(0, idn('S-0-0127'))).toBe(commandStatus.error)
    expect(bench.readList(0, idn('S-0-0021')).length / 4).toBeGreaterThan(15)
    bench.switchTo(3)
    expect(bench.slaves[0]?.observation.phase).toBe(-1)
  })

  test('S-0-0128 fails when other telegram lengths pass than were announced', () => {
    const bench = new RingBench(['drive'])
    bench.runUp(3)
    bench.atBytes += 2
    bench.cycle()
    expect(bench.command(0, idn('S-0-0128'))).toBe(commandStatus.error)
    expect(bench.readList(0, idn('S-0-0022'))).toEqual(new Uint8Array([0xf4, 0x03, 0, 0]))
    bench.atBytes -= 2
    bench.cycle()
    expect(bench.command(0, idn('S-0-0128'))).toBe(commandStatus.done)
  })

  test('the connection length is C-CON and the listed data, and S-0-1051 shows every instance', () => {
    const bench = new RingBench(['drive', 'io'])
    bench.runUp(2)
    bench.configure(0)
    bench.configure(1)
    expect(bench.read(0, idn('S-0-1050.0.5'))).toBe(12)
    expect(bench.read(0, idn('S-0-1050.1.5'))).toBe(14)
    expect([bench.read(1, idn('S-0-1050.0.5')), bench.read(1, idn('S-0-1050.1.5'))]).toEqual([8, 8])
    expect(bench.readList(0, idn('S-0-1051'))).toEqual(
      new Uint8Array([0, 0x80, 0, 0xc0, 0, 0, 0, 0]),
    )
  })
})
