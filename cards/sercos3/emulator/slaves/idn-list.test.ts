import { describe, expect, test } from 'vitest'
import { type IdnText, formatIdn, idn } from '../../idn.ts'
import { svcElement } from '../../telegram.ts'
import { RingBench } from './ring-bench.ts'

/** IDNs that a master needs, by the length code of their attribute: 1 = 2 bytes, 2 = 4, 5 and 6 = lists of 2 and 4. */
const communication: { readonly [lengthCode: number]: readonly IdnText[] } = {
  1: [
    'S-0-0015', 'S-0-0099', 'S-0-0127', 'S-0-0128', 'S-0-1003', 'S-0-1009', 'S-0-1011', 'S-0-1013', 'S-0-1014',
    'S-0-1024', 'S-0-1027.0.1', 'S-0-1027.0.2', 'S-0-1036', 'S-0-1048', 'S-0-1061', 'S-0-1050.0.1',
    'S-0-1050.1.1', 'S-0-1050.1.2', 'S-0-1050.1.3', 'S-0-1050.1.5', 'S-0-1050.1.8', 'S-0-1050.1.9', 'S-0-1050.1.11',
    'S-0-0011', 'S-0-0012', 'S-0-0013',
  ],
  2: [
    'S-0-1002', 'S-0-1005', 'S-0-1006', 'S-0-1007', 'S-0-1008', 'S-0-1015', 'S-0-1023', 'S-0-1032', 'S-0-1037',
    'S-0-1047', 'S-0-1050.1.10', 'S-0-1302.0.1',
  ],
  4: ['S-0-0095', 'S-0-0140'],
  5: ['S-0-1000', 'S-0-1000.0.1', 'S-0-1010', 'S-0-1012', 'S-0-1051', 'S-0-1050.1.21'],
  6: ['S-0-0017', 'S-0-0021', 'S-0-0022', 'S-0-1017', 'S-0-1050.1.6', 'S-0-1050.1.20'],
} // oxfmt-ignore

const ofDrives: { readonly [lengthCode: number]: readonly IdnText[] } = {
  1: [
    'S-0-0001',
    'S-0-0032',
    'S-0-0033',
    'S-0-0034',
    'S-0-0044',
    'S-0-0076',
    'S-0-0084',
    'S-0-0092',
    'S-0-0093',
    'S-0-0104',
    'S-0-0134',
    'S-0-0135',
  ],
  2: ['S-0-0036', 'S-0-0040', 'S-0-0047', 'S-0-0049', 'S-0-0050', 'S-0-0051', 'S-0-0091'],
}

/** A drive and an I/O device in CP2. */
function inCp2(): RingBench {
  const bench = new RingBench(['drive', 'io'])
  bench.runUp(2)
  return bench
}

function listed(bench: RingBench, n: number): number[] {
  return Array.from(new Uint32Array(bench.readList(n, idn('S-0-0017')).slice().buffer))
}

describe.each([
  ['drive', 0, [communication, ofDrives]],
  ['I/O device', 1, [communication]],
] as const)('%s', (_, n, tables) => {
  test('has the IDNs that a master uses, with their lengths, and lists them in S-0-0017', () => {
    const bench = inCp2()
    const all = listed(bench, n)
    for (const table of tables) {
      for (const [lengthCode, rows] of Object.entries(table)) {
        for (const text of rows) {
          const attribute = bench.read(n, idn(text), svcElement.attribute)
          expect([text, (attribute >>> 16) & 7]).toEqual([text, Number(lengthCode)])
          expect(all).toContain(idn(text))
        }
      }
    }
  })

  test('names every IDN that it lists, and lets all data be read', () => {
    const bench = inCp2()
    const all = listed(bench, n)
    expect(all.length).toBeGreaterThan(80)
    for (const target of all) {
      expect([formatIdn(target), bench.readText(n, target, svcElement.name)]).not.toContain('')
      const code = (bench.read(n, target, svcElement.attribute) >>> 16) & 7
      if (code >= 4) bench.readList(n, target)
      else if (code < 3) bench.read(n, target)
    }
  })
})

test('a device is variable-configuration, synchronised, and of its profile', () => {
  const bench = inCp2()
  const classes = bench.readList(0, idn('S-0-1000'))
  expect(Array.from(new Uint16Array(classes.slice().buffer))).toEqual([
    0x0201, 0x0301, 0x0501, 0x0701, 0x0a01,
  ])
  const profile = idn('S-0-1302.0.1')
  expect([bench.read(0, profile), bench.read(1, profile)]).toEqual([0x0001_0000, 0x0002_0000])
  expect(bench.readText(1, idn('S-0-0142'))).toBe('io 2')
})

