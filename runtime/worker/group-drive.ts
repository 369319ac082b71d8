/**
 * A group of axes in the cycle: while it moves, its axes follow the setpoints that it makes; when it stands, they are their own.
 * An axis that stops following (an error, or somebody commanded it) stops the group on its path.
 */
import { axisState } from '../../control/axis/axis-state.ts'
import { AxisGroup } from '../../control/groups/axis-group.ts'
import { groupState } from '../../control/groups/group-state.ts'
import { groupError } from '../../control/groups/group-error.ts'
import type { CircleMode } from '../../control/groups/circle.ts'
import type { Transition } from '../../control/groups/group-path.ts'
import { CartesianKinematics } from '../../control/groups/kinematics/cartesian.ts'
import { DeltaKinematics } from '../../control/groups/kinematics/delta.ts'
import type { Kinematics } from '../../control/groups/kinematics/kinematics.ts'
import { ScaraKinematics } from '../../control/groups/kinematics/scara.ts'
import type { BufferMode } from '../../control/axis/buffer-mode.ts'
import { modeNumber } from '../../cards/sercos3/drive-words.ts'
import type { GroupFile } from '../machine-file/group-schema.ts'
import type { AxisFile } from '../machine-file/schema.ts'
import {
  commandField,
  commandVerb as verb,
  groupFlag,
  taskCommand,
} from '../shared/command-ring.ts'
import type { AxisDrive } from './axis-drive.ts'

export class GroupDrive {
  readonly group: AxisGroup
  readonly #axes: readonly AxisDrive[]
  readonly #show: (status: number) => void
  #shown = 0
  /** Its axes follow it. */
  #leads = false

  /** `axes`: those of the group, in its order, as `limits`. `show`: is told each change of the packed status. */
  constructor(
    cycleS: number,
    file: GroupFile,
    axes: readonly AxisDrive[],
    limits: readonly AxisFile['limits'][],
    show: (status: number) => void,
  ) {
    this.#axes = axes
    this.#show = show
    this.group = new AxisGroup({
      cycleS,
      kinematics: kinematicsOf(file),
      axes: limits.map((one) => ({
        positionMin: one.positionMin,
        positionMax: one.positionMax,
        velocity: Math.min(one.velocity, one.velocityNegative ?? Infinity),
        acceleration: Math.min(one.acceleration, one.accelerationNegative ?? Infinity),
        jerk: Math.min(one.jerk, one.jerkNegative ?? Infinity),
      })),
      path: file.path,
      capacity: file.capacity,
    })
  }

  /** `values`: a command (commandField). False: to be given again in the next cycle. Not cyclic. */
  give(values: Float64Array): boolean {
    const { group } = this
    const id = values[commandField.id] as number
    const what = values[commandField.verb] as number
    switch (what) {
      case verb.groupEnable:
        return group.enable(id)
      case verb.groupDisable:
        return group.disable(id)
      case verb.groupReset:
        return group.reset(id)
      case verb.groupHalt:
        return group.halt(id)
      case verb.groupStop:
        return group.stop(id)
      case verb.groupInterrupt:
        return group.interrupt(id)
      case verb.groupContinue:
        return group.continue(id)
      case verb.groupSetOverride:
        return group.setOverride(
          id,
          orElse(values[commandField.velocityFactor], 1),
          orElse(values[commandField.accelerationFactor], 1),
          orElse(values[commandField.jerkFactor], 1),
        )
      case verb.moveCircular:
        this.#take(values)
        return group.moveCircular(id)
    }
    this.#take(values)
    return group.moveLinear(id)
  }

  /** Before the axes go on by a cycle. `down`: the machine is in its safe state, or being closed. Cyclic. */
  update(down: boolean): void {
    const { group } = this
    const led = group.commanding
    if (down) group.fail(groupError.safeState)
    else if (this.#leads && led && !this.#follow) group.fail(groupError.axis)
    if (!group.commanding) this.#look()
    group.update()
    // the setpoint at which it comes to rest is given, too
    const arrives = led && group.state !== groupState.groupDisabled
    if ((group.commanding || arrives) && !down) this.#lead()
    else if (this.#leads) this.#release(down)
    // state, and what put it into groupErrorStop
    const status = group.state | (group.error << 8)
    if (status === this.#shown) return
    this.#shown = status
    this.#show(status)
  }

  /** Every axis goes where the group leads it. */
  get #follow(): boolean {
    const axes = this.#axes
    for (let n = 0; n < axes.length; n++)
      if ((axes[n] as AxisDrive).motion.state !== axisState.synchronizedMotion) return false
    return true
  }

  #look(): void {
    const { group } = this
    const axes = this.#axes
    let ready = true
    for (let n = 0; n < axes.length; n++) {
      const { motion } = axes[n] as AxisDrive
      group.actual[n] = motion.position
      ready &&= motion.state === axisState.standstill
    }
    group.axesReady = ready
  }

  #lead(): void {
    this.#leads = true
    const { position, velocity } = this.group
    const axes = this.#axes
    for (let n = 0; n < axes.length; n++) {
      const drive = axes[n] as AxisDrive
      const { motion } = drive
      motion.externalPosition = position[n] as number
      motion.externalVelocity = velocity[n] as number
      if (!motion.follow()) continue
      drive.given = true
      drive.feedForward = motion.externalVelocity
      drive.handshake.mode = modeNumber.position
    }
  }

  /** The axes are their own again, from where they stand or by their own ramp. */
  #release(down: boolean): void {
    this.#leads = false
    if (down) return
    const axes = this.#axes
    for (let n = 0; n < axes.length; n++) {
      const { motion } = axes[n] as AxisDrive
      if (motion.state === axisState.synchronizedMotion) motion.halt(taskCommand)
    }
  }

  #take(values: Float64Array): void {
    const { command } = this.group
    const flags = values[commandField.flags] as number
    for (let n = 0; n < command.target.length; n++) {
      command.target[n] = values[commandField.coordinate0 + n] as number
      command.aid[n] = n < 3 ? orElse(values[commandField.aid0 + n], 0) : 0
    }
    command.relative = (flags & groupFlag.relative) !== 0
    command.ofAxes = (flags & groupFlag.ofAxes) !== 0
    command.clockwise = (flags & groupFlag.clockwise) !== 0
    command.longWay = (flags & groupFlag.longWay) !== 0
    command.circleMode = orElse(values[commandField.circleMode], 0) as CircleMode
    command.velocity = orElse(values[commandField.velocity], 0)
    command.acceleration = orElse(values[commandField.acceleration], 0)
    command.jerk = orElse(values[commandField.jerk], 0)
    command.bufferMode = orElse(values[commandField.bufferMode], 0) as BufferMode
    command.transition = orElse(values[commandField.choice], 1) as Transition
    command.amount = orElse(values[commandField.amount], 0)
  }
}

function kinematicsOf({ axes, kinematics }: GroupFile): Kinematics {
  if (kinematics.type === 'cartesian') return new CartesianKinematics(axes.length)
  if (kinematics.type === 'scara') {
    const { elbowMargin, type: _, ...arms } = kinematics
    // the check of the machine file saw to their number
    return new ScaraKinematics(axes.length as 2 | 3 | 4, {
      ...arms,
      ...(elbowMargin !== undefined && { elbowMargin }),
    })
  }
  const { margin, type: _, ...arms } = kinematics
  return new DeltaKinematics({ ...arms, ...(margin !== undefined && { margin }) })
}

function orElse(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value
}
