/**
 * A Sercos III master on a SERCON100M: runs the ring up from any state to CP4, exchanges process data there, keeps the
 * ring in order beside that, and leaves it in order.
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
import { cardRequest, cycleState, driveService } from '../../card.ts'
import type {
  CardConnections,
  CardCounters,
  CardNews,
  CardProgress,
  CycleState,
  CyclicCard,
} from '../../card.ts'
import { phases } from '../telegram.ts'
import { checkConfig, startingCycleNs } from './config/config.ts'
import type { Sercos3Config } from './config/config.ts'
import { CyclicExchange, received, toleratedLosses } from './cycle/cyclic-exchange.ts'
import { DriveServices } from './drives/drive-services.ts'
import { wordFault } from './fault-words.ts'
import { announceEnd } from './phases/leave-ring.ts'
import { MasterChip } from './chip/master-chip.ts'
import { DriveWords, IoWords } from './cycle/process-images.ts'
import type { PortCounters } from './chip/port-counters.ts'
import { planRing } from './plan/ring-plan.ts'
import { RingCare } from './care/ring-care.ts'
import { runPhases } from './phases/run-phases.ts'
import type { Beginning } from './phases/run-phases.ts'
import { RunUpContext } from './script/run-up-context.ts'
import type { Script } from './script/run-up-context.ts'
import { ChannelActivity, ServiceChannel } from './service/service-channel.ts'
import { ServiceDesk } from './service/service-desk.ts'
import type { SercosClock } from './chip/sercos-clock.ts'
import { ServiceMailboxes } from './service/service-mailbox.ts'
import { silenceCard } from './chip/silence.ts'

const shortestTickMs = 10
const ticksPerCycle = 3
const operationalPhase = 4

/** Of use in every cycle: a constant of this module, unlike an import, is not looked up. */
const { operational, starting } = cycleState
const { fresh: isFresh, gone: isGone } = received

export class Sercos3Master implements CyclicCard {
  // a fraction first, so that V8 holds the field as a double from the start
  nowNs: Nanoseconds = 0.5
  readonly drives: readonly DriveWords[]
  readonly ios: readonly IoWords[]
  readonly counters: CardCounters
  readonly connections: CardConnections
  readonly ports: PortCounters
  readonly time: SercosClock
  readonly services: DriveServices
  /** Longer than the cycle, so that a tick by time-out means that the telegrams pause. */
  readonly startingTickMs: number
  readonly #config: Sercos3Config
  readonly #chip: MasterChip
  readonly #channels: readonly ServiceChannel[]
  /** Transfers of the users, where there are any. */
  readonly #users: ServiceDesk | undefined
  readonly #exchange: CyclicExchange
  readonly #context: RunUpContext
  readonly #care: RingCare
  /** Where user space acknowledges; undefined: the kernel driver does. */
  readonly #line: InterruptLine | undefined
  #script: Script
  #state: CycleState = cycleState.starting
  #leaving = false
  #silenced = false
  #watchdogAlarmed = false
  #fault: Error | undefined

