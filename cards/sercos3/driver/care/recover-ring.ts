/**
 * Closes a ring whose cable is back, and opens one. The devices at the two ends keep their loops, cable or not, until the
 * master commands them to pass telegrams on. CoSeMa CSMD_RING_CFG.c.
 */
import { DualportError } from '../../../../errors.ts'
import { nsPerMs } from '../../../../units.ts'
import { connectionState } from '../../../card.ts'
import { idn } from '../../idn.ts'
import { topology, topologyText } from '../chip/cable-topology.ts'
import { deviceTopology } from '../script/device-control.ts'
import { cableIsBack, lineEnds } from './line-ends.ts'
import type { LineEnds } from './line-ends.ts'
import { RingDelayMeter, ringDelayNs } from '../chip/ring-delay.ts'
import { freshCycle, stableCycles, together, within } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { runCommand, writeNumber } from '../script/service-access.ts'

/** In which a device has to take a topology command: cycles, and what those are at least where they are short. */
const commandCycles = 12
const commandMs = 10

/** Throws DP_SERCOS3_RING, DP_SERCOS3_RING_DELAY, DP_SERCOS3_SVC and its kin. */
export function* recoverRing(context: RunUpContext): Script {
  if (context.exchange.topology === topology.ring) return
  context.say('closing the ring: waiting until its cables are stable', 0)
  const ends = yield* stableEnds(context)
  context.say('closing the ring: the ends pass telegrams on', 0.3)
  yield* closeEnds(context, ends)
  context.say('closing the ring: measuring the ring delay', 0.5)
  yield* measureRing(context)
  context.say('closing the ring: telling the devices the ring delay', 0.8)
  yield* distributeRingDelay(context)
  context.say('the ring is closed', 1)
}

/** Behind `device`; -1: at the master's port 1. Throws DP_SERCOS3_RING. */
export function* openRing(context: RunUpContext, device: number): Script {
  const { exchange, control, config } = context
  if (exchange.topology !== topology.ring) refuse(context, 'to open, the ring has to be closed')
  const present = context.devicesWhere(() => true)
  const p1 = device
  const p2 = present.find((other) => other > device) ?? -1
  if (device < -1 || device >= config.devices.length || (p1 >= 0 && !context.isPresent(p1)))
    refuse(context, 'a device that is there')
  context.say('opening the ring')
  yield* freshCycle(context)
  const ends = { p1, p2 }
  commandLoops(context, ends)
  if (yield* taken(context, ends)) return
  for (const end of [p1, p2])
    if (end >= 0) control.command(end, deviceTopology.fastForward, exchange.deviceStatus(end))
  refuse(context, `${context.names(endsOf(ends))} to take the topology command`)
}

/** The present ring delay, told to the devices that synchronise themselves; to all of them, though one may refuse it. */
export function* distributeRingDelay(context: RunUpContext): Script {
  const { synchronises } = context
  const refusals: unknown[] = []
  context.toldWiring = context.wiring
  yield* together(context, function* tell(device): Script {
    if (synchronises[device] !== true) return
    try {
      yield* tellRingDelay(context, device)
    } catch (error) {
      refusals.push(error)
    }
  })
  if (refusals.length > 0) throw refusals[0]
}

/**
 * After a change of the cables that no request and no healing follows: the ring delay is measured and told anew, as long as
 * `undisturbed`. Who was lost with the cable is not asked. Throws DP_SERCOS3_RING_DELAY, DP_SERCOS3_SVC and its kin.
 */
export function* adaptRingDelay(context: RunUpContext, undisturbed: () => boolean): Script {
  const { wiring } = context
  const meter = new RingDelayMeter()
  for (let cycles = 0; cycles < stableCycles; cycles++) {
    yield* freshCycle(context)
    if (context.wiring !== wiring || !undisturbed()) return
    meter.add(context.chip)
  }
  context.delays = meter.mean
  yield* distributeRingDelay(context)
}

function* tellRingDelay(context: RunUpContext, device: number): Script {
  const { exchange, delays, wiring, setUp } = context
  const lost = exchange.connectionState(device) === connectionState.error
  if (setUp === undefined || (lost && wiring !== topology.ring)) return
  const ns = ringDelayNs(delays, wiring, exchange.portOf(device), setUp.timing.referenceNs)
  yield* writeNumber(context, device, idn('S-0-1015'), ns)
  yield* runCommand(context, device, idn('S-0-1024'))
}

/** Measures anew over 100 cycles. */
export function* measureDelays(context: RunUpContext, still: () => boolean): Script {
  const meter = new RingDelayMeter()
  for (let cycles = 0; cycles < stableCycles; cycles++) {
    yield* freshCycle(context)
    if (!still()) refuse(context, 'the cables to stay as they were')
    meter.add(context.chip)
  }
  context.delays = meter.mean
}

function* stableEnds(context: RunUpContext): Script<LineEnds> {
  for (let cycles = 0; cycles < stableCycles; cycles++) {
    yield* freshCycle(context)
    if (!cableIsBack(context, lineEnds(context)))
      refuse(context, 'the devices at both ends to see each other')
  }
  return lineEnds(context)
}

function* closeEnds(context: RunUpContext, ends: LineEnds): Script {
  const { exchange, control } = context
  for (const end of endsOf(ends))
    control.command(end, deviceTopology.fastForward, exchange.deviceStatus(end))
  if ((yield* taken(context, ends)) || exchange.topology === topology.ring) return
  commandLoops(context, ends)
  refuse(context, `${context.names(endsOf(ends))} to pass telegrams on`)
}

function commandLoops({ exchange, control }: RunUpContext, { p1, p2 }: LineEnds): void {
  if (p1 >= 0) control.command(p1, deviceTopology.loopbackP, exchange.deviceStatus(p1))
  if (p2 >= 0) control.command(p2, deviceTopology.loopbackS, exchange.deviceStatus(p2))
}

function* taken(context: RunUpContext, ends: LineEnds): Script<boolean> {
  const { exchange, control } = context
  const open = endsOf(ends)
  return yield* within(context, commandCyclesOf(context), () =>
    open.every((end) => control.taken(end, exchange.deviceStatus(end))),
  )
}

function* measureRing(context: RunUpContext): Script {
  // the first telegrams that went round
  const most = commandCyclesOf(context)
  for (let cycles = 0; cycles < most && context.wiring !== topology.ring; cycles++)
    yield* freshCycle(context)
  yield* measureDelays(context, () => context.wiring === topology.ring)
}

function commandCyclesOf({ config }: RunUpContext): number {
  return Math.max(commandCycles, Math.ceil((commandMs * nsPerMs) / config.cycleNs))
}

function endsOf({ p1, p2 }: LineEnds): number[] {
  return [p1, p2].filter((end) => end >= 0)
}

function refuse(context: RunUpContext, expected: string): never {
  throw new DualportError('DP_SERCOS3_RING', {
    at: context.phase,
    actual: topologyText(context.exchange.topology),
    expected,
  })
}
