/**
 * The orderly end of CP4. Producers stop by flow control and C-DEV says that the master goes; then the MST announces CP0
 * with CPS, as on the way to any other phase, until no device inserts data any more. What follows is silence instead of
 * CP0: a device bears it as the pause of a phase switch and ends in NRT without an error.
 * CoSeMa CSMD_PHASE.c (CSMD_SetPhase0 out of CP4), CSMD_CYCLIC.c.
 */
import { showsSlaveValid } from './phase-switch.ts'
import { waitFor } from './run-up-context.ts'
import type { RunUpContext, Script } from './run-up-context.ts'

/** Shares of the half second that leaving may take, the devices willing or not. A cycle lasts 65 ms at most. */
const stoppingMs = 180
const quietMs = 200
/** Until the new words stand in every buffer and have been sent: three buffers and the one under way. */
const stoppingCycles = 4

export function* leaveCp4(context: RunUpContext): Script {
  const { chip, exchange, config } = context
  context.say('leaving: connections stop')
  exchange.stopProducing()
  let sent = -1
  yield* waitFor(context, stoppingMs, () => exchange.fresh && ++sent >= stoppingCycles)
  context.say('leaving: waiting until all devices are quiet', 0.5)
  chip.setPhase(0, true)
  let asked = false
  yield* waitFor(context, quietMs, () => {
    // what arrived in this tick was sent before the phase register was written
    const answered = asked && exchange.fresh
    asked = true
    return answered && config.devices.every((_, device) => !showsSlaveValid(context, device))
  })
}
