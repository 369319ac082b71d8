import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkMachine } from './check.ts'
import type { MachineInput } from './schema.ts'

type AxisInput = NonNullable<MachineInput['axes']>[number]

const limits = {
  positionMin: 0,
  positionMax: 100,
  velocity: 100,
  acceleration: 1000,
  jerk: 10000,
  followingError: 1,
}
const x: AxisInput = { name: 'x', device: 'drive', unit: 'mm', limits }

function machine(change: Partial<MachineInput>): MachineInput {
  return {
    name: 'm',
    card: { type: 'sercos3' },
    devices: [
      { name: 'drive', address: 1, profile: 'drive' },
      { name: 'io', address: 2, profile: 'io' },
    ],
    ...change,
  }
}

function faults(change: Partial<MachineInput>): string[] {
  return checkMachine(machine(change), process.cwd()).findings.map((finding) => finding.path)
}

describe('relations of a machine file', () => {
  test.each<[string, Partial<MachineInput>, string[]]>([
    ['nothing is wrong with a sound machine', { axes: [x] }, []],
    ['an axis on an I/O device', { axes: [{ ...x, device: 'io' }] }, ['axes[0].device']],
    [
      'a point on a drive',
      { io: [{ kind: 'digitalInput', name: 'p', device: 'drive', channel: 0 }] },
      ['io[0].device'],
    ],
    ['an axis on no device', { axes: [{ ...x, device: 'nobody' }] }, ['axes[0].device']],
    ['two axes of one name on one drive', { axes: [x, x] }, ['axes[1].name', 'axes[1].device']],
    [
      'two devices of one name and address',
      { devices: [1, 1].map((address) => ({ name: 'a', address, profile: 'io' })) },
      ['devices[1].name', 'devices[1].address'],
    ],
    [
      'two points of one name on one channel',
      { io: [0, 0].map((channel) => ({ kind: 'digitalInput', name: 'p', device: 'io', channel })) },
      ['io[1].name', 'io[1].channel'],
    ],
    [
      'an input and an output of one channel number',
      {
        io: [
          { kind: 'digitalInput', name: 'p', device: 'io', channel: 3 },
          { kind: 'digitalOutput', name: 'q', device: 'io', channel: 3 },
        ],
      },
      [],
    ],
    [
      'a lower limit above the upper one',
      { axes: [{ ...x, limits: { ...limits, positionMin: 200 } }] },
      ['axes[0].limits.positionMin'],
    ],
    [
      'a position beyond 32 bits of increments',
      { axes: [{ ...x, limits: { ...limits, positionMax: 300_000 } }] },
      ['axes[0].limits.positionMax'],
    ],
    [
      'a safe value beyond the channel',
      { io: [{ kind: 'analogOutput', name: 'p', device: 'io', channel: 0, safe: -10.5 }] },
      ['io[0].safe'],
    ],
    [
      'a stall time below three cycles',
      { cycleUs: 20_000, realtime: { stallMs: 50 } },
      ['realtime.stallMs'],
    ],
    ['a task module that is not there', { task: { module: 'absent.ts' } }, ['task.module']],
    [
      'a publish policy for no signal',
      { axes: [x], mqtt: { publish: { signals: { 'axis/x/positon': {} } } } },
      ['mqtt.publish.signals["axis/x/positon"]'],
    ],
    ['a password alone', { mqtt: { password: 'secret' } }, ['mqtt.username']],
    ['a port beside a broker', { mqtt: { url: 'mqtt://host', port: 1 } }, ['mqtt.port']],
    ['a password in the URL', { mqtt: { url: 'mqtt://me:secret@host' } }, ['mqtt.url']],
    [
      'certificates for an unencrypted broker',
      { mqtt: { url: 'mqtt://host', ca: 'package.json' } },
      ['mqtt.url'],
    ],
    [
      'an IDN beyond 4095',
      {
        devices: [
          { name: 'a', address: 1, profile: 'io', parameters: [{ idn: 'S-0-5000', value: 1 }] },
        ],
      },
      ['devices[0].parameters[0].idn'],
    ],
  ])('%s', (_, change, expected) => {
    expect(faults(change)).toEqual(expected)
  })

  test('the cycle time is one of Sercos III and long enough for the telegrams', () => {
    const allowed = [31.25, 62.5, 125, 250, 500, 1000, 20_000, 65_000]
    for (const cycleUs of allowed) expect(faults({ cycleUs })).toEqual([])
    for (const cycleUs of [100, 300, 999]) expect(faults({ cycleUs })).toEqual(['cycleUs'])
    const many = Array.from({ length: 20 }, (__, i) => ({
      name: `d${i}`,
      address: i + 1,
      profile: 'drive' as const,
    }))
    expect(faults({ devices: many, cycleUs: 62.5 })).toEqual(['cycleUs'])
    expect(faults({ devices: many, cycleUs: 125 })).toEqual([])
  })

  test('data that do not fit into four telegrams each way are refused', () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      name: `d${i}`,
      address: i + 1,
      profile: 'drive' as const,
    }))
    expect(faults({ devices: many, cycleUs: 65_000, realtime: { stallMs: 1000 } })).toEqual([
      'devices',
    ])
  })

  test('are told beside errors of the schema', () => {
    const wrong = machine({
      axes: [{ ...x, device: 'nobody', limits: { ...limits, jerk: -1 } }, x],
    })
    const paths = checkMachine({ ...wrong, cycelUs: 1000, name: 7 }, '/').findings.map(
      (f) => f.path,
    )
    expect(paths.toSorted()).toEqual([
      'axes[0].device',
      'axes[0].limits.jerk',
      'axes[1].name',
      'cycelUs',
      'name',
    ])
  })

  test('any JSON value is answered with findings or a machine, never with a throw', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('devices', 'axes', 'io', 'mqtt', 'card'),
        (value, key) => {
          const { file, findings } = checkMachine({ ...machine({}), [key]: value }, '/')
          expect(file === undefined).toBe(findings.length > 0)
        },
      ),
    )
  })
})
