/**
 * What the scripts of the phases share, and how they wait.
 *
 * A script is a generator that yields once per tick: an interrupt while telegrams run, a time-out of the runtime while
 * the chip stands. Scripts run between beginCycle and endCycle while the bus starts; they are not cyclic and may
 * allocate. A script that throws ends the run-up: the error is the master's fault.
 */
import { DualportError } from '../../../../errors.ts'
import { nsPerMs } from '../../../../units.ts'
import type { Nanoseconds } from '../../../../units.ts'
import type { CardProgress, DriveScaling } from '../../../card.ts'
import type { Phase } from '../../telegram.ts'
import { topology, topologyText } from '../chip/cable-topology.ts'
import type { Sercos3Config, Sercos3DeviceConfig } from '../config/config.ts'
import type { CyclicExchange } from '../cycle/cyclic-exchange.ts'
import { DeviceControl } from './device-control.ts'
import type { MasterChip } from '../chip/master-chip.ts'
import { NewsDesk } from './news.ts'
import { RequestDesk } from './request-desk.ts'
import type { RingDelays } from '../chip/ring-delay.ts'
import type { RingSetUp } from './ring-set-up.ts'
import { SercosClock } from '../chip/sercos-clock.ts'
import type { ServiceChannel } from '../service/service-channel.ts'
import type { ServiceDesk } from '../service/service-desk.ts'
import { SlaveWatch } from './slave-watch.ts'

/** So long no telegrams may come back while they are sent, in time and in cycles of the chip. */
const silenceMs = 1000
const silenceCycles = 50
/** A chip that sends nothing by itself is given this many times as long: in memory it is a thread that may be late. */
const standingChip = 5
/** CoSeMa CSMD_PHASEDEV.c. */
export const stableCycles = 100
const stableTimeoutCycles = 1000
/** How often it is told which devices are still worked on. */
const tellMs = 500
/** A sentence does not name more devices than this. */
const mostNames = 4

export type Script<Result = void> = Generator<void, Result, void>

export class RunUpContext {
  readonly config: Sercos3Config
  readonly chip: MasterChip
  readonly exchange: CyclicExchange
  readonly control: DeviceControl
  readonly clock: SercosClock
  readonly news = new NewsDesk()
  readonly requests = new RequestDesk()
  /** The users' transfers, where there are any. */
  readonly services: ServiceDesk | undefined
  /** Who has taken part in this phase goes on doing so. */
  readonly slaves: SlaveWatch
  /** CLOCK_MONOTONIC of this tick. */
  nowNs: Nanoseconds = 0
  /** When the timers stopped last. */
  stoppedNs: Nanoseconds = 0
  phase: Phase = 'NRT'
  /** Where the run-up ends and the ring is held: -1 (NRT) to 4. */
  target = 4
  /** Every device bears a phase switch without the pause. Found out in CP0, for the phases up to CP3. */
  fastSwitch = false
  /** How the cables lay in CP0. */
  wiring: number = topology.noLink
  /** Place of each device in the telegrams of CP1 and CP2: its topology address, 0 for one that is absent. */
  slots: readonly number[] = []
  /** How the cables lay for the ring delay that the devices were told last. */
  toldWiring: number = topology.noLink
  /** Measured last. */
  delays: RingDelays = { p1Ns: 0, p2Ns: 0 }
  /** Devices that synchronise themselves: they are told ring delays. Found out in CP2. */
  readonly synchronises: boolean[] = []
  /** What CP3 and CP4 are run with, once CP2 has found it out. */
  setUp: RingSetUp | undefined
  /** What drives told of their scaling in CP2, by device. */
  readonly scalings = new Map<number, DriveScaling>()
  #said: CardProgress | undefined
  #progress: CardProgress | undefined
  /** Undefined: the watch begins. */
  #lastFreshNs: Nanoseconds | undefined
  /** Cycles since, of those that the driver saw one by one. */
  #silentCycles = 0

  constructor(
    config: Sercos3Config,
    chip: MasterChip,
    exchange: CyclicExchange,
    services?: ServiceDesk,
  ) {
    this.config = config
    this.chip = chip
    this.exchange = exchange
    this.clock = new SercosClock(chip)
    this.services = services
    this.control = new DeviceControl(exchange)
    this.slaves = new SlaveWatch(config.devices.length)
  }

  /** A script begins: how long it was silent before does not count. */
  beginWatch(): void {
    this.#lastFreshNs = undefined
    this.slaves.end()
  }

  /**
   * Once per tick, before the scripts: a script that waits for an answer waits for telegrams too.
   * Throws DP_SERCOS3_NO_TELEGRAMS.
   */
  watchTelegrams(): void {
    const { exchange, config } = this
    const lastFreshNs = this.#lastFreshNs
    if (!exchange.running || exchange.fresh || lastFreshNs === undefined) {
      this.#lastFreshNs = this.nowNs
      this.#silentCycles = 0
      return
    }
    if (!exchange.irregular) this.#silentCycles++
    const patienceNs = Math.max(silenceMs * nsPerMs, silenceCycles * config.cycleNs)
    const silentNs = this.nowNs - lastFreshNs
    const silent = silentNs > patienceNs && this.#silentCycles >= silenceCycles
    if (silent || silentNs > standingChip * patienceNs)
      throw new DualportError('DP_SERCOS3_NO_TELEGRAMS', {
        at: this.phase,
        actual: topologyText(exchange.topology),
      })
  }

