import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkMachine } from './check.ts'
import { formatFinding } from './finding.ts'
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

function lines(change: Partial<MachineInput>): string[] {
  const { findings } = checkMachine(machine(change), process.cwd())
  return findings.map((finding) => formatFinding(finding, 'machine'))
}

function drives(count: number): MachineInput['devices'] {
  return Array.from({ length: count }, (_, i) => ({
    name: `d${i}`,
    address: i + 1,
    profile: 'drive',
  }))
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
    [
      'cams of one name, and one whose master goes back',
      {
        cams: [
          { name: 'c', points: [1, 2].map((n) => ({ master: n, slave: n })) },
          { name: 'c', points: [2, 1].map((n) => ({ master: n, slave: n })) },
        ],
      },
      ['cams[1].name', 'cams[1].points[1].master'],
    ],
    [
      'homing on a switch that is no input, faster than the axis, to an index nobody knows where, and out of the limits',
      {
        axes: [
          {
            ...x,
            homing: {
              method: 'homeSwitch',
              direction: 'upward',
              searchVelocity: 500,
              latchVelocity: 5,
              distance: 100,
              toIndex: true,
              finalPosition: 1e6,
              inputs: { homeSwitch: { point: 'nowhere' } },
            },
          },
        ],
      },
      [
        'axes[0].homing.inputs.homeSwitch.point',
        'axes[0].homing.searchVelocity',
        'axes[0].homing.finalPosition',
        'axes[0].homing.indexDistance',
      ],
    ],
    [
      'a brake that opens in the safe state, and errors of fewer places than positions',
      {
        axes: [
          {
            ...x,
            brake: { output: 'hold', releaseS: 0.1, engageS: 0.1, contact: { point: 'hold' } },
            compensation: {
              positions: [0, 10],
              forward: [0],
              velocity: 1,
              acceleration: 1,
              jerk: 1,
            },
          },
        ],
        io: [{ kind: 'digitalOutput', name: 'hold', device: 'io', channel: 0, safe: true }],
      },
      ['axes[0].compensation.forward', 'axes[0].brake.contact.point', 'axes[0].brake.output'],
    ],
    [
      'a group with an axis that is none, one twice, and a delta of two arms',
      {
        axes: [x],
        groups: [
          {
            name: 'g',
            axes: ['x', 'q'],
            kinematics: { type: 'delta', base: 1, platform: 1, arm: 1, rod: 1 },
            path: { velocity: 1, acceleration: 1, jerk: 1 },
          },
          { name: 'g', axes: ['x'], path: { velocity: 1, acceleration: 1, jerk: 1 } },
        ],
      },
      ['groups[1].name', 'groups[0].axes[1]', 'groups[0].axes', 'groups[1].axes[0]'],
    ],
    ['an axis on no device', { axes: [{ ...x, device: 'nobody' }] }, ['axes[0].device']],
    ['two axes of one name on one drive', { axes: [x, x] }, ['axes[1].name', 'axes[1].device']],
    [
      'two devices of one name and address',
      { devices: [1, 1].map((address) => ({ name: 'a', address, profile: 'io' })) },
      ['devices[1].address', 'devices[1].name'],
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
    ['a user name for the embedded broker', { mqtt: { username: 'me' } }, ['mqtt.url']],
    [
      'parameters that no device can hold',
      {
        devices: [
          {
            name: 'a',
            address: 1,
            profile: 'io',
            parameters: [1.5, 2 ** 32, -(2 ** 31) - 1].map((value) => ({ idn: 'S-0-0142', value })),
          },
        ],
      },
      [0, 1, 2].map((n) => `devices[0].parameters[${n}].value`),
    ],
    [
      'limits that no axis has',
      { axes: [{ ...x, limits: { ...limits, velocity: 1e-9, jerk: 1e-4 } }] },
      ['axes[0].limits.velocity', 'axes[0].limits.jerk'],
    ],
    [
      'times that no thread has',
      { realtime: { stallMs: 60_001, timerSlackNs: 1_000_001 } },
      ['realtime.timerSlackNs', 'realtime.stallMs'],
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
    expect(faults({ devices: drives(20), cycleUs: 62.5 })).toEqual(['cycleUs'])
    expect(faults({ devices: drives(20), cycleUs: 125 })).toEqual(['cycleUs'])
    expect(faults({ devices: drives(20), cycleUs: 250 })).toEqual([])
    expect(lines({ devices: drives(20), cycleUs: 62.5 })).toEqual([
      'cycleUs is 62.5, expected 129.1 us at least with these 20 devices',
    ])
  })

  test('more devices than the master takes, and telegrams that its chip cannot hold, are refused', () => {
    const slow = { cycleUs: 65_000, realtime: { stallMs: 1000 } }
    expect(lines({ ...slow, devices: drives(256) })[0]).toMatch(
      /^devices is .* expected at most 255/,
    )
    expect(lines({ ...slow, devices: drives(255) })).toEqual([
      'devices is "255 devices: Tx RAM, 15460 bytes", expected at most 8192 bytes',
    ])
    expect(faults({ ...slow, devices: drives(120) })).toEqual([])
  })

  test.each([
    ['drive', 'S-0-0032'],
    ['drive', 'S-0-0033'],
    ['drive', 'S-0-1002'],
    ['drive', 'S-0-1050.3.10'],
    ['io', 'P-0-1501'],
  ] as const)('a parameter of a %s that the master itself sets is refused: %s', (profile, idn) => {
    const parameters = [
      { idn: 'S-0-0142', value: 1 },
      { idn, value: 1 },
    ]
    expect(lines({ devices: [{ name: 'a', address: 1, profile, parameters }] })).toEqual([
      expect.stringMatching(
        `^devices\\[0\\]\\.parameters\\[1\\]\\.idn is "${idn}", expected none of those that the master itself sets: [SP]-0-.*, S-0-1050\\.x\\.y$`,
      ),
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
