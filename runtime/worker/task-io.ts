/**
 * What a user's cyclic task works with: axes and points by name, read and written in the cycle without allocating.
 * Setpoints outside the axis's limits are refused and counted; the axis then comes to rest by its ramp.
 *
 * Methods that take a double put it into a field and call on: so short a method is inlined into the user's cycle in any
 * case, and a double handed to one that is not inlined would be boxed on the heap.
 */
import { modeNumber } from '../../cards/sercos3/drive-words.ts'
import { axisErrorCodes } from '../../control/axis/axis-error.ts'
import { axisState, axisStates } from '../../control/axis/axis-state.ts'
import type { AxisState } from '../../control/axis/axis-state.ts'
import { DualportError } from '../../errors.ts'
import type { ErrorCode } from '../../errors.ts'
import type { AxisFile, MachineFile, PointFile } from '../machine-file/schema.ts'
import type {
  AnalogIn,
  AnalogOut,
  AxisIo,
  DigitalIn,
  DigitalOut,
  ProbeState,
  TaskIo,
} from '../task.ts'
import { mostTorquePercent } from './axis-drive.ts'
import type { AxisDrive } from './axis-drive.ts'
import { probePhase } from './axis-services.ts'
import type { AxisServices } from './axis-services.ts'
import { taskCommand } from '../shared/command-ring.ts'
import type { IoDevice } from './io-device.ts'

export class TaskInterface implements TaskIo {
  readonly cycleS: number
  /** Cycles that passed since the one before: 1, and one more for each that was missed. */
  elapsedCycles = 1
  /** Setpoints refused since the start. */
  refused = 0
  readonly #axes = new Map<string, TaskAxis>()
  readonly #points = new Map<string, PointFile>()
  readonly #ios: readonly IoDevice[]

  constructor(
    file: MachineFile,
    axes: readonly AxisDrive[],
    services: readonly AxisServices[],
    ios: readonly IoDevice[],
  ) {
    this.cycleS = (file.cycleUs * 1000) / 1e9
    this.#ios = ios
    for (const axis of file.axes) {
      const index = axes.findIndex(({ name }) => name === axis.name)
      const drive = axes[index]
      const service = services[index]
      if (drive === undefined || service === undefined) continue
      this.#axes.set(axis.name, new TaskAxis(this, axis, drive, service))
    }
    for (const point of file.io) this.#points.set(point.name, point)
  }

  axis(name: string): AxisIo {
    const axis = this.#axes.get(name)
    if (axis === undefined)
      throw new DualportError('DP_AXIS_UNKNOWN', {
        at: 'cyclic task',
        actual: name,
        expected: [...this.#axes.keys()].join(', '),
      })
    return axis
  }

  digitalIn(name: string): DigitalIn {
    const { io, point } = this.#point(name, 'digitalInput')
    return new TaskDigitalIn(io, point.channel)
  }

  digitalOut(name: string): DigitalOut {
    const { io, point } = this.#point(name, 'digitalOutput')
    return new TaskDigitalOut(io, point.channel)
  }

  analogIn(name: string): AnalogIn {
    const { io, point } = this.#point(name, 'analogInput')
    return new TaskAnalogIn(io, point.channel, point.rawPerUnit)
  }

  analogOut(name: string): AnalogOut {
    const { io, point } = this.#point(name, 'analogOutput')
    return new TaskAnalogOut(io, point.channel, point.rawPerUnit)
  }

  #point<Kind extends PointFile['kind']>(
    name: string,
    kind: Kind,
  ): { readonly io: IoDevice; readonly point: Extract<PointFile, { kind: Kind }> } {
    const point = this.#points.get(name)
    const io = this.#ios.find((one) => one.name === point?.device)
    if (point === undefined || io === undefined || point.kind !== kind)
      throw new DualportError('DP_IO_UNKNOWN', {
        at: 'cyclic task',
        actual: point === undefined ? name : `${name} (${point.kind})`,
        expected: `a point of kind ${kind}`,
      })
    return { io, point: point as Extract<PointFile, { kind: Kind }> }
  }
}

