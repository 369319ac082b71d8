/** A machine that is open: holds the cyclic worker, its rings and its streams until it is closed. */
import { DualportError } from '../errors.ts'
import type { AxisUnit } from '../units.ts'
import { allocateShared } from './allocate-shared.ts'
import type { AxisHandle } from './axis-handle.ts'
import { createAxisHandles } from './axis-handles.ts'
import { AxisStatuses } from './axis-statuses.ts'
import { CommandDesk } from './command-desk.ts'
import { CounterEvents } from './counter-events.ts'
import { CycleReporter } from './cycle-reporter.ts'
import type { OutsideCounters } from './cycle-reporter.ts'
import { createDeviceHandles } from './device-handles.ts'
import type { DeviceHandles } from './device-handles.ts'
import { EventLog, failureKind, monotonicNow } from './event-log.ts'
import type { FailureKind } from './event-log.ts'
import { findAxis, findGroup } from './find-named.ts'
import { GroupHandle } from './group-handle.ts'
import type { Group } from './group-types.ts'
import { IoHandle } from './io-handle.ts'
import type { MachineFile } from './machine-file/schema.ts'
import type { Axis, Machine } from './machine-types.ts'
import type { Rights } from './leave-root.ts'
import { MaskedInterrupts } from './masked-interrupts.ts'
import type { OpenCard } from './open-card.ts'
import { restoreError } from './error-snapshot.ts'
import { tellPortErrors } from './port-events.ts'
import { RingHandle } from './ring-handle.ts'
import type { PhaseName } from './ring-types.ts'
import { ControlBlock } from './shared/control-block.ts'
import { recordLayout } from './shared/record-layout.ts'
import { RecordReader } from './shared/record-ring.ts'
import { RingBlock } from './shared/ring-block.ts'
import { tellNews } from './tell-news.ts'
import { WorkerHost, workerFailure } from './worker-host.ts'
import type { WorkerMessage } from './worker/worker-setup.ts'

/** The rings are drained and the worker is looked after at this interval. */
const drainMs = 10

export class OpenedMachine implements Machine {
  readonly name: string
  /** The machine file with its defaults filled in. */
  readonly file: MachineFile
  readonly axes: readonly AxisHandle[]
  readonly groups: readonly GroupHandle[]
  readonly io: IoHandle
  readonly cycle$
  readonly events$
  readonly ring: RingHandle
  readonly #devices: DeviceHandles
  readonly #card: OpenCard
  readonly #ownsCard: boolean
  readonly #control: ControlBlock
  readonly #records: RecordReader
  readonly #statuses: AxisStatuses
  readonly #desk: CommandDesk
  readonly #log = new EventLog()
  readonly #masked: MaskedInterrupts
  readonly #reporter: CycleReporter
  readonly #host: WorkerHost
  readonly #timer: NodeJS.Timeout
  readonly #isRunning = Promise.withResolvers<void>()
  /** Of the present run-up. */
  #isOperational = Promise.withResolvers<void>()
  #droppedMessages: () => number = () => 0
  readonly #counterEvents = new CounterEvents((kind, message) => this.#log.emitCount(kind, message))
  #safe: DualportError | undefined
  /** A restart out of the safe state is under way; this was the run-up before it. */
  #restarting: PromiseWithResolvers<void> | undefined
  /** Nothing turns the cycle any more, and why. */
  #ended: string | undefined
  #closing: Promise<void> | undefined

