import { expect, test } from 'vitest'
import { registers } from '../registers.ts'
import { Bench, describe as list, EchoSlave } from './chip-bench.ts'
import { injectIntoChip, type ChipFault } from './faults.ts'
import { ScriptPlayer } from './script-player.ts'
import { checkScript } from './script.ts'
import { RingBench } from './slaves/ring-bench.ts'
import { readWord } from './slaves/telegram-word.ts'
import { idn } from '../idn.ts'
import { svcElement } from '../telegram.ts'

const r = registers
/** MDT0, MDT1, AT0, AT1 and a valid MST. */
const all = 0x133

/** A card in CP4 with two MDTs and two ATs around a ring of three. */
function open() {
  const slaves = [1, 2, 3].map((address) => new EchoSlave(address))
  const bench = new Bench('trapping host', { slaves, topology: 'ring' })
  for (const index of [0, 1, 4, 5]) bench.describeTx(index, list(60, []))
  for (const index of [4, 5]) bench.describeRx(index, list(60, []))
  bench.start(4, 3, 3)
  bench.chip.tick()
  return {
    bench,
    slaves,
    inject: (fault: ChipFault) => injectIntoChip(bench.chip, fault),
    /** TGSR2, where P comes in, of the next cycles. */
    seen: (cycles: number) =>
      Array.from({ length: cycles }, () => {
        bench.chip.tick()
        return bench.read(r.tgsr2) & 0x1ff
      }),
  }
}

test.each([
  ['mst', undefined, 0],
  ['mdt', undefined, 0],
  ['mdt', 0, 0],
  ['mdt', 1, all & ~2],
  ['at', undefined, all & ~0x30],
  ['at', 1, all & ~0x20],
] as const)(
  'a lost %s %s is missing for its cycles, and all is well after',
  (what, telegram, left) => {
    const { inject, seen } = open()
    inject({
      kind: 'lostTelegram',
      what,
      cycles: 2,
      ...(telegram === undefined ? {} : { telegram }),
    })
    expect(seen(4)).toEqual([left, left, all, all])
  },
)

test('devices get no MDT1 that was lost, and no MST without MDT0', () => {
  const { inject, seen, slaves } = open()
  inject({ kind: 'lostTelegram', what: 'mdt', telegram: 1, cycles: 1 })
  seen(1)
  expect(slaves.map(({ mst }) => mst)).toEqual([true, true, true])
  inject({ kind: 'lostTelegram', what: 'mdt', telegram: 0, cycles: 1 })
  seen(1)
  expect(slaves.map(({ mst }) => mst)).toEqual([false, false, false])
})

test('a wrong check sum is counted on its port, and the AT is missing there alone', () => {
  const { bench, inject, seen } = open()
  inject({ kind: 'crcError', port: 2, telegram: 0, cycles: 3 })
  expect(seen(4)).toEqual([all & ~0x10, all & ~0x10, all & ~0x10, all])
  expect(bench.read(r.tgsr1) & 0xff).toBe(all & 0xff)
  expect(bench.read(r.fcserr)).toBe(3 << 16)
})

test('cables break and are mended one by one, devices go and come', () => {
  const { inject, seen, bench } = open()
  const arrived = () => {
    seen(1)
    return bench.chip.ring.arrivals.map((set) => set?.channel)
  }
  inject({ kind: 'ringBreak', after: 0 })
  inject({ kind: 'ringBreak', after: 2 })
  expect(arrived()).toEqual([undefined, 'S'])
  inject({ kind: 'ringClosed', after: 0 })
  expect(arrived()).toEqual(['P', 'S'])
  inject({ kind: 'ringClosed' })
  expect(arrived()).toEqual(['S', 'P'])
  inject({ kind: 'pull', device: 0 })
  expect(arrived()).toEqual([undefined, 'S'])
  inject({ kind: 'plug', device: 0 })
  inject({ kind: 'powerCycle', device: 1 })
  expect(arrived()).toEqual(['P', 'S'])
})

test('a device that is not there is no fault', () => {
  const { inject, seen } = open()
  inject({ kind: 'pull', device: 9 })
  inject({ kind: 'device', device: 9, does: 'refuseReset' })
  inject({ kind: 'ringClosed', after: 9 })
  expect(seen(1)).toEqual([all])
})

function inCp4(): RingBench {
  const bench = new RingBench(['drive', 'io'])
  bench.runUp(4)
  return bench
}

const drive = 0

test('a silent device writes nothing for its cycles', () => {
  const bench = inCp4()
  bench.slaves[drive]?.misbehave({ does: 'silent', cycles: 1 })
  bench.cycle()
  expect([bench.sDev(0), bench.sDev(1)]).toEqual([0, 0x0100])
  bench.cycle()
  expect(bench.sDev(0)).toBe(0x0100)
})

test.each([
  ['slowService', 0b1000],
  ['busyService', 0b1011],
] as const)('%s: the step is answered late, until then %i', (does, meanwhile) => {
  const bench = new RingBench(['drive'])
  bench.runUp(2)
  bench.slaves[drive]?.misbehave({ does, cycles: 7 })
  bench.control[drive] = 0b1111
  bench.info[drive] = idn('S-0-0051')
  bench.cycle()
  expect(bench.svcStatus(drive)).toBe(meanwhile)
  bench.cycle(6)
  expect(bench.svcStatus(drive)).toBe(meanwhile)
  bench.cycle()
  expect(bench.svcStatus(drive)).toBe(0b1001)
})

