import { describe, expect, test } from 'vitest'
import { checkMachine } from './check.ts'
import { formatFinding } from './finding.ts'
import type { MachineInput } from './schema.ts'

type DeviceInput = MachineInput['devices'][number]
type Connections = Exclude<NonNullable<DeviceInput['connections']>, string>

const limits = {
  positionMin: 0,
  positionMax: 100,
  velocity: 100,
  acceleration: 1000,
  jerk: 10_000,
  followingError: 1,
}
const axes: MachineInput['axes'] = [{ name: 'x', device: 'drive', unit: 'mm', limits }]

const position: Connections = {
  mdt: { idns: ['S-0-0134', 'S-0-0047'] },
  at: { idns: ['S-0-0135', 'S-0-0051'] },
}

function machine(
  change: Partial<MachineInput>,
  drive: Partial<DeviceInput> = {},
  io: Partial<DeviceInput> = {},
): MachineInput {
  return {
    name: 'm',
    card: { type: 'sercos3' },
    devices: [
      { name: 'drive', address: 1, profile: 'drive', ...drive },
      { name: 'io', address: 2, profile: 'io', ...io },
    ],
    ...change,
  }
}

function lines(input: unknown): string[] {
  return checkMachine(input, '/').findings.map((finding) => formatFinding(finding, 'machine'))
}

describe('connections in a machine file', () => {
  test('may name their words, how often they come, and how many may be lost', () => {
    const connections = {
      mdt: { ...position.mdt, producerCycles: 2 },
      at: { ...position.at, toleratedLosses: 0 },
    }
    expect(lines(machine({ axes }, { connections }))).toEqual([])
    expect(lines(machine({ axes }, { connections: 'fromDevice' }))).toEqual([])
  })

  test.each<[string, { [way in keyof Connections]?: unknown }, string]>([
    [
      'that are no list',
      { mdt: undefined },
      'devices[0].connections.mdt is missing, expected an object',
    ],
    [
      'with a word that is none',
      { mdt: { idns: ['S-0-134'] } },
      'devices[0].connections.mdt.idns[0] is "S-0-134", expected an IDN such as S-0-0051 or S-0-1050.2.3',
    ],
    [
      'with a word twice',
      { at: { idns: ['S-0-0135', 'S-0-0051', 'S-0-0135'] } },
      'devices[0].connections.at.idns[2] is "S-0-0135", expected each word once',
    ],
    [
      'with a field that is none',
      { mdt: { ...position.mdt, producerCylces: 2 } },
      'devices[0].connections.mdt.producerCylces is 2, expected no field of this name; the nearest is producerCycles',
    ],
    [
      'without words',
      { mdt: { idns: [] } },
      'devices[0].connections.mdt.idns is [], expected at least 1 entries',
    ],
    [
      'produced never',
      { at: { ...position.at, producerCycles: 0 } },
      'devices[0].connections.at.producerCycles is 0, expected a number of at least 1',
    ],
    [
      'produced too seldom',
      { at: { ...position.at, producerCycles: 66 } },
      'devices[0].connections.at.producerCycles is 66, expected a whole number from 1 to 65 (65 ms)',
    ],
    [
      'without what the axis needs',
      { at: { idns: ['S-0-0135'] } },
      'devices[0].connections.at.idns is ["S-0-0135"], expected S-0-0051 among them: axis x needs it',
    ],
    [
      'without any command',
      { mdt: { idns: ['S-0-0134', 'S-0-0092'] } },
      'devices[0].connections.mdt.idns is ["S-0-0134","S-0-0092"], expected S-0-0036 or S-0-0047 or S-0-0080 among them: axis x needs it',
    ],
  ])('%s are refused', (_, change, line) => {
    const connections = { ...position, ...change }
    expect(lines(machine({ axes }, { connections: connections as Connections }))).toContain(line)
  })

  test('of an I/O device must carry the channels of its points', () => {
    const connections: Connections = {
      mdt: { idns: ['S-0-1501.0.5'] },
      at: { idns: ['S-0-1502.0.9'] },
    }
    const points: MachineInput['io'] = [
      { kind: 'digitalInput', name: 'p', device: 'io', channel: 3 },
      { kind: 'analogInput', name: 'q', device: 'io', channel: 0 },
    ]
    expect(lines(machine({ io: points }, {}, { connections }))).toEqual([
      'devices[1].connections.at.idns is ["S-0-1502.0.9"], expected S-0-1506.0.9 among them: point q needs it',
    ])
  })

  test('of an optional device must be known before it comes', () => {
    expect(lines(machine({}, { optional: true, connections: 'fromDevice' }))).toEqual([
      'devices[0].connections is "fromDevice", expected lists: the place of an optional device is kept',
    ])
    const connections = { ...position, at: { idns: ['S-0-0135', 'S-0-0051', 'P-0-0100'] } }
    expect(lines(machine({ axes }, { optional: true, connections }))).toEqual([
      'devices[0].connections.at.idns[2] is "P-0-0100", expected a word of known length: the place of an optional device is kept',
    ])
    expect(lines(machine({ axes }, { optional: true, connections: position }))).toEqual([])
  })

  test('whose producer cycles never meet are refused', () => {
    const connections = {
      mdt: { ...position.mdt, producerCycles: 499 },
      at: { ...position.at, producerCycles: 503 },
    }
    expect(lines(machine({ cycleUs: 125 }, { connections }))).toEqual([
      'devices is "2 devices: connections.producerCycles, 1, 499, 503", expected a least common multiple of at most 65536',
    ])
  })
})

