/**
 * The orderly end of a phase that no other follows: in CP4 producers stop by flow control and C-DEV says that the master
 * goes; then the MST announces CP0 with CPS, as on the way to any other phase, until no device inserts data any more.
 * Silence after that is borne as the pause of a phase switch: a device ends in NRT, or in CP0, without an error.
 * CoSeMa CSMD_PHASE.c (CSMD_SetPhase0), CSMD_CYCLIC.c.
 */
import { nsPerMs } from '../../../../units.ts'
import { topology } from '../chip/cable-topology.ts'
import { insertsAddress } from './find-devices.ts'
import { showsServiceChannel, showsSlaveValid } from './phase-switch.ts'
import { pause, waitFor } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'

/**
 * Leaving takes half a second at most, or 12 cycles where those last longer, the devices willing or not: one until it
 * begins, these waits, and three for the end of the telegram under way, since without telegrams ticks are that far apart.
 */
const stoppingMs = 120
const stoppingCycles = 4
const quietMs = 150
const quietCycles = 3
/** Buffers with the new words that have to be sent: a telegram may get lost. The first is handed over in the tick that stops. */
const stoppedBuffers = 2

/** Announces the end and waits until the devices are quiet; the telegrams go on. False: some device is not. */
export function* announceEnd(context: RunUpContext): Script<boolean> {
  const { chip, exchange } = context
  context.slaves.end()
  if (!exchange.running) return true
  if (context.phase === 'CP4') {
    context.say('leaving: connections stop')
    exchange.stopProducing()
    let sent = -1
    // the next buffer is there when the chip has taken the one before; that is sent from the next cycle on at the latest
    const ms = longer(context, stoppingMs, stoppingCycles)
    yield* waitFor(context, ms, () => exchange.handsOver && ++sent > stoppedBuffers)
  }
  context.say('leaving: waiting until all devices are quiet', 0.5)
  const inserts = insertionOf(context.phase)
  chip.setPhase(0, true)
  let asked = false
  return yield* waitFor(context, longer(context, quietMs, quietCycles), () => {
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

function longer({ config }: RunUpContext, ms: number, cycles: number): number {
  return Math.max(ms, (cycles * config.cycleNs) / nsPerMs)
}

function insertionOf(phase: string): (context: RunUpContext, device: number) => boolean {
  if (phase === 'CP0') return insertsAddress
  return phase === 'CP1' ? showsServiceChannel : showsSlaveValid
}
