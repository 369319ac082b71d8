/**
 * The lists of timer events of a phase. Pure; the chip takes them sorted by time, the reload pair last.
 * Main-timer times count from the cycle start, port-timer times from the reception of the MST. CSMD_BM_CFG.c.
 */
import { mainTimerEvent, portTimerEvent } from '../../registers.ts'
import type { Timing } from './timing.ts'
import { headerNs, mdtStartNs, mstDelayNs, startingAtTimes, startingTiming } from './wire-times.ts'

export const timerEvents = 16

export type TimerEvent = { readonly type: number; readonly timeNs: number }

export type EventPlan = {
  readonly main: readonly TimerEvent[]
  readonly port: readonly TimerEvent[]
}

type Times = {
  cycleNs: number
  atStartNs: number
  /** Middle of the window for the header of AT0, from the reception of the MST. */
  atHeaderNs: number
  atSentNs: number
  interruptNs: number
  windowNs: number
  buffered: boolean
  uc: { openNs: number; lastStartNs: number; closeNs: number } | undefined
}

/** The chip opens the window so much later than it is told, and finds the end of a header so much later. CSMD_CALC.h, CSMD_BM_CFG.c. */
const ucOpenDelayNs = 200
const headerFoundNs = 100

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
    atHeaderNs: startingTiming.atStartNs,
    atSentNs: sentNs,
    interruptNs: receivedNs + mstDelayNs,
    windowNs: startingTiming.windowNs,
    buffered: false,
    uc: undefined,
  })
}

/** CP3 and CP4. */
export function cyclicEvents(timing: Timing): EventPlan {
  const { atStartNs, atSentNs, interruptNs, cycleNs, ucOpenNs, ucCloseNs, uc } = timing
  return plan({
    cycleNs,
    atStartNs,
    atHeaderNs: atStartNs + headerNs + headerFoundNs,
    atSentNs,
    interruptNs,
    windowNs: timing.syncJitterNs / 2,
    buffered: true,
    uc: uc && { openNs: ucOpenNs, lastStartNs: uc.lastStartNs, closeNs: ucCloseNs },
  })
}

function plan(times: Times): EventPlan {
  const { cycleNs, windowNs, uc } = times
  const main: TimerEvent[] = [
    { type: mainTimerEvent.startMdt, timeNs: mdtStartNs },
    { type: mainTimerEvent.startAt, timeNs: times.atStartNs + mstDelayNs },
    { type: mainTimerEvent.tint0, timeNs: times.interruptNs },
    { type: mainTimerEvent.reload, timeNs: cycleNs },
  ]
  // The handed-over buffer is taken just behind the start of the MDTs, so that it goes out whole in the next cycle.
  if (times.buffered) main.push({ type: mainTimerEvent.txRequestA, timeNs: mdtStartNs + 100 })
  // Closing the MST window reloads the port timer; 200 ppm more bridge the difference of two oscillators.
  const port: TimerEvent[] = [
    { type: portTimerEvent.atWindowOpen, timeNs: times.atHeaderNs - windowNs },
    { type: portTimerEvent.atWindowClose, timeNs: times.atHeaderNs + windowNs },
    { type: portTimerEvent.rxRequestA, timeNs: times.atSentNs },
    { type: portTimerEvent.mstWindowOpen, timeNs: cycleNs - windowNs },
    { type: portTimerEvent.mstWindowClose, timeNs: cycleNs * 1.0002 + windowNs },
  ]
  if (uc !== undefined) {
    main.push(
      { type: mainTimerEvent.ucOpen, timeNs: uc.openNs + ucOpenDelayNs + mstDelayNs },
      { type: mainTimerEvent.ucLast, timeNs: uc.lastStartNs + mstDelayNs },
      { type: mainTimerEvent.ucClose, timeNs: uc.closeNs + mstDelayNs },
    )
    port.push(
      { type: portTimerEvent.ucRxOpen, timeNs: uc.openNs },
      { type: portTimerEvent.ucRxClose, timeNs: uc.closeNs },
    )
  }
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
