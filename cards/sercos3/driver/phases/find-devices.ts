/** The address words that come back in AT0 of CP0: who is where, in the order of the cables. CoSeMa CSMD_PHASEDEV.c. */
import { DualportError } from '../../../../errors.ts'
import { cp0 } from '../../telegram.ts'
import { topology } from '../chip/cable-topology.ts'
import { planRamCp0 } from '../plan/ram-plan.ts'
import type { RamPlan } from '../plan/ram-plan.ts'
import { RingDelayMeter } from '../chip/ring-delay.ts'
import type { RingDelays } from '../chip/ring-delay.ts'
import { untilStable } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'

export type FoundDevices = {
  /** In the order of the cables, seen from port 1; a line on port 2 seen from its far end. */
  readonly addresses: readonly number[]
  /** Topology address by Sercos address. */
  readonly slots: ReadonlyMap<number, number>
  /** As they came: with the bit that acknowledges add-on functions. */
  readonly words: readonly number[]
  readonly delays: RingDelays
}

type Seen = { readonly words: readonly number[]; readonly slots: readonly number[] }

/** The same address list for 100 cycles. Throws DP_SERCOS3_NO_DEVICE, DP_SERCOS3_UNSTABLE. */
export function* findDevices(context: RunUpContext, plan: RamPlan): Script<FoundDevices> {
  let seen: Seen = { words: [], slots: [] }
  let cycles = 0
  let meter = new RingDelayMeter()
  context.say('collecting the addresses', 0)
  yield* untilStable(context, () => {
    const now = readAddresses(context, plan)
    const same = now !== undefined && now.words.join() === seen.words.join()
    seen = now ?? { words: [], slots: [] }
    if (!same) meter = new RingDelayMeter()
    cycles = same ? cycles + 1 : 0
    meter.add(context.chip)
    return cycles
  })
  if (seen.words.length === 0) throw new DualportError('DP_SERCOS3_NO_DEVICE', { at: 'CP0' })
  const addresses = seen.words.map(addressOf)
  const slots = new Map(addresses.map((address, n) => [address, seen.slots[n] ?? 0]))
  return { addresses, slots, words: seen.words, delays: meter.mean }
}

/** Whether every device has the add-on functions that the version asked for. */
export function acknowledgedBy({ words }: FoundDevices): boolean {
  return words.every((word) => (word & cp0.acknowledged) !== 0)
}

/**
 * Whether a device still inserts its address on either port, as it must not when CP0 is left. Where the others are quiet
 * its address stands in another word than before.
 */
export function insertsAddress(context: RunUpContext, device: number): boolean {
  const { chip, config, exchange } = context
  const { rxBuffersP1, rxBuffersP2 } = planRamCp0()
  const { address } = context.device(device)
  // where nothing arrives any more there stands what arrived last
  const p1 = exchange.topology === topology.linePort2 ? [] : rxBuffersP1
  const p2 = exchange.topology === topology.linePort1 ? [] : rxBuffersP2
  for (const base of [...p1, ...p2])
    for (let word = 1; word <= config.devices.length; word++) {
      const found = chip.rx.read16(base + 2 * word)
      if (found !== cp0.addressPreset && addressOf(found) === address) return true
    }
  return false
}

/** Undefined while what is seen does not fit the wiring found, or counters have just been set. */
function readAddresses(context: RunUpContext, plan: RamPlan): Seen | undefined {
  const { wiring, exchange } = context
  if (exchange.topology !== wiring) return undefined
  switch (wiring) {
    case topology.ring:
      return readRing(context, plan)
    case topology.linePort1:
      return readPort(context, plan, 1, 1)
    case topology.linePort2:
      return reversed(readPort(context, plan, 2, 1))
    default:
      return readBrokenRing(context, plan)
  }
}

/** P arrives at port 2 and has passed the devices from port 1 on. Each counts once, on both channels. */
function readRing(context: RunUpContext, plan: RamPlan): Seen | undefined {
  const count = (port: 1 | 2) => (context.chip.sequenceCount(port) & cp0.counterMask) - 1
  const devices = count(2)
  if (devices < 0 || devices !== count(1)) return undefined
  return readWords(context, plan.rxBuffersP2, 1, devices)
}

/** What lies at port 2 counts on from where port 1 ends; the counter that is sent there is set accordingly. */
function readBrokenRing(context: RunUpContext, plan: RamPlan): Seen | undefined {
  const { tx } = context.chip
  const near = readPort(context, plan, 1, 1)
  const first = near.words.length + 1
  const counter = first | (cp0.counterPort2 & ~cp0.counterMask)
  if (tx.read16(plan.sequenceP2) !== counter) {
    tx.write16(plan.sequenceP2, counter)
    return undefined
  }
  const far = reversed(readPort(context, plan, 2, first))
  return { words: [...near.words, ...far.words], slots: [...near.slots, ...far.slots] }
}

/** A line that comes back to its own port: each device counts twice, the last one once. `first`: what was sent. */
function readPort(context: RunUpContext, plan: RamPlan, port: 1 | 2, first: number): Seen {
  const received = context.chip.sequenceCount(port) & cp0.counterMask
  const buffers = port === 1 ? plan.rxBuffersP1 : plan.rxBuffersP2
  return readWords(context, buffers, first, (received - first + 1) >> 1)
}

function readWords(
  { chip }: RunUpContext,
  buffers: readonly number[],
  first: number,
  count: number,
): Seen {
  const base = buffers[0] ?? 0
  const devices = Math.min(Math.max(count, 0), cp0.addressWords)
  const slots = Array.from({ length: devices }, (_, n) => first + n)
  return { words: slots.map((slot) => chip.rx.read16(base + 2 * slot)), slots }
}

function reversed({ words, slots }: Seen): Seen {
  return { words: words.toReversed(), slots: slots.toReversed() }
}

function addressOf(word: number): number {
  return word & ~cp0.acknowledged
}
