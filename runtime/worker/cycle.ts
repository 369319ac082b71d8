/**
 * One turn of the cyclic worker: wait, take the card's inputs, let the motion or the user's task work, hand the outputs
 * over, record. Long, flat and dull on purpose: in steady state a turn allocates nothing and calls nothing but the
 * wait and the clock. What is rare (messages, the way into the safe state) may allocate.
 */
import { cycleState } from '../../cards/card.ts'
import type { CycleState, CyclicCard } from '../../cards/card.ts'
import { DualportError } from '../../errors.ts'
import { MonotonicClock } from '../../uio/clock.ts'
import { waitResult } from '../../uio/device.ts'
import type { EventsReader } from '../../uio/events-page.ts'
import type { InterruptLine, WaitResult } from '../../uio/device.ts'
import { nsPerMs } from '../../units.ts'
import { takeSnapshot } from '../error-snapshot.ts'
import type { ControlBlock } from '../shared/control-block.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { CommandIntake } from './command-intake.ts'
import { at } from './cycle-recorder.ts'
import type { CycleRecorder } from './cycle-recorder.ts'
import type { IoDevice } from './io-device.ts'
import { CycleCounts } from './cycle-counts.ts'
import type { CycleParts } from './cycle-parts.ts'
import { RingAttendant } from './ring-attendant.ts'
import { RingTiming } from './ring-timing.ts'
import { SafeState } from './safe-state.ts'
import { Supervision } from './supervision.ts'
import { TaskRunner } from './task-runner.ts'
import type { WorkerMessage } from './worker-setup.ts'

/** Longest time that closing takes: the axes come to rest and give up power, the bus is left. */
const closeWithinMs = 2000
/** Cycles between the drives being off and the end, so that every device has seen the last outputs. */
const lastCycles = 4

/** Indexes of the cycle's own clock words, ns. */
const own = {
  lastInterrupt: 0,
  lastTurn: 1,
  /** Time since closing began. */
  closing: 2,
  words: 3,
} as const

export class Cycle {
  /** The loop has come to its end. */
  ended = false
  /** It ended because the card is gone: what lies at its addresses is not to be touched. */
  cardGone = false
  readonly safe: SafeState
  readonly #interrupt: InterruptLine
  readonly #events: EventsReader | undefined
  readonly #card: CyclicCard
  readonly #control: ControlBlock
  readonly #axes: readonly AxisDrive[]
  readonly #ios: readonly IoDevice[]
  readonly #commands: CommandIntake
  readonly #recorder: CycleRecorder
  readonly #counts: CycleCounts
  readonly #task: TaskRunner | undefined
  readonly #supervision: Supervision
  readonly #timing: RingTiming
  readonly #ring: RingAttendant
  readonly #tell: (message: WorkerMessage) => void
  readonly #explain: (waited: WaitResult) => DualportError | undefined
  readonly #clock = new MonotonicClock()
  readonly #times = new Float64Array(own.words)
  readonly #devices: readonly string[]
  readonly #cycleNs: number
  readonly #waitMs: number
  readonly #toleratedOverruns: number
  #state: CycleState = cycleState.starting
  #operational = false
  #closing = false
  #leaving = false
  #overrunsInARow = 0
  #cyclesDown = 0

