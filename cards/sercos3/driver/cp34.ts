/** CP3: the cyclic telegrams without connection data. CP4: connections carry data. CoSeMa CSMD_PHASE.c. */
import { DualportError } from '../../../errors.ts'
import { maskOf } from '../../../uio/bit-field.ts'
import { nsPerMs } from '../../../units.ts'
import { idn } from '../idn.ts'
import { cCon } from '../telegram.ts'
import {
  awaitServiceChannels,
  awaitSlaves,
  leavePhase,
  restartTelegrams,
  showsSlaveValid,
} from './phase-switch.ts'
import type { RamPlan } from './ram-plan.ts'
import { pause, together, waitFor } from './run-up-context.ts'
import type { RunUpContext, Script } from './run-up-context.ts'
import { runCommand } from './service-access.ts'
import type { TelegramLayout } from './telegram-layout.ts'
import { cyclicEvents } from './timer-events.ts'
import type { Timing } from './timing.ts'

const producerReady = maskOf(cCon.producerReady)
const producersMs = 1000
const producersCycles = 50

/** Throws DP_SERCOS3_PHASE_LEAVE, DP_SERCOS3_PHASE_START, DP_SERCOS3_COMMAND. */
export function* runCp3(
  context: RunUpContext,
  layout: TelegramLayout,
  plan: RamPlan,
  timing: Timing,
): Script {
  yield* leavePhase(context, 3, (device) => showsSlaveValid(context, device))
  for (const channel of context.exchange.channels) channel.rest()
  yield* restartTelegrams(context, {
    phase: 3,
    layout,
    plan,
    buffers: context.config.buffers,
    cycleNs: timing.cycleNs,
    interFrameGap: timing.interFrameGap,
    events: cyclicEvents(timing),
    mdtBytes: layout.mdtBytes,
    atBytes: layout.atBytes,
  })
  yield* awaitSlaves(context)
  yield* awaitServiceChannels(context)
  context.say('CP4 transition check (S-0-0128)', 0.5)
  yield* together(context, (device) => runCommand(context, device, idn('S-0-0128')))
}

/** The telegrams go on; only the phase changes. Throws DP_SERCOS3_PHASE_LEAVE, DP_SERCOS3_PHASE_START. */
export function* runCp4(context: RunUpContext): Script {
  const { chip, exchange, config } = context
  yield* leavePhase(context, 4, (device) => showsSlaveValid(context, device))
  yield* pause(context, 1)
  context.phase = 'CP4'
  chip.setPhase(4, false)
  yield* awaitSlaves(context)
  chip.setWatchdog(config.watchdogCycles)
  exchange.armWatchdog()
  exchange.produce()
  context.say('waiting until all devices produce', 0.5)
  // The first telegrams with ready connections go out before anybody is asked for his.
  yield
  const ready = () =>
    exchange.fresh && config.devices.every((_, device) => produces(context, device))
  const ms = Math.max(producersMs, (producersCycles * config.cycleNs) / nsPerMs)
  if (!(yield* waitFor(context, ms, ready))) {
    const device = config.devices.findIndex((_, index) => !produces(context, index))
    throw new DualportError('DP_SERCOS3_PHASE_START', {
      at: context.at(Math.max(device, 0)),
      expected: 'producer ready in C-CON of its connection',
    })
  }
  exchange.monitor()
}

function produces({ exchange }: RunUpContext, device: number): boolean {
  return (exchange.connectionControl(device) & producerReady) !== 0
}
