/**
 * A Sercos III master on a SERCON100M: runs the ring up from any state to CP4, exchanges process data there, and leaves
 * it in order.
 *
 * It asks the device for three maps, `registers`, `tx` and `rx`. Where the kernel driver acknowledges the interrupt (our
 * stub) it leaves IRR0 and, once they are set up, the enables alone. Where user space has to (uio_sercos3), it clears
 * IRR0 before it looks at the telegrams, and takes the enable away through the driver: uio_sercos3 keeps what it masked
 * in a word of its own, and who wrote IER0 past it would find its bits set again.
 */
import { DualportError } from '../../../errors.ts'
import { nsPerMs } from '../../../units.ts'
import type { Nanoseconds } from '../../../units.ts'
import type { AttachedDevice, InterruptLine } from '../../../uio/device.ts'
import { cycleState } from '../../card.ts'
import type { CardCounters, CardProgress, CycleState, CyclicCard } from '../../card.ts'
import { idn } from '../idn.ts'
import { topologyText } from './cable-topology.ts'
import { checkConfig, startingCycleNs } from './config.ts'
import type { Sercos3Config } from './config.ts'
import { runCp0 } from './cp0.ts'
import { runCp1 } from './cp1.ts'
import { runCp2 } from './cp2.ts'
import { runCp3, runCp4 } from './cp34.ts'
import { CyclicExchange, received, toleratedLosses } from './cyclic-exchange.ts'
import { initialise } from './initialise.ts'
import { leaveCp4 } from './leave-cp4.ts'
import { MasterChip } from './master-chip.ts'
import { DriveWords, IoWords } from './process-images.ts'
import type { RamPlan } from './ram-plan.ts'
import { planRing } from './ring-plan.ts'
import { RunUpContext } from './run-up-context.ts'
import type { Script } from './run-up-context.ts'
import { ServiceChannel, svcState } from './service-channel.ts'
import { silenceCard } from './silence.ts'
import type { TelegramLayout } from './telegram-layout.ts'

const resetCommand = idn('S-0-0099')
const busyTimeoutMs = 2000
const commandTimeoutMs = 10_000
const shortestTickMs = 10
const ticksPerCycle = 3

export class Sercos3Master implements CyclicCard {
  readonly drives: readonly DriveWords[]
  readonly ios: readonly IoWords[]
  readonly counters: CardCounters
  /** Longer than the cycle, so that a tick by time-out means that the telegrams pause. */
  readonly startingTickMs: number
  readonly #config: Sercos3Config
  readonly #chip: MasterChip
  readonly #channels: readonly ServiceChannel[]
  readonly #exchange: CyclicExchange
  readonly #context: RunUpContext
  readonly #layout: TelegramLayout
  readonly #plan: RamPlan
  /** Where user space acknowledges; undefined: the kernel driver does. */
  readonly #line: InterruptLine | undefined
  #script: Script
  /** Device number of each drive. */
  readonly #deviceOfDrive: readonly number[]
  #state: CycleState = cycleState.starting
  #leaving = false
  #silenced = false
  #watchdogAlarmed = false
  #fault: Error | undefined

  /** Throws DP_SERCOS3_CONFIG, DP_SERCOS3_LAYOUT, DP_SERCOS3_RAM, DP_UIO_NO_MAP. Touches no register. */
  constructor(device: AttachedDevice, config: Sercos3Config) {
    checkConfig(config)
    this.#config = config
    const { layout, plan } = planRing(config)
    this.#layout = layout
    this.#plan = plan
    this.#line = device.driver?.acknowledges === 'user' ? device.interrupt : undefined
    const maps = { registers: device.map('registers'), tx: device.map('tx'), rx: device.map('rx') }
    this.#chip = new MasterChip(maps, config.topology)
    this.#channels = config.devices.map(() => new ServiceChannel())
    const images = config.devices.map(({ name, profile }) =>
      profile === 'drive'
        ? new DriveWords(name, maps.tx, maps.rx)
        : new IoWords(name, maps.tx, maps.rx),
    )
    this.drives = images.filter((image) => image instanceof DriveWords)
    this.ios = images.filter((image) => image instanceof IoWords)
    this.#deviceOfDrive = images.flatMap((image, n) => (image instanceof DriveWords ? [n] : []))
    this.#exchange = new CyclicExchange(this.#chip, this.#channels, images)
    this.counters = this.#exchange.counters
    this.#context = new RunUpContext(config, this.#chip, this.#exchange)
    this.#script = this.#runUp()
    const cycleMs = startingCycleNs(config.cycleNs) / nsPerMs
    this.startingTickMs = Math.max(shortestTickMs, Math.ceil(ticksPerCycle * cycleMs))
    this.#limitChannels(startingCycleNs(config.cycleNs))
  }