const idnsOf = (bench: RingBench, n: number, text: IdnText): number[] =>
  Array.from(new Uint32Array(bench.readList(n, idn(text)).slice().buffer))

test('a drive has some 200 IDNs, an I/O device some 150', () => {
  const bench = inCp2()
  expect(listed(bench, 0).length).toBeGreaterThan(180)
  expect(listed(bench, 1).length).toBeGreaterThan(140)
})

test('the lists of IDNs hold what they say, in order', () => {
  const bench = inCp2()
  const all = listed(bench, 0)
  expect(all).toEqual(all.toSorted((a, b) => a - b))
  expect(idnsOf(bench, 0, 'S-0-0187')).toContain(idn('S-0-0051'))
  expect(idnsOf(bench, 0, 'S-0-0187')).not.toContain(idn('S-0-0047'))
  expect(idnsOf(bench, 0, 'S-0-0188')).toContain(idn('S-0-0047'))
  const commands = idnsOf(bench, 0, 'S-0-0025')
  expect(commands).toContain(idn('S-0-0099'))
  for (const target of commands)
    expect((bench.read(0, target, svcElement.attribute) >>> 19) & 1).toBe(1)
  const stored = idnsOf(bench, 0, 'S-0-0192')
  expect(stored).toContain(idn('S-0-0091'))
  expect(stored).not.toContain(idn('S-0-1002'))
  expect(stored).not.toContain(idn('S-0-0051'))
})

test.each([
  ['S-0-1019', 4, 3, new Uint8Array([2, 0x88, 0xcd, 0, 0, 1])],
  ['S-0-1016', 6, 1, new Uint8Array(new Uint32Array([900, 900]).buffer)],
  ['P-0-0012', 7, 3, new Uint8Array(new BigUint64Array([(1n << 40n) + 1n, 1n << 33n]).buffer)],
  ['S-0-1046', 5, 1, new Uint8Array([1, 0])],
] as const)('%s is a list of items of length code %i', (text, lengthCode, format, data) => {
  const bench = inCp2()
  const attribute = bench.read(0, idn(text), svcElement.attribute)
  expect([(attribute >>> 16) & 7, (attribute >>> 20) & 7]).toEqual([lengthCode, format])
  expect(new Uint8Array(bench.readList(0, idn(text)))).toEqual(data)
})

test('S-0-1300 identifies the device', () => {
  const bench = inCp2()
  expect(bench.readText(1, idn('S-0-1300.0.4'))).toBe('Emulated io')
  expect(bench.readText(1, idn('S-0-1300.0.12'))).toBe('1000002')
})

test('a device with fixed connections lists FIXCFG, carries its own content and reaches CP4', () => {
  const bench = new RingBench([{ profile: 'drive', fixedConnections: true }])
  bench.runUp(2)
  expect(bench.readList(0, idn('S-0-1000')).slice(0, 2)).toEqual(new Uint8Array([1, 1]))
  const content = idn('S-0-1050.1.6')
  expect(bench.readList(0, content).length).toBe(16)
  expect(() => bench.writeList(0, content, [idn('S-0-0135')], 4)).toThrow('7004')
  expect(bench.read(0, idn('S-0-1050.1.5'))).toBe(14)
  const again = new RingBench([{ profile: 'drive', fixedConnections: true }])
  again.runUp(4)
  expect(again.slaves[0]?.observation.phase).toBe(4)
})

test('the address that a master writes counts from the next CP0 on', () => {
  const bench = inCp2()
  bench.write(1, idn('S-0-1040'), 77)
  bench.enter(0)
  bench.cycle(2)
  expect(Array.from((bench.p.at[0] as Uint8Array).slice(2, 6))).toEqual([1, 0, 77, 0])
})

test('S-0-1048 makes the requested MTU the effective one', () => {
  const bench = inCp2()
  bench.write(0, idn('S-0-1027.0.1'), 700)
  expect(bench.read(0, idn('S-0-1027.0.2'))).toBe(1500)
  bench.command(0, idn('S-0-1048'))
  expect(bench.read(0, idn('S-0-1027.0.2'))).toBe(700)
})

test('C-DEV and S-DEV, topology address and missed MSTs can be read', () => {
  const bench = new RingBench(['drive', 'drive'])
  bench.topology = 'line'
  bench.mstLosses = 10
  bench.runUp(4)
  bench.silence(3)
  bench.cycle(2)
  const of = (text: IdnText) => bench.read(1, idn(text))
  expect(of('S-0-1042')).toBe(2)
  expect(of('S-0-1044')).toBe(0x0100)
  expect(of('S-0-1045')).toBe(0x1100)
  expect(of('S-0-1028')).toBe(3)
})
