/**
 * CP1: every device takes its slot and its service channel answers the first handshake. CP2 begins: the service channels
 * serve. CoSeMa CSMD_PHASE.c.
 */
import { topology } from '../chip/cable-topology.ts'
import { startingCycleNs } from '../config/config.ts'
import { insertsAddress } from './find-devices.ts'
import {
  awaitServiceChannels,
  awaitSlaves,
  leavePhase,
  restartTelegrams,
  showsServiceChannel,
} from './phase-switch.ts'
import type { PhaseSettings } from './phase-switch.ts'
import { planRam } from '../plan/ram-plan.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { layoutCp12 } from '../plan/telegram-layout.ts'
import { startingTiming } from '../timing/wire-times.ts'
import { startingEvents } from '../timing/timer-events.ts'

/** CP1 and CP2 share their telegrams. */
function cp12Settings(context: RunUpContext, phase: 1 | 2): PhaseSettings {
  const { devices, cycleNs } = context.config
  const layout = layoutCp12(context.slots)
  const startingNs = startingCycleNs(cycleNs)
  return {
    phase,
    layout,
    plan: planRam(layout, 1),
    buffers: 'single',
    cycleNs: startingNs,
    interFrameGap: startingTiming.interFrameGap,
    events: startingEvents(startingNs, layout.atBytes, devices.length),
    mdtBytes: layout.mdtBytes,
    atBytes: layout.atBytes,
  }
}

/** Throws DP_SERCOS3_PHASE_LEAVE, DP_SERCOS3_PHASE_START. */
export function* runCp1(context: RunUpContext): Script {
  yield* leavePhase(context, 1, (device) => insertsAddress(context, device))
  for (const channel of context.exchange.channels) channel.reset()
  context.control.reset()
  context.control.tellRing(context.wiring === topology.ring)
  yield* restartTelegrams(context, cp12Settings(context, 1))
  yield* awaitSlaves(context)
  yield* awaitServiceChannels(context)
  for (const channel of context.exchange.channels) channel.raiseHandshake()
  yield* awaitServiceChannels(context)
}

/** CP1 is left and CP2 begun. Throws DP_SERCOS3_PHASE_LEAVE, DP_SERCOS3_PHASE_START. */
export function* enterCp2(context: RunUpContext): Script {
  yield* leavePhase(context, 2, (device) => showsServiceChannel(context, device))
  for (const channel of context.exchange.channels) channel.rest()
  yield* restartTelegrams(context, cp12Settings(context, 2))
  yield* awaitSlaves(context)
  yield* awaitServiceChannels(context)
}