  beginCycle(): CycleState {
    const state = this.#state
    if (state !== cycleState.operational && state !== cycleState.starting) return state
    // before anything is read: what comes in from here on raises the interrupt anew
    if (this.#line !== undefined) this.#chip.acknowledge()
    const result = this.#exchange.begin()
    if (result === received.gone) {
      this.#state = cycleState.gone
      return cycleState.gone
    }
    if (state === cycleState.starting) return state
    const exchange = this.#exchange
    const regular = result === received.fresh && !exchange.irregular && exchange.lostDevice < 0
    return regular ? cycleState.operational : this.#judge()
  }

  get state(): CycleState {
    return this.#state
  }

  endCycle(): void {
    if (this.#state === cycleState.operational || this.#state === cycleState.starting)
      this.#exchange.end()
  }

  advance(nowNs: Nanoseconds): CardProgress | undefined {
    if (this.#state !== cycleState.starting) return undefined
    this.#context.nowNs = nowNs
    try {
      // who leaves does so without telegrams, too
      if (!this.#leaving) this.#context.watchTelegrams()
      const done = this.#script.next().done === true
      if (done && this.#leaving) this.#goSilent(cycleState.left)
      else if (done) this.#state = cycleState.operational
    } catch (error) {
      this.#fault =
        error instanceof Error ? error : new DualportError('DP_INTERNAL', { cause: error })
      this.#goSilent(cycleState.faulted)
    }
    return this.#context.takeProgress()
  }

  /** Worded when it is asked for: the cycle itself notes numbers only. */
  get fault(): Error | undefined {
    if (this.#fault !== undefined || this.#state === cycleState.operational) return this.#fault
    if (this.#state === cycleState.starting || this.#state === cycleState.left) return undefined
    this.#fault = this.#wordFault()
    return this.#fault
  }

  leave(): void {
    if (this.#state !== cycleState.operational) return
    this.#script = leaveCp4(this.#context)
    this.#leaving = true
    this.#state = cycleState.starting
  }

  resetDrive(drive: number): void {
    const channel = this.#channelOf(drive)
    if (channel === undefined || this.#state !== cycleState.operational) return
    if (channel.state !== svcState.running) channel.startCommand(resetCommand)
  }

  resetState(drive: number): number {
    if (this.#state !== cycleState.operational) return svcState.idle
    return this.#channelOf(drive)?.state ?? svcState.idle
  }

  silence(): void {
    this.#silenced = true
    if (this.#state !== cycleState.gone) this.#state = cycleState.faulted
    this.#exchange.silence()
    this.#silenceChip()
  }

  *#runUp(): Script {
    const context = this.#context
    yield* initialise(context)
    const delays = yield* runCp0(context)
    yield* runCp1(context)
    const timing = yield* runCp2(context, this.#layout, delays)
    this.#limitChannels(this.#config.cycleNs)
    yield* runCp3(context, this.#layout, this.#plan, timing)
    yield* runCp4(context)
    // What the run-up did through the channels is nobody's reset.
    for (const channel of this.#channels) channel.state = svcState.idle
    context.say('operational', 1)
  }

  /** A cycle that came late or without fresh telegrams, or with a device that has been away for too long. */
  #judge(): CycleState {
    const exchange = this.#exchange
    this.#watchdogAlarmed = this.#chip.watchdogAlarm
    const failed =
      this.#watchdogAlarmed ||
      exchange.lostDevice >= 0 ||
      exchange.lostInARow > toleratedLosses ||
      exchange.staleInARow > this.#config.watchdogCycles
    if (!failed) return exchange.fresh ? cycleState.operational : cycleState.stale
    this.#goSilent(cycleState.faulted)
    return cycleState.faulted
  }

  /** Devices that the master has not left in order go to their safe state when the telegrams end. */
  #goSilent(state: CycleState): void {
    this.#state = state
    this.#exchange.silence()
    this.#silenceChip()
  }

  #silenceChip(): void {
    try {
      this.#line?.control(false)
    } catch {
      // a device that is gone or closed has no interrupt to take away; the chip is told in any case
    }
    silenceCard(this.#chip.registers)
  }

  #wordFault(): Error {
    const exchange = this.#exchange
    if (this.#state === cycleState.gone) return new DualportError('DP_SERCOS3_GONE')
    if (this.#watchdogAlarmed) return new DualportError('DP_SERCOS3_WATCHDOG', { at: 'WDCSR' })
    const cables = `wiring: ${topologyText(exchange.topology)}`
    if (exchange.lostDevice >= 0)
      return new DualportError('DP_SERCOS3_DEVICE_LOST', {
        at: this.#context.at(exchange.lostDevice),
        actual: cables,
      })
    if (this.#silenced) return new DualportError('DP_SERCOS3_SILENCED')
    return new DualportError('DP_SERCOS3_TELEGRAMS_LOST', {
      at: 'CP4',
      actual: cables,
      expected: `at most ${toleratedLosses} lost cycles in a row, ${this.#config.watchdogCycles} stale ones`,
    })
  }

  #channelOf(drive: number): ServiceChannel | undefined {
    return this.#channels[this.#deviceOfDrive[drive] ?? -1]
  }

  #limitChannels(cycleNs: number): void {
    const cycles = (ms: number) => Math.ceil((ms * nsPerMs) / cycleNs)
    for (const channel of this.#channels)
      channel.setLimits(cycles(busyTimeoutMs), cycles(commandTimeoutMs))
  }
}
