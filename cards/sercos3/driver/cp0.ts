/**
 * CP0: which devices are there, and how the cables lie. CoSeMa CSMD_PHASEDEV.c; tried.
 *
 * AT0 carries a sequence counter and address words. On the way out each device writes its address at the counter's
 * place and counts up; on the way back it only counts up; the device at the end of a line counts once.
 */
import { DualportError } from '../../../errors.ts'
import { place } from '../../../uio/bit-field.ts'
import { cp0 } from '../telegram.ts'
import { topology, topologyText } from './cable-topology.ts'
import { startingCycleNs } from './config.ts'
import type { Sercos3DeviceConfig } from './config.ts'
import { restartTelegrams } from './phase-switch.ts'
import { planRamCp0 } from './ram-plan.ts'
import type { RamPlan } from './ram-plan.ts'
import type { RunUpContext, Script } from './run-up-context.ts'
import { startingTiming } from './timing.ts'
import { startingEvents } from './timer-events.ts'

const stableCycles = 100
const timeoutCycles = 1000

/** Mean ring delays measured on the way, ns; 0 where a port received nothing. */
export type RingDelays = { readonly p1Ns: number; readonly p2Ns: number }

/**
 * Throws DP_SERCOS3_UNSTABLE, DP_SERCOS3_TOPOLOGY, DP_SERCOS3_NO_DEVICE, DP_SERCOS3_DOUBLE_ADDRESS,
 * DP_SERCOS3_DEVICE_MISSING, DP_SERCOS3_DEVICE_EXTRA, DP_SERCOS3_DEVICE_ORDER.
 */
export function* runCp0(context: RunUpContext): Script<RingDelays> {
  const plan = planRamCp0()
  const cycleNs = startingCycleNs(context.config.cycleNs)
  const atBytes = [cp0.atBytes, 0, 0, 0]
  yield* restartTelegrams(context, {
    phase: 0,
    plan,
    layout: undefined,
    buffers: 'single',
    cycleNs,
    interFrameGap: startingTiming.interFrameGap,
    events: startingEvents(cycleNs, atBytes, context.config.devices.length),
    mdtBytes: [cp0.mdtBytes, 0, 0, 0],
    atBytes,
    prepare: () => prepareTelegrams(context, plan),
  })
  yield* findTopology(context)
  const { addresses, delays } = yield* findDevices(context)
  checkAddresses(context.config.devices, addresses)
  return delays
}

/**
 * Whether a device still inserts its address, as it must not when CP0 is left. Where the others are quiet its address
 * stands in another word than before.
 */
export function insertsAddress(context: RunUpContext, device: number): boolean {
  const { address } = context.device(device)
  for (let word = 1; word <= context.config.devices.length; word++) {
    const found = wordAt(context, word)
    if (found === cp0.addressPreset) return false
    if (found === address) return true
  }
  return false
}

function prepareTelegrams(context: RunUpContext, plan: RamPlan): void {
  const { tx } = context.chip
  const buffer = plan.txBuffers[0] ?? 0
  // Two MDTs and ATs in CP1, addresses allotted by the devices, none of the add-on functions.
  tx.write16(buffer, place(1, cp0.version.addressAllocation))
  for (let word = 0; word < cp0.addressWords; word++)
    tx.write16(buffer + plan.addressStart + 2 * word, cp0.addressPreset)
  tx.write16(plan.sequenceP1, cp0.counterPort1)
  tx.write16(plan.sequenceP2, cp0.counterPort2)
}

/** The same wiring for 100 cycles, and the one that was asked for. */
function* findTopology(context: RunUpContext): Script {
  const { exchange, config } = context
  const seen = { code: -1, cycles: 0 }
  yield* overCycles(context, 'finding out how the cables lie', stableCycles, () => {
    const same = exchange.topology === seen.code
    seen.code = exchange.topology
    seen.cycles = same ? seen.cycles + 1 : 0
    return seen.cycles
  })
  const fits =
    config.topology === 'ring'
      ? seen.code === topology.ring
      : seen.code === topology.linePort1 || seen.code === topology.linePort2
  if (!fits)
    throw new DualportError('DP_SERCOS3_TOPOLOGY', {
      at: 'CP0',
      actual: topologyText(seen.code),
      expected: `a ${config.topology}`,
    })
}