  say(doing: string, fraction?: number): void {
    this.#said = { phase: this.phase, doing, ...(fraction === undefined ? {} : { fraction }) }
    this.#progress = this.#said
  }

  /** Adds to what was said last whose turn it is. */
  sayWaitingFor(devices: readonly number[]): void {
    const said = this.#said
    if (said !== undefined)
      this.#progress = { ...said, doing: `${said.doing}: ${this.names(devices)}` }
  }

  /** Phase, cables, and each device's words as they came in last. */
  describe(): string {
    const { exchange, requests, config } = this
    const devices = config.devices.map(({ name, address }, n) => {
      const channel = this.channel(n)
      const words = exchange.fresh
        ? `S-DEV ${hex(exchange.deviceStatus(n))}, SVC ${hex(exchange.svcStatus(n))}`
        : 'no telegrams now'
      const sent = `sent ${hex(channel.control)}, channel state ${channel.state}`
      return `  ${name} (${address}): present ${exchange.present[n]}, ${words}, ${sent}`
    })
    const asked = `target ${this.target}, request ${requests.what} state ${requests.state}`
    return [
      `${this.phase}, ${asked}, ${topologyText(exchange.topology)}, ${exchange.cycles} cycles, fresh ${exchange.fresh}`,
      ...devices,
    ].join('\n')
  }

  /** What was said since the last call. */
  takeProgress(): CardProgress | undefined {
    const progress = this.#progress
    this.#progress = undefined
    return progress
  }

  device(index: number): Sercos3DeviceConfig {
    return this.config.devices[index] as Sercos3DeviceConfig
  }

  channel(index: number): ServiceChannel {
    return this.exchange.channels[index] as ServiceChannel
  }

  /** False for an optional device that is not there. */
  isPresent(index: number): boolean {
    return this.exchange.present[index] !== 0
  }

  /** Numbers of the present devices for which `holds`. */
  devicesWhere(holds: (device: number) => boolean): number[] {
    return [...this.config.devices.keys()].filter(
      (device) => this.isPresent(device) && holds(device),
    )
  }

  /** `x (address 3)`; of many the first few. */
  names(devices: readonly number[]): string {
    const named = devices.slice(0, mostNames).map((index) => {
      const { name, address } = this.device(index)
      return `${name} (address ${address})`
    })
    const more = devices.length - named.length
    return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ')
  }

  /** `x (address 3), CP2`: where an error is. */
  at(index: number | readonly number[], what?: string): string {
    const place = `${this.names(typeof index === 'number' ? [index] : index)}, ${this.phase}`
    return what === undefined ? place : `${place}, ${what}`
  }
}

export function* pause(context: RunUpContext, ms: number): Script {
  const endNs = context.nowNs + ms * nsPerMs
  while (context.nowNs < endNs) yield
}

/** Waits until `met`, at most `ms`. Answers whether it was. */
export function* waitFor(context: RunUpContext, ms: number, met: () => boolean): Script<boolean> {
  const endNs = context.nowNs + ms * nsPerMs
  while (!met()) {
    if (context.nowNs >= endNs) return false
    yield
  }
  return true
}

/** The next cycle with fresh telegrams. */
export function* freshCycle({ exchange }: RunUpContext): Script {
  do yield
  while (!exchange.fresh)
}

/** Whether `met` in one of the next `cycles` fresh cycles. */
export function* within(
  context: RunUpContext,
  cycles: number,
  met: () => boolean,
): Script<boolean> {
  for (let cycle = 0; cycle < cycles; cycle++) {
    yield* freshCycle(context)
    if (met()) return true
  }
  return false
}

/** Judges fresh cycles until `stable` answers that it counted 100 of them in a row. Throws DP_SERCOS3_UNSTABLE. */
export function* untilStable(context: RunUpContext, stable: () => number): Script {
  const { exchange } = context
  const lastCycle = exchange.cycles + stableTimeoutCycles
  for (;;) {
    yield
    if (exchange.fresh && stable() >= stableCycles) return
    if (exchange.cycles > lastCycle)
      throw new DualportError('DP_SERCOS3_UNSTABLE', {
        at: context.phase,
        actual: `still changing after ${stableTimeoutCycles} cycles`,
      })
  }
}

/**
 * Runs one script per device, of all present ones if not told otherwise, side by side, so that all service channels work at
 * once. Results by device number; holes for the others. The first that throws ends them all, and their accesses with them.
 */
export function* together<Result>(
  context: RunUpContext,
  script: (device: number) => Script<Result>,
  devices: readonly number[] = context.devicesWhere(() => true),
): Script<Result[]> {
  const open = new Map<number, Script<Result | undefined>>(
    devices.map((device) => [device, script(device)]),
  )
  const results: Result[] = []
  let tellNs = context.nowNs + tellMs * nsPerMs
  try {
    while (open.size > 0) {
      for (const [device, running] of open) {
        const next = running.next()
        if (next.done !== true) continue
        results[device] = next.value as Result
        open.delete(device)
      }
      if (open.size === 0) break
      if (context.nowNs >= tellNs) {
        tellNs = context.nowNs + tellMs * nsPerMs
        context.sayWaitingFor([...open.keys()])
      }
      yield
    }
    return results
  } finally {
    for (const running of open.values()) running.return(undefined)
  }
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(4, '0')}`
}
