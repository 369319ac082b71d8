/** An axis as the application holds it: streams out of the cycle records, commands into the cyclic worker. */
import { BehaviorSubject, Subject } from 'rxjs'
import { axisError } from '../control/axis/axis-error.ts'
import { DualportError } from '../errors.ts'
import type { AxisUnit } from '../units.ts'
import { axisFailure, commandFailure, isExplained } from './axis-failure.ts'
import type { Reason } from './axis-failure.ts'
import { AxisReasons } from './axis-reasons.ts'
import type { CommandDesk, CommandValues } from './command-desk.ts'
import type { AxisFile } from './machine-file/schema.ts'
import { nearest } from './machine-file/nearest.ts'
import type {
  Axis,
  AxisBatch,
  AxisSample,
  AxisStatus,
  CommandEnd,
  MoveTo,
  TouchProbe,
} from './machine-types.ts'
import { unpackAxisStatus } from './shared/axis-status-word.ts'
import type { CommandVerb } from './shared/command-ring.ts'
import { axisField, recordAxis, recordHead } from './shared/record-layout.ts'
import type { RecordBatch } from './shared/record-ring.ts'

export class AxisHandle implements Axis {
  readonly name: string
  readonly unit: AxisUnit
  readonly #file: AxisFile
  readonly #index: number
  readonly #desk: CommandDesk
  /** The user's cyclic task owns the axis. */
  readonly #owned: boolean
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
  readonly #reasons = new AxisReasons()
  /** The packed status behind `status`. */
  #statusWord = 0

