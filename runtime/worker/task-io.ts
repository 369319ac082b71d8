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
import type { TaskBlocks } from '../task-blocks.ts'
import { AxisTaskBlocks } from './axis-blocks.ts'
import { mostTorquePercent } from './axis-drive.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { AxisServices } from './axis-services.ts'
import { BlockDesk } from './block-desk.ts'
import type { CommandIntake } from './command-intake.ts'
import { commandField, taskCommand } from '../shared/command-ring.ts'
import type { IoDevice } from './io-device.ts'
import { TaskAnalogIn, TaskAnalogOut, TaskDigitalIn, TaskDigitalOut } from './task-points.ts'

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
    commands: CommandIntake,
    ios: readonly IoDevice[],
  ) {
    const blocks = new BlockDesk()
    commands.blocks = blocks
    this.cycleS = (file.cycleUs * 1000) / 1e9
    this.#ios = ios
    for (const axis of file.axes) {
      const index = axes.findIndex(({ name }) => name === axis.name)
      const drive = axes[index]
      const service = commands.services[index]
      if (drive === undefined || service === undefined) continue
      const made = new AxisTaskBlocks(file, index, drive, commands, blocks)
      this.#axes.set(axis.name, new TaskAxis(this, axis, drive, service, made))
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
  readonly blocks: TaskBlocks
  // fractions first, so that V8 holds the fields as doubles from the start
  wantedPosition = 0.5
  wantedVelocity = 0.5
  wantedTorque = 0.5
  readonly #task: TaskInterface
  readonly #drive: AxisDrive
  readonly #services: AxisServices
  readonly #probeCommand = new Float64Array(commandField.fields).fill(Number.NaN)
  readonly #limits: AxisFile['limits']
  /** Velocity, unit/s. */
  readonly #lowest: number

  constructor(
    task: TaskInterface,
    file: AxisFile,
    drive: AxisDrive,
    services: AxisServices,
    blocks: TaskBlocks,
  ) {
    this.name = file.name
    this.blocks = blocks
    this.#task = task
    this.#drive = drive
    this.#services = services
    this.#limits = file.limits
    this.#lowest = -(file.limits.velocityNegative ?? file.limits.velocity)
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
    if (this.#services.probes.isBusy(probe - 1)) return
    const command = this.#probeCommand
    command[commandField.choice] = edge === 'rising' ? 0 : 1
    this.#services.armProbe(taskCommand, probe - 1, command)
  }

  probeState(probe: 1 | 2): ProbeState {
    const one = this.#services.probes.probes[probe - 1]
    return (one === undefined ? undefined : probeStates[one.state]) ?? 'off'
  }

  probePosition(probe: 1 | 2): number {
    return this.#services.probes.probes[probe - 1]?.recorded ?? 0
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
      !(velocity <= limits.velocity && velocity >= this.#lowest) ||
      !(this.wantedVelocity <= limits.velocity && this.wantedVelocity >= this.#lowest)
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
    if (!(velocity <= limits.velocity && velocity >= this.#lowest) || leaves) {
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
      (torque < 0 && (position <= limits.positionMin || drive.velocity < this.#lowest))
    if (!motion.takesTorque || !(Math.abs(torque) <= drive.torqueLimitPercent) || leaves) {
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

/** By probeState of control/coupling/touch-probe.ts. */
const probeStates: readonly ProbeState[] = ['off', 'arming', 'armed', 'latched', 'off', 'failed']
