/** What an axis shows: streams out of the cycle records, and its status. */
import { BehaviorSubject, distinctUntilChanged, map, Subject } from 'rxjs'
import { axisError } from '../control/axis/axis-error.ts'
import { axisFailure } from './axis-failure.ts'
import type { Reason } from './axis-failure.ts'
import { AxisReasons } from './axis-reasons.ts'
import type { AxisBatch, AxisSample, AxisStatus } from './machine-types.ts'
import { unpackAxisStatus } from './shared/axis-status-word.ts'
import { axisField, recordAxis, recordHead } from './shared/record-layout.ts'
import type { RecordBatch } from './shared/record-ring.ts'

export class AxisStreams {
  readonly name: string
  /** What lies behind its errors. */
  readonly reasons = new AxisReasons()
  readonly #index: number
  readonly #position = new Subject<number>()
  readonly #velocity = new Subject<number>()
  readonly #torque = new Subject<number>()
  readonly #followingError = new Subject<number>()
  readonly #sample = new Subject<AxisSample>()
  readonly #samples = new Subject<AxisBatch>()
  readonly #status = new BehaviorSubject<AxisStatus>({
    state: 'disabled',
    power: 'notReady',
    homed: false,
    error: undefined,
  })
  readonly position$ = this.#position.asObservable()
  readonly velocity$ = this.#velocity.asObservable()
  readonly torquePercent$ = this.#torque.asObservable()
  readonly followingError$ = this.#followingError.asObservable()
  readonly sample$ = this.#sample.asObservable()
  readonly samples$ = this.#samples.asObservable()
  readonly status$ = this.#status.asObservable()
  readonly state$ = this.#status.pipe(
    map(({ state }) => state),
    distinctUntilChanged(),
  )
  /** The packed status behind `status`. */
  #statusWord = 0

  /** `index`: its place among the machine's axes. */
  constructor(name: string, index: number) {
    this.name = name
    this.#index = index
  }

  get status(): AxisStatus {
    return this.#status.value
  }

  /** True when a record's values of this axis go anywhere. */
  get observed(): boolean {
    return (
      this.#position.observed ||
      this.#velocity.observed ||
      this.#torque.observed ||
      this.#followingError.observed ||
      this.#sample.observed ||
      this.#samples.observed
    )
  }

  /** Passes a batch of records on: only the columns that somebody subscribed to are read. */
  publish(batch: RecordBatch): void {
    if (this.#samples.observed) this.#samples.next(this.#columns(batch))
    this.#each(batch, this.#position, recordAxis.position)
    this.#each(batch, this.#velocity, recordAxis.velocity)
    this.#each(batch, this.#torque, recordAxis.torquePercent)
    this.#each(batch, this.#followingError, recordAxis.followingError)
    if (this.#sample.observed)
      for (let k = 0; k < batch.length; k++) this.#sample.next(this.#oneSample(batch, k))
  }

  /** Returns the new status, `undefined` when the word says nothing new. */
  takeStatus(word: number): AxisStatus | undefined {
    if (word === this.#statusWord) return undefined
    this.#statusWord = word
    const { error, ...rest } = unpackAxisStatus(word)
    if (error === axisError.none && this.status.error !== undefined) this.reasons.forget()
    const status = { ...rest, error: axisFailure(this.name, error, this.reasons.get(error)) }
    this.#status.next(status)
    return status
  }

  /** What lies behind an error, by its number. Returns the status that now tells it; `undefined`: it is not the one that stands. */
  takeReason(error: number, reason: Reason): AxisStatus | undefined {
    this.reasons.take(error, reason)
    if (unpackAxisStatus(this.#statusWord).error !== error) return undefined
    const status = { ...this.status, error: axisFailure(this.name, error, reason) }
    this.#status.next(status)
    return status
  }

  complete(): void {
    this.reasons.close()
    for (const subject of [
      this.#position,
      this.#velocity,
      this.#torque,
      this.#followingError,
      this.#sample,
      this.#samples,
      this.#status,
    ])
      subject.complete()
  }

  #each(batch: RecordBatch, subject: Subject<number>, field: number): void {
    if (!subject.observed) return
    const column = axisField(this.#index, field)
    for (let k = 0; k < batch.length; k++) subject.next(batch.get(k, column))
  }

  #columns(batch: RecordBatch): AxisBatch {
    const column = (field: number) => batch.column(axisField(this.#index, field))
    return {
      length: batch.length,
      cycle: batch.column(recordHead.cycle),
      timeNs: batch.column(recordHead.timeNs),
      position: column(recordAxis.position),
      velocity: column(recordAxis.velocity),
      torquePercent: column(recordAxis.torquePercent),
      followingError: column(recordAxis.followingError),
      setpoint: column(recordAxis.setpoint),
    }
  }

  #oneSample(batch: RecordBatch, record: number): AxisSample {
    const value = (field: number) => batch.get(record, axisField(this.#index, field))
    return {
      cycle: batch.get(record, recordHead.cycle),
      timeNs: batch.get(record, recordHead.timeNs),
      position: value(recordAxis.position),
      velocity: value(recordAxis.velocity),
      torquePercent: value(recordAxis.torquePercent),
      followingError: value(recordAxis.followingError),
      setpoint: value(recordAxis.setpoint),
    }
  }
}
