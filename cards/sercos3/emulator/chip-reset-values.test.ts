/** Every register of the core by name: what it reads after a reset, and what of a word of ones it keeps. */
import { describe, expect, test } from 'vitest'
import type { Register } from '../../../uio/register-table.ts'
import { registers, rxBase, txBase, windows } from '../registers.ts'
import { Bench, EchoSlave, hosts } from './chip-bench.ts'

type Behaviour = {
  /** After a reset, with a device on either port. */
  readonly reset: number
  /** After ones were written over that, the main timer being off. */
  readonly ones: number
}

const cell: Behaviour = { reset: 0, ones: 0xffffffff }
const readOnly: Behaviour = { reset: 0, ones: 0 }
const linkUp = 0x80000000
const buffersTriple = { tx: 0x80000002, rx: 0x00000002 } as const

// oxfmt-ignore
const behaviours: Readonly<Record<keyof typeof registers, Behaviour>> = {
  idr: { reset: 0x88cd0089, ones: 0x88cd0089 },
  // both resets clear themselves, and the first takes the sensitivity with it
  gcsfr: { reset: 0, ones: 0 },
  ier0: { reset: 0, ones: 0x3ff }, ier1: cell, imr0: cell, imr1: cell,
  irr0: readOnly, irr1: readOnly,
  dfcsr: { reset: 0x000c0000, ones: 0x000c0b27 },
  phasecr: { reset: 0, ones: 0x8f },
  tgsr1: readOnly, tgsr2: readOnly,
  decr: cell,
  strbr: readOnly,
  tcsr: { reset: 0, ones: 0x0010ffff },
  tcycstart: cell,
  ifg: { reset: 0, ones: 0x3ff },
  rdly1: readOnly, rdly2: readOnly,
  svccsr: { reset: 0, ones: 0xffff00bf },
  dtdivclk: cell, tdivclk: cell, ascr1: cell, ascr2: cell,
  // ones are neither trigger word
  wdcsr: { reset: 0, ones: 0x01000000 },
  wdcnt: { reset: 0, ones: 0xffff },
  sfcr: { reset: 0, ones: 0x0f0fffff },
  miicsr: { reset: 0, ones: 7 },
  dbgocr: cell,
  seqcnt: readOnly,
  macLow: cell, macHigh: cell,
  // receiver and transmitter on: nothing received, nothing left to send
  ipcsr1: { reset: linkUp, ones: 0x800c0f7b }, ipcsr2: { reset: linkUp, ones: 0x800c0f7b },
  iprrs1: cell, iprrs2: cell, iprxs1: cell, iprxs2: cell, iptxs1: cell, iptxs2: cell, iplastfl: cell,
  frxok: readOnly, ftxok: readOnly, fcserr: readOnly, algnerr: readOnly,
  disrxb: readOnly, discolb: readOnly, chviol: readOnly, sercerr: readOnly,
  mtdrl: { reset: 0, ones: 0x07ffffff }, mtdru: { reset: 0, ones: 0x0f0300ff }, mtdsr: { reset: 0, ones: 0xf },
  ptdrl: { reset: 0, ones: 0x07ffffff }, ptdru: { reset: 0, ones: 0x0f0300ff }, ptdsr: { reset: 0, ones: 0x1f },
  pllcsr: cell, tcntcycr: cell,
  stns: cell, stsec: cell, stnsp: cell, stsecp: cell,
  sccab: cell,
  sccmdt: { reset: 0, ones: 0xffff },
  stnsOffset: cell, stnsNew: cell, stsecNew: cell,
  // a request without telegrams stays open; both low bits set is a mode of three buffers too
  rxbufcsrA: { reset: buffersTriple.rx, ones: 3 }, rxbuftvA: readOnly, rxbuftrA: { reset: 0, ones: 0xf0f },
  // the first buffer is handed over, the second is the processor's
  txbufcsrA: { reset: buffersTriple.tx, ones: 0x80010003 },
  rxbufcsrB: { reset: buffersTriple.rx, ones: 3 }, rxbuftvB: readOnly, rxbuftrB: { reset: 0, ones: 0xf0f },
  txbufcsrB: { reset: buffersTriple.tx, ones: 0x80010003 },
}

const open = (host: (typeof hosts)[number]) =>
  new Bench(host, { slaves: [1, 2, 3].map((n) => new EchoSlave(n)), topology: 'ring' })
const hex = (value: number) => value.toString(16).padStart(8, '0')
const rows = Object.entries(behaviours).map(([name, behaviour]) => {
  const row: Register = registers[name as keyof typeof registers]
  return { name, row, ...behaviour }
})

describe.each(hosts)('on %s', (host) => {
  test.each(rows)('$name reads its reset value', ({ row, reset }) => {
    const bench = open(host)
    expect(hex(bench.read(row))).toBe(hex(reset))
    bench.write(row, 0xffffffff)
    bench.look()
    bench.write(registers.gcsfr, 1)
    bench.look()
    expect(hex(bench.read(row))).toBe(hex(reset))
  })

  test.each(rows)('$name keeps what can be written', ({ row, ones }) => {
    const bench = open(host)
    bench.write(row, 0xffffffff)
    bench.look()
    expect(hex(bench.read(row))).toBe(hex(ones))
  })

  test('the base pointers are cells of 32 bits, and what no register stands at reads 0', () => {
    const bench = open(host)
    const named = new Set<number>(Object.values<Register>(registers).map(({ offset }) => offset))
    for (let n = 0; n < 16; n++) named.add(rxBase.offset + 4 * n).add(txBase.offset + 4 * n)
    for (let offset = 0; offset < windows.registers.size; offset += 4) {
      const isBase = offset >= rxBase.offset && offset < txBase.offset + 64
      if (named.has(offset) && !isBase) continue
      expect(hex(bench.readAt(offset))).toBe(hex(0))
      bench.writeAt(offset, 0xffffffff)
      bench.look()
      expect(hex(bench.readAt(offset))).toBe(hex(isBase ? 0xffffffff : 0))
    }
  })
})
