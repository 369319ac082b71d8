/**
 * The way of the ring through its phases: up to where it is to be held, on from there when more is asked for, and down
 * again, which always leads over CP0. CoSeMa CSMD_PHASE.c.
 */
import { nsPerMs } from '../../../../units.ts'
import { phases } from '../../telegram.ts'
import { startingCycleNs } from '../config/config.ts'
import { runCp0 } from './cp0.ts'
import { enterCp2, runCp1 } from './cp1.ts'
import { runCp2 } from './cp2.ts'
import { runCp3, runCp4 } from './cp34.ts'
import { initialise } from './initialise.ts'
import { leaveRing } from './leave-ring.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { handshakeTimeoutCycles, svcState } from '../service/service-channel.ts'

/** As long as the cycles of the time-out last in CP2: what bore it there has to bear it in a shorter cycle. */
const handshakeTimeoutMs = 10
const busyTimeoutMs = 2000
const commandTimeoutMs = 10_000
/** From here on the service channels serve users. */
const firstServedPhase = 2

/** Where a way begins: with the reset of a chip in whatever state, or with leaving the phase in which the ring is. */
export type Beginning = 'reset' | 'leave' | 'leaveAndReset'

/** Ends in CP4, when that is the target. Throws whatever the phases throw. */
export function* runPhases(context: RunUpContext, beginning: Beginning): Script {
  if (beginning !== 'reset') yield* leaveRing(context)
  if (beginning !== 'leave') {
    context.exchange.reset()
    yield* initialise(context)
  }
  while (!(yield* climb(context))) yield* leaveRing(context)
}

/** False when the target turned out to lie below the phase just reached. */
function* climb(context: RunUpContext): Script<boolean> {
  const { config } = context
  context.setUp = undefined
  limitChannels(context, startingCycleNs(config.cycleNs))
  if (!(yield* hold(context, -1))) return false
  yield* runCp0(context)
  if (!(yield* hold(context, 0))) return false
  yield* runCp1(context)
  if (!(yield* hold(context, 1))) return false
  yield* enterCp2(context)
  // Before the master sets its own parameters: what a user changes here is checked with them.
  if (!(yield* hold(context, 2))) return false
  const setUp = yield* runCp2(context)
  context.setUp = setUp
  limitChannels(context, config.cycleNs)
  yield* runCp3(context, setUp)
  if (!(yield* hold(context, 3))) return false
  yield* runCp4(context)
  // What the run-up did through the channels is nobody's reset.
  for (const channel of context.exchange.channels) channel.state = svcState.idle
  context.say('operational', 1)
  return context.target === 4
}

/** Waits while the ring is to stay in `phase`. True when the way goes on upwards. */
function* hold(context: RunUpContext, phase: number): Script<boolean> {
  if (context.target !== phase) return context.target > phase
  context.say(`held in ${phases[phase + 1]}`, 1)
  if (phase >= firstServedPhase) context.services?.open(phase)
  while (context.target === phase) {
    context.requests.done()
    yield
  }
  context.services?.close()
  return context.target > phase
}

function limitChannels({ exchange }: RunUpContext, cycleNs: number): void {
  const cycles = (ms: number) => Math.ceil((ms * nsPerMs) / cycleNs)
  for (const channel of exchange.channels)
    channel.setLimits(
      Math.max(handshakeTimeoutCycles, cycles(handshakeTimeoutMs)),
      cycles(busyTimeoutMs),
      cycles(commandTimeoutMs),
    )
}