  constructor(parts: CycleParts) {
    this.#interrupt = parts.interrupt
    this.#events = parts.events
    this.#card = parts.card
    this.#control = parts.control
    this.#axes = parts.axes
    this.#ios = parts.ios
    this.#commands = parts.commands
    this.#recorder = parts.recorder
    this.#counts = new CycleCounts(parts.control, parts.card, parts.taskInterface)
    this.#tell = parts.tell
    this.#explain = parts.explain
    this.#cycleNs = parts.file.cycleUs * 1000
    this.#devices = parts.file.devices.map(({ name }) => name)
    if (parts.task !== undefined)
      this.#task = new TaskRunner(parts.task, parts.taskInterface, this.#cycleNs)
    this.#timing = new RingTiming(this.#cycleNs, parts.control, parts.recorder.times)
    this.#supervision = new Supervision(parts.control, parts.file.realtime.stallMs * nsPerMs)
    // half the stall time, so that a silent card is not taken for a stalled worker
    this.#waitMs = Math.max(5, Math.floor(parts.file.realtime.stallMs / 2))
    this.#toleratedOverruns = parts.file.realtime.toleratedOverruns
    this.safe = new SafeState(parts.axes, parts.ios, (error) =>
      this.#tell({
        kind: 'safe',
        timeNs: this.#recorder.times[at.woken] as number,
        error: takeSnapshot(error, 'DP_INTERNAL'),
      }),
    )
    this.#ring = new RingAttendant(
      parts.card,
      parts.ring,
      parts.axes,
      this.safe,
      this.#task,
      this.#timing,
      parts.recorder.times,
      parts.tell,
    )
  }

  /** Until the machine is closed, halted or its card gone. */
  run(): void {
    this.#clock.sample()
    this.#times[own.lastTurn] = this.#clock.ns
    while (!this.ended) this.turn()
  }

  /** One interrupt, or one time-out. */
  turn(): void {
    this.#turn()
    this.#ring.show()
    this.#ring.settle(this.#operational)
    // Where the kernel driver masked the card, its interrupt is let through here, once, when the outputs are out: a
    // system call earlier would stand between the inputs and the outputs. Nothing is lost by it: the card's status was
    // cleared in beginCycle, before anything was read, so whatever came since stands in it and interrupts at once. After a
    // time-out as well, which costs nothing in operation and ends any mask that another user of the card left. A refusal
    // ends the next wait. Not a card that failed or was left: the driver silenced it and took its interrupt away.
    const state = this.#state
    if (!this.ended && state !== cycleState.faulted && state !== cycleState.left)
      this.#interrupt.rearm()
  }

  #turn(): void {
    const waited = this.#interrupt.wait(
      this.#operational ? this.#waitMs : this.#card.startingTickMs,
    )
    const control = this.#control
    control.countBeat()
    const times = this.#recorder.times
    this.#clock.sample()
    const nowNs = this.#clock.ns
    times[at.woken] = nowNs
    this.#takeInterruptTime(waited === waitResult.interrupt)
    // a turn that was preempted for long is no proof that the others stood still for as long
    this.#supervision.turnNs = Math.min(
      nowNs - (this.#times[own.lastTurn] as number),
      this.#waitMs * nsPerMs,
    )
    this.#times[own.lastTurn] = nowNs
    // main found this worker stalled and silenced the card: nothing may be handed over or triggered from here on
    if (control.halted || waited === waitResult.stopped) {
      this.ended = true
      return
    }
    if (waited > waitResult.stopped) {
      this.#lose(waited === waitResult.gone, this.#explain(waited))
      return
    }
    this.#supervise(waited)
    if (this.#ring.asked) this.#ring.take()
    const state = this.#card.beginCycle()
    this.#state = state
    if (state === cycleState.operational || state === cycleState.stale) {
      // a time-out here is no cycle: nothing is handed over, and the card's watchdog is not kicked
      if (waited === waitResult.interrupt || !this.#operational) this.#operate(state)
    } else if (state === cycleState.starting) {
      this.#start()
    } else if (state === cycleState.left) {
      this.ended = true
    } else if (state === cycleState.gone) {
      this.#lose(true)
    } else {
      this.#fault()
    }
    if (control.closing && !this.ended) this.#close()
  }

  #takeInterruptTime(interrupted: boolean): void {
    const times = this.#recorder.times
    const wokenNs = times[at.woken] as number
    const events = this.#events
    let interruptNs = wokenNs
    if (interrupted && events !== undefined && events.read(events.count))
      interruptNs = events.timeNs
    times[at.interrupt] = interruptNs
    times[at.latency] = wokenNs - interruptNs
    const last = this.#times[own.lastInterrupt] as number
    const expected = this.#cycleNs * (1 + this.#interrupt.missed)
    times[at.jitter] = Math.abs(interruptNs - last - expected)
    this.#times[own.lastInterrupt] = interruptNs
  }

  /** Main thread's heartbeat, and a card that raises no interrupt although the ring was operational. */
  #supervise(waited: number): void {
    const supervision = this.#supervision
    supervision.watch(waited === waitResult.interrupt, this.#operational)
    // closing needs nothing of main any more: it may block until the worker has ended
    if (supervision.mainStalled && !this.#closing) this.#blame('DP_MAIN_STALL')
    if (supervision.cardSilent) this.#blame('DP_CARD_SILENT')
  }

  /** Not cyclic: no process data, and no command is taken that could be carried out when they come. */
  #start(): void {
    if (this.#operational) this.#lower()
    this.#refuseCommands()
    this.#ring.advance()
    // a run-up that failed and a bus that was left have been silenced in there
    this.#state = this.#card.state
    if (!this.#control.halted) this.#card.endCycle()
  }

  /** The application took the ring out of operation: nothing is known of the drives until it is back. */
  #lower(): void {
    this.#operational = false
    for (let k = 0; k < this.#axes.length; k++) (this.#axes[k] as AxisDrive).park()
    for (let k = 0; k < this.#ios.length; k++) (this.#ios[k] as IoDevice).makeSafe()
    this.#recorder.noteStatuses()
    this.#tell({ kind: 'lowered', timeNs: this.#recorder.times[at.woken] as number })
  }

  #refuseCommands(): void {
    this.#commands.take(true, 1)
    this.#commands.settle()
  }

  #operate(state: number): void {
    if (!this.#operational) this.#becomeOperational()
    const recorder = this.#recorder
    const elapsed = 1 + this.#interrupt.missed
    const counts = this.#counts
    counts.missedInterrupts += elapsed - 1
    recorder.cycle += elapsed
    counts.cycles = recorder.cycle
    recorder.state = state
    this.#timing.begin(elapsed)
    const axes = this.#axes
    const ios = this.#ios
    for (let k = 0; k < axes.length; k++) (axes[k] as AxisDrive).readFeedback()
    for (let k = 0; k < ios.length; k++) (ios[k] as IoDevice).readInputs()
    const down = this.safe.entered || this.#closing
    this.#commands.take(down, elapsed)
    if (this.#task !== undefined && !down) this.#runTask(this.#task, elapsed)
    this.#commands.advance(down)
    for (let k = 0; k < ios.length; k++) (ios[k] as IoDevice).writeOutputs()
    this.#commands.settle()
    if (this.#control.halted) {
      this.ended = true
      return
    }
    this.#card.endCycle()
    const times = recorder.times
    this.#clock.sample()
    const executionNs = this.#clock.ns - (times[at.woken] as number)
    times[at.execution] = executionNs
    this.#judge(executionNs > this.#cycleNs)
    this.#timing.end()
    recorder.record()
    this.#counts.show()
    if (this.#card.lostDevice >= 0) this.#loseIo(this.#card.lostDevice)
    this.#ring.attend()
  }

  #loseIo(device: number): void {
    if (!this.safe.entered)
      this.#makeSafe(
        new DualportError('DP_RING_IO_LOST', { at: `device ${this.#devices[device]}` }),
      )
  }

  #becomeOperational(): void {
    this.#operational = true
    this.#overrunsInARow = 0
    if (this.#ring.restarting) {
      this.#ring.restarting = false
      this.safe.leave()
    }
    this.#timing.restart(this.#card.taskNs)
    this.#recorder.times[at.jitter] = 0
    this.#tell({ kind: 'operational', timeNs: this.#recorder.times[at.woken] as number })
  }

  #runTask(task: TaskRunner, elapsed: number): void {
    task.tick.timeLeftS = this.#timing.timeLeftS
    const failure = task.run(this.#recorder.cycle, elapsed)
    if (failure !== undefined) this.#makeSafe(failure)
  }

  #judge(overrun: boolean): void {
    if (!overrun) {
      this.#overrunsInARow = 0
      return
    }
    this.#counts.overruns += 1
    this.#overrunsInARow += 1
    if (this.#overrunsInARow > this.#toleratedOverruns) this.#blame('DP_TASK_OVERRUN')
  }

  /** Not cyclic: happens once. */
  #makeSafe(cause: DualportError): void {
    if (!this.safe.enter(cause)) return
    if (!this.#closing) this.#task?.makeSafe()
    this.safe.apply()
  }

  /** Builds an error only when it is the first. */
  #blame(code: 'DP_MAIN_STALL' | 'DP_CARD_SILENT' | 'DP_TASK_OVERRUN'): void {
    if (!this.safe.entered) this.#makeSafe(new DualportError(code))
  }

  /** The bus failed: its devices have made themselves safe, and nothing is handed over any more. */
  #fault(): void {
    this.#operational = false
    this.#leaving = false
    if (!this.safe.entered) {
      const cause = this.#card.fault
      this.#makeSafe(
        cause instanceof DualportError ? cause : new DualportError('DP_CARD_FAULT', { cause }),
      )
    }
    this.#loseDrives()
    this.#refuseCommands()
    this.#recorder.noteStatuses()
    this.#ring.rest()
  }

  /** Without `cause` the card's registers read all ones. */
  #lose(gone: boolean, cause?: DualportError): void {
    const where = cause === undefined ? 'its registers' : 'waiting for the interrupt'
    this.cardGone = gone
    this.safe.enterAgain(
      new DualportError(gone ? 'DP_CARD_GONE' : 'DP_CARD_FAULT', { at: where, cause }),
    )
    this.#loseDrives()
    this.#recorder.noteStatuses()
    this.ended = true
  }

  /** There are no process data any more: nothing is known of the drives. */
  #loseDrives(): void {
    for (let k = 0; k < this.#axes.length; k++) (this.#axes[k] as AxisDrive).loseDrive()
  }

  /**
   * Runs the machine down and leaves the bus; then the loop ends. Without process data, or when it takes too long, it
   * ends at once. A drive that kept its power would take even an orderly end for an error, and is to stop by it.
   */
  #close(): void {
    if (!this.#closing) {
      this.#closing = true
      if (!this.safe.entered) {
        this.#task?.makeSafe()
        this.safe.runDown()
      }
    }
    const times = this.#times
    times[own.closing] = (times[own.closing] as number) + this.#supervision.turnNs
    this.#cyclesDown = this.safe.isDown ? this.#cyclesDown + 1 : 0
    if (
      (!this.#operational && !this.#leaving) ||
      this.#supervision.cardSilent ||
      (times[own.closing] as number) > closeWithinMs * nsPerMs
    )
      this.ended = true
    else if (!this.#leaving && this.#cyclesDown >= lastCycles) this.#leave()
  }

  /** No process data from here on: the card leads the bus down. */
  #leave(): void {
    this.#leaving = true
    this.#operational = false
    this.#card.leave()
  }
}
