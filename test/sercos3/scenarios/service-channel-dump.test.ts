/**
 * A commissioning engineer saves all parameters of a drive and writes them into the drive that takes its place: what can
 * be written is, in whatever order the limits need, and each parameter's fate is told.
 */
import { describe, expect, test } from 'vitest'
import { idn } from '../../../cards/sercos3/idn.ts'
import type { ParameterSpec } from '../../../cards/sercos3/emulator/slaves/parameter.ts'
import type { DeviceDump } from '../../../runtime/device-types.ts'
import { ServiceBench } from '../service-bench.ts'

const parameters: readonly ParameterSpec[] = [
  { idn: 'S-0-0140', name: 'Controller type', type: 'text', value: 'Emulated drive' },
  {
    idn: 'S-0-0092',
    name: 'Bipolar torque limit',
    type: 'u16',
    unit: '%',
    decimals: 1,
    max: 3000,
    value: 3000,
    writable: 'CP2-4',
  },
  { idn: 'S-0-0051', name: 'Position feedback', type: 'i32', unit: 'mm', decimals: 4, value: 5 },
  { idn: 'S-0-0044', name: 'Velocity scaling', type: 'u16', writable: 'CP2' },
  { idn: 'S-0-1002', name: 'Cycle time', type: 'u32', writable: 'CP2-4' },
  { idn: 'S-0-0099', name: 'Reset', type: 'command' },
  { idn: 'P-0-0001', name: 'Speed', type: 'u32', writable: 'CP2-4', value: 1 },
  { idn: 'P-0-0002', name: 'Highest speed', type: 'u32', writable: 'CP2-4', value: 1 },
  { idn: 'P-0-0003', name: 'Mark', type: 'u64', writable: 'CP2-4', value: 2 ** 50 },
  { idn: 'P-0-0004', name: 'Ratio', type: 'f32', writable: 'CP2-4', value: 0.5 },
  { idn: 'P-0-0005', name: 'Table', type: 'u16[]', writable: 'CP2-4', value: [3, 2, 1] },
]

const commands = { 'S-0-0099': { phases: [4], durationS: 0.01, execute: () => 'done' as const } }
const drive = (): ServiceBench => new ServiceBench([{ parameters, commands }])

async function dumpOf(bench: ServiceBench): Promise<DeviceDump> {
  const dump = await bench.until(bench.device(0).dump())
  return JSON.parse(JSON.stringify(dump)) as DeviceDump
}

const outcomesOf = async (bench: ServiceBench, dump: DeviceDump) => {
  const outcomes = await bench.until(bench.device(0).restore(dump))
  return Object.fromEntries(outcomes.map((one) => [one.idn, one.outcome]))
}

function changed(dump: DeviceDump, values: { readonly [idn: string]: unknown }): DeviceDump {
  return {
    ...dump,
    parameters: dump.parameters.map((entry) => ({
      ...entry,
      ...(entry.idn in values && { value: values[entry.idn] as number }),
    })),
  }
}

describe('a dump', () => {
  test('names the drive, and holds every parameter with name, unit, attribute and value', async () => {
    const dump = await dumpOf(drive())
    expect(dump).toMatchObject({
      format: 'dualport-idn-dump',
      version: 1,
      phase: 'CP4',
      device: { name: 'd0', address: 1, controllerType: 'Emulated drive' },
    })
    const find = (text: string) => dump.parameters.find((entry) => entry.idn === text)
    expect(dump.parameters).toHaveLength(parameters.length + 1)
    expect(find('S-0-0051')).toMatchObject({ name: 'Position feedback', unit: 'mm', value: 0.0005 })
    expect(find('P-0-0003')?.value).toBe(String(2n ** 50n))
    expect(find('P-0-0005')?.value).toEqual([3, 2, 1])
  })

  test('tells of each step, and can be called off', async () => {
    const bench = drive()
    const stop = new AbortController()
    const seen: number[] = []
    const work = bench.device(0).dump({
      signal: stop.signal,
      onProgress: (done) => {
        seen.push(done)
        if (done === 3) stop.abort(new Error('enough'))
      },
    })
    expect((await bench.refusal(work)).message).toBe('enough')
    expect(seen).toEqual([1, 2, 3])
  })

  test('holds the reason where a drive refuses its data', async () => {
    const bench = drive()
    bench.slaves[0]?.refuse(idn('P-0-0001'), 0x7009)
    const dump = await dumpOf(bench)
    const entry = dump.parameters.find((one) => one.idn === 'P-0-0001')
    expect(entry).toMatchObject({ name: 'Speed', refused: 'data: a password is needed (7009)' })
    expect(entry).not.toHaveProperty('value')
  })
})