class TaskAxis implements AxisIo {
  readonly name: string
  // fractions first, so that V8 holds the fields as doubles from the start
  wantedPosition = 0.5
  wantedVelocity = 0.5
  wantedTorque = 0.5
  readonly #task: TaskInterface
  readonly #drive: AxisDrive
  readonly #services: AxisServices
  readonly #limits: AxisFile['limits']

  constructor(task: TaskInterface, file: AxisFile, drive: AxisDrive, services: AxisServices) {
    this.name = file.name
    this.#task = task
    this.#drive = drive
    this.#services = services
    this.#limits = file.limits
  }

  get position(): number {
    const { motion } = this.#drive
    return motion.drivePosition + motion.homeOffset
  }

  get setpoint(): number {
    return this.#drive.motion.position
  }

  get velocity(): number {
    return this.#drive.velocity
  }

  get torquePercent(): number {
    return this.#drive.torquePercent
  }

  get followingDistance(): number {
    return this.#drive.followingDistance
  }

  get status(): number {
    return this.#drive.status
  }

  get operational(): boolean {
    return this.#drive.operational
  }

  get state(): AxisState {
    return axisStates[this.#drive.motion.state]
  }

  get error(): ErrorCode | undefined {
    return axisErrorCodes[this.#drive.motion.error]
  }

  get homed(): boolean {
    return this.#drive.motion.homed
  }

  enable(): void {
    const { motion } = this.#drive
    // asked again in every cycle, the drive's time to take its power would never end
    if (!motion.powerRequested && motion.state === axisState.disabled)
      motion.power(taskCommand, true)
  }

  disable(): void {
    const { motion } = this.#drive
    if (motion.powerRequested) motion.power(taskCommand, false)
  }

  reset(): void {
    if (this.#drive.motion.state === axisState.errorStop) this.#drive.resetRequested = true
  }

  setPosition(position: number, velocityFeedForward = 0): void {
    this.wantedPosition = position
    this.wantedVelocity = velocityFeedForward
    this.takePosition()
  }

  setVelocity(velocity: number): void {
    this.wantedVelocity = velocity
    this.takeVelocity()
  }

  setTorque(percent: number): void {
    this.wantedTorque = percent
    this.takeTorque()
  }

  setTorqueLimit(percent: number): void {
    this.wantedTorque = percent
    this.takeTorqueLimit()
  }

  halt(): void {
    const { motion } = this.#drive
    // what stands is held already
    if (motion.atRest || !motion.followDrive()) return
    motion.lead.halts = true
    this.#drive.given = true
  }

  armProbe(probe: 1 | 2, edge: 'rising' | 'falling'): void {
    const phase = this.#services.probePhases[probe - 1]
    if (phase === probePhase.arming || phase === probePhase.armed) return
    this.#services.armProbe(taskCommand, probe - 1, edge === 'rising' ? 0 : 1)
  }

  probeState(probe: 1 | 2): ProbeState {
    return probeStates[this.#services.probePhases[probe - 1] as number] ?? 'off'
  }

  probePosition(probe: 1 | 2): number {
    return this.#services.probePositions[probe - 1] as number
  }

  takePosition(): void {
    const { motion } = this.#drive
    const limits = this.#limits
    const position = this.wantedPosition
    const elapsedS = this.#task.cycleS * this.#task.elapsedCycles
    const velocity = (position - motion.position) / elapsedS
    // a ramp may end beyond a limit: from rest there is a way back
    const leaves =
      (position > limits.positionMax && (position > motion.position || motion.velocity > 0)) ||
      (position < limits.positionMin && (position < motion.position || motion.velocity < 0))
    // negated comparisons, so that NaN fails them
    if (
      leaves ||
      !(Math.abs(velocity) <= limits.velocity) ||
      !(Math.abs(this.wantedVelocity) <= limits.velocity)
    ) {
      this.#task.refused += 1
      return
    }
    motion.externalPosition = position
    motion.externalVelocity = velocity
    if (!motion.follow()) return
    this.#drive.given = true
    this.#drive.feedForward = this.wantedVelocity
    this.#drive.handshake.mode = modeNumber.position
  }

  takeVelocity(): void {
    const { motion } = this.#drive
    const limits = this.#limits
    const velocity = this.wantedVelocity
    const position = motion.drivePosition + motion.homeOffset
    const leaves =
      (velocity > 0 && position >= limits.positionMax) ||
      (velocity < 0 && position <= limits.positionMin)
    if (!(Math.abs(velocity) <= limits.velocity) || leaves) {
      this.#task.refused += 1
      return
    }
    // the drive goes its own way: the commanded position follows it, so that a quick stop starts from where it is
    motion.externalPosition = position
    motion.externalVelocity = velocity
    if (!motion.follow()) return
    this.#drive.given = true
    this.#drive.feedForward = velocity
    this.#drive.handshake.mode = modeNumber.velocity
  }

  takeTorque(): void {
    const drive = this.#drive
    const { motion } = drive
    const limits = this.#limits
    const torque = this.wantedTorque
    const position = motion.drivePosition + motion.homeOffset
    const leaves =
      (torque > 0 && (position >= limits.positionMax || drive.velocity > limits.velocity)) ||
      (torque < 0 && (position <= limits.positionMin || drive.velocity < -limits.velocity))
    if (!drive.takesTorque || !(Math.abs(torque) <= drive.torqueLimitPercent) || leaves) {
      this.#task.refused += 1
      return
    }
    if (!motion.followDrive()) return
    drive.given = true
    drive.torqueCommand = torque
    drive.handshake.mode = modeNumber.torque
  }

  takeTorqueLimit(): void {
    const drive = this.#drive
    const percent = this.wantedTorque
    if (drive.takesTorqueLimit && percent >= 0 && percent <= mostTorquePercent)
      drive.limitTorque(percent)
    else this.#task.refused += 1
  }
}

/** By probePhase. */
const probeStates: readonly ProbeState[] = ['off', 'arming', 'armed', 'latched', 'failed']

class TaskDigitalIn implements DigitalIn {
  readonly #io: IoDevice
  readonly #word: number
  readonly #mask: number

  constructor(io: IoDevice, channel: number) {
    this.#io = io
    this.#word = channel >> 4
    this.#mask = 1 << (channel & 15)
  }

  get value(): boolean {
    return ((this.#io.digitalIn[this.#word] as number) & this.#mask) !== 0
  }
}

class TaskDigitalOut implements DigitalOut {
  readonly #io: IoDevice
  readonly #channel: number

  constructor(io: IoDevice, channel: number) {
    this.#io = io
    this.#channel = channel
  }

  get value(): boolean {
    return (
      (((this.#io.digitalOut[this.#channel >> 4] as number) >>> (this.#channel & 15)) & 1) === 1
    )
  }

  set value(on: boolean) {
    this.#io.setDigital(this.#channel, on)
  }
}

class TaskAnalogIn implements AnalogIn {
  readonly #io: IoDevice
  readonly #channel: number
  readonly #rawPerUnit: number

  constructor(io: IoDevice, channel: number, rawPerUnit: number) {
    this.#io = io
    this.#channel = channel
    this.#rawPerUnit = rawPerUnit
  }

  get value(): number {
    return (this.#io.analogIn[this.#channel] as number) / this.#rawPerUnit
  }
}

class TaskAnalogOut implements AnalogOut {
  wanted = 0.5
  readonly #io: IoDevice
  readonly #channel: number
  readonly #rawPerUnit: number

  constructor(io: IoDevice, channel: number, rawPerUnit: number) {
    this.#io = io
    this.#channel = channel
    this.#rawPerUnit = rawPerUnit
  }

  get value(): number {
    return (this.#io.analogOut[this.#channel] as number) / this.#rawPerUnit
  }

  set value(value: number) {
    this.wanted = value
    this.write()
  }

  /** Held at the ends of the range; what is no number writes 0. */
  write(): void {
    const raw = Math.round(this.wanted * this.#rawPerUnit)
    this.#io.analogOut[this.#channel] = raw > 32767 ? 32767 : raw < -32768 ? -32768 : raw
  }
}