describe('the card in a machine file', () => {
  test.each([
    { topology: 'any', requireRing: false },
    { topology: 'linePort2', healing: 'onRequest' },
    { timingMethod: 2, uc: {} },
    { timingMethod: 3, uc: { mtu: 46 }, fastPhaseSwitch: false },
  ])('may say %j', (card) => {
    expect(lines({ ...machine({ axes }), card: { type: 'sercos3', ...card } })).toEqual([])
  })

  test.each([
    [{ topology: 'star' }, 'card.topology is "star", expected ring, line, linePort2 or any'],
    [{ timingMethod: 4 }, 'card.timingMethod is 4, expected 1 or 2 or 3'],
    [{ uc: { mtu: 1501 } }, 'card.uc.mtu is 1501, expected a number of at most 1500'],
    [
      { timingMetod: 2 },
      'card.timingMetod is 2, expected no field of this name; the nearest is timingMethod',
    ],
  ])('may not say %j', (card, line) => {
    expect(lines({ ...machine({}), card: { type: 'sercos3', ...card } })).toEqual([line])
  })

  test('is told when a UC channel does not fit into the cycle beside the telegrams', () => {
    const one = machine({ cycleUs: 31.25 })
    const devices = one.devices.slice(0, 1)
    expect(lines({ ...one, devices })).toEqual([])
    const uc = { type: 'sercos3', uc: {}, timingMethod: 2 }
    expect(lines({ ...one, devices, card: uc })).toEqual([
      expect.stringMatching(
        /^cycleUs is 31\.25, expected \d\d(\.\d)? us at least with these 1 devices and a UC channel$/,
      ),
    ])
  })

  test('is told when the telegrams leave no memory for frames', () => {
    const devices = Array.from({ length: 122 }, (_, n) => ({
      name: `d${n}`,
      address: n + 1,
      profile: 'drive',
    }))
    const card = { type: 'sercos3', buffers: 'triple', uc: {} }
    const input = { name: 'm', cycleUs: 10_000, devices }
    expect(lines({ ...input, card: { type: 'sercos3', buffers: 'triple' } })).toEqual([])
    expect(lines({ ...input, card })).toEqual([
      expect.stringMatching(
        /^card\.uc is "122 devices: Tx RAM, \d+ bytes", expected at least 1514/,
      ),
    ])
  })
})
