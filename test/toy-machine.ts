/** A machine without a card: real streams that a test feeds by hand, commands that it settles by hand. */
import {
  BehaviorSubject,
  concatMap,
  distinctUntilChanged,
  from,
  map,
  ReplaySubject,
  Subject,
} from 'rxjs'
import type { Group } from '../runtime/group-types.ts'
import type { Observable } from 'rxjs'
import type { MachineFile } from '../runtime/machine-file/schema.ts'
import type {
  Axis,
  AxisBatch,
  AxisSample,
  AxisStatus,
  CommandEnd,
  CycleReport,
  Machine,
  MachineEvent,
  Point,
} from '../runtime/machine-types.ts'
import { RingHandle } from '../runtime/ring-handle.ts'
import { RingBlock } from '../runtime/shared/ring-block.ts'

export type GivenCommand = {
  readonly axis: string
  readonly command: string
  readonly argument: unknown
  readonly settle: (end: CommandEnd['end']) => void
  readonly fail: (error: unknown) => void
}

export class ToyMachine implements Machine {
  readonly name: string
  readonly file: MachineFile
  readonly axes: readonly ToyAxis[]
  readonly points: readonly ToyPoint[]
  readonly io: Machine['io']
  readonly cycle$ = new Subject<CycleReport>()
  readonly events$ = new ReplaySubject<MachineEvent>(100)
  readonly operational = Promise.resolve()
  readonly safeReason = undefined
  readonly ringBlock: RingBlock
  readonly ring: RingHandle
  readonly given: GivenCommand[] = []

  constructor(file: MachineFile) {
    this.name = file.name
    this.file = file
    this.axes = file.axes.map((axis) => new ToyAxis(axis.name, axis.unit, this.given))
    this.points = file.io.map((point) => new ToyPoint(point.name, point.kind))
    const names = file.devices.map(({ name }) => name)
    this.ringBlock = new RingBlock(RingBlock.allocate(names.length))
    this.ring = new RingHandle(names, [], this.ringBlock)
    this.io = { points: this.points, point: (name) => found(this.points, name) }
  }

  axis(nameOrIndex: string | number): ToyAxis {
    const axis = typeof nameOrIndex === 'number' ? this.axes[nameOrIndex] : undefined
    return axis ?? found(this.axes, String(nameOrIndex))
  }

  readonly groups = []

  group(name: string): Group {
    throw new Error(`no group ${name}`)
  }

  async restart(): Promise<void> {}

  async close(): Promise<void> {}
}

export class ToyAxis implements Axis {
  readonly name: string
  readonly unit: Axis['unit']
  readonly samples$ = new Subject<AxisBatch>()
  readonly status$ = new BehaviorSubject<AxisStatus>({
    state: 'disabled',
    power: 'bb',
    homed: false,
    error: undefined,
  })
  readonly state$ = this.status$.pipe(
    map(({ state }) => state),
    distinctUntilChanged(),
  )
  readonly sample$: Observable<AxisSample> = this.samples$.pipe(
    concatMap((batch) => from(samplesOf(batch))),
  )
  readonly position$ = this.sample$.pipe(map((sample) => sample.position))
  readonly velocity$ = this.sample$.pipe(map((sample) => sample.velocity))
  readonly torquePercent$ = this.sample$.pipe(map((sample) => sample.torquePercent))
  readonly followingError$ = this.sample$.pipe(map((sample) => sample.followingError))
  readonly #given: GivenCommand[]
  #cycle = 0

  constructor(name: string, unit: Axis['unit'], given: GivenCommand[]) {
    this.name = name
    this.unit = unit
    this.#given = given
  }

  get status(): AxisStatus {
    return this.status$.value
  }

  /** One batch of these positions; velocity, torque and following error are made up from them. */
  feed(...positions: number[]): void {
    const column = (value: (position: number) => number): Float64Array =>
      Float64Array.from(positions, value)
    const start = Number(process.hrtime.bigint())
    const first = this.#cycle
    this.#cycle += positions.length
    this.samples$.next({
      length: positions.length,
      cycle: Float64Array.from(positions, (_, index) => first + index),
      timeNs: Float64Array.from(positions, (_, index) => start + index * 1e6),
      position: column((position) => position),
      velocity: column((position) => position * 2),
      torquePercent: column((position) => position / 2),
      followingError: column((position) => position / 1000),
      setpoint: column((position) => position + position / 1000),
    })
  }

