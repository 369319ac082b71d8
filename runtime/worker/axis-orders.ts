/** A command to an axis, as it stands in the ring or in a block of a user's task, given to what carries it out. Not cyclic. */
import { axisError } from '../../control/axis/axis-error.ts'
import type { AxisErrorNumber } from '../../control/axis/axis-error.ts'
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import type { BufferMode } from '../../control/axis/buffer-mode.ts'
import { Dynamics } from '../../control/axis/dynamics.ts'
import { commandEnds, commandField, commandVerb as verb } from '../shared/command-ring.ts'
import type { TableReader } from '../shared/table-store.ts'
import type { AdvanceOrder } from './advance-order.ts'
import { AxisCouplings } from './axis-couplings.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { EndCommand } from './axis-probes.ts'
import type { AxisHoming } from './axis-homing.ts'
import type { AxisServices } from './axis-services.ts'

const done = commandEnds.indexOf('done')
const failed = commandEnds.indexOf('failed')

export class AxisOrders {
  /** Led from here; `undefined`: the axis has none. */
  homing: AxisHoming | undefined
  readonly #axis: AxisDrive
  readonly #services: AxisServices
  readonly #couplings: AxisCouplings
  readonly #tables: TableReader
  readonly #end: EndCommand
  readonly #dynamics = new Dynamics()

  constructor(
    cycleS: number,
    index: number,
    axes: readonly AxisDrive[],
    services: AxisServices,
    order: AdvanceOrder,
    tables: TableReader,
    end: EndCommand,
  ) {
    const axis = axes[index] as AxisDrive
    this.#axis = axis
    this.#services = services
    this.#couplings = new AxisCouplings(cycleS, index, axes, order, tables, end)
    this.#tables = tables
    this.#end = end
  }

  /** How what is beside the axis's own commands ended. Cyclic. */
  look(): void {
    this.homing?.look()
    this.#couplings.look()
  }

  /** `values`: a command (commandField). False: there is no room for how it ends in this cycle, nothing was done. */
  give(values: Float64Array): boolean {
    const { motion } = this.#axis
    const id = values[commandField.id] as number
    const what = values[commandField.verb] as number
    const position = values[commandField.position] as number
    const mode = modeOf(values)
    const dynamics = this.#takeDynamics(values)
    const couplings = this.#couplings
    switch (what) {
      case verb.enable:
        return motion.power(id, true)
      case verb.disable:
        return motion.power(id, false)
      case verb.home:
        return motion.home(id, position)
      case verb.homeByDrive:
        return this.#services.home(id, position)
      case verb.homeBySequence:
        return this.homing?.begin(id) ?? this.#refuse(id, axisError.argument)
      case verb.setPosition:
        return motion.setPosition(id, position, values[commandField.flags] === 1)
      case verb.setOverride:
        return motion.setOverride(
          id,
          factor(values[commandField.velocityFactor]),
          factor(values[commandField.accelerationFactor]),
          factor(values[commandField.jerkFactor]),
        )
      case verb.moveAbsolute:
        return motion.moveAbsolute(id, position, dynamics, mode)
      case verb.moveRelative:
        return motion.moveRelative(id, position, dynamics, mode)
      case verb.moveAdditive:
        return motion.moveAdditive(id, position, dynamics, mode)
      case verb.moveSuperimposed:
        return motion.moveSuperimposed(id, position, dynamics)
      case verb.haltSuperimposed:
        return motion.haltSuperimposed(id)
      case verb.moveVelocity: {
        const velocity = values[commandField.velocity] as number
        dynamics.velocity = 0
        return motion.moveVelocity(id, velocity, dynamics, mode)
      }
      case verb.moveContinuousAbsolute:
      case verb.moveContinuousRelative: {
        const end = values[commandField.endVelocity] as number
        return what === verb.moveContinuousAbsolute
          ? motion.moveContinuousAbsolute(id, position, end, dynamics, mode)
          : motion.moveContinuousRelative(id, position, end, dynamics, mode)
      }
      case verb.torqueControl:
        return this.#torqueControl(id, values, dynamics, mode)
      case verb.runProfile:
        return this.#runProfile(id, values, mode)
      case verb.halt:
        return motion.halt(id, dynamics, mode)
      case verb.stop:
        return motion.stop(id, dynamics)
      case verb.gearIn:
        return couplings.gearIn(id, values, dynamics, mode)
      case verb.gearInPos:
        return couplings.gearInPos(id, values, dynamics, mode)
      case verb.gearOut:
        return couplings.gearOut(id)
      case verb.camIn:
        return couplings.camIn(id, values, dynamics, mode)
      case verb.camOut:
        return couplings.camOut(id)
      case verb.phasingAbsolute:
      case verb.phasingRelative:
        return couplings.phase(id, position, what === verb.phasingRelative, dynamics)
      case verb.combineAxes:
        return couplings.combineAxes(id, values, dynamics, mode)
      case verb.armProbe:
        return this.#services.armProbe(id, position - 1, values)
      case verb.abortTrigger:
        return this.#services.abortTrigger(id, position - 1)
      case verb.limitTorque:
        return this.#services.limitTorque(id, position)
      case verb.readActual:
        return this.#read(id, values[commandField.choice] as number)
    }
    return this.#refuse(id, axisError.argument)
  }

  #torqueControl(id: number, values: Float64Array, dynamics: Dynamics, mode: BufferMode): boolean {
    const torque = values[commandField.torque] as number
    const ramp = values[commandField.torqueRamp] as number
    const most = this.#axis.torqueLimitPercent
    if (Math.abs(torque) > most) return this.#refuse(id, axisError.argument)
    const { motion } = this.#axis
    return motion.torqueControl(id, torque, ramp || 0, dynamics.velocity || 0, mode)
  }

  #runProfile(id: number, values: Float64Array, mode: BufferMode): boolean {
    const table = this.#tables.view(values[commandField.table] as number)
    if (table === undefined) return this.#refuse(id, axisError.argument)
    return this.#axis.motion.runProfile(id, table, mode)
  }

  #read(id: number, what: number): true {
    const axis = this.#axis
    const value = [axis.motion.actualPosition, axis.velocity, axis.torquePercent][what]
    if (value === undefined) return this.#refuse(id, axisError.argument)
    this.#end(id, done, axisError.none, value)
    return true
  }

  /** A deceleration left out is the acceleration. */
  #takeDynamics(values: Float64Array): Dynamics {
    const dynamics = this.#dynamics
    dynamics.velocity = values[commandField.velocity] as number
    dynamics.acceleration = values[commandField.acceleration] as number
    const deceleration = values[commandField.deceleration] as number
    dynamics.deceleration = Number.isNaN(deceleration) ? dynamics.acceleration : deceleration
    dynamics.jerk = values[commandField.jerk] as number
    return dynamics
  }

  #refuse(id: number, error: AxisErrorNumber): true {
    this.#end(id, failed, error)
    return true
  }
}

function modeOf(values: Float64Array): BufferMode {
  const mode = values[commandField.bufferMode] as number
  return mode >= bufferMode.buffered && mode <= bufferMode.blendingHigh
    ? (mode as BufferMode)
    : bufferMode.aborting
}

function factor(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 1 : value
}