  constructor(
    file: MachineFile,
    card: OpenCard,
    taskModule: string | undefined,
    ownsCard: boolean,
  ) {
    this.name = file.name
    this.file = file
    this.#card = card
    this.#ownsCard = ownsCard
    const ios = file.devices.filter(({ profile }) => profile === 'io')
    const layout = recordLayout(file.axes.length, ios.length)
    const shared = allocateShared(file, layout.fields)
    this.#control = new ControlBlock(shared.control)
    this.#records = new RecordReader(shared.records, layout.fields)
    this.#desk = new CommandDesk(shared.commands, shared.ends)
    this.#desk.refuse(new DualportError('DP_MACHINE_NOT_READY', { at: file.name }))
    const owned = taskModule !== undefined
    this.axes = createAxisHandles(file, this.#desk, shared.tables, owned)
    this.groups = file.groups.map((group, k) => new GroupHandle(group, k, this.#desk, owned))
    this.#statuses = new AxisStatuses(this.axes, this.#control, shared.events, this.#log)
    this.#devices = createDeviceHandles(file, shared.services)
    this.ring = new RingHandle(
      file.devices.map(({ name }) => name),
      this.#devices.devices,
      new RingBlock(shared.ring),
    )
    tellPortErrors(this.ring.ports$, (message) => this.#log.emitCount('port', message))
    this.io = new IoHandle(file, layout, this.#records, this.#desk, owned)
    this.#masked = new MaskedInterrupts(card.device.events)
    this.#reporter = new CycleReporter(this.#control, file.cycleUs * 1000, () => this.#outside())
    this.cycle$ = this.#reporter.report$
    this.events$ = this.#log.events$
    // who does not await them learns of a failure by events$ and safeReason
    this.#isRunning.promise.catch(() => undefined)
    this.#isOperational.promise.catch(() => undefined)
    this.#host = new WorkerHost(
      { device: card.device.handle, file, taskUrl: taskModule, shared },
      card,
      this.#control,
      {
        message: (message) => this.#hear(message),
        stalled: () => {
          this.#ended = 'its worker stalled'
          const stall = new DualportError('DP_WORKER_STALL')
          this.#endRestart()
          this.#becomeSafe(stall, 'stall')
          this.#devices.refuse(stall)
          this.#statuses.lose()
          this.ring.noteSilence('the worker stalled and the card was silenced')
        },
        ended: (error) => this.#workerEnded(error),
      },
    )
    this.#timer = setInterval(() => this.#tick(), drainMs)
  }

  get operational(): Promise<void> {
    return this.#isOperational.promise
  }

  get safeReason(): string | undefined {
    return this.#safe?.message
  }

  axis(nameOrIndex: string | number): Axis
  axis<U extends AxisUnit>(nameOrIndex: string | number, unit: U): Axis<U>
  axis(nameOrIndex: string | number, unit?: AxisUnit): Axis {
    return findAxis(this.axes, nameOrIndex, unit)
  }

  group(name: string): Group {
    return findGroup(this.groups, name)
  }

  /** Where the counter `droppedMessages` comes from: whoever publishes this machine's streams. */
  countDroppedMessages(count: () => number): void {
    this.#droppedMessages = count
  }

  /** Says in the events as whom this process goes on. */
  tellRights({ severity, message }: Rights): void {
    this.#log.emit('rights', message, { severity })
  }

  /** The run-up ends in `phase`. Before anything else is asked of the ring. */
  holdAt(phase: PhaseName): void {
    // a run-up that fails tells so itself
    this.ring.goTo(phase).catch(() => undefined)
    if (phase !== 'CP4') this.#desk.refuse(new DualportError('DP_RING_HELD', { actual: phase }))
  }

  async restart(options: { readonly task?: 'again' } = {}): Promise<void> {
    const refusal = this.#whyNoRestart()
    if (refusal !== undefined) throw refusal
    this.#restarting = this.#isOperational
    this.#expectOperational()
    const up = this.operational
    await this.ring.restartMachine(options.task === 'again')
    await up
  }

  #whyNoRestart(): DualportError | undefined {
    if (this.#closing !== undefined)
      return new DualportError('DP_MACHINE_CLOSED', { at: this.name })
    if (this.#restarting !== undefined) return new DualportError('DP_RING_BUSY', { at: 'restart' })
    if (this.#ended === undefined && this.#safe !== undefined) return undefined
    return new DualportError('DP_MACHINE_RESTART', {
      actual: this.#ended ?? 'not in its safe state',
      ...(this.#ended === undefined && {
        todo: 'To run the ring up anew, call machine.ring.restart().',
      }),
    })
  }

  /** The promise of the next run-up takes the place of one that has settled. */
  #expectOperational(): void {
    this.#isOperational = Promise.withResolvers<void>()
    this.#isOperational.promise.catch(() => undefined)
  }

  /** Resolves when the cyclic worker's loop starts; rejects with why it does not. */
  async start(withinMs: number): Promise<void> {
    const late = new DualportError('DP_WORKER_FAILED', {
      at: 'setting up, the cyclic task included',
      actual: 'not ready',
      expected: `ready within ${withinMs} ms`,
    })
    const timer = setTimeout(() => this.#isRunning.reject(late), withinMs)
    await this.#isRunning.promise.finally(() => clearTimeout(timer))
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    const closed = new DualportError('DP_MACHINE_CLOSED', { at: this.name })
    // what is done already says so; the axes that the rest is moving come to rest, and disabled, by the close
    this.#desk.settle()
    this.#abandon(closed)
    await this.#host.end()
    clearInterval(this.#timer)
    this.#drain()
    this.#abandon(closed)
    this.#isRunning.reject(closed)
    this.#isOperational.reject(closed)
    if (this.#ownsCard) await this.#card.close()
    this.#log.emit('closed', 'machine closed')
    for (const axis of this.axes) axis.complete()
    for (const group of this.groups) group.complete()
    for (const point of this.io.points) point.complete()
    this.ring.complete()
    this.#reporter.complete()
    this.#log.complete()
  }

  /** Nothing will be answered any more. */
  #abandon(why: DualportError): void {
    this.#desk.abandon(why)
    this.ring.refuse(why)
    this.#devices.refuse(why)
  }

  #tick(): void {
    this.#control.countHeartbeat()
    this.#host.supervise()
    this.#drain()
    this.#reporter.tick(monotonicNow())
  }

  /** Takes everything that the worker left in the rings. */
  #drain(): void {
    this.#desk.settle()
    this.#statuses.drain()
    for (const [k, group] of this.groups.entries())
      group.takeStatus(this.#control.axisStatus(this.axes.length + k))
    this.ring.drain()
    this.#devices.settle()
    this.#drainRecords()
    this.#counterEvents.note(this.#reporter.counters, monotonicNow())
  }

  #drainRecords(): void {
    const axes = this.axes.filter(({ observed }) => observed)
    const points = this.io.points.filter(({ observed }) => observed)
    if (axes.length === 0 && points.length === 0) {
      this.#records.skip()
      return
    }
    const batch = this.#records.read()
    if (batch.length === 0) return
    for (const axis of axes) axis.publish(batch)
    for (const point of points) point.publish(batch)
  }

  #outside(): OutsideCounters {
    return {
      maskedInterrupts: this.#masked.count,
      droppedRecords: this.#records.dropped,
      droppedEvents: this.#statuses.dropped,
      droppedMessages: this.#droppedMessages(),
    }
  }

  #hear(message: WorkerMessage): void {
    const { kind } = message
    if (kind === 'realtime')
      this.#log.emit(kind, message.message, { severity: message.granted ? 'info' : 'warning' })
    else if (kind === 'running') this.#isRunning.resolve()
    else if (kind === 'progress') {
      const { phase, doing } = message.progress
      this.ring.takeProgress(message.progress)
      this.#log.emit('phase', `${phase}: ${doing}`, { timeNs: message.timeNs })
    } else if (kind === 'news') tellNews(this.#log, message, this.file.card.topology)
    else if (kind === 'operational') this.#becomeOperational(message.timeNs)
    else if (kind === 'lowered') this.#leaveOperation()
    else if (kind === 'axisWords') {
      const { axis, error, words, cause } = message
      const reason = cause === undefined ? { actual: words } : { cause: restoreError(cause) }
      this.#statuses.takeReason(axis, error, reason)
    } else if (kind === 'ringAnswer')
      this.#hearAnswer(
        message.number,
        message.error && restoreError(message.error),
        message.refused,
      )
    else if (kind === 'failed') {
      const error = restoreError(message.error)
      this.#isRunning.reject(error)
      this.#becomeSafe(error, 'fault')
    } else if (kind === 'safe') {
      const error = restoreError(message.error)
      // before anybody here thinks of silencing it: what sits at the addresses of a card that has gone is not ours
      if (error.code === 'DP_CARD_GONE') {
        this.#ended = 'its card is gone'
        this.#card.device.detach()
      }
      this.#endRestart()
      const event = failureKind(error)
      const { timeNs } = message
      if (this.#safe === undefined) this.#becomeSafe(error, event, timeNs)
      else this.#log.emit(event, error.message, { timeNs, error })
    }
  }

  #becomeOperational(timeNs: number): void {
    // it was on its way while the machine was being closed, or made safe from here
    if (this.#closing !== undefined || (this.#safe !== undefined && this.#restarting === undefined))
      return
    this.#safe = undefined
    this.#desk.accept()
    this.#log.emit('operational', 'the ring is in CP4', { timeNs })
    this.#isOperational.resolve()
  }

  /** The application took the ring out of operation. */
  #leaveOperation(): void {
    if (this.#closing !== undefined || this.#safe !== undefined) return
    this.#desk.abandon(new DualportError('DP_RING_HELD', { at: this.name }))
    this.#expectOperational()
  }

  /** A restart that failed leaves the machine safe for the reason of its failure; one that was refused changes nothing. */
  #hearAnswer(number: number, error: DualportError | undefined, refused: boolean): void {
    // the answer to what was given up before may come while a restart waits for its own
    if (!this.ring.awaits(number)) return
    const before = this.#restarting
    this.#restarting = undefined
    if (before === undefined || error === undefined) {
      this.ring.settle(number, error)
      return
    }
    const cause = refused ? this.#safe : error
    this.ring.end(error, new DualportError('DP_MACHINE_SAFE', { at: this.name, cause }))
    this.#isOperational.reject(error)
    if (refused) {
      this.#isOperational = before
      return
    }
    this.#safe = undefined
    this.#becomeSafe(error, 'fault')
  }

  /** The worker will not answer a restart any more: what ended it is why the machine is safe now. */
  #endRestart(): void {
    if (this.#restarting === undefined) return
    this.#restarting = undefined
    this.#safe = undefined
  }

  #becomeSafe(error: DualportError, kind: FailureKind, timeNs = monotonicNow()): void {
    if (this.#safe !== undefined) return
    this.#safe = error
    const refusal = new DualportError('DP_MACHINE_SAFE', { at: this.name, cause: error })
    this.#desk.refuse(refusal)
    this.ring.refuse(refusal)
    // before anybody is told: who hears of it may restart the machine at once
    this.#isOperational.reject(error)
    this.#log.emit(kind, error.message, { timeNs, error })
    this.#log.emit('safe', `safe state: ${error.code}`, { timeNs, error })
  }

  #workerEnded(error: Error | undefined): void {
    this.#desk.settle()
    if (this.#closing === undefined) {
      this.#ended ??= 'its worker ended'
      this.#endRestart()
      this.#becomeSafe(workerFailure(error), 'fault')
      this.#statuses.lose()
      this.ring.noteSilence('the worker ended')
    }
    const why = this.#safe ?? new DualportError('DP_MACHINE_CLOSED', { at: this.name })
    this.#isRunning.reject(why)
    this.#isOperational.reject(why)
    const refusal =
      this.#safe === undefined
        ? why
        : new DualportError('DP_MACHINE_SAFE', { at: this.name, cause: why })
    this.#abandon(refusal)
  }
}
