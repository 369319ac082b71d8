/**
 * The lists of timer events of a phase. Pure; the chip takes them sorted by time, the reload pair last.
 * Main-timer times count from the cycle start, port-timer times from the reception of the MST. CSMD_BM_CFG.c.
 */
import { mainTimerEvent, portTimerEvent } from '../registers.ts'
import { mdtStartNs, mstDelayNs, startingAtTimes, startingTiming } from './timing.ts'
import type { Timing } from './timing.ts'

export const timerEvents = 16

export type TimerEvent = { readonly type: number; readonly timeNs: number }

export type EventPlan = {
  readonly main: readonly TimerEvent[]
  readonly port: readonly TimerEvent[]
}

type Times = {
  cycleNs: number
  atStartNs: number
  atSentNs: number
  atReceivedNs: number
  windowNs: number
  buffered: boolean
}

/** CP0 to CP2. */
export function startingEvents(
  cycleNs: number,
  atBytes: readonly number[],
  devices: number,
): EventPlan {
  const { sentNs, receivedNs } = startingAtTimes(atBytes, devices)
  return plan({
    cycleNs,
    atStartNs: startingTiming.atStartNs,
    atSentNs: sentNs,
    atReceivedNs: receivedNs,
    windowNs: startingTiming.windowNs,
    buffered: false,
  })
}

/** CP3 and CP4. */
export function cyclicEvents(timing: Timing): EventPlan {
  return plan({ ...timing, windowNs: timing.syncJitterNs / 2, buffered: true })
}

function plan(times: Times): EventPlan {
  const { cycleNs, windowNs } = times
  const main: TimerEvent[] = [
    { type: mainTimerEvent.startMdt, timeNs: mdtStartNs },
    { type: mainTimerEvent.startAt, timeNs: times.atStartNs + mstDelayNs },
    { type: mainTimerEvent.tint0, timeNs: times.atReceivedNs + mstDelayNs },
    { type: mainTimerEvent.reload, timeNs: cycleNs },
  ]
  // The handed-over buffer is taken just behind the start of the MDTs, so that it goes out whole in the next cycle.
  if (times.buffered) main.push({ type: mainTimerEvent.txRequestA, timeNs: mdtStartNs + 100 })
  // Closing the MST window reloads the port timer; 200 ppm more bridge the difference of two oscillators.
  const port: TimerEvent[] = [
    { type: portTimerEvent.atWindowOpen, timeNs: times.atStartNs - windowNs },
    { type: portTimerEvent.atWindowClose, timeNs: times.atStartNs + windowNs },
    { type: portTimerEvent.rxRequestA, timeNs: times.atSentNs },
    { type: portTimerEvent.mstWindowOpen, timeNs: cycleNs - windowNs },
    { type: portTimerEvent.mstWindowClose, timeNs: cycleNs * 1.0002 + windowNs },
  ]
  return {
    main: [...sorted(main), { type: mainTimerEvent.reloadValue, timeNs: 0 }],
    port: [...sorted(port), { type: portTimerEvent.reload, timeNs: Math.floor(windowNs) }],
  }
}

function sorted(events: readonly TimerEvent[]): TimerEvent[] {
  return events
    .map(({ type, timeNs }) => ({ type, timeNs: Math.floor(timeNs) }))
    .toSorted((a, b) => a.timeNs - b.timeNs)
}
