/**
 * What a cycle leaves behind: its record, its durations in the histograms, its counters, changes of axis status.
 * Long and flat on purpose: this is the cyclic path.
 */
import {
  analogChannels,
  axisField,
  digitalWords,
  ioField,
  recordAxis,
  recordHead,
  recordIo,
} from '../shared/record-layout.ts'
import type { RecordLayout } from '../shared/record-layout.ts'
import { BoundedRingWriter } from '../shared/bounded-ring.ts'
import type { ControlBlock } from '../shared/control-block.ts'
import { eventField } from '../shared/event-ring.ts'
import { RecordWriter } from '../shared/record-ring.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { IoDevice } from './io-device.ts'

export class CycleRecorder {
  /** Times of the cycle under way; the cycle writes them, ns. Indexes: `at`. */
  readonly times = new Float64Array(5)
  /** cycleState of cards/card.ts. */
  state = 0
  /** Cycles since operational. */
  cycle = 0
  readonly #control: ControlBlock
  readonly #axes: readonly AxisDrive[]
  readonly #ios: readonly IoDevice[]
  readonly #layout: RecordLayout
  readonly #records: RecordWriter
  readonly #events: BoundedRingWriter
  readonly #statuses: Int32Array

  constructor(
    control: ControlBlock,
    axes: readonly AxisDrive[],
    ios: readonly IoDevice[],
    layout: RecordLayout,
    records: SharedArrayBuffer,
    events: SharedArrayBuffer,
  ) {
    this.#control = control
    this.#axes = axes
    this.#ios = ios
    this.#layout = layout
    this.#records = new RecordWriter(records, layout.fields)
    this.#events = new BoundedRingWriter(events, eventField.fields)
    this.#statuses = new Int32Array(axes.length)
  }

  /** Cyclic. */
  record(): void {
    const times = this.times
    const records = this.#records
    records.begin()
    const slots = records.slots
    const base = records.base
    slots[base + recordHead.cycle] = this.cycle
    slots[base + recordHead.timeNs] = times[at.interrupt] as number
    slots[base + recordHead.latencyNs] = times[at.latency] as number
    slots[base + recordHead.executionNs] = times[at.execution] as number
    slots[base + recordHead.state] = this.state
    const axes = this.#axes
    for (let k = 0; k < axes.length; k++) {
      const axis = axes[k] as AxisDrive
      const motion = axis.motion
      const field = base + axisField(k, 0)
      slots[field + recordAxis.position] = motion.actualPosition
      slots[field + recordAxis.velocity] = axis.velocity
      slots[field + recordAxis.torquePercent] = axis.torquePercent
      slots[field + recordAxis.setpoint] = motion.position
      slots[field + recordAxis.followingError] = motion.followingError
      slots[field + recordAxis.status] = axis.status
    }
    const ios = this.#ios
    for (let k = 0; k < ios.length; k++) {
      const io = ios[k] as IoDevice
      const field = base + ioField(this.#layout, k, 0)
      for (let n = 0; n < digitalWords; n++) {
        slots[field + recordIo.digitalIn + n] = io.digitalIn[n] as number
        slots[field + recordIo.digitalOut + n] = io.digitalOut[n] as number
      }
      for (let n = 0; n < analogChannels; n++) {
        slots[field + recordIo.analogIn + n] = io.analogIn[n] as number
        slots[field + recordIo.analogOut + n] = io.analogOut[n] as number
      }
    }
    records.push()
    this.noteStatuses()
    this.#control.latency.add((times[at.latency] as number) | 0)
    this.#control.execution.add((times[at.execution] as number) | 0)
    this.#control.jitter.add((times[at.jitter] as number) | 0)
  }

  /** Each change of an axis's status goes out with its time; the newest also stands in the control block. */
  noteStatuses(): void {
    const axes = this.#axes
    for (let k = 0; k < axes.length; k++) {
      const status = (axes[k] as AxisDrive).packedStatus
      if (status === this.#statuses[k]) continue
      this.#statuses[k] = status
      this.#control.setAxisStatus(k, status)
      const events = this.#events
      if (!events.begin()) continue
      events.set(eventField.timeNs, this.times[at.interrupt] as number)
      events.set(eventField.axis, k)
      events.set(eventField.status, status)
      events.push()
    }
  }
}

/** Indexes of CycleRecorder.times. Durations are cut at 2^31 ns when they are counted. */
export const at = {
  /** CLOCK_MONOTONIC of the interrupt; of the wake-up where the device has no events page. */
  interrupt: 0,
  /** CLOCK_MONOTONIC at which the worker ran. */
  woken: 1,
  latency: 2,
  execution: 3,
  jitter: 4,
} as const
