/**
 * CP2: parameters. Order of the accesses as CoSeMa, the vendors' master, was seen to make them.
 * All devices are worked on at once, each through its own service channel.
 */
import { DualportError } from '../../../../errors.ts'
import { idn } from '../../idn.ts'
import { bytesOf } from '../config/connections.ts'
import type { DeviceConnections } from '../config/connections.ts'
import { handOverTiming } from '../set-up/hand-over-timing.ts'
import { prepareDevice, takes } from '../set-up/prepare-device.ts'
import type { DeviceFacts } from '../set-up/prepare-device.ts'
import { producerPeriod } from '../plan/producer-period.ts'
import { expectedConnections, planConnections } from '../plan/ring-plan.ts'
import type { RingSetUp } from '../script/ring-set-up.ts'
import { together } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { runCommand } from '../script/service-access.ts'
import type { TelegramLayout } from '../plan/telegram-layout.ts'
import { calculateTiming } from '../timing/timing.ts'
import type { Timing } from '../timing/timing.ts'
import { checkTransition, transitionCheck } from '../set-up/transition-check.ts'
import { planUc } from '../chip/uc-channel.ts'

/**
 * Sets all devices up for CP3. Throws DP_SERCOS3_SVC and its kin, DP_SERCOS3_PARAMETER, DP_SERCOS3_CLASSES,
 * DP_SERCOS3_CONNECTION, DP_SERCOS3_WORD_LENGTH, DP_SERCOS3_LAYOUT, DP_SERCOS3_RAM, DP_SERCOS3_COMMAND, those of
 * calculateTiming, handOverTiming and planUc.
 */
export function* runCp2(context: RunUpContext): Script<RingSetUp> {
  const { config } = context
  context.say('reading what the devices can, setting their parameters')
  const facts = yield* together(context, (device) => prepareDevice(context, device))
  facts.forEach(({ classes }, n) => (context.synchronises[n] = takes(classes).synchronisation))
  // An absent device keeps the place that it would have.
  const connections = config.devices.map(
    (device, n) => facts[n]?.connections ?? expectedConnections(device),
  )
  const { layout, plan } = planConnections(connections, config.buffers)
  const timing = timingOf(context, layout, facts)
  const setUp: RingSetUp = {
    layout,
    plan,
    timing,
    maxTsref: producerPeriod(layout) - 1,
    consumerNs: most(facts, ({ consumerNs }) => consumerNs),
    uc: timing.uc === undefined ? undefined : planUc(plan, timing.uc.mtu),
    ucDevices: [...facts.keys()].filter((n) => takes(facts[n]?.classes ?? []).uc),
  }
  context.say('telling the devices times and places', 0.5)
  context.toldWiring = context.wiring
  yield* together(context, (device) => {
    const of = facts[device] as DeviceFacts
    return handOverTiming(context, device, setUp, of)
  })
  context.say('measuring the synchronisation delay', 0.8)
  yield* together(context, (device) => measureDelay(context, device))
  context.say('CP3 transition check (S-0-0127)', 0.9)
  yield* together(context, (device) => checkTransition(context, device, transitionCheck.cp3))
  return setUp
}

/**
 * Sets up a device that comes while the others are in CP4: it has to do with the place and the times that there are.
 * Throws as runCp2, and DP_SERCOS3_DEVICE_TIMES.
 */
export function* configureDevice(context: RunUpContext, device: number, ring: RingSetUp): Script {
  const facts = yield* prepareDevice(context, device)
  context.synchronises[device] = takes(facts.classes).synchronisation
  checkPlace(context, device, ring, facts.connections)
  const { earliestAtNs, consumerNs } = facts
  const { timing } = ring
  if (earliestAtNs > timing.atStartNs || consumerNs > ring.consumerNs)
    throw new DualportError('DP_SERCOS3_DEVICE_TIMES', {
      at: context.at(device, 'S-0-1006, S-0-1047'),
      actual: `t1 from ${earliestAtNs} ns on, t11 ${consumerNs} ns`,
      expected: `t1 from ${timing.atStartNs} ns on, t11 up to ${ring.consumerNs} ns`,
    })
  yield* handOverTiming(context, device, ring, facts)
  yield* measureDelay(context, device)
}

function checkPlace(
  context: RunUpContext,
  device: number,
  { layout }: RingSetUp,
  { mdt, at }: DeviceConnections,
): void {
  const place = layout.devices[device]
  if (place === undefined) return
  if (mdt.bytes === bytesOf(place.mdtWords) && at.bytes === bytesOf(place.atWords)) return
  throw new DualportError('DP_SERCOS3_CONNECTION', {
    at: context.at(device, 'S-0-1050.x.5'),
    actual: `${mdt.bytes} and ${at.bytes} bytes`,
    expected: `${bytesOf(place.mdtWords)} and ${bytesOf(place.atWords)} bytes, the place kept for it`,
  })
}

/** Where optional devices are absent, their promises are those of the others. */
function timingOf(
  { config }: RunUpContext,
  layout: TelegramLayout,
  facts: readonly DeviceFacts[],
): Timing {
  return calculateTiming({
    cycleNs: config.cycleNs,
    method: config.timingMethod ?? 1,
    uc: config.uc,
    devices: config.devices.length,
    mdtBytes: layout.mdtBytes,
    atBytes: layout.atBytes,
    slaveJitterNs: most(facts, ({ jitterNs }) => jitterNs),
    producerNs: most(facts, ({ producerNs }) => producerNs),
    consumerNs: most(facts, ({ consumerNs }) => consumerNs),
    earliestAtNs: most(facts, ({ earliestAtNs }) => earliestAtNs),
  })
}

function most(facts: readonly DeviceFacts[], value: (device: DeviceFacts) => number): number {
  return facts.reduce((greatest, device) => Math.max(greatest, value(device)), 0)
}

function* measureDelay(context: RunUpContext, device: number): Script {
  if (context.synchronises[device] === true) yield* runCommand(context, device, idn('S-0-1024'))
}
