/** Leaving one phase and entering the next. CoSeMa CSMD_PHASE.c. */
import { DualportError } from '../../../../errors.ts'
import { maskOf } from '../../../../uio/bit-field.ts'
import { nsPerMs } from '../../../../units.ts'
import type { bufferMode } from '../../registers.ts'
import { phases, sDev, svcStatus } from '../../telegram.ts'
import { pause } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import type { RamPlan } from '../plan/ram-plan.ts'
import type { EventPlan } from '../timing/timer-events.ts'
import type { TelegramLayout } from '../plan/telegram-layout.ts'

/**
 * Devices have 20 looks of 10 ms to stop, and as long to appear; 20 cycles where those are longer. Both in time and in
 * telegrams: a host that did not get its CPU for 200 ms has given the devices no chance.
 */
const switchMs = 200
const switchCycles = 20
/** Telegrams pause at least 120 ms, so that a device can rebuild its side. */
const pauseMs = 120
/** MDT0 has the extended field from here on. */
const firstExtendedPhase = 3
/** Who lets the others wait for longer is named in the progress. */
const patienceMs = 20

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
  context.slaves.end()
  context.chip.setPhase(next, true)
  const doing = `leaving for ${phases[next + 1]}: waiting until all devices are quiet`
  const loud = yield* offenders(context, doing, inserts)
  if (loud.length > 0)
    throw new DualportError('DP_SERCOS3_PHASE_LEAVE', {
      at: context.at(loud),
      expected: `no data within ${switchTime(context).ms} ms`,
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

/** Stops the telegrams, loads the chip for the new phase, waits out the pause where devices need it, and starts. */
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
  if (!context.fastSwitch) {
    context.say(`telegrams pause before ${name}`)
    while (context.nowNs < context.stoppedNs + pauseMs * nsPerMs) yield
  }
  context.phase = name
  chip.setPhase(settings.phase, false)
  chip.startTelegrams(maskOfUsed(settings.mdtBytes), ats, settings.phase >= firstExtendedPhase)
  exchange.start()
}

/** Waits until every device shows SlaveValid, which it has to go on doing from then on. Throws DP_SERCOS3_PHASE_START, DP_SERCOS3_NO_TELEGRAMS. */
export function* awaitSlaves(context: RunUpContext): Script {
  const { exchange } = context
  const absent = yield* offenders(
    context,
    'waiting until all devices take part',
    (device) => (exchange.deviceStatus(device) & slaveValid) === 0,
  )
  refuseStart(context, absent, 'SlaveValid in S-DEV')
  context.slaves.begin(context.nowNs)
}

/** Waits until every service channel is valid and follows the handshake. Throws DP_SERCOS3_PHASE_START. */
export function* awaitServiceChannels(context: RunUpContext): Script {
  const { exchange } = context
  const silent = yield* offenders(
    context,
    'waiting for the service channels',
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
 * The devices for which `offends` still holds when the time is over; none when there are none any more. Says who is
 * waited for. Judged on fresh telegrams alone; DP_SERCOS3_NO_TELEGRAMS where none came.
 */
export function* offenders(
  context: RunUpContext,
  doing: string,
  offends: (device: number) => boolean,
): Script<readonly number[]> {
  const { exchange } = context
  let waitedFor: readonly number[] = []
  let named = 0
  context.say(doing)
  // What arrived in this tick was sent before the phase register was written.
  yield
  const { cycles, ms } = switchTime(context)
  const startNs = context.nowNs
  const endNs = startNs + ms * nsPerMs
  const first = exchange.cycles
  // Without telegrams the context's own patience ends this. The count of cycles may have gone over its end.
  while (context.nowNs < endNs || ((exchange.cycles - first) | 0) < cycles) {
    if (exchange.fresh) {
      const now = context.devicesWhere(offends)
      if (now.length === 0) return now
      waitedFor = now
      if (now.length !== named && context.nowNs > startNs + patienceMs * nsPerMs) {
        named = now.length
        context.sayWaitingFor(now)
      }
    }
    yield
  }
  return waitedFor
}

/** What the devices have for a phase switch with cycles of this length. */
function switchTime({ config }: RunUpContext): { readonly cycles: number; readonly ms: number } {
  const cycleMs = Math.max(config.cycleNs / nsPerMs, 1)
  const cycles = Math.max(Math.ceil(switchMs / cycleMs), switchCycles)
  return { cycles, ms: cycles * cycleMs }
}

function refuseStart(context: RunUpContext, devices: readonly number[], expected: string): void {
  if (devices.length === 0) return
  throw new DualportError('DP_SERCOS3_PHASE_START', {
    at: context.at(devices),
    expected: `${expected} within ${switchTime(context).ms} ms`,
  })
}

function maskOfUsed(bytes: readonly number[]): number {
  return bytes.reduce((mask, length, n) => (length > 0 ? mask | (1 << n) : mask), 0)
}