  /**
   * `mailboxes`: for the users' service-channel transfers, see service-mailbox.ts.
   * Throws DP_SERCOS3_CONFIG, DP_SERCOS3_LAYOUT, DP_SERCOS3_RAM, DP_UIO_NO_MAP. Touches no register.
   */
  constructor(device: AttachedDevice, config: Sercos3Config, mailboxes?: SharedArrayBuffer) {
    checkConfig(config)
    planRing(config)
    this.#config = config
    this.#line = device.driver?.acknowledges === 'user' ? device.interrupt : undefined
    const maps = { registers: device.map('registers'), tx: device.map('tx'), rx: device.map('rx') }
    this.#chip = new MasterChip(maps, config)
    const activity = new ChannelActivity()
    const boxes = mailboxes === undefined ? undefined : new ServiceMailboxes(mailboxes)
    const jobs = boxes === undefined ? [] : config.devices.map((_, n) => boxes.job(n))
    this.#channels = config.devices.map((_, n) => new ServiceChannel(jobs[n], activity))
    const images = config.devices.map(({ name, profile }) =>
      profile === 'drive' ? new DriveWords(name) : new IoWords(name),
    )
    this.drives = images.filter((image) => image instanceof DriveWords)
    this.ios = images.filter((image) => image instanceof IoWords)
    const devices = images.flatMap((image, n) => (image instanceof DriveWords ? [n] : []))
    this.#exchange = new CyclicExchange(this.#chip, this.#channels, images, activity)
    this.ports = this.#chip.ports
    this.counters = this.#exchange.counters
    this.connections = this.#exchange
    if (boxes !== undefined)
      this.#users = new ServiceDesk(boxes, this.#channels, jobs, this.#exchange.present)
    this.#context = new RunUpContext(config, this.#chip, this.#exchange, this.#users)
    this.time = this.#context.clock
    this.#care = new RingCare(this.#context)
    this.services = new DriveServices(this.#context, this.drives, devices)
    this.#script = runPhases(this.#context, 'reset')
    const cycleMs = startingCycleNs(config.cycleNs) / nsPerMs
    this.startingTickMs = Math.max(shortestTickMs, Math.ceil(ticksPerCycle * cycleMs))
  }

  beginCycle(): CycleState {
    const state = this.#state
    if (state !== operational && state !== starting) return state
    // before anything is read: what comes in from here on raises the interrupt anew
    if (this.#line !== undefined) this.#chip.acknowledge()
    const result = this.#exchange.begin()
    if (result === isGone) {
      this.#users?.close()
      this.#exchange.silence()
      this.#state = cycleState.gone
      return cycleState.gone
    }
    if (state === starting) return state
    return result === isFresh && !this.#exchange.irregular ? operational : this.#judge()
  }

  get state(): CycleState {
    return this.#state
  }

  endCycle(): void {
    const state = this.#state
    if (state !== operational && state !== starting) return
    if (this.#users !== undefined) this.#users.serve()
    this.#exchange.end()
  }

  advance(nowNs: Nanoseconds): CardProgress | undefined {
    if (this.#state !== cycleState.starting) return undefined
    const context = this.#context
    context.nowNs = nowNs
    this.ports.look()
    try {
      // who leaves does so without telegrams, too
      if (!this.#leaving) context.watchTelegrams()
      context.slaves.look(context)
      if (this.phase > 0) this.#care.watch()
      const done = this.#script.next().done === true
      if (done && this.#leaving) this.#goSilent(cycleState.left)
      else if (done) this.#becomeOperational()
    } catch (error) {
      this.#fail(
        error instanceof Error ? error : new DualportError('DP_INTERNAL', { cause: error }),
      )
    }
    return context.takeProgress()
  }

  get needsAttention(): boolean {
    return this.ports.isDue(this.#exchange.cycles) || this.#care.due || this.services.busy
  }

  attend(): CardProgress | undefined {
    if (this.#state !== cycleState.operational || !this.needsAttention) return undefined
    if (this.ports.isDue(this.#exchange.cycles)) this.ports.look()
    if (!this.#care.due && !this.services.busy) return undefined
    this.#context.nowNs = this.nowNs
    if (this.#care.due) this.#care.attend()
    if (this.services.busy) this.services.attend(this.nowNs)
    return this.#context.takeProgress()
  }

  takeNews(): CardNews | undefined {
    return this.#context.news.take()
  }

  request(what: number, argument: number): boolean {
    const { requests } = this.#context
    const forPhase = what === cardRequest.goToPhase || what === cardRequest.restart
    if (this.#state === cycleState.gone || (requests.busy && !forPhase)) return false
    requests.take(what, argument)
    if (what === cardRequest.goToPhase) this.#goToPhase(argument)
    else if (what === cardRequest.restart) this.#restart(operationalPhase)
    else if (what === cardRequest.resetPorts) this.#resetPorts()
    else if (what === cardRequest.identify) this.#identify(argument >> 1, (argument & 1) === 1)
    else if (this.#state !== cycleState.operational) this.#refuse('the ring in CP4')
    return true
  }

  get requestState(): number {
    return this.#context.requests.state
  }

  get requestError(): Error | undefined {
    return this.#context.requests.error
  }

  get phase(): number {
    return phases.indexOf(this.#context.phase) - 1
  }

  get topology(): number {
    return this.#context.wiring
  }

  get taskNs(): Nanoseconds {
    return this.#context.setUp?.timing.taskNs ?? 0
  }

  /** An optional one is missed by nobody, though it takes a cycle until it is noted as gone. */
  get lostDevice(): number {
    const device = this.#exchange.lostDevice
    return this.#config.devices[device]?.optional === true ? -1 : device
  }

  /** Where everybody stands, in lines: for who finds the ring hanging. Not cyclic. */
  describe(): string {
    return this.#context.describe()
  }

  /** Worded when it is asked for: the cycle itself notes numbers only. */
  get fault(): Error | undefined {
    if (this.#fault !== undefined || this.#state === cycleState.operational) return this.#fault
    if (this.#state === cycleState.starting || this.#state === cycleState.left) return undefined
    this.#fault = wordFault(this.#context, {
      state: this.#state,
      watchdogAlarmed: this.#watchdogAlarmed,
      silenced: this.#silenced,
    })
    return this.#fault
  }

  leave(): void {
    if (!this.#isRunning || this.#leaving) return
    this.#refuse('a ring that is not being left')
    this.#begin(announceEnd(this.#context))
    this.#leaving = true
  }

  resetDrive(drive: number): void {
    if (this.#state === cycleState.operational) this.services.begin(drive, driveService.reset, 0)
  }

  resetState(drive: number): number {
    return this.services.state(drive, driveService.reset)
  }

  silence(): void {
    this.#silenced = true
    this.#goSilent(this.#state === cycleState.gone ? cycleState.gone : cycleState.faulted)
  }

  get #isRunning(): boolean {
    return this.#state === cycleState.operational || this.#state === cycleState.starting
  }

  #goToPhase(target: number): void {
    if (!Number.isInteger(target) || target < -1 || target > operationalPhase) {
      this.#refuse('a phase from -1 (NRT) to 4')
      return
    }
    const state = this.#state
    const context = this.#context
    context.target = target
    if (state === cycleState.operational && target === operationalPhase) context.requests.done()
    else if (state === cycleState.operational) this.#climb('leave')
    else if (state !== cycleState.starting || this.#leaving) this.#restart(target)
  }

  /** Everything is as after the start of the program, but for the counters. */
  #restart(target: number): void {
    this.#context.target = target
    this.#climb(this.#state === cycleState.operational ? 'leaveAndReset' : 'reset')
  }

  #climb(beginning: Beginning): void {
    this.#silenced = false
    this.#watchdogAlarmed = false
    this.#fault = undefined
    this.#begin(runPhases(this.#context, beginning))
  }

  #begin(script: Script<unknown>): void {
    this.#users?.close()
    this.services.close()
    this.#care.reset()
    this.#context.beginWatch()
    for (const channel of this.#channels) channel.cancel()
    this.#leaving = false
    this.#script = script as Script
    this.#state = cycleState.starting
  }

  #becomeOperational(): void {
    this.#state = cycleState.operational
    this.#users?.open(operationalPhase)
    this.services.open()
    this.#context.requests.done()
  }

  #identify(device: number, on: boolean): void {
    const { control, requests, config } = this.#context
    if (device < 0 || device >= config.devices.length) this.#refuse('a device of the ring')
    else if (!this.#isRunning || this.phase < 1) this.#refuse('the ring in CP1 to CP4')
    else {
      control.identify(device, on)
      requests.done()
    }
  }

  #resetPorts(): void {
    this.ports.reset()
    this.#context.requests.done()
  }

  #refuse(expected: string): void {
    const { requests, phase } = this.#context
    requests.fail(new DualportError('DP_SERCOS3_REQUEST', { at: phase, expected }))
  }

  #fail(error: Error): void {
    this.#fault = error
    this.#goSilent(cycleState.faulted)
  }

  /** A cycle that came late or without fresh telegrams. A device that stays away has a state of its own. */
  #judge(): CycleState {
    const exchange = this.#exchange
    this.#watchdogAlarmed = this.#chip.watchdogAlarm
    const failed =
      this.#watchdogAlarmed ||
      exchange.lostInARow > toleratedLosses ||
      exchange.staleInARow > this.#config.watchdogCycles
    if (!failed) return exchange.fresh ? cycleState.operational : cycleState.stale
    this.#goSilent(cycleState.faulted)
    return cycleState.faulted
  }

  /** Devices that the master has not left in order go to their safe state when the telegrams end. */
  #goSilent(state: CycleState): void {
    this.#state = state
    this.#users?.close()
    this.services.close()
    this.#exchange.silence()
    this.#silenceChip()
    if (this.fault !== undefined) this.#context.requests.fail(this.fault)
    // who looks for the phase of a ring that failed finds it in the fault
    this.#context.phase = 'NRT'
  }

  #silenceChip(): void {
    try {
      this.#line?.control(false)
    } catch {
      // a device that is gone or closed has no interrupt to take away; the chip is told in any case
    }
    silenceCard(this.#chip.registers)
  }
}
