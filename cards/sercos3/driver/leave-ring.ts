/**
 * The orderly end of a phase that no other follows: in CP4 producers stop by flow control and C-DEV says that the master
 * goes; then the MST announces CP0 with CPS, as on the way to any other phase, until no device inserts data any more.
 * Silence after that is borne as the pause of a phase switch: a device ends in NRT, or in CP0, without an error.
 * CoSeMa CSMD_PHASE.c (CSMD_SetPhase0), CSMD_CYCLIC.c.
 */
import { nsPerMs } from '../../../units.ts'
import { topology } from './cable-topology.ts'
import { insertsAddress } from './find-devices.ts'
import { showsServiceChannel, showsSlaveValid } from './phase-switch.ts'
import { pause, waitFor } from './run-up-context.ts'
import type { RunUpContext, Script } from './run-up-context.ts'

/** Shares of the half second that leaving may take, the devices willing or not. A cycle lasts 65 ms at most. */
const stoppingMs = 180
const quietMs = 200
/** Until the new words stand in every buffer and have been sent: three buffers and the one under way. */
const stoppingCycles = 4

/** Announces the end and waits until the devices are quiet; the telegrams go on. False: some device is not. */
export function* announceEnd(context: RunUpContext): Script<boolean> {
  const { chip, exchange } = context
  if (!exchange.running) return true
  if (context.phase === 'CP4') {
    context.say('leaving: connections stop')
    exchange.stopProducing()
    let sent = -1
    yield* waitFor(context, stoppingMs, () => exchange.fresh && ++sent >= stoppingCycles)
  }
  context.say('leaving: waiting until all devices are quiet', 0.5)
  const inserts = insertionOf(context.phase)
  chip.setPhase(0, true)
  let asked = false
  return yield* waitFor(context, quietMs, () => {
    // what arrived in this tick was sent before the phase register was written
    const answered = asked && exchange.fresh
    asked = true
    return answered && context.devicesWhere((device) => inserts(context, device)).length === 0
  })
}

/** Leaves whatever phase the ring is in and stops the telegrams: NRT. */
export function* leaveRing(context: RunUpContext): Script {
  const { chip, exchange, config } = context
  if (!(yield* announceEnd(context)))
    context.news.tell({
      kind: 'warning',
      text: `some devices went on sending while ${context.phase} was left: the telegrams stopped all the same`,
    })
  chip.disarmWatchdog()
  chip.stopTimers()
  exchange.reset()
  context.stoppedNs = context.nowNs
  // the telegram on its way is sent to its end
  yield* pause(context, Math.ceil(config.cycleNs / nsPerMs) + 1)
  chip.stopTelegrams()
  context.fastSwitch = false
  context.phase = 'NRT'
  context.wiring = topology.noLink
  context.say('the ring was left')
}

function insertionOf(phase: string): (context: RunUpContext, device: number) => boolean {
  if (phase === 'CP0') return insertsAddress
  return phase === 'CP1' ? showsServiceChannel : showsSlaveValid
}