  constructor(file: AxisFile, index: number, desk: CommandDesk, ownedByTask: boolean) {
    this.name = file.name
    this.unit = file.unit
    this.#file = file
    this.#index = index
    this.#desk = desk
    this.#owned = ownedByTask
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
    if (error === axisError.none && this.status.error !== undefined) this.#reasons.forget()
    const status = { ...rest, error: axisFailure(this.name, error, this.#reasons.get(error)) }
    this.#status.next(status)
    return status
  }

  /** What lies behind an error, by its number. Returns the status that now tells it; `undefined`: it is not the one that stands. */
  takeReason(error: number, reason: Reason): AxisStatus | undefined {
    this.#reasons.take(error, reason)
    if (unpackAxisStatus(this.#statusWord).error !== error) return undefined
    const status = { ...this.status, error: axisFailure(this.name, error, reason) }
    this.#status.next(status)
    return status
  }

  complete(): void {
    this.#reasons.close()
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

  enable(): Promise<CommandEnd> {
    return this.#issue('enable')
  }

  disable(): Promise<CommandEnd> {
    return this.#issue('disable')
  }

  home(options: Parameters<Axis['home']>[0] = {}) {
    const wrong = wrongOptions(this.name, 'home', options, ['position', 'method'], [])
    if (wrong !== undefined) return Promise.reject(wrong)
    const { position, method = 'setPosition' } = options
    if (method === 'drive') return this.#issue('homeByDrive', { position })
    if (method === 'setPosition') return this.#issue('home', { position: position ?? 0 })
    return Promise.reject(
      new DualportError('DP_AXIS_HOMING_METHOD', {
        at: `axis ${this.name}`,
        actual: method,
        expected: 'setPosition or drive',
      }),
    )
  }

  moveAbsolute(move: MoveTo): Promise<CommandEnd> {
    return this.#move('moveAbsolute', move, 'position')
  }

  moveRelative(move: MoveTo): Promise<CommandEnd> {
    return this.#move('moveRelative', move, 'position')
  }

  moveVelocity(move: Parameters<Axis['moveVelocity']>[0]): Promise<CommandEnd> {
    return this.#move('moveVelocity', move, 'velocity')
  }

  halt(): Promise<CommandEnd> {
    return this.#issue('halt')
  }

  stop(): Promise<CommandEnd> {
    return this.#issue('stop')
  }

  reset(): Promise<CommandEnd> {
    return this.#issue('reset')
  }

  async touchProbe(options: TouchProbe): Promise<{ readonly position: number }> {
    const wrong = wrongProbe(this.name, options)
    if (wrong !== undefined) throw wrong
    this.#ownedBy('armProbe')
    const { probe, edge, signal } = options
    signal?.throwIfAborted()
    const armed = { position: probe, velocity: edge === 'rising' ? 0 : 1 }
    const caught = this.#withReason('armProbe', {}, (explain) =>
      this.#desk.issueForValue('armProbe', this.#index, armed, explain),
    )
    const stop = (): void => {
      // it may have come to its end in the same moment
      this.#issue('cancelProbe', { position: probe }).catch(() => undefined)
    }
    signal?.addEventListener('abort', stop, { once: true })
    try {
      const { end, value } = await caught
      if (end === 'done') return { position: value }
      signal?.throwIfAborted()
      throw new DualportError('DP_AXIS_PROBE', { at: `axis ${this.name}`, actual: 'ended' })
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  setTorqueLimit(percent: number): Promise<CommandEnd> {
    if (percent >= 0 && percent <= mostTorquePercent)
      return this.#issue('limitTorque', { position: percent })
    return Promise.reject(
      new DualportError('DP_COMMAND_VALUE', {
        at: `axis ${this.name}, setTorqueLimit`,
        actual: percent,
        expected: `0 to ${mostTorquePercent} %`,
      }),
    )
  }

  #move(
    verb: CommandVerb,
    move: CommandValues,
    needed: 'position' | 'velocity',
  ): Promise<CommandEnd> {
    const options = needed === 'position' ? motionValues : motionValues.slice(1)
    const wrong = wrongOptions(this.name, verb, move, options, [needed])
    return wrong === undefined ? this.#issue(verb, move) : Promise.reject(wrong)
  }

  async #issue(verb: CommandVerb, values: CommandValues = {}): Promise<CommandEnd> {
    this.#ownedBy(verb)
    const wrong = wrongValue(this.name, verb, values)
    if (wrong !== undefined) throw wrong
    return this.#withReason(verb, values, (explain) =>
      this.#desk.issue(verb, this.#index, values, explain),
    )
  }

  /** A failure behind which there is more is told with it. The command is given before this returns. */
  async #withReason<End>(
    verb: CommandVerb,
    values: CommandValues,
    issue: (explain: (error: number) => DualportError) => Promise<End>,
  ): Promise<End> {
    let number: number = axisError.none
    const explain = (error: number, reason = this.#reasons.get(error)): DualportError => {
      number = error
      return commandFailure(this.#file, verb, values, error, reason)
    }
    this.#reasons.forgetOf(verb)
    try {
      return await issue((error) => explain(error))
    } catch (failure) {
      if (!isExplained(number) || this.#reasons.get(number) !== undefined) throw failure
      const reason = await this.#reasons.wait(number)
      throw reason === undefined ? failure : explain(number, reason)
    }
  }

  /** Throws DP_AXIS_OWNER: a user's task makes the setpoints, but cannot reset a drive. */
  #ownedBy(verb: CommandVerb): void {
    if (!this.#owned || verb === 'reset' || verb === 'limitTorque') return
    throw new DualportError('DP_AXIS_OWNER', { at: `axis ${this.name}`, actual: verb })
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

/** What a word of 0.1 % holds. */
const mostTorquePercent = 3276.7

const motionValues = ['position', 'velocity', 'acceleration', 'jerk'] as const

/** What no type checker has looked at: no object, an option that does not exist, or a needed one left out. */
function wrongOptions(
  axis: string,
  verb: string,
  options: unknown,
  known: readonly string[],
  needed: readonly string[],
): DualportError | undefined {
  const at = `axis ${axis}, ${verb}`
  if (typeof options !== 'object' || options === null)
    return new DualportError('DP_COMMAND_VALUE', {
      at,
      actual: options === undefined ? 'without options' : options,
      expected: `an object with ${known.join(', ')}`,
    })
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const meant = nearest(name, known)
    return new DualportError('DP_COMMAND_VALUE', {
      at,
      actual: `an option '${name}'`,
      expected: meant === undefined ? known.join(', ') : `'${meant}'`,
    })
  }
  for (const name of needed)
    if ((options as Record<string, unknown>)[name] === undefined)
      return new DualportError('DP_COMMAND_VALUE', {
        at,
        actual: `without ${name}`,
        expected: 'a finite number',
      })
  return undefined
}

function wrongProbe(axis: string, options: TouchProbe): DualportError | undefined {
  const wrong = wrongOptions(axis, 'touchProbe', options, ['probe', 'edge', 'signal'], [])
  if (wrong !== undefined) return wrong
  const { probe, edge } = options
  const at = `axis ${axis}, touchProbe`
  if (probe !== 1 && probe !== 2)
    return new DualportError('DP_COMMAND_VALUE', { at, actual: probe, expected: 'probe 1 or 2' })
  if (edge !== 'rising' && edge !== 'falling')
    return new DualportError('DP_COMMAND_VALUE', {
      at,
      actual: edge,
      expected: 'rising or falling',
    })
  return undefined
}

/** Values that must not get into the ring, where NaN stands for "left out" and 0 for the axis's own limit. */
function wrongValue(
  axis: string,
  verb: CommandVerb,
  values: CommandValues,
): DualportError | undefined {
  for (const name of motionValues) {
    const value = values[name]
    if (value === undefined) continue
    const signed = name === 'position' || (name === 'velocity' && verb === 'moveVelocity')
    if (Number.isFinite(value) && (signed || value > 0)) continue
    return new DualportError('DP_COMMAND_VALUE', {
      at: `axis ${axis}, ${name} of ${verb}`,
      actual: value,
      expected: signed ? 'a finite number' : 'a number above 0',
    })
  }
  return undefined
}