  readonly enable: Axis['enable'] = async () => this.#give('enable')
  readonly disable: Axis['disable'] = async () => this.#give('disable')
  readonly home: Axis['home'] = async (options) => this.#give('home', options)
  readonly moveAbsolute: Axis['moveAbsolute'] = async (move) => this.#give('moveAbsolute', move)
  readonly moveRelative: Axis['moveRelative'] = async (move) => this.#give('moveRelative', move)
  readonly moveVelocity: Axis['moveVelocity'] = async (move) => this.#give('moveVelocity', move)
  readonly halt: Axis['halt'] = async (options) => this.#give('halt', options)
  readonly stop: Axis['stop'] = async (options) => this.#give('stop', options)
  readonly reset: Axis['reset'] = async () => this.#give('reset')
  readonly setPosition: Axis['setPosition'] = async (options) => this.#give('setPosition', options)
  readonly setOverride: Axis['setOverride'] = async (options) => this.#give('setOverride', options)
  readonly moveAdditive: Axis['moveAdditive'] = async (options) =>
    this.#give('moveAdditive', options)
  readonly moveSuperimposed: Axis['moveSuperimposed'] = async (options) =>
    this.#give('moveSuperimposed', options)
  readonly moveContinuousAbsolute: Axis['moveContinuousAbsolute'] = async (options) =>
    this.#give('moveContinuousAbsolute', options)
  readonly moveContinuousRelative: Axis['moveContinuousRelative'] = async (options) =>
    this.#give('moveContinuousRelative', options)
  readonly torqueControl: Axis['torqueControl'] = async (options) =>
    this.#give('torqueControl', options)
  readonly positionProfile: Axis['positionProfile'] = async (options) =>
    this.#give('positionProfile', options)
  readonly velocityProfile: Axis['velocityProfile'] = async (options) =>
    this.#give('velocityProfile', options)
  readonly accelerationProfile: Axis['accelerationProfile'] = async (options) =>
    this.#give('accelerationProfile', options)
  readonly gearIn: Axis['gearIn'] = async (options) => this.#give('gearIn', options)
  readonly gearInPos: Axis['gearInPos'] = async (options) => this.#give('gearInPos', options)
  readonly camIn: Axis['camIn'] = async (options) => this.#give('camIn', options)
  readonly phasingAbsolute: Axis['phasingAbsolute'] = async (options) =>
    this.#give('phasingAbsolute', options)
  readonly phasingRelative: Axis['phasingRelative'] = async (options) =>
    this.#give('phasingRelative', options)
  readonly abortTrigger: Axis['abortTrigger'] = async (options) =>
    this.#give('abortTrigger', options)
  readonly haltSuperimposed: Axis['haltSuperimposed'] = async () => this.#give('haltSuperimposed')
  readonly gearOut: Axis['gearOut'] = async () => this.#give('gearOut')
  readonly combineAxes: Axis['combineAxes'] = async (options) => this.#give('combineAxes', options)
  readonly digitalCamSwitch: Axis['digitalCamSwitch'] = async (options) =>
    this.#give('digitalCamSwitch', options)
  readonly digitalCamSwitchOff: Axis['digitalCamSwitchOff'] = async () =>
    this.#give('digitalCamSwitchOff')
  readonly camOut: Axis['camOut'] = async () => this.#give('camOut')
  readonly camTableSelect: Axis['camTableSelect'] = async (selection) => {
    await this.#give('camTableSelect', selection)
    return { periodic: true, masterAbsolute: true, slaveAbsolute: true, ...selection }
  }
  readonly readActualPosition = async (): Promise<number> => 0
  readonly readActualVelocity = async (): Promise<number> => 0
  readonly readActualTorque = async (): Promise<number> => 0
  readonly setTorqueLimit: Axis['setTorqueLimit'] = async (percent) =>
    this.#give('setTorqueLimit', percent)
  readonly touchProbe: Axis['touchProbe'] = async (options) => {
    await this.#give('touchProbe', options)
    return { position: 0 }
  }

  async #give(command: string, argument?: unknown): Promise<CommandEnd> {
    return new Promise((resolve, fail) => {
      const settle = (end: CommandEnd['end']): void => resolve({ end })
      this.#given.push({ axis: this.name, command, argument, settle, fail })
    })
  }
}

export class ToyPoint implements Point {
  readonly name: string
  readonly kind: Point['kind']
  readonly unit: string | undefined
  readonly #value$: BehaviorSubject<boolean | number>
  readonly value$: Observable<boolean | number>

  constructor(name: string, kind: Point['kind']) {
    this.name = name
    this.kind = kind
    const digital = kind === 'digitalInput' || kind === 'digitalOutput'
    this.unit = digital ? undefined : 'V'
    this.#value$ = new BehaviorSubject<boolean | number>(digital ? false : 0)
    this.value$ = this.#value$.pipe(distinctUntilChanged())
  }

  get value(): boolean | number {
    return this.#value$.value
  }

  async write(value: boolean | number): Promise<void> {
    this.#value$.next(value)
  }
}

function samplesOf(batch: AxisBatch): AxisSample[] {
  return Array.from(batch.position, (position, index) => ({
    cycle: batch.cycle[index] as number,
    timeNs: batch.timeNs[index] as number,
    position,
    velocity: batch.velocity[index] as number,
    torquePercent: batch.torquePercent[index] as number,
    followingError: batch.followingError[index] as number,
    setpoint: batch.setpoint[index] as number,
  }))
}

function found<Item extends { readonly name: string }>(items: readonly Item[], name: string): Item {
  const item = items.find((candidate) => candidate.name === name)
  if (item === undefined) throw new Error(`no ${name} in the toy machine`)
  return item
}
