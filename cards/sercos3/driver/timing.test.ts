import { expect, test } from 'vitest'
import { cyclicEvents, startingEvents } from './timer-events.ts'
import { calculateTiming } from './timing.ts'
import { mainTimerEvent, portTimerEvent } from '../registers.ts'

const tried = {
  cycleNs: 1_000_000,
  mdtBytes: [50, 0, 0, 0],
  atBytes: [46, 0, 0, 0],
  devices: 3,
  topology: 'line' as const,
  slaveJitterNs: 80,
  producerNs: 100_000,
  earliestAtNs: 0,
  delayP1Ns: 2440,
  delayP2Ns: 0,
}

test('the times are those that the vendors master was seen to write', () => {
  const timing = calculateTiming(tried)
  expect(timing).toMatchObject({
    interFrameGap: 21,
    atStartNs: 9580,
    syncNs: 901_540,
    commandValidNs: 14_040,
    ringDelayNs: 13_640,
    syncJitterNs: 1340,
    ucOpenNs: 0,
    ucCloseNs: 506_350,
  })
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

test('a ring delay that the devices do not explain is refused', () => {
  expect(() => calculateTiming({ ...tried, delayP1Ns: 9000 })).toThrow(/DP_SERCOS3_RING_DELAY/)
})

test('in a ring the lower delay counts', () => {
  expect(
    calculateTiming({ ...tried, topology: 'ring', delayP1Ns: 2440, delayP2Ns: 2000 }).ringDelayNs,
  ).toBe(14_080)
})

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
