/** What the worker says of the axes' states, brought to their handles and into the events. */
import { axisError } from '../control/axis/axis-error.ts'
import { axisState } from '../control/axis/axis-state.ts'
import type { Reason } from './axis-failure.ts'
import type { AxisHandle } from './axis-handle.ts'
import { monotonicNow } from './event-log.ts'
import type { EventLog } from './event-log.ts'
import { packAxisStatus } from './shared/axis-status-word.ts'
import { BoundedRingReader } from './shared/bounded-ring.ts'
import type { ControlBlock } from './shared/control-block.ts'
import { eventField } from './shared/event-ring.ts'

export class AxisStatuses {
  readonly #axes: readonly AxisHandle[]
  readonly #control: ControlBlock
  readonly #changes: BoundedRingReader
  readonly #log: EventLog
  /** The worker says nothing of the axes any more. */
  #lost = false

  constructor(
    axes: readonly AxisHandle[],
    control: ControlBlock,
    changes: SharedArrayBuffer,
    log: EventLog,
  ) {
    this.#axes = axes
    this.#control = control
    this.#changes = new BoundedRingReader(changes, eventField.fields)
    this.#log = log
  }

  /** Changes that the ring had no room for. */
  get dropped(): number {
    return this.#changes.refused
  }

  /** What lies behind an error of an axis. The error that stands is told again with it. */
  takeReason(index: number, error: number, reason: Reason): void {
    const axis = this.#axes[index]
    if (axis === undefined) return
    if (error === axisError.none) {
      const words = String(reason.actual ?? reason.cause)
      const message = `${axis.name}: warning of the drive: ${words}`
      this.#log.emit('axis', message, { axis: axis.name, severity: 'warning' })
      return
    }
    const status = axis.takeReason(error, reason)
    if (status?.error === undefined) return
    this.#log.emit('axis', `${axis.name} ${status.state}: ${status.error.message}`, {
      axis: axis.name,
      error: status.error,
      severity: 'error',
    })
  }

  drain(): void {
    const changes = this.#changes
    while (changes.take()) {
      const axis = changes.get(eventField.axis)
      this.#note(axis, changes.get(eventField.status), changes.get(eventField.timeNs))
      changes.release()
    }
    if (this.#lost) return
    // the ring may have lost the last change
    for (let k = 0; k < this.#axes.length; k++) this.#note(k, this.#control.axisStatus(k))
  }

  /** Nobody drives the axes any more: whatever they were doing, they are in errorStop and not to be relied on. */
  lose(): void {
    this.drain()
    this.#lost = true
    const lost = packAxisStatus(axisState.errorStop, 0, false, axisError.safeState)
    for (let k = 0; k < this.#axes.length; k++) this.#note(k, lost)
  }

  #note(index: number, word: number, timeNs = monotonicNow()): void {
    const axis = this.#axes[index]
    const before = axis?.status
    const status = axis?.takeStatus(word)
    if (axis === undefined || status === undefined) return
    if (status.state === before?.state && status.error?.code === before.error?.code) return
    const why = status.error === undefined ? '' : `: ${status.error.message}`
    this.#log.emit('axis', `${axis.name} ${status.state}${why}`, {
      timeNs,
      axis: axis.name,
      error: status.error,
      ...(status.error === undefined ? {} : { severity: 'error' }),
    })
  }
}