test('a service error ends accesses to the data of its IDN, with its code, until it is taken back', () => {
  const bench = inCp4()
  const target = idn('S-0-0091')
  const device = bench.slaves[drive]
  device?.misbehave({ does: 'serviceError', idn: target, code: 0x7009 })
  expect(() => bench.read(drive, target)).toThrow('7009')
  expect(() => bench.write(drive, target, 5)).toThrow('7009')
  expect(bench.readText(drive, target, svcElement.name)).not.toBe('')
  expect(bench.read(drive, idn('S-0-0051'))).toBe(0)
  device?.misbehave({ does: 'serviceError', idn: target, code: 0 })
  expect(bench.read(drive, target)).toBeGreaterThan(0)
})

test('data of the wrong length take a step more than their attribute says', () => {
  const bench = inCp4()
  const target = idn('S-0-0051')
  bench.slaves[drive]?.misbehave({ does: 'wrongLength', idn: target })
  expect(() => bench.read(drive, target)).toThrow('7002')
})

test('a stuck new-data bit stands still while the counter goes on', () => {
  const bench = inCp4()
  const cCon = () => {
    bench.cycle()
    return readWord(bench.p.at[0] as Uint8Array, bench.offsets[drive]?.at as number)
  }
  expect((cCon() ^ cCon()) & 2).toBe(2)
  bench.slaves[drive]?.misbehave({ does: 'stuckToggle', stuck: true })
  const before = cCon()
  const after = cCon()
  expect((before ^ after) & 2).toBe(0)
  expect(after >>> 12).toBe(((before >>> 12) + 1) & 15)
})

test('another address counts from the next CP0 on, also that of another device', () => {
  const bench = inCp4()
  bench.slaves[drive]?.misbehave({ does: 'address', address: 2 })
  bench.cycle()
  expect(bench.sDev(drive)).toBe(0x0100)
  bench.enter(0)
  bench.cycle(2)
  expect([1, 2].map((word) => readWord(bench.p.at[0] as Uint8Array, 2 * word))).toEqual([2, 2])
})

test.each([
  [1, 'S-0-0011', 0x0080],
  [2, 'S-0-0012', 0x0004],
  [3, 'S-0-0013', 0x0200],
] as const)('diagnostics of class %i show the bits that are set', (diagnosticClass, text, bits) => {
  const bench = inCp4()
  bench.slaves[drive]?.misbehave({ does: 'diagnosis', class: diagnosticClass, bits })
  bench.cycle()
  expect(bench.read(drive, idn(text)) & bits).toBe(bits)
})

test('what a device does wrong ends when it is switched off', () => {
  const bench = inCp4()
  const device = bench.slaves[drive]
  device?.misbehave({ does: 'busyService', cycles: 100 })
  device?.misbehave({ does: 'serviceError', idn: idn('S-0-0051'), code: 0x7009 })
  device?.powerOn()
  bench.runUp(2)
  expect(bench.read(drive, idn('S-0-0051'))).toBe(0)
})

test('a script gives each fault once, counted from the start or from the first telegrams of a phase', () => {
  const { steps } = checkScript(
    {
      steps: [
        { at: { cycle: 3 }, fault: { kind: 'deadCard' } },
        { at: { phase: 'CP4' }, fault: { kind: 'ringBreak', after: 1 } },
        { at: { phase: 'CP4', cycle: 2 }, fault: { kind: 'pull', device: 1 } },
        { at: { phase: 'NRT' }, fault: { kind: 'tornWrite', cycles: 1 } },
      ],
    },
    2,
  )
  const player = new ScriptPlayer({ steps })
  const given: string[] = []
  const phases = [-1, 2, 4, 4, 2, 4, 4, 4, 4]
  phases.forEach((phase, cycle) =>
    player.beforeCycle(phase, ({ kind }) => given.push(`${cycle} ${kind}`)),
  )
  expect(given).toEqual(['0 tornWrite', '2 ringBreak', '3 deadCard', '7 pull'])
})

test('IDNs of a script may be texts', () => {
  const fault = { kind: 'device', device: 0, does: 'wrongLength', idn: 'S-0-0051' } as const
  const { steps } = checkScript({ steps: [{ at: {}, fault }] }, 1)
  expect(steps[0]?.fault).toEqual({ ...fault, idn: idn('S-0-0051') })
})

const step = (fault: unknown, at: unknown = {}) => ({ steps: [{ at, fault }] })

test.each([
  [{}, 'steps', 'Invalid input'],
  [step({ kind: 'ringBreak' }), 'steps[0].fault.after', 'Invalid input'],
  [step({ kind: 'earthquake' }), 'steps[0].fault.kind', 'Invalid'],
  [step({ kind: 'pull', device: 2 }), 'steps[0].fault.device', '2'],
  [step({ kind: 'ringBreak', after: 3 }), 'steps[0].fault.after', '3'],
  [step({ kind: 'device', device: 0, does: 'sing' }), 'steps[0].fault.does', 'Invalid'],
  [
    step({ kind: 'device', device: 0, does: 'wrongLength', idn: 'S-0-51' }),
    'steps[0].fault.idn',
    'S-0-51 is no IDN',
  ],
  [step({ kind: 'deadCard' }, { phase: 'CP7' }), 'steps[0].at.phase', 'Invalid option'],
  [step({ kind: 'deadCard' }, { cycle: -1 }), 'steps[0].at.cycle', 'Too small'],
])('a script with a mistake is refused by its place: %j', (script, at, actual) => {
  const refuse = () => checkScript(script, 2, 'faults.json')
  const place = `faults.json: ${at}`
  expect(refuse).toThrow(expect.objectContaining({ code: 'DP_EMULATOR_SCRIPT', at: place }))
  expect(refuse).toThrow(actual)
})
