import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DualportError } from '../../../../errors.ts'
import { mainTimerEvent, portTimerEvent } from '../../registers.ts'
import { payloadMaxBytes, payloadMinBytes } from '../../telegram.ts'
import { topology } from '../chip/cable-topology.ts'
import { ringDelayNs } from '../chip/ring-delay.ts'
import { cyclicEvents, startingEvents, timerEvents } from './timer-events.ts'
import type { EventPlan } from './timer-events.ts'
import { calculateTiming, shortestCycle } from './timing.ts'
import type { Timing, TimingInput } from './timing.ts'
import { mtuLimits, shortestWindowNs } from './uc-window.ts'
import { headerNs, mstDelayNs } from './wire-times.ts'

const tried: TimingInput = {
  cycleNs: 1_000_000,
  method: 1,
  uc: undefined,
  mdtBytes: [50, 0, 0, 0],
  atBytes: [46, 0, 0, 0],
  devices: 3,
  slaveJitterNs: 80,
  producerNs: 100_000,
  consumerNs: 0,
  earliestAtNs: 0,
}

test('the times are those that the vendors master was seen to write', () => {
  const timing = calculateTiming(tried)
  expect(timing).toMatchObject({
    interFrameGap: 21,
    atStartNs: 9580,
    syncNs: 901_540,
    commandValidNs: 14_040,
    syncJitterNs: 1340,
    ucOpenNs: 0,
    ucCloseNs: 506_350,
  })
  const delays = { p1Ns: 2440, p2Ns: 0 }
  expect(ringDelayNs(delays, topology.linePort1, 1, timing.referenceNs)).toBe(13_640)
})

test('t3 leaves the slowest device its time to take command values', () => {
  const { commandValidNs } = calculateTiming({ ...tried, consumerNs: 8000 })
  expect(commandValidNs).toBe(14_040 + 8000)
  expect(() => calculateTiming({ ...tried, consumerNs: 990_000 })).toThrow(
    /DP_SERCOS3_CYCLE_TOO_SHORT/,
  )
})

test('no AT starts before the device that needs longest is ready', () => {
  expect(calculateTiming({ ...tried, earliestAtNs: 60_000 }).atStartNs).toBe(60_000)
})

test('a cycle that the telegrams do not fit into is refused with the cycle they need', () => {
  const long = {
    ...tried,
    mdtBytes: [1494, 1494, 0, 0],
    atBytes: [1494, 1494, 0, 0],
    cycleNs: 500_000,
  }
  expect(() => calculateTiming(long)).toThrow(
    /DP_SERCOS3_CYCLE_TOO_SHORT: cycleNs: .*, is 500000, expected at least \d{6}/,
  )
})

describe('UC channel', () => {
  test('whole frames fit into a long cycle', () => {
    const timing = calculateTiming({ ...tried, uc: { mtu: 1500 } })
    expect(timing.uc?.mtu).toBe(1500)
    expect(timing.ucOpenNs).toBeGreaterThan(timing.atSentNs)
  })

  test('a window that is too short for the MTU gets the one that fits', () => {
    const timing = calculateTiming({ ...tried, cycleNs: 62_500, uc: { mtu: 1500 } })
    const { mtu = 0 } = timing.uc ?? {}
    expect(mtu).toBeGreaterThan(mtuLimits.min)
    expect(mtu).toBeLessThan(1500)
    const windowNs = timing.ucCloseNs - timing.ucOpenNs
    expect(shortestWindowNs(mtu)).toBeLessThanOrEqual(windowNs)
    expect(shortestWindowNs(mtu + 1)).toBeGreaterThan(windowNs)
  })

  test('a cycle that the telegrams fill is refused, and allowed without the channel', () => {
    const closed = { ...tried, devices: 1 }
    const full = { ...closed, cycleNs: shortestCycle(closed) }
    expect(calculateTiming(full).uc).toBeUndefined()
    expect(() => calculateTiming({ ...full, uc: { mtu: 1500 } })).toThrow(
      /DP_SERCOS3_UC_WINDOW.*, is \d{5}, expected at least \d{5} with a UC channel/,
    )
  })
})

const shortCycles = [31_250, 62_500, 125_000]
const payloads = fc
  .array(fc.integer({ min: payloadMinBytes / 2, max: payloadMaxBytes / 2 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((words) => Array.from({ length: 4 }, (_, n) => (words[n] ?? 0) * 2))

const rings: fc.Arbitrary<TimingInput> = fc.record({
  cycleNs: fc.oneof(
    fc.constantFrom(...shortCycles),
    fc.integer({ min: 1, max: 260 }).map((steps) => steps * 250_000),
  ),
  method: fc.constantFrom(1, 2, 3),
  uc: fc.option(fc.record({ mtu: fc.integer(mtuLimits) }), { nil: undefined }),
  mdtBytes: payloads,
  atBytes: payloads,
  devices: fc.integer({ min: 1, max: 255 }),
  slaveJitterNs: fc.integer({ min: 0, max: 1000 }),
  producerNs: fc.integer({ min: 0, max: 1_000_000 }),
  consumerNs: fc.integer({ min: 0, max: 300_000 }),
  earliestAtNs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500_000 })),
})

