import { describe, expect, test } from 'vitest'
import { idn, ioGroup, ioProfile } from '../../idn.ts'
import { svcElement } from '../../telegram.ts'
import { IoDevice } from './io-device.ts'
import { ParameterStore } from './parameter-store.ts'
import { type Offsets, RingBench } from './ring-bench.ts'
import { readLong, readWord } from './telegram-word.ts'

const fallback = { digital: 0x8001, analog: 0x0123_8fff | 0 }

class IoBench extends RingBench {
  constructor() {
    super(['io'])
  }

  outputs(digital: number, analog: number): void {
    this.setCommand(0, 0, digital, 2)
    this.setCommand(0, 2, analog, 4)
  }

  get inputs(): [digital: number, analog: number] {
    const at = this.p.at[0] as Uint8Array
    const offset = (this.offsets[0] as Offsets).at
    return [readWord(at, offset + 2), readLong(at, offset + 4)]
  }

  get terminals(): [number, number, number] {
    const now = this.slaves[0]?.observation
    return [now?.digitalOutputs ?? -1, now?.analogOutput0 ?? -1, now?.analogOutput1 ?? -1]
  }
}

function inCp4(): IoBench {
  const bench = new IoBench()
  bench.runUp(2)
  bench.write(0, ioProfile.fallbackDigitalOutputs, fallback.digital)
  bench.write(0, ioProfile.fallbackAnalogOutputs, fallback.analog)
  bench.configure(0)
  bench.command(0, idn('S-0-0127'))
  bench.switchTo(3)
  bench.command(0, idn('S-0-0128'))
  return bench
}

const safe = [0x8001, 0x8fff - 0x10000, 0x0123]

describe('I/O device', () => {
  test('terminals carry what the master sends; inputs show it one cycle later', () => {
    const bench = inCp4()
    bench.switchTo(4)
    bench.outputs(0x5aa5, 0x7fff_8000)
    bench.cycle()
    expect(bench.terminals).toEqual([0x5aa5, -32768, 32767])
    expect(bench.inputs).toEqual([0, 0])
    bench.cycle()
    expect(bench.inputs).toEqual([0x5aa5, 0x7fff_8000])
  })

  test('terminals are at the fallback values before CP4, whatever came before', () => {
    const bench = inCp4()
    bench.outputs(0xffff, -1)
    bench.cycle(3)
    expect(bench.terminals).toEqual(safe)
    expect(bench.slaves[0]?.observation.operating).toBe(false)
    bench.switchTo(4)
    expect(bench.terminals).toEqual([0xffff, -1, -1])
    expect(bench.slaves[0]?.observation.operating).toBe(true)
  })

  test('without MST the outputs stay for the tolerated cycles and then fall back', () => {
    const bench = inCp4()
    bench.outputs(0xffff, -1)
    bench.switchTo(4)
    bench.silence(3)
    expect(bench.terminals).toEqual([0xffff, -1, -1])
    bench.silence(1)
    expect(bench.terminals).toEqual(safe)
    expect(bench.slaves[0]?.observation).toMatchObject({ phase: -1, error: true, operating: false })
  })

  test('without new command values they fall back although the MST comes', () => {
    const bench = inCp4()
    bench.outputs(0xffff, -1)
    bench.switchTo(4)
    bench.producing = false
    bench.cycle(3)
    expect(bench.terminals).toEqual([0xffff, -1, -1])
    bench.cycle(1)
    expect(bench.terminals).toEqual(safe)
  })

  test('when the master leaves CP4 in order they fall back at once, without an error', () => {
    const bench = inCp4()
    bench.outputs(0xffff, -1)
    bench.switchTo(4)
    bench.announce(0)
    bench.cycle()
    expect(bench.terminals).toEqual(safe)
    expect(bench.slaves[0]?.observation.error).toBe(false)
  })

  test('after a new run-up it is driven again by itself; power-on forgets the fallback values', () => {
    const bench = inCp4()
    bench.outputs(0x00ff, 1)
    bench.switchTo(4)
    bench.silence(10)
    bench.runUp(4)
    expect(bench.terminals).toEqual([0x00ff, 1, 0])
    expect(bench.slaves[0]?.observation.error).toBe(false)
    bench.slaves[0]?.powerOn()
    expect(bench.terminals).toEqual([0, 0, 0])
  })

  test('it has an I/O profile, and its data are single values of 2 and 4 bytes', () => {
    const bench = new IoBench()
    bench.runUp(2)
    expect(bench.read(0, idn('S-0-1302.0.1'))).toBe(0x0002_0000)
    const lengthCode = (target: number) => (bench.read(0, target, svcElement.attribute) >>> 16) & 7
    expect(Object.values(ioProfile).map(lengthCode)).toEqual([1, 1, 2, 2, 1, 2])
  })
})

test.each([
  [64, 8, 4, 4],
  [20, 3, 2, 2],
  [0, 2, 0, 1],
])(
  '%i digital and %i analogue channels are %i and %i groups, each with its own fallback',
  (digital, analog, words, pairs) => {
    const store = new ParameterStore()
    const device = new IoDevice(store, { digital, analog })
    device.powerOn()
    const count = (word: 'digitalInputs' | 'analogInputs') =>
      [0, 1, 2, 3].filter((group) => store.find(ioGroup(group)[word]) !== undefined).length
    expect([count('digitalInputs'), count('analogInputs')]).toEqual([words, pairs])
    for (let group = 0; group < words; group++)
      store.find(ioGroup(group).fallbackDigitalOutputs)?.set(0x100 + group)
    for (let group = 0; group < pairs; group++)
      store.find(ioGroup(group).fallbackAnalogOutputs)?.set(-1 - group)
    device.advance({ operational: false, live: false, fresh: false, lost: false }, 0.001)
    const shown = (word: 'digitalInputs' | 'analogInputs', groups: number) =>
      Array.from({ length: groups }, (_, group) => store.find(ioGroup(group)[word])?.get())
    expect(shown('digitalInputs', words)).toEqual([0x100, 0x101, 0x102, 0x103].slice(0, words))
    const all = [0xffff_ffff, 0xffff_fffe, 0xffff_fffd, 0xffff_fffc]
    expect(shown('analogInputs', pairs)).toEqual(all.slice(0, pairs))
  },
)
