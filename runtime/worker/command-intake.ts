/** Takes the application's commands once a cycle, gives them to axes and outputs, and tells how each ended. */
import { cycleState } from '../../cards/card.ts'
import type { CyclicCard } from '../../cards/card.ts'
import { axisError } from '../../control/axis/axis-error.ts'
import { commandEnd } from '../../control/axis/settlement-outbox.ts'
import { BoundedRingReader, BoundedRingWriter } from '../shared/bounded-ring.ts'
import {
  commandEnds,
  commandField,
  commandVerbs,
  endField,
  taskCommand,
} from '../shared/command-ring.ts'
import type { AxisDrive } from './axis-drive.ts'
import { AxisServices } from './axis-services.ts'
import type { IoDevice } from './io-device.ts'
import type { WorkerMessage } from './worker-setup.ts'

const verb = {
  enable: commandVerbs.indexOf('enable'),
  disable: commandVerbs.indexOf('disable'),
  home: commandVerbs.indexOf('home'),
  moveAbsolute: commandVerbs.indexOf('moveAbsolute'),
  moveRelative: commandVerbs.indexOf('moveRelative'),
  moveVelocity: commandVerbs.indexOf('moveVelocity'),
  halt: commandVerbs.indexOf('halt'),
  stop: commandVerbs.indexOf('stop'),
  reset: commandVerbs.indexOf('reset'),
  homeByDrive: commandVerbs.indexOf('homeByDrive'),
  armProbe: commandVerbs.indexOf('armProbe'),
  cancelProbe: commandVerbs.indexOf('cancelProbe'),
  limitTorque: commandVerbs.indexOf('limitTorque'),
  writeDigital: commandVerbs.indexOf('writeDigital'),
  writeAnalog: commandVerbs.indexOf('writeAnalog'),
} as const

const done = commandEnds.indexOf('done')
const aborted = commandEnds.indexOf('aborted')
const failed = commandEnds.indexOf('failed')

/** CyclicCard.resetState. */
const driveReset = { underWay: 1, failed: 3 } as const
/** How long a drive may go on reporting its error after its reset was done. */
const errorLingersS = 1

export class CommandIntake {
  /** Per axis. */
  readonly services: readonly AxisServices[]
  readonly #card: CyclicCard
  readonly #axes: readonly AxisDrive[]
  readonly #ios: readonly IoDevice[]
  readonly #commands: BoundedRingReader
  readonly #ends: BoundedRingWriter
  /** Per axis: the reset command that waits for its drive; 0 none. */
  readonly #driveResets: Int32Array
  /** Per axis: cycles since its drive's reset was done, missed ones included. */
  readonly #resetWaits: Int32Array
  readonly #errorLingersCycles: number

  constructor(
    card: CyclicCard,
    axes: readonly AxisDrive[],
    ios: readonly IoDevice[],
    commands: SharedArrayBuffer,
    ends: SharedArrayBuffer,
    cycleS: number,
    tell: (message: WorkerMessage) => void,
  ) {
    this.#card = card
    this.#axes = axes
    this.#ios = ios
    this.#commands = new BoundedRingReader(commands, commandField.fields)
    this.#ends = new BoundedRingWriter(ends, endField.fields)
    this.#driveResets = new Int32Array(axes.length)
    this.#resetWaits = new Int32Array(axes.length)
    this.#errorLingersCycles = Math.ceil(errorLingersS / cycleS)
    const end = this.#end.bind(this)
    this.services = axes.map((axis, k) => new AxisServices(k, axis, card.services, end, tell))
  }

