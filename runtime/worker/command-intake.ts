/** Takes the application's commands once a cycle, gives them to axes and outputs, and tells how each ended. */
import { cycleState } from '../../cards/card.ts'
import type { CyclicCard } from '../../cards/card.ts'
import { axisError } from '../../control/axis/axis-error.ts'
import { commandEnd } from '../../control/axis/settlement-outbox.ts'
import type { SettlementOutbox } from '../../control/axis/settlement-outbox.ts'
import { groupError } from '../../control/groups/group-error.ts'
import { BoundedRingReader, BoundedRingWriter } from '../shared/bounded-ring.ts'
import {
  commandEnds,
  commandField,
  commandVerb as verb,
  endField,
  taskCommand,
} from '../shared/command-ring.ts'
import type { AxisDrive } from './axis-drive.ts'
import { AdvanceOrder } from './advance-order.ts'
import type { AxisHoming } from './axis-homing.ts'
import { AxisOrders } from './axis-orders.ts'
import { AxisServices } from './axis-services.ts'
import type { BlockDesk } from './block-desk.ts'
import { CamSwitches } from './cam-switches.ts'
import type { GroupDrive } from './group-drive.ts'
import type { IoDevice } from './io-device.ts'
import { TableReader } from '../shared/table-store.ts'
import type { WorkerMessage } from './worker-setup.ts'

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
  /** Cams and profiles. */
  readonly tables: TableReader
  readonly #order: AdvanceOrder
  readonly #switches: CamSwitches
  #groups: readonly GroupDrive[] = []
  /** Told how commands of a user's task's blocks ended. Ids are below taskCommand. */
  blocks: BlockDesk | undefined
  /** Per axis. */
  readonly #orders: readonly AxisOrders[]
  /** The command that is being given. */
  readonly #command = new Float64Array(commandField.fields)
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
    tables: SharedArrayBuffer,
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
    this.#order = new AdvanceOrder(axes)
    this.tables = new TableReader(tables)
    this.#switches = new CamSwitches(cycleS, axes, ios, this.tables, end)
    this.#orders = this.services.map(
      (services, k) => new AxisOrders(cycleS, k, axes, services, this.#order, this.tables, end),
    )
  }

  /** Groups of the axes. In the beginning. */
  takeGroups(groups: readonly GroupDrive[]): void {
    this.#groups = groups
  }

  /** Homing that is led from here. In the beginning. */
  takeHoming(index: number, homing: AxisHoming): void {
    const orders = this.#orders[index]
    if (orders !== undefined) orders.homing = homing
  }

  /** Takes what has come; `refuse`: the machine is in its safe state. `elapsed`: cycles since the last call. Cyclic. */
  take(refuse: boolean, elapsed: number): void {
    this.blocks?.giveAgain(refuse)
    const commands = this.#commands
    while (commands.take()) {
      commands.copyTo(this.#command)
      // the axis has no room for one more end in this cycle: the command waits for the next
      if (!this.give(this.#command, refuse)) return
      commands.release()
    }
    // a stale cycle counts as operational
    const operational = this.#card.state === cycleState.operational
    for (let k = 0; k < this.#driveResets.length; k++) {
      const services = this.services[k] as AxisServices
      ;(this.#orders[k] as AxisOrders).look()
      if (operational) services.look()
      else services.abandon(axisError.cardFault)
      this.#takeTaskReset(k, refuse)
      if (this.#driveResets[k] !== 0) this.#awaitReset(k, elapsed)
    }
  }

  /** The axes go on by one cycle; `down`: the machine is in its safe state, or being closed. Cyclic. */
  advance(down: boolean): void {
    const groups = this.#groups
    for (let k = 0; k < groups.length; k++) (groups[k] as GroupDrive).update(down)
    this.#order.advance()
    if (down) this.#switches.forget()
    else this.#switches.update()
  }

  /** Passes on how the axes' commands ended. Cyclic. */
  settle(): void {
    const axes = this.#axes
    for (let k = 0; k < axes.length; k++) this.#passOn((axes[k] as AxisDrive).motion.settlements)
    const groups = this.#groups
    for (let k = 0; k < groups.length; k++)
      this.#passOn((groups[k] as GroupDrive).group.settlements)
  }

  #passOn(settlements: SettlementOutbox): void {
    while (settlements.take()) {
      const { end } = settlements
      this.#end(
        settlements.id,
        end === commandEnd.done ? done : end === commandEnd.aborted ? aborted : failed,
        settlements.error,
      )
    }
  }

  /**
   * Gives a command (commandField) to what carries it out; `refuse`: the machine is in its safe state. False: there is no room for
   * its end in this cycle. Not cyclic.
   */
  give(command: Float64Array, refuse: boolean): boolean {
    const id = command[commandField.id] as number
    const what = command[commandField.verb] as number
    const target = command[commandField.target] as number
    const orders = this.#orders[target]
    if (refuse) this.#end(id, failed, axisError.safeState)
    else if (what === verb.writeDigital || what === verb.writeAnalog)
      this.#writeOutput(id, what, target)
    else if (what >= verb.groupEnable) return this.#giveGroup(id, target, command)
    else if (orders === undefined) this.#end(id, failed, axisError.argument)
    else if (what === verb.camSwitch) this.#switches.switchOn(id, target, command)
    else if (what === verb.camSwitchOff) this.#switches.switchOff(id, target)
    else if (what === verb.reset) return this.#reset(this.#axes[target] as AxisDrive, target, id)
    else return orders.give(command)
    return true
  }

  #giveGroup(id: number, target: number, command: Float64Array): boolean {
    const group = this.#groups[target]
    if (group !== undefined) return group.give(command)
    this.#end(id, failed, groupError.argument)
    return true
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
    const channel = this.#command[commandField.position] as number
    const value = this.#command[commandField.velocity] as number
    if (io === undefined) {
      this.#end(id, failed, axisError.argument)
      return
    }
    if (what === verb.writeDigital) io.setDigital(channel, value !== 0)
    else io.analogOut[channel] = value
    this.#end(id, done, axisError.none)
  }

  #end(id: number, end: number, error: number, value = 0): void {
    if (id < taskCommand) this.blocks?.take(id, end, error)
    // the ring has a slot for every command that may be under way, so it is never full
    if (id <= 0 || !this.#ends.begin()) return
    this.#ends.set(endField.id, id)
    this.#ends.set(endField.end, end)
    this.#ends.set(endField.error, error)
    this.#ends.set(endField.value, value)
    this.#ends.push()
  }
}
