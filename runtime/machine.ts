/** Opens a machine: checks its file, opens its card, starts the cyclic worker, and holds all of it until it is closed. */
import { pathToFileURL } from 'node:url'
import { axisError } from '../control/axis-error.ts'
import { axisState } from '../control/axis-state.ts'
import { DualportError } from '../errors.ts'
import type { AxisUnit } from '../units.ts'
import { AxisHandle } from './axis-handle.ts'
import { CommandDesk } from './command-desk.ts'
import { CounterEvents } from './counter-events.ts'
import { CycleReporter } from './cycle-reporter.ts'
import type { OutsideCounters } from './cycle-reporter.ts'
import { EventLog, monotonicNow } from './event-log.ts'
import { IoHandle } from './io-handle.ts'
import { loadMachineFile } from './machine-file/load.ts'
import type { MachineFile, MachineInput } from './machine-file/schema.ts'
import type { Axis, Machine } from './machine-types.ts'
import { leaveRoot } from './leave-root.ts'
import { MaskedInterrupts } from './masked-interrupts.ts'
import { openCard } from './open-card.ts'
import type { OpenCard } from './open-card.ts'
import { packAxisStatus } from './shared/axis-status-word.ts'
import { allocateCommandRing, allocateEndRing } from './shared/command-ring.ts'
import { ControlBlock } from './shared/control-block.ts'
import { allocateEventRing, eventField } from './shared/event-ring.ts'
import { BoundedRingReader } from './shared/bounded-ring.ts'
import { recordLayout } from './shared/record-layout.ts'
import { allocateRecordRing, RecordReader } from './shared/record-ring.ts'
import { errorOf, WorkerHost, workerFailure } from './worker-host.ts'
import type { SharedMemory, WorkerMessage } from './worker/worker-setup.ts'

/** The rings are drained and the worker is looked after at this interval. */
const drainMs = 10
/** Longest time that the worker gets to load the task and to warm up. */
const startWithinMs = 15_000
/** Records that the ring holds at least: one second of the machine's cycles, and never fewer. */
const fewestRecords = 1024

export type OpenMachineOptions = {
  /** Module of the cyclic task, in place of the one that the machine file names. A string is a path, relative to the working directory. */
  readonly taskModule?: string | URL
  /** A card that is open already (an emulator whose devices the caller watches). The caller closes it, after the machine. */
  readonly card?: OpenCard
  /** User that this process becomes once the card is open, in place of the one that the machine file names. */
  readonly user?: string
}

/**
 * Opens a machine from a JSON file, a module, or an object. Resolves when the cyclic worker runs; the bus is then being
 * run up (see `events$`), and `machine.operational` resolves in CP4.
 * Rejects with DP_MACHINE_FILE, DP_MACHINE_FILE_READ, DP_TASK_MODULE, DP_REALTIME_REFUSED, with why the card cannot be
 * opened, or, where a user is named, with why this process cannot become it (see dropPrivileges).
 */
export async function openMachine(
  source: string | URL | MachineInput,
  options: OpenMachineOptions = {},
): Promise<OpenedMachine> {
  const file = await loadMachineFile(source)
  const task = taskUrl(file, options)
  const card = options.card ?? (await openCard(file))
  const ownsCard = options.card === undefined
  let machine: OpenedMachine
  try {
    // after the last thing that may need root, before the cyclic worker, which inherits the capabilities
    const rights = leaveRoot(options.user ?? file.user, card)
    machine = new OpenedMachine(file, card, task, ownsCard)
    if (rights !== undefined) machine.tellRights(rights)
  } catch (error) {
    if (ownsCard) await card.close()
    throw error
  }
  try {
    await machine.start(startWithinMs)
  } catch (error) {
    await machine.close()
    throw error
  }
  return machine
}

function taskUrl(file: MachineFile, options: OpenMachineOptions): string | undefined {
  const module = options.taskModule ?? file.task?.module
  if (module === undefined) return undefined
  if (module instanceof URL) return module.href
  if (typeof module !== 'string')
    throw new DualportError('DP_TASK_MODULE', {
      at: 'taskModule',
      actual: module,
      expected: 'a path or a URL',
    })
  return pathToFileURL(module).href
}