describe('restoring', () => {
  test('changes nothing in the drive that it was taken from', async () => {
    const bench = drive()
    const outcomes = await outcomesOf(bench, await dumpOf(bench))
    expect(outcomes).toEqual({
      'S-0-0140': 'readOnly',
      'S-0-0092': 'unchanged',
      'S-0-0051': 'readOnly',
      'S-0-0044': 'unchanged',
      'S-0-1002': 'ofTheMaster',
      'S-0-0099': 'ofTheMaster',

      'P-0-0001': 'unchanged',
      'P-0-0002': 'unchanged',
      'P-0-0003': 'unchanged',
      'P-0-0004': 'unchanged',
      'P-0-0005': 'unchanged',
      'S-0-0017': 'readOnly',
    })
  })

  test('writes what differs, and says what could not be', async () => {
    const bench = drive()
    const dump = changed(await dumpOf(bench), {
      'S-0-0092': 300.1,
      'S-0-0044': 1,
      'P-0-0002': 'fast',
      'P-0-0003': '7',
      'P-0-0004': 0.25,
      'P-0-0005': [],
    })
    const outcomes = await bench.until(bench.device(0).restore(dump))
    const of = (text: string) => outcomes.find((one) => one.idn === text)
    expect(of('S-0-0092')?.error?.message).toMatch(/data: above the maximum \(7007\)/)
    expect(of('P-0-0002')?.error?.message).toMatch(/DP_SERCOS3_VALUE/)
    expect(of('S-0-0044')).toMatchObject({ outcome: 'protected' })
    for (const text of ['P-0-0003', 'P-0-0004', 'P-0-0005'])
      expect(of(text)).toMatchObject({ outcome: 'written' })
    const x = bench.device(0)
    const works = (['P-0-0003', 'P-0-0004', 'P-0-0005'] as const).map((text) => x.read(text))
    expect(await bench.until(Promise.all(works))).toEqual([7n, 0.25, []])
  })

  test('writes what depends on another parameter after it', async () => {
    const bench = drive()
    const dump = changed(await dumpOf(bench), { 'P-0-0001': 900, 'P-0-0002': 1000 })
    // the speed is refused until the highest speed, which comes later in the dump, allows it
    bench.slaves[0]?.refuse(idn('P-0-0001'), 0x7007)
    const highest = bench.stores[0]?.find(idn('P-0-0002'))
    if (highest !== undefined)
      highest.afterWrite = () => bench.slaves[0]?.refuse(idn('P-0-0001'), 0)
    const outcomes = await outcomesOf(bench, dump)
    expect(outcomes).toMatchObject({ 'P-0-0001': 'written', 'P-0-0002': 'written' })
    expect(await bench.until(bench.device(0).read('P-0-0001'))).toBe(900)
  })

  test('refuses the dump of another type of drive, and what is no dump', async () => {
    const bench = drive()
    const dump = await dumpOf(bench)
    const other = { ...dump, device: { ...dump.device, controllerType: 'Another drive' } }
    expect((await bench.refusal(bench.device(0).restore(other))).message).toMatch(
      /^DP_SERCOS3_DUMP: d0 .*S-0-0140: .*is Emulated drive, expected "Another drive"/,
    )
    const broken = changed(dump, { 'P-0-0001': { speed: 1 } })
    expect((await bench.refusal(bench.device(0).restore(broken))).message).toMatch(
      /^DP_SERCOS3_DUMP: parameters.6.value/,
    )
  })

  test('ends when the drive cannot be reached any more', async () => {
    const bench = drive()
    const dump = await dumpOf(bench)
    const work = bench.device(0).restore(dump)
    work.catch(() => undefined)
    await bench.run(100)
    bench.present[0] = 0
    expect((await bench.refusal(work)).message).toMatch(/not on the ring/)
  })
})
