/** Leaving one phase and entering the next. CoSeMa CSMD_PHASE.c. */
import { DualportError } from '../../../errors.ts'
import { maskOf } from '../../../uio/bit-field.ts'
import { nsPerMs } from '../../../units.ts'
import type { bufferMode } from '../registers.ts'
import { phases, sDev, svcStatus } from '../telegram.ts'
import { pause } from './run-up-context.ts'
import type { RunUpContext, Script } from './run-up-context.ts'
import type { RamPlan } from './ram-plan.ts'
import type { EventPlan } from './timer-events.ts'
import type { TelegramLayout } from './telegram-layout.ts'

/**
 * Devices have 20 looks of 10 ms to stop, and as long to appear; 20 cycles where those are longer. Both in time and in
 * telegrams: a host that did not get its CPU for 200 ms has given the devices no chance.
 */
const switchMs = 200
const switchCycles = 20
/** Telegrams pause at least 120 ms, so that a device can rebuild its side. */
const pauseMs = 120

const slaveValid = maskOf(sDev.slaveValid)
const svcValid = maskOf(svcStatus.valid)
const ahs = maskOf(svcStatus.handshake)

/**
 * Announces phase `next` with CPS and waits until no device inserts data any more. `inserts` tells whether a device
 * still does, from the telegrams of this cycle. Throws DP_SERCOS3_PHASE_LEAVE.
 */
export function* leavePhase(
  context: RunUpContext,
  next: number,
  inserts: (device: number) => boolean,
): Script {
  context.say(`leaving for ${phases[next + 1]}: waiting until all devices are quiet`)
  context.chip.setPhase(next, true)
  const loud = yield* firstOffender(context, inserts)
  if (loud !== undefined)
    throw new DualportError('DP_SERCOS3_PHASE_LEAVE', {
      at: context.at(loud),
      expected: `no data within ${switchMs} ms`,
    })
}

export type PhaseSettings = {
  readonly phase: number
  readonly plan: RamPlan
  readonly layout: TelegramLayout | undefined
  readonly buffers: keyof typeof bufferMode
  readonly cycleNs: number
  readonly interFrameGap: number
  readonly events: EventPlan
  readonly mdtBytes: readonly number[]
  readonly atBytes: readonly number[]
  /** Writes what must stand in the telegrams from the first one on. */
  readonly prepare?: () => void
}

/** Stops the telegrams, loads the chip for the new phase, waits out the pause and starts. */
export function* restartTelegrams(context: RunUpContext, settings: PhaseSettings): Script {
  const { chip, exchange } = context
  chip.stopTimers()
  exchange.stop()
  context.stoppedNs = context.nowNs
  // The telegram on its way is sent to its end before the memory is touched.
  yield* pause(context, Math.max(1, Math.ceil(context.config.cycleNs / nsPerMs)) + 1)
  chip.stopTelegrams()
  const ats = maskOfUsed(settings.atBytes)
  chip.setTiming(settings.cycleNs, settings.interFrameGap, settings.events)
  chip.loadPlan(settings.plan, settings.buffers, ats)
  exchange.configure(settings.plan, settings.layout, settings.buffers, ats)
  settings.prepare?.()
  const name = phases[settings.phase + 1] ?? 'NRT'
  context.say(`telegrams pause before ${name}`)
  while (context.nowNs < context.stoppedNs + pauseMs * nsPerMs) yield
  context.phase = name
  chip.setPhase(settings.phase, false)
  chip.startTelegrams(maskOfUsed(settings.mdtBytes), ats)
  exchange.start()
}

/** Waits until every device shows SlaveValid. Throws DP_SERCOS3_PHASE_START, DP_SERCOS3_NO_TELEGRAMS. */
export function* awaitSlaves(context: RunUpContext): Script {
  context.say('waiting until all devices take part')
  const { exchange } = context
  const absent = yield* firstOffender(
    context,
    (device) => (exchange.deviceStatus(device) & slaveValid) === 0,
  )
  refuseStart(context, absent, 'SlaveValid in S-DEV')
}

/** Waits until every service channel is valid and follows the handshake. Throws DP_SERCOS3_PHASE_START. */
export function* awaitServiceChannels(context: RunUpContext): Script {
  context.say('waiting for the service channels')
  const { exchange } = context
  const silent = yield* firstOffender(
    context,
    (device) => !context.channel(device).follows(exchange.svcStatus(device)),
  )
  refuseStart(context, silent, 'a valid service channel with AHS as MHS')
}

/** Whether a device still shows its service channel, as it must not when CP1 is left. */
export function showsServiceChannel(context: RunUpContext, device: number): boolean {
  return (context.exchange.svcStatus(device) & (svcValid | ahs)) !== 0
}

/** Whether a device still shows itself, as it must not when CP2 to CP4 is left. */
export function showsSlaveValid(context: RunUpContext, device: number): boolean {
  return (context.exchange.deviceStatus(device) & slaveValid) !== 0
}

/**
 * The first device for which `offends` still holds when the time is over, undefined when none does. Judged on fresh
 * telegrams alone; DP_SERCOS3_NO_TELEGRAMS where none came.
 */
function* firstOffender(
  context: RunUpContext,
  offends: (device: number) => boolean,
): Script<number | undefined> {
  const { exchange, config } = context
  let offender: number | undefined
  // What arrived in this tick was sent before the phase register was written.
  yield
  const cycleNs = Math.max(config.cycleNs, nsPerMs)
  const cycles = Math.max(Math.ceil((switchMs * nsPerMs) / cycleNs), switchCycles)
  const endNs = context.nowNs + cycles * cycleNs
  const first = exchange.cycles
  // Without telegrams the context's own patience ends this.
  while (context.nowNs < endNs || exchange.cycles - first < cycles) {
    if (exchange.fresh) {
      const index = config.devices.findIndex((_, device) => offends(device))
      if (index < 0) return undefined
      offender = index
    }
    yield
  }
  return offender
}

function refuseStart(context: RunUpContext, device: number | undefined, expected: string): void {
  if (device === undefined) return
  throw new DualportError('DP_SERCOS3_PHASE_START', {
    at: context.at(device),
    expected: `${expected} within ${switchMs} ms`,
  })
}

function maskOfUsed(bytes: readonly number[]): number {
  return bytes.reduce((mask, length, n) => (length > 0 ? mask | (1 << n) : mask), 0)
}
