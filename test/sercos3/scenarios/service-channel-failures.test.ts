/**
 * Drives are slow, stay busy, answer nonsense, lose their power, and the ring leaves the phase while a commissioning
 * engineer's transfers are under way: each ends within a bounded time, with its result or with a reason that names the
 * drive, and none hangs.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idn } from '../../../cards/sercos3/idn.ts'
import { svcErrorText } from '../../../cards/sercos3/svc-errors.ts'
import { DualportError } from '../../../errors.ts'
import { ServiceBench } from '../service-bench.ts'
import type { BenchDevice } from '../service-bench.ts'

const device: BenchDevice = {
  parameters: [
    { idn: 'S-0-0040', name: 'Velocity feedback', type: 'i32', unit: 'mm/s', value: 7 },
    { idn: 'S-0-0092', name: 'Torque limit', type: 'u16', max: 10, writable: 'CP2-4' },
    {
      idn: 'P-0-0011',
      name: 'Table',
      type: 'u16[]',
      capacity: 64,
      value: [1, 2, 3],
      writable: 'CP2-4',
    },
    { idn: 'S-0-0099', name: 'Reset', type: 'command' },
  ],
  commands: { 'S-0-0099': { phases: [4], durationS: 0.01, execute: () => 'done' } },
}

const ahs = 1
const busy = 2
const error = 4
const valid = 8

describe('a drive', () => {
  test('that is slow is waited for', async () => {
    const bench = new ServiceBench([device])
    bench.slaves[0]?.delay(20)
    expect(await bench.until(bench.device(0).read('P-0-0011'))).toEqual([1, 2, 3])
    expect(bench.cycles).toBeGreaterThan(100)
  })

  test('that stays busy is given up after 2 s', async () => {
    const bench = new ServiceBench([device])
    bench.tampers.set(0, (answer) => void (answer.status |= busy))
    const told = await bench.refusal(bench.device(0).read('S-0-0040'))
    expect(told.message).toMatch(/^DP_SERCOS3_SVC_TIMEOUT: d0 .*S-0-0040.*busy time-out/)
    expect(bench.cycles).toBeGreaterThan(2000)
    expect(bench.cycles).toBeLessThan(2050)
  })

  test('that does not answer is given up after ten cycles, and takes the next transfer when it is back', async () => {
    const bench = new ServiceBench([device])
    bench.tampers.set(0, (answer) => void (answer.status = 0))
    const x = bench.device(0)
    const told = await bench.refusal(x.read('S-0-0040'))
    expect(told.message).toMatch(/handshake time-out/)
    expect(bench.cycles).toBeLessThan(30)
    bench.tampers.clear()
    expect(await bench.until(x.read('S-0-0040'))).toBe(7)
  })

  test('that leaves the ring ends its own transfers alone', async () => {
    const bench = new ServiceBench([device, device])
    bench.slaves.forEach((slave) => slave.delay(30))
    const [gone, other] = [bench.device(0).read('P-0-0011'), bench.device(1).read('P-0-0011')]
    gone.catch(() => undefined)
    await bench.run(50)
    bench.present[0] = 0
    expect((await bench.refusal(gone)).message).toMatch(
      /^DP_SERCOS3_SVC_PHASE: d0 .*, is the device is not on the ring/,
    )
    expect((await bench.refusal(bench.device(0).read('S-0-0040'))).message).toMatch(
      /not on the ring/,
    )
    expect(await bench.until(other)).toEqual([1, 2, 3])
    bench.present[0] = 1
    expect(await bench.until(bench.device(0).read('S-0-0040'))).toBe(7)
  })
})

describe('when the phase is left', () => {
  test('what is under way and what waits is rejected, and what comes later as well', async () => {
    const bench = new ServiceBench([device])
    bench.slaves[0]?.delay(30)
    const x = bench.device(0)
    const works = Promise.allSettled([
      x.read('P-0-0011'),
      x.read('S-0-0040'),
      x.command('S-0-0099'),
    ])
    await bench.run(50)
    bench.desk.close()
    for (const end of await bench.until(works, 100))
      expect(String((end as PromiseRejectedResult).reason)).toMatch(/DP_SERCOS3_SVC_PHASE/)
    expect((await bench.refusal(x.read('S-0-0040'))).message).toMatch(/DP_SERCOS3_SVC_PHASE/)
    bench.desk.open(4)
    expect(await bench.until(x.read('S-0-0040'))).toBe(7)
  })

  test('a transfer posted while the worker closes is not forgotten', async () => {
    const bench = new ServiceBench([device])
    bench.desk.close()
    // the main thread looked before it closed, and posts afterwards
    bench.mailboxes.open = 4
    const work = bench.device(0).read('S-0-0040')
    bench.mailboxes.open = 0
    expect((await bench.refusal(work, 100)).message).toMatch(/DP_SERCOS3_SVC_PHASE/)
  })
})

test('a closed machine rejects everything with its reason', async () => {
  const bench = new ServiceBench([device])
  const x = bench.device(0)
  const works = Promise.allSettled([x.read('P-0-0011'), x.read('S-0-0040')])
  bench.handles.refuse(new DualportError('DP_MACHINE_CLOSED', { at: 'demo' }))
  for (const end of await bench.until(works, 100))
    expect(String((end as PromiseRejectedResult).reason)).toMatch(/DP_MACHINE_CLOSED: demo/)
  await expect(x.write('S-0-0092', 1)).rejects.toThrow(/DP_MACHINE_CLOSED/)
})

test('a worker that forgets a transfer is not waited for', async () => {
  const bench = new ServiceBench([device])
  const x = bench.device(0)
  const works = Promise.allSettled([x.read('P-0-0011'), x.read('S-0-0040')])
  for (let n = 0; n < 30; n++) {
    bench.cycles += 1000
    bench.handles.settle()
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const end of await bench.until(works, 10))
    expect(String((end as PromiseRejectedResult).reason)).toMatch(/DP_SERCOS3_SVC_TIMEOUT/)
})

test('any mixture of answers, busy, silence and errors ends in a result or a named error', async () => {
  const disturbance = fc.record({
    /** Which cycles of the transfer are disturbed. */
    from: fc.nat(40),
    cycles: fc.nat(30),
    clear: fc.constantFrom(0, valid, ahs, 0xffff),
    set: fc.constantFrom(0, busy, error, valid | ahs, busy | error),
    info: fc.constantFrom(undefined, 0, 0x7005, 0xffff, 0xffff_ffff),
  })
  const act = fc.constantFrom('read', 'list', 'write', 'writeList', 'command', 'describe', 'dump')
  const work = fc.record({
    act,
    disturbances: fc.array(disturbance, { maxLength: 3 }),
    /** When the master comes between with a job of its own. */
    masterAt: fc.option(fc.nat(60), { nil: -1 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(work, { minLength: 1, maxLength: 3 }), async (works) => {
      const bench = new ServiceBench([device])
      const x = bench.device(0)
      for (const { act: what, disturbances, masterAt } of works) {
        const start = bench.cycles
        bench.tampers.set(0, (answer) => {
          const now = bench.cycles - start
          if (now === masterAt) bench.channels[0]?.startReadList(idn('S-0-0017'))
          for (const { from, cycles, clear, set, info } of disturbances) {
            if (now < from || now >= from + cycles) continue
            answer.status = (answer.status & ~clear) | set
            answer.info = info ?? answer.info
          }
        })
        const doing = {
          read: () => x.read('S-0-0040'),
          list: () => x.list(),
          write: () => x.write('S-0-0092', 5),
          writeList: () => x.write('P-0-0011', [4, 5, 6, 7, 8]),
          command: () => x.command('S-0-0099', { timeoutMs: 3000 }),
          describe: () => x.describe('P-0-0011'),
          dump: () => x.dump(),
        }[what]()
        const [end] = await bench.until(Promise.allSettled([doing]), 8000)
        if (end?.status === 'rejected') expect(end.reason).toBeInstanceOf(DualportError)
        await bench.run(2500)
        expect(bench.channels.every((channel) => !channel.running)).toBe(true)
      }
      // whatever happened: the next transfer is not disturbed by it
      bench.tampers.clear()
      await bench.run(60)
      expect(await bench.until(x.read('S-0-0040'))).toBe(7)
    }),
    { numRuns: 150 },
  )
})

test.each([
  0x0001, 0x0009, 0x1009, 0x2016, 0x5016, 0x7008, 0x700a, 0x700c, 0x7012, 0x7014, 0x7016, 0x7101,
  0x710a,
])('code %i is told in words', (code) => {
  expect(svcErrorText(code)).not.toMatch(/manual/)
  expect(svcErrorText(code)).toContain(`(${code.toString(16).toUpperCase().padStart(4, '0')})`)
})

test('a code of the manufacturer is told as a number', () => {
  expect(svcErrorText(0x8123)).toMatch(/manual of the device explains \(8123\)/)
})
