/**
 * What the scripts of the phases share, and how they wait.
 *
 * A script is a generator that yields once per tick: an interrupt while telegrams run, a time-out of the runtime while
 * the chip stands. Scripts run between beginCycle and endCycle while the bus starts; they are not cyclic and may
 * allocate. A script that throws ends the run-up: the error is the master's fault.
 */
import { DualportError } from '../../../errors.ts'
import { nsPerMs } from '../../../units.ts'
import type { Nanoseconds } from '../../../units.ts'
import type { CardProgress } from '../../card.ts'
import type { Phase } from '../telegram.ts'
import { topologyText } from './cable-topology.ts'
import type { Sercos3Config, Sercos3DeviceConfig } from './config.ts'
import type { CyclicExchange } from './cyclic-exchange.ts'
import type { MasterChip } from './master-chip.ts'
import type { ServiceChannel } from './service-channel.ts'

/** So long no telegrams may come back while they are sent, in time and in cycles of the chip. */
const silenceMs = 1000
const silenceCycles = 50
/** A chip that sends nothing by itself is given this many times as long: in memory it is a thread that may be late. */
const standingChip = 5

export type Script<Result = void> = Generator<void, Result, void>

export class RunUpContext {
  readonly config: Sercos3Config
  readonly chip: MasterChip
  readonly exchange: CyclicExchange
  /** CLOCK_MONOTONIC of this tick. */
  nowNs: Nanoseconds = 0
  /** When the timers stopped last. */
  stoppedNs: Nanoseconds = 0
  phase: Phase = 'NRT'
  #progress: CardProgress | undefined
  #lastFreshNs: Nanoseconds = 0
  /** Cycles since, of those that the driver saw one by one. */
  #silentCycles = 0

  constructor(config: Sercos3Config, chip: MasterChip, exchange: CyclicExchange) {
    this.config = config
    this.chip = chip
    this.exchange = exchange
  }

  /**
   * Once per tick, before the scripts: a script that waits for an answer waits for telegrams too.
   * Throws DP_SERCOS3_NO_TELEGRAMS.
   */
  watchTelegrams(): void {
    const { exchange, config } = this
    if (!exchange.running || exchange.fresh) {
      this.#lastFreshNs = this.nowNs
      this.#silentCycles = 0
    } else if (!exchange.irregular) this.#silentCycles++
    const patienceNs = Math.max(silenceMs * nsPerMs, silenceCycles * config.cycleNs)
    const silentNs = this.nowNs - this.#lastFreshNs
    const silent = silentNs > patienceNs && this.#silentCycles >= silenceCycles
    if (silent || silentNs > standingChip * patienceNs)
      throw new DualportError('DP_SERCOS3_NO_TELEGRAMS', {
        at: this.phase,
        actual: topologyText(exchange.topology),
      })
  }

  say(doing: string, fraction?: number): void {
    this.#progress = { phase: this.phase, doing, ...(fraction === undefined ? {} : { fraction }) }
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

  /** `x (address 3), CP2`: where an error is. */
  at(index: number, what?: string): string {
    const { name, address } = this.device(index)
    const place = `${name} (address ${address}), ${this.phase}`
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

/** Runs one script per device side by side, so that all service channels work at once. Results in device order. */
export function* together<Result>(
  context: RunUpContext,
  script: (device: number) => Script<Result>,
): Script<Result[]> {
  const scripts = context.config.devices.map((_, device) => script(device))
  const results: Result[] = []
  const open = new Set(scripts.keys())
  while (open.size > 0) {
    for (const device of open) {
      const next = scripts[device]?.next()
      if (next?.done !== true) continue
      results[device] = next.value
      open.delete(device)
    }
    if (open.size > 0) yield
  }
  return results
}
