/**
 * Carries what the application asks of the ring to the card, and what the card says of the ring to the main thread. Each
 * request is answered by one message. Looking for a request costs the cycle one load.
 */
import {
  cardRequest,
  cardRequestState,
  connectionState,
  cycleState,
  portCounters,
} from '../../cards/card.ts'
import type { CardProgress, CyclicCard } from '../../cards/card.ts'
import { DualportError } from '../../errors.ts'
import { nsPerSecond } from '../../units.ts'
import { takeSnapshot } from '../error-snapshot.ts'
import { ringAct } from '../shared/ring-block.ts'
import type { RingBlock } from '../shared/ring-block.ts'
import type { AxisDrive } from './axis-drive.ts'
import { at } from './cycle-recorder.ts'
import type { RingTiming } from './ring-timing.ts'
import type { SafeState } from './safe-state.ts'
import type { TaskRunner } from './task-runner.ts'
import type { WorkerMessage } from './worker-setup.ts'

/** Longest time that the axes of a machine in its safe state get to give up power before a restart. */
const restWithinMs = 3000
const operationalPhase = 4

export class RingAttendant {
  /** A restart out of the safe state is under way: the next operational cycle leaves it. */
  restarting = false
  readonly #card: CyclicCard
  readonly #block: RingBlock
  readonly #axes: readonly AxisDrive[]
  readonly #safe: SafeState
  readonly #task: TaskRunner | undefined
  readonly #timing: RingTiming
  /** Of the cycle's recorder. */
  readonly #times: Float64Array
  readonly #tell: (message: WorkerMessage) => void
  /** Number of the request that was taken last. */
  #taken = 0
  #underWay = false
  /** There were process data when they were sampled last. */
  #live = false
  /** When connections, ports and time are sampled next. A fraction first: V8 then holds it as a double. */
  #nextSampleNs = 0.5
  /** performance.now() until which a restart waits for the axes; 0: none waits. */
  #restsUntil = 0

  constructor(
    card: CyclicCard,
    block: RingBlock,
    axes: readonly AxisDrive[],
    safe: SafeState,
    task: TaskRunner | undefined,
    timing: RingTiming,
    times: Float64Array,
    tell: (message: WorkerMessage) => void,
  ) {
    this.#card = card
    this.#block = block
    this.#axes = axes
    this.#safe = safe
    this.#task = task
    this.#timing = timing
    this.#times = times
    this.#tell = tell
  }

  /** A request has come. Cyclic. */
  get asked(): boolean {
    return this.#block.asked !== this.#taken
  }

  /** Phase and cables as the card sees them. Cyclic. */
  show(): void {
    this.#block.show(this.#card.phase, this.#card.topology)
  }

  /** Not cyclic: while the card is starting. */
  advance(): void {
    const progress = this.#card.advance(this.#times[at.woken] as number)
    if (progress !== undefined) this.#tellProgress(progress)
    this.rest()
  }

  /** What goes beside the process data, after every operational cycle. Cyclic, but when there is something. */
  attend(): void {
    const card = this.#card
    // here, where the compiler knows it well: code that runs seldom boxes the doubles that it loads
    card.nowNs = this.#times[at.woken] as number
    if (card.needsAttention) this.#attendCard()
    this.#lookAtConnections(true)
  }

  /** There are no process data. Not cyclic. */
  rest(): void {
    this.#tellNews()
    this.#lookAtConnections(false)
  }