test('for any ring the times are in order, within the cycle and apart, or refused with a cycle that works', () => {
  fc.assert(
    fc.property(rings, (input) => {
      const timing = timingOrRefusal(input)
      const leastNs = shortestCycle(input)
      if (timing === undefined) {
        expect(input.cycleNs).toBeLessThan(leastNs)
        checkOrder(input, calculateTiming({ ...input, cycleNs: leastNs }))
      } else {
        expect(input.cycleNs).toBeGreaterThanOrEqual(leastNs)
        checkOrder(input, timing)
      }
    }),
    { numRuns: 500 },
  )
})

function increasing(...times: number[]): void {
  expect(times).toEqual(times.toSorted((a, b) => a - b))
}

function has(table: EventPlan['main'], type: number): boolean {
  return table.some((each) => each.type === type)
}

function checkOrder({ uc, earliestAtNs, consumerNs }: TimingInput, t: Timing): void {
  const { cycleNs, mdtSentNs, atStartNs, atSentNs, atReceivedNs, ucOpenNs, ucCloseNs } = t
  expect(atStartNs).toBeGreaterThanOrEqual(earliestAtNs)
  // Sercos time 0 is the end of the MST: the cycle ends where the next MST begins to be sent
  const lastNs = cycleNs - mstDelayNs
  increasing(0, mdtSentNs, atStartNs, atSentNs, atReceivedNs, lastNs)
  for (const time of [t.syncNs, t.commandValidNs]) {
    expect(time).toBeGreaterThanOrEqual(0)
    expect(time).toBeLessThan(cycleNs)
  }
  expect(t.commandValidNs).toBeGreaterThan(mdtSentNs - headerNs + consumerNs)
  expect(t.interruptNs).toBeLessThan(cycleNs)
  expect(t.taskNs).toBeGreaterThan(0)
  if (t.interruptNs > mstDelayNs)
    expect(t.interruptNs).toBeGreaterThanOrEqual(atReceivedNs + mstDelayNs)
  expect(t.uc === undefined).toBe(uc === undefined)
  if (t.uc !== undefined) {
    expect(t.uc.mtu).toBeGreaterThanOrEqual(mtuLimits.min)
    expect(t.uc.mtu).toBeLessThanOrEqual(uc?.mtu ?? 0)
    increasing(0, ucOpenNs, t.uc.lastStartNs, ucCloseNs, lastNs)
    // between the headers of MDT and AT, or behind the ATs
    if (t.method === 1) increasing(atSentNs, ucOpenNs)
    else increasing(mdtSentNs - headerNs, ucOpenNs, ucCloseNs, atStartNs - headerNs)
  }
  checkEvents(cyclicEvents(t), t)
}

/** The chip takes a table of 16, in the order of time, the reload pair last. */
function checkEvents({ main, port }: EventPlan, { cycleNs, uc }: Timing): void {
  for (const table of [main, port]) {
    expect(table.length).toBeLessThanOrEqual(timerEvents)
    const times = table.slice(0, -1).map(({ timeNs }) => timeNs)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0)
  }
  const inCycle = main.slice(0, -2)
  expect(Math.max(...inCycle.map(({ timeNs }) => timeNs))).toBeLessThan(cycleNs)
  const { ucOpen, ucLast, ucClose } = mainTimerEvent
  for (const type of [ucOpen, ucLast, ucClose]) expect(has(main, type)).toBe(uc !== undefined)
  const { ucRxOpen, ucRxClose } = portTimerEvent
  for (const type of [ucRxOpen, ucRxClose]) expect(has(port, type)).toBe(uc !== undefined)
}

function timingOrRefusal(input: TimingInput): Timing | undefined {
  try {
    return calculateTiming(input)
  } catch (error) {
    const refused = ['DP_SERCOS3_CYCLE_TOO_SHORT', 'DP_SERCOS3_UC_WINDOW']
    if (error instanceof DualportError && refused.includes(error.code)) return undefined
    throw error
  }
}

test.each([
  ['CP0 to CP2', startingEvents(1_000_000, [1280, 1280], 5), false],
  ['CP3 and CP4', cyclicEvents(calculateTiming(tried)), true],
])('events of %s are sorted, within the cycle, and end with the reload', (_, plan, buffered) => {
  const types = plan.main.map(({ type }) => type)
  expect(types.slice(-2)).toEqual([mainTimerEvent.reload, mainTimerEvent.reloadValue])
  expect(types.includes(mainTimerEvent.txRequestA)).toBe(buffered)
  const times = plan.main.slice(0, -1).map(({ timeNs }) => timeNs)
  expect(times).toEqual(times.toSorted((a, b) => a - b))
  const at = (type: number) => plan.main.find((event) => event.type === type)?.timeNs ?? Number.NaN
  expect(at(mainTimerEvent.startMdt)).toBeLessThan(at(mainTimerEvent.startAt))
  expect(at(mainTimerEvent.startAt)).toBeLessThan(at(mainTimerEvent.tint0))
  expect(plan.port.at(-2)?.type).toBe(portTimerEvent.mstWindowClose)
})
