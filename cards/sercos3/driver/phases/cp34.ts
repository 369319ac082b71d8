/** CP3: the cyclic telegrams without connection data. CP4: connections carry data. CoSeMa CSMD_PHASE.c. */
import { DualportError } from '../../../../errors.ts'
import { maskOf, place } from '../../../../uio/bit-field.ts'
import { nsPerMs } from '../../../../units.ts'
import { hotPlugControl } from '../../hot-plug.ts'
import { registers } from '../../registers.ts'
import { cCon } from '../../telegram.ts'
import { checkMtu } from '../set-up/hand-over-timing.ts'
import {
  awaitServiceChannels,
  awaitSlaves,
  leavePhase,
  restartTelegrams,
  showsSlaveValid,
} from './phase-switch.ts'
import type { RingSetUp } from '../script/ring-set-up.ts'
import { pause, together, waitFor } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { cyclicEvents } from '../timing/timer-events.ts'
import { checkTransition, transitionCheck } from '../set-up/transition-check.ts'
import { openUc } from '../chip/uc-channel.ts'

const supported = maskOf(hotPlugControl.supported)
const producerReady = maskOf(cCon.producerReady)
const producersMs = 1000
const producersCycles = 50

/** Throws DP_SERCOS3_PHASE_LEAVE, DP_SERCOS3_PHASE_START, DP_SERCOS3_COMMAND. */
export function* runCp3(
  context: RunUpContext,
  { layout, plan, timing, uc, ucDevices, maxTsref }: RingSetUp,
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
    prepare: () => {
      context.chip.registers.write(registers.sccmdt, place(maxTsref, registers.sccmdt.bits.max))
      if (uc !== undefined) openUc(context.chip.registers, uc)
    },
  })
  yield* awaitSlaves(context)
  yield* awaitServiceChannels(context)
  if (uc !== undefined)
    yield* together(context, (device) => checkMtu(context, device, uc.mtu), ucDevices)
  context.say('CP4 transition check (S-0-0128)', 0.5)
  yield* together(context, (device) => checkTransition(context, device, transitionCheck.cp4))
}

/** The telegrams go on; only the phase changes. Throws DP_SERCOS3_PHASE_LEAVE, DP_SERCOS3_PHASE_START. */
export function* runCp4(context: RunUpContext): Script {
  const { chip, exchange, config } = context
  yield* leavePhase(context, 4, (device) => showsSlaveValid(context, device))
  yield* pause(context, 1)
  context.phase = 'CP4'
  chip.setPhase(4, false)
  context.clock.start(Date.now(), config.cycleNs, context.setUp?.timing.referenceNs ?? 0)
  yield* awaitSlaves(context)
  if (config.devices.some(({ optional }) => optional === true)) exchange.setHotPlug(0, supported, 0)
  chip.setWatchdog(config.watchdogCycles)
  exchange.armWatchdog()
  exchange.produce()
  context.say('waiting until all devices produce', 0.5)
  // The first telegrams with ready connections go out before anybody is asked for his.
  yield
  const silent = () => context.devicesWhere((device) => !produces(context, device))
  const ms = Math.max(producersMs, (producersCycles * config.cycleNs) / nsPerMs)
  if (!(yield* waitFor(context, ms, () => exchange.fresh && silent().length === 0)))
    throw new DualportError('DP_SERCOS3_PHASE_START', {
      at: context.at(silent()),
      expected: 'producer ready in C-CON of its connection',
    })
  exchange.monitor()
}

function produces({ exchange }: RunUpContext, device: number): boolean {
  return (exchange.connectionControl(device) & producerReady) !== 0
}
