/**
 * CP0: which devices are there, and how the cables lie. CoSeMa CSMD_PHASEDEV.c; tried.
 *
 * AT0 carries a sequence counter and address words. On the way out each device writes its address at the counter's
 * place and counts up; on the way back it only counts up; the device at the end of a line counts once. On a broken ring
 * the counter of port 2 goes on where that of port 1 ended, so that no two devices have the same place.
 */
import { DualportError } from '../../../../errors.ts'
import { place } from '../../../../uio/bit-field.ts'
import { cp0 } from '../../telegram.ts'
import { topology, topologyText } from '../chip/cable-topology.ts'
import { startingCycleNs } from '../config/config.ts'
import type { Sercos3Config, Sercos3DeviceConfig } from '../config/config.ts'
import { acknowledgedBy, findDevices } from './find-devices.ts'
import type { FoundDevices } from './find-devices.ts'
import { restartTelegrams } from './phase-switch.ts'
import { planRamCp0 } from '../plan/ram-plan.ts'
import type { RamPlan } from '../plan/ram-plan.ts'
import { untilStable } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { startingTiming } from '../timing/wire-times.ts'
import { startingEvents } from '../timing/timer-events.ts'

/**
 * Throws DP_SERCOS3_UNSTABLE, DP_SERCOS3_TOPOLOGY, DP_SERCOS3_NO_DEVICE, DP_SERCOS3_DOUBLE_ADDRESS,
 * DP_SERCOS3_DEVICE_MISSING, DP_SERCOS3_DEVICE_EXTRA, DP_SERCOS3_DEVICE_ORDER.
 */
export function* runCp0(context: RunUpContext): Script {
  const { config, exchange } = context
  const plan = planRamCp0()
  const cycleNs = startingCycleNs(config.cycleNs)
  const atBytes = [cp0.atBytes, 0, 0, 0]
  context.fastSwitch = false
  context.slots = []
  for (const device of config.devices.keys()) exchange.setPresent(device, true)
  yield* restartTelegrams(context, {
    phase: 0,
    plan,
    layout: undefined,
    buffers: 'single',
    cycleNs,
    interFrameGap: startingTiming.interFrameGap,
    events: startingEvents(cycleNs, atBytes, config.devices.length),
    mdtBytes: [cp0.mdtBytes, 0, 0, 0],
    atBytes,
    prepare: () => prepareTelegrams(context, plan),
  })
  yield* findTopology(context)
  const found = yield* findDevices(context, plan)
  checkAddresses(config.devices, found.addresses)
  adopt(context, found)
}

/** What MDT0 asks for: two MDTs and ATs in CP1, addresses allotted by the devices. */
export function communicationVersion({ fastPhaseSwitch }: Sercos3Config): number {
  const fast = fastPhaseSwitch === false ? 0 : 1
  return place(1, cp0.version.addressAllocation) | place(fast, cp0.version.fastPhaseSwitch)
}

function prepareTelegrams({ chip, config }: RunUpContext, plan: RamPlan): void {
  const { tx } = chip
  const buffer = plan.txBuffers[0] ?? 0
  const version = communicationVersion(config)
  tx.write16(buffer, version & 0xffff)
  tx.write16(buffer + 2, version >>> 16)
  for (let word = 0; word < cp0.addressWords; word++)
    tx.write16(buffer + plan.addressStart + 2 * word, cp0.addressPreset)
  tx.write16(plan.sequenceP1, cp0.counterPort1)
  tx.write16(plan.sequenceP2, cp0.counterPort2)
}

/** The same wiring for 100 cycles, and the one that was asked for. */
function* findTopology(context: RunUpContext): Script {
  const { exchange, config } = context
  const seen = { code: -1, cycles: 0 }
  context.say('finding out how the cables lie', 0)
  yield* untilStable(context, () => {
    const same = exchange.topology === seen.code
    seen.code = exchange.topology
    seen.cycles = same ? seen.cycles + 1 : 0
    return seen.cycles
  })
  context.wiring = seen.code
  const accepted = acceptedWiring[config.topology]
  const broken = config.topology === 'ring' && seen.code !== topology.ring
  if (!accepted.includes(seen.code) || (broken && config.requireRing === true))
    throw new DualportError('DP_SERCOS3_TOPOLOGY', {
      at: 'CP0',
      actual: topologyText(seen.code),
      expected: expectedWiring[config.topology],
    })
  if (broken)
    context.news.tell({
      kind: 'warning',
      text: `the ring is not closed: ${topologyText(seen.code)}`,
      topology: seen.code,
    })
}

const { linePort1, linePort2, brokenRing, ring } = topology
/** A ring of which one cable is out is a broken ring, or a line where it is one of the master's own. */
const acceptedWiring: { readonly [wanted in Sercos3Config['topology']]: readonly number[] } = {
  ring: [ring, brokenRing, linePort1, linePort2],
  line: [linePort1, linePort2],
  linePort2: [linePort2],
  any: [ring, brokenRing, linePort1, linePort2],
}
const expectedWiring: { readonly [wanted in Sercos3Config['topology']]: string } = {
  ring: 'a ring',
  line: 'a line',
  linePort2: 'a line on port 2',
  any: 'a line or a ring',
}

function checkAddresses(devices: readonly Sercos3DeviceConfig[], found: readonly number[]): void {
  const twice = found.find((address, index) => found.indexOf(address) !== index)
  if (twice !== undefined) {
    const places = found.flatMap((address, index) => (address === twice ? [index + 1] : []))
    throw new DualportError('DP_SERCOS3_DOUBLE_ADDRESS', {
      at: atDevices(devices.filter(({ address }) => address === twice)),
      actual: `address ${twice} at places ${listed(places)}`,
    })
  }
  const absent = devices.filter(({ address }) => !found.includes(address))
  const missing = absent.filter(({ optional }) => optional !== true)
  const extra = found.filter((address) => !devices.some((device) => device.address === address))
  if (missing.length > 0)
    throw new DualportError('DP_SERCOS3_DEVICE_MISSING', {
      at: atDevices(missing),
      actual: `addresses ${found.join(', ')}`,
    })
  if (extra.length > 0)
    throw new DualportError('DP_SERCOS3_DEVICE_EXTRA', {
      at: `address ${extra.join(', ')}, CP0`,
      actual: `addresses ${found.join(', ')}`,
    })
  const expected = devices.filter((device) => !absent.includes(device))
  const order = expected.map(({ address }) => address).join(', ')
  if (found.join(', ') !== order)
    throw new DualportError('DP_SERCOS3_DEVICE_ORDER', {
      at: 'CP0',
      actual: found.join(', '),
      expected: order,
    })
}

function atDevices(devices: readonly Sercos3DeviceConfig[]): string {
  return [...devices.map(({ name, address }) => `${name} (address ${address})`), 'CP0'].join(', ')
}

/** `1, 2 and 3` */
function listed(places: readonly number[]): string {
  return `${places.slice(0, -1).join(', ')} and ${places.at(-1)}`
}

function adopt(context: RunUpContext, found: FoundDevices): void {
  const { config, exchange, news } = context
  context.delays = found.delays
  context.slots = config.devices.map(({ address }) => found.slots.get(address) ?? 0)
  config.devices.forEach(({ name, address }, device) => {
    if (found.slots.has(address)) return
    exchange.setPresent(device, false)
    news.tell({ kind: 'warning', device: name, text: `${name} (address ${address}) is not there` })
  })
  context.fastSwitch = config.fastPhaseSwitch !== false && acknowledgedBy(found)
}
