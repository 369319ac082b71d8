/**
 * A commissioning engineer reads and writes parameters of drives that run: values come in the drive's own units, many
 * drives are asked at once, and whatever a drive refuses is said in words, with its name, the phase and the IDN.
 */
import { describe, expect, test } from 'vitest'
import { svcElement } from '../../../cards/sercos3/telegram.ts'
import { DualportError } from '../../../errors.ts'
import { mostWaiting } from '../../../runtime/device-transfers.ts'
import { ServiceBench } from '../service-bench.ts'
import type { BenchDevice } from '../service-bench.ts'

const drive: BenchDevice = {
  parameters: [
    {
      idn: 'S-0-0051',
      name: 'Position feedback 1 value',
      type: 'i32',
      unit: 'mm',
      decimals: 4,
      value: -12_346,
    },
    {
      idn: 'S-0-0092',
      name: 'Bipolar torque limit',
      type: 'u16',
      unit: '%',
      decimals: 1,
      min: 0,
      max: 3000,
      value: 3000,
      writable: 'CP2-4',
    },
    { idn: 'S-0-0032', name: 'Primary operation mode', type: 'u16', writable: 'CP2' },
    { idn: 'S-0-0142', name: 'Application type', type: 'text', value: 'x', writable: 'CP2-4' },
    { idn: 'P-0-0010', name: 'Serial number', type: 'u64', value: 2 ** 40 },
    {
      idn: 'P-0-0011',
      name: 'Table',
      type: 'u32[]',
      capacity: 65_532,
      value: [1, 2, 3],
      writable: 'CP2-4',
    },
  ],
  commands: {},
}

const ring = (devices = 1) => new ServiceBench(Array.from({ length: devices }, () => drive))

async function reason(bench: ServiceBench, work: Promise<unknown>): Promise<string> {
  return (await bench.refusal(work)).message
}

describe('reading', () => {
  test('gives data in the unit of the drive, whole 8-byte numbers as bigints, lists as arrays, texts as strings', async () => {
    const bench = ring()
    const x = bench.device(0)
    const read = await bench.until(
      Promise.all(
        (['S-0-0051', 'P-0-0010', 'P-0-0011', 'S-0-0142'] as const).map((idn) => x.read(idn)),
      ),
    )
    expect(read).toEqual([-1.2346, 2n ** 40n, [1, 2, 3], 'x'])
  })

  test('gives each element', async () => {
    const bench = ring()
    const x = bench.device(0)
    const elements = ['name', 'attribute', 'unit', 'minimum', 'maximum', 'data'] as const
    const read = await bench.until(
      Promise.all(elements.map((element) => x.read('S-0-0092', { element }))),
    )
    const [name, attribute, ...rest] = read
    expect(name).toBe('Bipolar torque limit')
    expect((Number(attribute) >>> 16) & 7).toBe(1)
    expect(rest).toEqual(['%', 0, 300, 300])
  })

  test('gives all about an IDN in one transfer, and leaves out what it has not', async () => {
    const bench = ring()
    const x = bench.device(0)
    const torque = await bench.until(x.info('S-0-0092'))
    expect(torque).toMatchObject({ unit: '%', minimum: 0, maximum: 300 })
    expect(torque).not.toHaveProperty('value')
    const mode = await bench.until(x.describe('S-0-0032'))
    expect(mode).toEqual({
      idn: 'S-0-0032',
      name: 'Primary operation mode',
      attribute: expect.objectContaining({ itemBytes: 2, protectedIn: ['CP3', 'CP4'] }),
      value: 0,
    })
  })

  test('lists what there is', async () => {
    const bench = ring()
    expect(await bench.until(bench.device(0).list())).toEqual([
      ...drive.parameters.map(({ idn }) => idn),
      'S-0-0017',
    ])
  })

  test('goes on at all drives at once: 64 take no longer than one', async () => {
    const one = ring()
    await one.until(one.device(0).read('P-0-0011'))
    const many = ring(64)
    await many.until(Promise.all(many.handles.devices.map((device) => device.read('P-0-0011'))))
    expect(many.cycles).toBeLessThan(one.cycles + 20)
  })
})