  /** Takes what has come; `refuse`: the machine is in its safe state. `elapsed`: cycles since the last call. Cyclic. */
  take(refuse: boolean, elapsed: number): void {
    const commands = this.#commands
    while (commands.take()) {
      if (refuse) this.#end(commands.get(commandField.id), failed, axisError.safeState)
      // the axis has no room for one more end in this cycle: the command waits for the next
      else if (!this.#dispatch()) return
      commands.release()
    }
    // a stale cycle counts as operational
    const operational = this.#card.state === cycleState.operational
    for (let k = 0; k < this.#driveResets.length; k++) {
      const services = this.services[k] as AxisServices
      if (operational) services.look()
      else services.abandon(axisError.cardFault)
      this.#takeTaskReset(k, refuse)
      if (this.#driveResets[k] !== 0) this.#awaitReset(k, elapsed)
    }
  }

  /** Passes on how the axes' commands ended. Cyclic. */
  settle(): void {
    const axes = this.#axes
    for (let k = 0; k < axes.length; k++) {
      const settlements = (axes[k] as AxisDrive).motion.settlements
      while (settlements.take()) {
        const { end } = settlements
        this.#end(
          settlements.id,
          end === commandEnd.done ? done : end === commandEnd.aborted ? aborted : failed,
          settlements.error,
        )
      }
    }
  }

  #dispatch(): boolean {
    const commands = this.#commands
    const id = commands.get(commandField.id)
    const what = commands.get(commandField.verb)
    const target = commands.get(commandField.target)
    if (what === verb.writeDigital || what === verb.writeAnalog) {
      this.#writeOutput(id, what, target)
      return true
    }
    const axis = this.#axes[target]
    if (axis === undefined) {
      this.#end(id, failed, axisError.argument)
      return true
    }
    const motion = axis.motion
    const services = this.services[target] as AxisServices
    const position = commands.get(commandField.position)
    const second = commands.get(commandField.velocity)
    const velocity = ownLimit(second)
    const acceleration = ownLimit(commands.get(commandField.acceleration))
    const jerk = ownLimit(commands.get(commandField.jerk))
    if (what === verb.enable) return motion.power(id, true)
    if (what === verb.disable) return motion.power(id, false)
    if (what === verb.home) return motion.home(id, position)
    if (what === verb.moveAbsolute)
      return motion.moveAbsolute(id, position, velocity, acceleration, jerk)
    if (what === verb.moveRelative)
      return motion.moveRelative(id, position, velocity, acceleration, jerk)
    if (what === verb.moveVelocity) return motion.moveVelocity(id, velocity, acceleration, jerk)
    if (what === verb.halt) return motion.halt(id)
    if (what === verb.stop) return motion.stop(id)
    if (what === verb.homeByDrive) return services.home(id, position)
    if (what === verb.armProbe) return services.armProbe(id, position - 1, second)
    if (what === verb.cancelProbe) return services.cancelProbe(id, position - 1)
    if (what === verb.limitTorque) return services.limitTorque(id, position)
    return this.#reset(axis, target, id)
  }

  /** MC_Reset: the drive's own error first, then the axis. */
  #reset(axis: AxisDrive, index: number, id: number): boolean {
    if (!axis.driveError && !axis.lost) return axis.motion.reset(id)
    this.#end(this.#driveResets[index] as number, aborted, axisError.none)
    this.#driveResets[index] = id
    this.#resetWaits[index] = 0
    this.#card.resetDrive(axis.driveIndex)
    return true
  }

  /** A task may ask in every cycle: a reset under way, whoever asked for it, goes on. */
  #takeTaskReset(index: number, refuse: boolean): void {
    const axis = this.#axes[index] as AxisDrive
    if (!axis.resetRequested) return
    axis.resetRequested = false
    if (refuse || this.#driveResets[index] !== 0 || axis.motion.resetting) return
    this.#reset(axis, index, taskCommand)
  }

  #awaitReset(index: number, elapsed: number): void {
    const axis = this.#axes[index] as AxisDrive
    const state = this.#card.resetState(axis.driveIndex)
    if (state === driveReset.underWay) return
    const id = this.#driveResets[index] as number
    const waited = (this.#resetWaits[index] as number) + elapsed
    this.#resetWaits[index] = waited
    if (state === driveReset.failed || waited > this.#errorLingersCycles) {
      this.#end(id, failed, axis.lost ? axisError.deviceLost : axisError.driveError)
      this.#driveResets[index] = 0
    } else if (!axis.driveError && !axis.lost && axis.motion.reset(id)) this.#driveResets[index] = 0
  }

  #writeOutput(id: number, what: number, target: number): void {
    const io = this.#ios[target]
    const channel = this.#commands.get(commandField.position)
    const value = this.#commands.get(commandField.velocity)
    if (io === undefined) {
      this.#end(id, failed, axisError.argument)
      return
    }
    if (what === verb.writeDigital) io.setDigital(channel, value !== 0)
    else io.analogOut[channel] = value
    this.#end(id, done, axisError.none)
  }

  #end(id: number, end: number, error: number, value = 0): void {
    // the ring has a slot for every command that may be under way, so it is never full
    if (id <= 0 || !this.#ends.begin()) return
    this.#ends.set(endField.id, id)
    this.#ends.set(endField.end, end)
    this.#ends.set(endField.error, error)
    this.#ends.set(endField.value, value)
    this.#ends.push()
  }
}

/** A value left out stands for the axis's own limit, which AxisMotion calls 0. */
function ownLimit(value: number): number {
  return Number.isNaN(value) ? 0 : value
}