/** The same address list for 100 cycles. */
function* findDevices(context: RunUpContext): Script<{ addresses: number[]; delays: RingDelays }> {
  let list = ''
  let cycles = 0
  let sum1 = 0
  let sum2 = 0
  yield* overCycles(context, 'collecting the addresses', stableCycles, () => {
    const now = readAddresses(context).join()
    const same = now === list
    list = now
    cycles = same ? cycles + 1 : 0
    sum1 = (same ? sum1 : 0) + context.chip.ringDelayNs(1)
    sum2 = (same ? sum2 : 0) + context.chip.ringDelayNs(2)
    return cycles
  })
  const addresses = list === '' ? [] : list.split(',').map(Number)
  if (addresses.length === 0) throw new DualportError('DP_SERCOS3_NO_DEVICE', { at: 'CP0' })
  const mean = (sum: number) => Math.round(sum / (cycles + 1))
  return { addresses, delays: { p1Ns: mean(sum1), p2Ns: mean(sum2) } }
}

/** Judges fresh cycles until `stable` says `wanted`. */
function* overCycles(
  context: RunUpContext,
  doing: string,
  wanted: number,
  stable: () => number,
): Script {
  const { exchange } = context
  context.say(doing, 0)
  const lastCycle = exchange.cycles + timeoutCycles
  for (;;) {
    yield
    if (exchange.fresh && stable() >= wanted) return
    if (exchange.cycles > lastCycle)
      throw new DualportError('DP_SERCOS3_UNSTABLE', {
        at: 'CP0',
        actual: `still changing after ${timeoutCycles} cycles`,
      })
  }
}

/** Addresses in the order of the cables, seen from port 1. */
function readAddresses(context: RunUpContext): number[] {
  const { exchange, chip, config } = context
  const port = exchange.port === 1 ? 1 : 2
  const counter = chip.sequenceCount(port) & cp0.counterMask
  // Both channels start at 1. In a ring each device counts once, in a line twice but for the last.
  const devices = config.topology === 'ring' ? counter - 1 : counter >> 1
  const count = Math.min(Math.max(devices, 0), cp0.addressWords)
  const words = Array.from({ length: count }, (_, n) => wordAt(context, n + 1))
  // What arrives at port 1 of a ring, or comes back to port 2 of a line, has passed the devices from the other end.
  const reversed = config.topology === 'ring' ? port === 1 : port === 2
  return reversed ? words.toReversed() : words
}

function wordAt({ exchange, chip }: RunUpContext, word: number): number {
  return chip.rx.read16(exchange.rxBase + 2 * word)
}

function checkAddresses(devices: readonly Sercos3DeviceConfig[], found: readonly number[]): void {
  const twice = found.find((address, index) => found.indexOf(address) !== index)
  if (twice !== undefined)
    throw new DualportError('DP_SERCOS3_DOUBLE_ADDRESS', { at: 'CP0', actual: `address ${twice}` })
  const missing = devices.filter(({ address }) => !found.includes(address))
  const extra = found.filter((address) => !devices.some((device) => device.address === address))
  if (missing.length > 0)
    throw new DualportError('DP_SERCOS3_DEVICE_MISSING', {
      at: missing.map(({ name, address }) => `${name} (address ${address})`).join(', '),
      actual: `addresses ${found.join(', ')}`,
    })
  if (extra.length > 0)
    throw new DualportError('DP_SERCOS3_DEVICE_EXTRA', {
      at: `address ${extra.join(', ')}`,
      actual: `addresses ${found.join(', ')}`,
    })
  const expected = devices.map(({ address }) => address).join(', ')
  if (found.join(', ') !== expected)
    throw new DualportError('DP_SERCOS3_DEVICE_ORDER', {
      at: 'CP0',
      actual: found.join(', '),
      expected,
    })
}
