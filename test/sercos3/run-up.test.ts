import { describe, expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import { idn } from '../../cards/sercos3/index.ts'
import type { Sercos3Config } from '../../cards/sercos3/index.ts'
import { InProcessRing, onBus, ringConfig } from './in-process-ring.ts'
import type { RingOptions } from './in-process-ring.ts'

const configured = ringConfig.devices
const withParameters = (parameters: Sercos3Config['devices'][number]['parameters']) =>
  configured.map((device, n) => (n === 1 ? { ...device, parameters } : device))

/** The message with which the run-up ends. */
function faultOf(options: RingOptions, spoil?: (ring: InProcessRing) => void): string {
  const ring = new InProcessRing(options)
  try {
    while (ring.nowNs < 20e9) {
      spoil?.(ring)
      ring.step()
      if (ring.master.fault !== undefined) throw ring.master.fault
      if (ring.state !== cycleState.starting) return `state ${ring.state}`
    }
  } catch (error) {
    // A failed run-up leaves a silent chip.
    for (let n = 0; n < 40; n++) ring.step()
    const silent = !ring.chip.transmitting && ring.state === cycleState.faulted
    return silent ? (error as Error).message : 'the chip goes on'
  }
  return 'still starting'
}

/** Does harm in every step once CP2 has lasted so many of them. */
function inCp2(after: number, harm: (ring: InProcessRing) => void): (ring: InProcessRing) => void {
  let steps = 0
  return (ring) => {
    if (ring.phases.at(-1) === 'CP2' && ++steps > after) harm(ring)
  }
}

describe('run-up', () => {
  test.each([
    ['ring', 'triple', 1_000_000],
    ['ring', 'double', 1_000_000],
    ['line', 'triple', 1_000_000],
    ['line', 'double', 1_000_000],
    ['ring', 'triple', 125_000],
    ['ring', 'triple', 2_000_000],
    ['line', 'double', 20_000_000],
  ] as const)(
    'a %s reaches CP4 with four drives and an I/O device, %s buffered, cycle %i ns',
    (topology, buffers, cycleNs) => {
      const ring = new InProcessRing({ config: { topology, buffers, cycleNs } })
      const seconds = ring.runUp()
      expect(ring.state).toBe(cycleState.operational)
      expect(ring.phases).toEqual(['NRT', 'CP0', 'CP1', 'CP2', 'CP3', 'CP4'])
      expect(ring.slaves.map(({ observation }) => observation.phase)).toEqual([4, 4, 4, 4, 4])
      expect(ring.chip.periodNs).toBe(cycleNs)
      // Of that, CP0 lasts 200 cycles and about 250 cycles go to the service channels.
      expect(seconds).toBeLessThan(2 + (600 * Math.max(cycleNs, 1e6)) / 1e9)
      for (let n = 0; n < 100; n++) ring.step()
      expect(ring.state).toBe(cycleState.operational)
      expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
    },
  )

  test.each(['double', 'triple'] as const)(
    'a chip that answers each access at once and goes by its timer events is run up too, %s buffered',
    (buffers) => {
      const ring = new InProcessRing({ config: { buffers }, region: onBus })
      ring.runUp()
      for (let n = 0; n < 100; n++) ring.step()
      expect(ring.state).toBe(cycleState.operational)
      expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
      expect(ring.chip.timers.main.latched).toBe(true)
    },
  )

  test('sixty-four devices reach CP4', () => {
    const devices = Array.from({ length: 64 }, (_, n) => ({
      name: `d${n}`,
      address: 500 - n,
      profile: n % 3 === 0 ? ('io' as const) : ('drive' as const),
      parameters: [],
    }))
    const ring = new InProcessRing({ config: { devices, cycleNs: 2_000_000 } })
    ring.runUp()
    expect(ring.slaves.every(({ observation }) => observation.phase === 4)).toBe(true)
  })

  test('a ring that another program left in CP4 starts anew', () => {
    const ring = new InProcessRing()
    ring.runUp()
    ring.restartProgram()
    ring.runUp()
    expect(ring.phases).toEqual(['NRT', 'CP0', 'CP1', 'CP2', 'CP3', 'CP4'])
    expect(ring.state).toBe(cycleState.operational)
  })

  test('fallback values and parameters are in the devices', () => {
    const ring = new InProcessRing({
      config: { devices: withParameters([{ idn: idn('S-0-0092'), value: 2500 }]) },
    })
    ring.runUp()
    ring.master.silence()
    for (let n = 0; n < 50; n++) ring.step()
    expect(ring.slaves[4]?.observation).toMatchObject({
      digitalOutputs: 0x8001,
      analogOutput0: -7,
      analogOutput1: 1234,
    })
  })
})

describe('a run-up that cannot succeed says what is wrong', () => {
  const others = configured.slice(0, 4)
  test.each<[string, RingOptions, RegExp]>([
    [
      'a missing device',
      { present: others },
      /DP_SERCOS3_DEVICE_MISSING: io \(address 5\).*addresses 1, 2, 3, 4/,
    ],
    [
      'a wrong address',
      { present: [...others, { name: 'io', address: 9, profile: 'io' }] },
      /DP_SERCOS3_DEVICE_MISSING: io \(address 5\).*3, 4, 9/,
    ],
    [
      'an extra device',
      { present: [...configured, { name: 'more', address: 6, profile: 'drive' }] },
      /DP_SERCOS3_DEVICE_EXTRA: address 6/,
    ],
    [
      'a double address',
      { present: [...others, { name: 'io', address: 4, profile: 'io' }] },
      /DP_SERCOS3_DOUBLE_ADDRESS.*address 4/,
    ],
    [
      'another order',
      { present: configured.toReversed() },
      /DP_SERCOS3_DEVICE_ORDER.*5, 4, 3, 2, 1, expected 1, 2, 3, 4, 5/,
    ],
    [
      'a line instead of a ring that is required',
      { wired: 'line', config: { requireRing: true } },
      /DP_SERCOS3_TOPOLOGY.*is a line on port 1, expected a ring/,
    ],
    [
      'a ring instead of a line',
      { config: { topology: 'line' }, wired: 'ring' },
      /DP_SERCOS3_TOPOLOGY.*is a ring, expected a line/,
    ],
    ['no device at all', { present: [] }, /DP_SERCOS3_LINK/],
    [
      'a parameter that does not exist',
      { config: { devices: withParameters([{ idn: idn('P-0-4000'), value: 1 }]) } },
      /DP_SERCOS3_SVC: y \(address 2\), CP2, P-0-4000 = 1: .* no such IDN \(1001\)/,
    ],
    [
      'a parameter that cannot be written',
      { config: { devices: withParameters([{ idn: idn('S-0-0051'), value: 1 }]) } },
      /DP_SERCOS3_SVC: y \(address 2\), CP2, S-0-0051 = 1: .*\(7004\)/,
    ],
    [
      'another profile',
      { present: [...others, { name: 'io', address: 5, profile: 'drive' }] },
      /DP_SERCOS3_SVC: io \(address 5\), CP2, P-0-1501/,
    ],
    [
      'telegrams too long for the cycle',
      {
        config: {
          cycleNs: 31_250,
          devices: Array.from({ length: 12 }, (_, n) => ({
            name: `d${n}`,
            address: n + 1,
            profile: 'drive',
            parameters: [],
          })),
        },
      },
      /DP_SERCOS3_CYCLE_TOO_SHORT: cycleNs.*is 31250, expected at least \d+/,
    ],
  ])('%s', (_, options, message) => {
    expect(faultOf(options)).toMatch(message)
  })

  test('a chip of an unknown version', () => {
    expect(faultOf({ release: 12 })).toMatch(/DP_SERCOS3_CHIP: IDR: .*is 0x88cd008c/)
  })

  test.each([0, 200])('telegrams that do not come back, %i cycles into CP2', (after) => {
    const spoil = inCp2(after, ({ chip }) => (chip.losses.at = 5))
    expect(faultOf({}, spoil)).toMatch(/DP_SERCOS3_NO_TELEGRAMS: CP2/)
  })

  test.each([0, 200])('a device that goes silent, %i cycles into CP2', (after) => {
    const spoil = inCp2(after, ({ slaves }) => slaves[2]?.withholdInsertion(1000))
    expect(faultOf({}, spoil)).toMatch(
      /DP_SERCOS3_(PHASE_START|SVC_TIMEOUT|DEVICE_LOST): z \(address 3\), CP2/,
    )
  })

  test('a device that is busy for ever', () => {
    const spoil = inCp2(0, ({ slaves }) => slaves[2]?.delayServiceChannel(1e9))
    expect(faultOf({}, spoil)).toMatch(
      /DP_SERCOS3_SVC_TIMEOUT: z \(address 3\), CP2, S-0-\d{4}.*busy time-out/,
    )
  })
})

const refusal = (config: Partial<Sercos3Config>) => () => new InProcessRing({ config })

test('a wrong configuration is refused before the chip is touched', () => {
  expect(refusal({ cycleNs: 300_000 })).toThrow(
    /DP_SERCOS3_CONFIG: cycleNs: .*is 300000, expected 31250/,
  )
  expect(refusal({ devices: [] })).toThrow(/DP_SERCOS3_CONFIG: devices/)
  expect(refusal({ devices: [...configured, ...configured] })).toThrow(
    /devices\[5\]\.address.*another address than x's/,
  )
  const many = Array.from({ length: 255 }, (_, n) => ({
    name: `d${n}`,
    address: n + 1,
    profile: 'drive' as const,
    parameters: [],
  }))
  expect(refusal({ devices: many })).toThrow(/DP_SERCOS3_(LAYOUT|RAM)/)
})