export class OpenedMachine implements Machine {
  readonly name: string
  /** The machine file with its defaults filled in. */
  readonly file: MachineFile
  readonly axes: readonly AxisHandle[]
  readonly io: IoHandle
  readonly cycle$
  readonly events$
  readonly operational: Promise<void>
  readonly #card: OpenCard
  readonly #ownsCard: boolean
  readonly #control: ControlBlock
  readonly #records: RecordReader
  readonly #statuses: BoundedRingReader
  readonly #desk: CommandDesk
  readonly #log = new EventLog()
  readonly #masked: MaskedInterrupts
  readonly #reporter: CycleReporter
  readonly #host: WorkerHost
  readonly #timer: NodeJS.Timeout
  readonly #isRunning = Promise.withResolvers<void>()
  readonly #isOperational = Promise.withResolvers<void>()
  #droppedMessages: () => number = () => 0
  readonly #counterEvents = new CounterEvents((kind, message) => this.#log.emitCount(kind, message))
  #safe: DualportError | undefined
  /** The worker says nothing of the axes any more. */
  #axesLost = false
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
    const layout = recordLayout(file.axes.length, ioDevices(file))
    const shared = allocate(file, layout.fields)
    this.#control = new ControlBlock(shared.control)
    this.#records = new RecordReader(shared.records, layout.fields)
    this.#statuses = new BoundedRingReader(shared.events, eventField.fields)
    this.#desk = new CommandDesk(shared.commands, shared.ends)
    this.#desk.refuse(new DualportError('DP_MACHINE_NOT_READY', { at: file.name }))
    const owned = taskModule !== undefined
    this.axes = file.axes.map((axis, index) => new AxisHandle(axis, index, this.#desk, owned))
    this.io = new IoHandle(file, layout, this.#records, this.#desk, owned)
    this.#masked = new MaskedInterrupts(card.device.events)
    this.#reporter = new CycleReporter(this.#control, file.cycleUs * 1000, () => this.#outside())
    this.cycle$ = this.#reporter.report$
    this.events$ = this.#log.events$
    this.operational = this.#isOperational.promise
    // who does not await them learns of a failure by events$ and safeReason
    this.#isRunning.promise.catch(() => undefined)
    this.operational.catch(() => undefined)
    this.#host = new WorkerHost(
      { device: card.device.handle, file, taskUrl: taskModule, shared },
      card,
      this.#control,
      {
        message: (message) => this.#hear(message),
        stalled: () => {
          this.#becomeSafe(new DualportError('DP_WORKER_STALL'), 'stall')
          this.#loseAxes()
        },
        ended: (error) => this.#workerEnded(error),
      },
    )
    this.#timer = setInterval(() => this.#tick(), drainMs)
  }

  get safeReason(): string | undefined {
    return this.#safe?.message
  }

  axis(nameOrIndex: string | number): Axis
  axis<U extends AxisUnit>(nameOrIndex: string | number, unit: U): Axis<U>
  axis(nameOrIndex: string | number, unit?: AxisUnit): Axis {
    const axis =
      typeof nameOrIndex === 'number'
        ? this.axes[nameOrIndex]
        : this.axes.find(({ name }) => name === nameOrIndex)
    if (axis === undefined)
      throw new DualportError('DP_AXIS_UNKNOWN', {
        actual: nameOrIndex,
        expected: this.axes.map(({ name }) => name).join(', '),
      })
    if (unit !== undefined && axis.unit !== unit)
      throw new DualportError('DP_AXIS_UNIT', {
        at: `axis ${axis.name}`,
        actual: axis.unit,
        expected: unit,
      })
    return axis
  }

  /** Where the counter `droppedMessages` comes from: whoever publishes this machine's streams. */
  countDroppedMessages(count: () => number): void {
    this.#droppedMessages = count
  }

  /** Says in the events as whom this process goes on. */
  tellRights(message: string): void {
    this.#log.emit('rights', message)
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
    this.#desk.abandon(closed)
    await this.#host.end()
    clearInterval(this.#timer)
    this.#drain()
    this.#desk.abandon(closed)
    this.#isRunning.reject(closed)
    this.#isOperational.reject(closed)
    if (this.#ownsCard) await this.#card.close()
    this.#log.emit('closed', 'machine closed')
    for (const axis of this.axes) axis.complete()
    for (const point of this.io.points) point.complete()
    this.#reporter.complete()
    this.#log.complete()
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
    this.#drainStatuses()
    this.#drainRecords()
    this.#counterEvents.note(this.#reporter.counters, monotonicNow())
  }

  #drainStatuses(): void {
    const statuses = this.#statuses
    while (statuses.take()) {
      const axis = statuses.get(eventField.axis)
      this.#noteStatus(axis, statuses.get(eventField.status), statuses.get(eventField.timeNs))
      statuses.release()
    }
    if (this.#axesLost) return
    // the ring may have lost the last change
    for (let k = 0; k < this.axes.length; k++) this.#noteStatus(k, this.#control.axisStatus(k))
  }

  #noteStatus(index: number, word: number, timeNs = monotonicNow()): void {
    const axis = this.axes[index]
    const before = axis?.status
    const status = axis?.takeStatus(word)
    if (axis === undefined || status === undefined) return
    if (status.state === before?.state && status.error?.code === before.error?.code) return
    const why = status.error === undefined ? '' : `: ${status.error.message}`
    this.#log.emit('axis', `${axis.name} ${status.state}${why}`, {
      timeNs,
      axis: axis.name,
      error: status.error,
    })
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
      droppedEvents: this.#statuses.refused,
      droppedMessages: this.#droppedMessages(),
    }
  }

  #hear(message: WorkerMessage): void {
    if (message.kind === 'realtime')
      this.#log.emit('realtime', message.granted ? message.message : `WARNING: ${message.message}`)
    else if (message.kind === 'running') this.#isRunning.resolve()
    else if (message.kind === 'progress') {
      const { phase, doing } = message.progress
      this.#log.emit('phase', `${phase}: ${doing}`, { timeNs: message.timeNs })
    } else if (message.kind === 'operational') {
      // it was on its way while the machine was being closed, or made safe from here
      if (this.#safe !== undefined || this.#closing !== undefined) return
      this.#desk.accept()
      this.#log.emit('operational', 'the ring is in CP4', { timeNs: message.timeNs })
      this.#isOperational.resolve()
    } else if (message.kind === 'failed') {
      const error = errorOf(message)
      this.#isRunning.reject(error)
      this.#becomeSafe(error, 'fault')
    } else {
      const error = errorOf(message)
      // before anybody here thinks of silencing it: what sits at the addresses of a card that has gone is not ours
      if (error.code === 'DP_CARD_GONE') this.#card.device.detach()
      this.#becomeSafe(error, eventKinds.get(error.code) ?? 'fault', message.timeNs)
    }
  }

  #becomeSafe(
    error: DualportError,
    kind: 'stall' | 'fault' | 'gone' | 'taskError' | 'overrun',
    timeNs = monotonicNow(),
  ): void {
    if (this.#safe !== undefined) return
    this.#safe = error
    this.#desk.refuse(new DualportError('DP_MACHINE_SAFE', { at: this.name, cause: error }))
    this.#log.emit(kind, error.message, { timeNs, error })
    this.#log.emit('safe', `safe state: ${error.code}`, { timeNs, error })
    this.#isOperational.reject(error)
  }

  /** Nobody drives the axes any more: whatever they were doing, they are in errorStop and not to be relied on. */
  #loseAxes(): void {
    this.#drainStatuses()
    this.#axesLost = true
    const lost = packAxisStatus(axisState.errorStop, 0, false, axisError.safeState)
    for (let k = 0; k < this.axes.length; k++) this.#noteStatus(k, lost)
  }

  #workerEnded(error: Error | undefined): void {
    this.#desk.settle()
    if (this.#closing === undefined) {
      this.#becomeSafe(workerFailure(error), 'fault')
      this.#loseAxes()
    }
    const why = this.#safe ?? new DualportError('DP_MACHINE_CLOSED', { at: this.name })
    this.#isRunning.reject(why)
    this.#isOperational.reject(why)
    this.#desk.abandon(
      this.#safe === undefined
        ? why
        : new DualportError('DP_MACHINE_SAFE', { at: this.name, cause: why }),
    )
  }
}

const eventKinds = new Map<string, 'stall' | 'gone' | 'taskError' | 'overrun'>([
  ['DP_MAIN_STALL', 'stall'],
  ['DP_CARD_GONE', 'gone'],
  ['DP_TASK_FAILED', 'taskError'],
  ['DP_TASK_OVERRUN', 'overrun'],
])

function ioDevices(file: MachineFile): number {
  return file.devices.filter(({ profile }) => profile === 'io').length
}

function allocate(file: MachineFile, recordFields: number): SharedMemory {
  const perSecond = 1_000_000 / file.cycleUs
  const records = 2 ** Math.ceil(Math.log2(Math.max(fewestRecords, perSecond)))
  return {
    control: ControlBlock.allocate(file.axes.length),
    records: allocateRecordRing(recordFields, records),
    events: allocateEventRing(),
    commands: allocateCommandRing(),
    ends: allocateEndRing(),
  }
}