  #attendCard(): void {
    const progress = this.#card.attend()
    if (progress !== undefined) this.#tellProgress(progress)
    this.#tellNews()
  }

  #tellNews(): void {
    for (;;) {
      const news = this.#card.takeNews()
      if (news === undefined) return
      this.#tell({ kind: 'news', timeNs: this.#times[at.woken] as number, news })
    }
  }

  #tellProgress(progress: CardProgress): void {
    this.#tell({ kind: 'progress', timeNs: this.#times[at.woken] as number, progress })
  }

  /** Once per second, and when data begin or end to come. */
  #lookAtConnections(live: boolean): void {
    const nowNs = this.#times[at.woken] as number
    if (live === this.#live && nowNs < this.#nextSampleNs) return
    this.#live = live
    this.#nextSampleNs = nowNs + nsPerSecond
    this.#sample(live)
    this.#timing.show()
  }

  #sample(live: boolean): void {
    const { connections } = this.#card
    for (let device = 0; device < this.#block.devices; device++)
      this.#block.setConnection(
        device,
        live ? connections.connectionState(device) : connectionState.init,
        connections.losses(device),
        connections.lossesInARow(device),
      )
    this.#samplePorts()
    this.#block.timeAheadNs = live ? this.#timeAhead() : 0n
    this.#block.countSample()
  }

  #samplePorts(): void {
    const { ports } = this.#card
    if (ports === undefined) return
    for (const name of portCounters) {
      this.#block.setPort(1, name, ports.count(1, name))
      this.#block.setPort(2, name, ports.count(2, name))
    }
    this.#block.showLinks((ports.link(1) ? 1 : 0) | (ports.link(2) ? 2 : 0))
  }

  /** 2^53 ns are 104 days: a double does not hold a time of day in ns. */
  #timeAhead(): bigint {
    const { time } = this.#card
    if (time?.take() !== true) return 0n
    const nowNs = process.hrtime.bigint()
    return BigInt(time.seconds) * BigInt(nsPerSecond) + BigInt(time.ns) - nowNs
  }

  /** Not cyclic. The main thread asks one thing at a time, but for what ends the one before. */
  take(): void {
    this.#taken = this.#block.asked
    this.#underWay = false
    this.#restsUntil = 0
    const { act, argument } = this.#block
    if (act === ringAct.restartMachine) this.#takeRestart(argument !== 0)
    else this.#pass(act, argument)
  }

  /**
   * Answers what has been done; once a turn. Returns at once when nothing is under way. `operational`: the cycle is.
   * A run-up is answered when the main thread knows that commands are taken again, one turn after the card is there.
   */
  settle(operational: boolean): void {
    if (this.#restsUntil > 0) this.#awaitRest()
    if (!this.#underWay) return
    const { requestState, requestError, state } = this.#card
    if (state === cycleState.faulted || state === cycleState.gone)
      this.#answer(this.#card.fault ?? new DualportError('DP_CARD_FAULT'), false)
    else if (requestState === cardRequestState.failed)
      this.#answer(requestError ?? new DualportError('DP_INTERNAL'), false)
    else if (requestState === cardRequestState.done)
      if (operational || state !== cycleState.operational) this.#answer(undefined, false)
  }

  #pass(act: number, argument: number): void {
    const lowers =
      act === cardRequest.restart || (act === cardRequest.goToPhase && argument < operationalPhase)
    if (lowers && !this.#safe.isDown) this.#answer(this.#powered(), true)
    else this.#request(act, argument)
  }

  #takeRestart(taskAgain: boolean): void {
    if (!this.#safe.entered) {
      this.#answer(
        new DualportError('DP_MACHINE_RESTART', {
          actual: 'not in its safe state',
          todo: 'To run the ring up anew, call machine.ring.restart().',
        }),
        true,
      )
      return
    }
    if (this.#task?.crashed === true) {
      const refusal = this.#setUpTask(this.#task, taskAgain)
      if (refusal !== undefined) {
        this.#answer(refusal, true)
        return
      }
    }
    this.#restsUntil = performance.now() + restWithinMs
  }

  /** What failed once may move the machine in a way that nobody means: it runs again only when somebody says so. */
  #setUpTask(task: TaskRunner, again: boolean): Error | undefined {
    if (!again)
      return new DualportError('DP_MACHINE_RESTART', {
        actual: 'its cyclic task failed',
        todo: "Call machine.restart({ task: 'again' }) to set the same task up anew, or close the machine and open it with a corrected one.",
      })
    try {
      task.setUp()
      return undefined
    } catch (error) {
      return error as Error
    } finally {
      // it may have touched outputs and axes: the machine is still in its safe state
      this.#safe.apply()
    }
  }

  /** Without process data there is nothing to wait for. */
  #awaitRest(): void {
    const { state } = this.#card
    const talks = state === cycleState.operational || state === cycleState.stale
    if (talks && !this.#safe.isDown) {
      if (performance.now() < this.#restsUntil) return
      this.#restsUntil = 0
      this.#answer(this.#powered(), true)
      return
    }
    this.#restsUntil = 0
    this.#request(cardRequest.restart, 0)
    this.restarting = this.#underWay
  }

  #request(act: number, argument: number): void {
    this.#underWay = this.#card.request(act, argument)
    if (!this.#underWay) this.#answer(new DualportError('DP_RING_BUSY'), true)
  }

  #powered(): DualportError {
    const powered = this.#axes.filter(({ isDown }) => !isDown).map(({ name }) => name)
    return new DualportError('DP_RING_POWER', { actual: `power on ${powered.join(', ')}` })
  }

  /** `refused`: nothing was changed. */
  #answer(error: Error | undefined, refused: boolean): void {
    this.#underWay = false
    if (error !== undefined) this.restarting = false
    this.#tell({
      kind: 'ringAnswer',
      number: this.#taken,
      refused,
      error: error === undefined ? undefined : takeSnapshot(error, 'DP_INTERNAL'),
    })
  }
}