describe('writing', () => {
  test('takes what reading gives', async () => {
    const bench = ring()
    const x = bench.device(0)
    const list = Array.from({ length: 1000 }, (_, n) => 7 * n)
    await bench.until(
      Promise.all([
        x.write('S-0-0092', 99.9),
        x.write('S-0-0142', 'press 4'),
        x.write('P-0-0011', list),
      ]),
    )
    expect(
      await bench.until(
        Promise.all((['S-0-0092', 'S-0-0142', 'P-0-0011'] as const).map((idn) => x.read(idn))),
      ),
    ).toEqual([99.9, 'press 4', list])
  })

  test('takes the longest list, and an empty one', async () => {
    const bench = ring()
    const x = bench.device(0)
    const list = Array.from({ length: 16_383 }, (_, n) => n)
    await bench.until(x.write('P-0-0011', list))
    expect(await bench.until(x.read('P-0-0011'))).toEqual(list)
    await bench.until(x.write('P-0-0011', []))
    expect(await bench.until(x.read('P-0-0011'))).toEqual([])
  })
})

describe('what is refused says why', () => {
  test.each([
    [
      'read',
      'P-0-4000',
      undefined,
      /^DP_SERCOS3_SVC: d0 \(address 1\), CP4, P-0-4000: .* no such IDN \(1001\)/,
    ],
    ['write', 'S-0-0051', 1, /S-0-0051: .* data: cannot be changed \(7004\)/],
    ['write', 'S-0-0032', 1, /S-0-0032: .* data: write-protected in this phase \(7005\)/],
    ['write', 'S-0-0092', 300.1, /S-0-0092: .* data: above the maximum \(7007\)/],
    [
      'write',
      'S-0-0092',
      6554,
      /^DP_SERCOS3_VALUE: .*, is 6554, expected a number from 0 to 6553.5/,
    ],
    ['write', 'P-0-0011', 7, /^DP_SERCOS3_VALUE: .*, expected a list of values/],
    ['command', 'S-0-0092', undefined, /^DP_SERCOS3_SVC_DATA: d0 .*S-0-0092/],
    ['read', 'S-0-51', undefined, /^DP_SERCOS3_IDN: .* is S-0-51/],
  ] as const)('%s %s %s', async (act, idn, value, message) => {
    const bench = ring()
    const x = bench.device(0)
    const work = () => {
      if (act === 'write') return x.write(idn, value)
      return act === 'read' ? x.read(idn) : x.command(idn)
    }
    expect(await reason(bench, work())).toMatch(message)
  })

  test('an element that is not there', async () => {
    const bench = ring()
    const work = bench.device(0).read('S-0-0032', { element: 'minimum' })
    expect(await reason(bench, work)).toMatch(/minimum: there is none \(5001\)/)
  })

  test('more transfers than wait', async () => {
    const bench = ring()
    const x = bench.device(0)
    const works = Array.from({ length: mostWaiting + 2 }, () => x.read('S-0-0032'))
    const ends = await bench.until(Promise.allSettled(works))
    const refused = ends.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(1)
    expect(String((refused[0] as PromiseRejectedResult).reason)).toMatch(/DP_SERCOS3_SVC_QUEUE/)
  })

  test('a long list can be refused in its middle, and the next transfer works', async () => {
    const bench = ring()
    let steps = 0
    bench.tampers.set(0, (answer, control) => {
      const isData = ((control >>> 3) & 7) === svcElement.data
      if (isData && ++steps >= 40 && steps < 45) {
        answer.status |= 4
        answer.info = 0x7016
      }
    })
    const x = bench.device(0)
    const list = Array.from({ length: 100 }, () => 1)
    const told = await reason(bench, x.write('P-0-0011', list))
    expect(told).toMatch(/data: the device itself did not get it in time \(7016\)/)
    bench.tampers.clear()
    expect(await bench.until(x.read('P-0-0011'))).toEqual([1, 2, 3])
  })

  test('an abort ends a list under way: the drive drops what it got', async () => {
    const bench = ring()
    const x = bench.device(0)
    const stop = new AbortController()
    const list = Array.from({ length: 4000 }, () => 1)
    const work = x.write('P-0-0011', list, { signal: stop.signal })
    work.catch(() => undefined)
    await bench.run(200)
    stop.abort(new Error('never mind'))
    expect(await reason(bench, work)).toBe('never mind')
    expect(bench.cycles).toBeLessThan(300)
    expect(await bench.until(x.read('P-0-0011'))).toEqual([1, 2, 3])
  })

  test('a transfer ends at its time-out, in the queue as well as under way', async () => {
    const bench = ring()
    bench.slaves[0]?.delay(50)
    const x = bench.device(0)
    const works = [1, 2].map(() => x.read('P-0-0011', { timeoutMs: 100 }))
    const ends = await bench.until(Promise.allSettled(works))
    for (const end of ends) {
      const { reason: why } = end as PromiseRejectedResult
      expect(why).toBeInstanceOf(DualportError)
      expect(String(why)).toMatch(/DP_SERCOS3_SVC_TIMEOUT: .*not done after 0.1 s/)
    }
    expect(bench.cycles).toBeLessThan(300)
  })
})
