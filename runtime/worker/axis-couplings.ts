/**
 * What an axis can be coupled by: gears, cams, sums of two masters, made beforehand. Of each kind one may run and one may wait,
 * and one is kept for what comes at once.
 *
 * The setpoint of an axis without power is its feedback: a slave that went on with it would follow a machine that coasts. So
 * it is brought to rest when its master loses power, and none is coupled to such a setpoint.
 */
import { axisError } from '../../control/axis/axis-error.ts'
import type { AxisErrorNumber } from '../../control/axis/axis-error.ts'
import { axisState } from '../../control/axis/axis-state.ts'
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import type { BufferMode } from '../../control/axis/buffer-mode.ts'
import type { Dynamics } from '../../control/axis/dynamics.ts'
import type { Motion } from '../../control/axis/motion.ts'
import { CamIn } from '../../control/coupling/cam-in.ts'
import { CamTable, makeCam } from '../../control/coupling/cam-table.ts'
import { CombineAxes } from '../../control/coupling/combine-axes.ts'
import { GearInPos } from '../../control/coupling/gear-in-pos.ts'
import type { SyncMode } from '../../control/coupling/gear-law.ts'
import { GearIn } from '../../control/coupling/gear-in.ts'
import type { MasterPhase } from '../../control/coupling/master-phase.ts'
import type { MasterSource } from '../../control/coupling/master-source.ts'
import { camFlag, commandEnds, commandField, taskCommand } from '../shared/command-ring.ts'
import type { TableReader } from '../shared/table-store.ts'
import type { AdvanceOrder } from './advance-order.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { EndCommand } from './axis-probes.ts'
import { freeMotion, ofEachKind } from './free-motion.ts'

const done = commandEnds.indexOf('done')
const aborted = commandEnds.indexOf('aborted')
const failed = commandEnds.indexOf('failed')

const noTable = -1
const nobody = -1
const mostMasters = 2
/** What a cam follows before one is selected. */
const level = makeCam({
  points: [
    { master: 0, slave: 0 },
    { master: 1, slave: 0 },
  ],
  interpolation: 'linear',
})

type Coupling = Motion & { readonly phase: MasterPhase; check(): AxisErrorNumber }

export class AxisCouplings {
  readonly #index: number
  readonly #axes: readonly AxisDrive[]
  readonly #axis: AxisDrive
  readonly #order: AdvanceOrder
  readonly #tables: TableReader
  readonly #end: EndCommand
  readonly #gears: readonly GearIn[]
  readonly #gearsInPos: readonly GearInPos[]
  readonly #cams: readonly CamIn[]
  /** Of each cam the number of its table. */
  readonly #camTables = new Int32Array(ofEachKind).fill(noTable)
  readonly #sums: readonly CombineAxes[]
  readonly #all: readonly Coupling[]
  /** Of each coupling the axes whose setpoints it follows. */
  readonly #led: Int32Array
  /** A phasing under way: its command, 0 none, and the coupling. */
  #phasingId = 0
  #phased: Coupling | undefined

  /** `index`: the place of the axis among `axes`. */
  constructor(
    cycleS: number,
    index: number,
    axes: readonly AxisDrive[],
    order: AdvanceOrder,
    tables: TableReader,
    end: EndCommand,
  ) {
    const axis = axes[index] as AxisDrive
    const { limits, commanded } = axis.motion
    this.#index = index
    this.#axes = axes
    this.#axis = axis
    this.#order = order
    this.#tables = tables
    this.#end = end
    this.#gears = make(() => new GearIn(cycleS, limits, commanded))
    this.#gearsInPos = make(() => new GearInPos(cycleS, limits, commanded))
    this.#cams = make(() => new CamIn(cycleS, limits, commanded, level))
    this.#sums = make(() => new CombineAxes(cycleS, limits, commanded, commanded))
    this.#all = [...this.#gears, ...this.#gearsInPos, ...this.#cams, ...this.#sums]
    this.#led = new Int32Array(this.#all.length * mostMasters).fill(nobody)
  }

  // Each takes a command (commandField) and returns false when it is to be tried again in the next cycle. Not cyclic.

  gearIn(id: number, values: Float64Array, dynamics: Dynamics, mode: BufferMode): boolean {
    const master = values[commandField.master] as number
    const source = this.#source(master, values[commandField.masterActual] as number)
    const gear = this.#gears[freeMotion(this.#axis.motion, this.#gears, mode)]
    if (source === undefined) return this.#refuse(id, axisError.argument)
    if (gear === undefined) return this.#refuse(id, axisError.queue)
    gear.source = source
    gear.numerator = orOne(values[commandField.numerator])
    gear.denominator = orOne(values[commandField.denominator])
    copy(dynamics, gear.dynamics)
    return this.#begin(id, gear, mode, values, nobody)
  }

  gearInPos(id: number, values: Float64Array, dynamics: Dynamics, mode: BufferMode): boolean {
    const master = values[commandField.master] as number
    const source = this.#source(master, values[commandField.masterActual] as number)
    const gear = this.#gearsInPos[freeMotion(this.#axis.motion, this.#gearsInPos, mode)]
    if (source === undefined) return this.#refuse(id, axisError.argument)
    if (gear === undefined) return this.#refuse(id, axisError.queue)
    gear.source = source
    gear.numerator = orOne(values[commandField.numerator])
    gear.denominator = orOne(values[commandField.denominator])
    gear.masterSync = values[commandField.masterSync] as number
    gear.slaveSync = values[commandField.slaveSync] as number
    gear.masterStartDistance = orZero(values[commandField.masterStart])
    gear.slaveModulo = orZero(values[commandField.slaveModulo])
    gear.mode = orZero(values[commandField.choice]) as SyncMode
    copy(dynamics, gear.dynamics)
    return this.#begin(id, gear, mode, values, nobody)
  }

  camIn(id: number, values: Float64Array, dynamics: Dynamics, mode: BufferMode): boolean {
    const master = values[commandField.master] as number
    const source = this.#source(master, values[commandField.masterActual] as number)
    const place = freeMotion(this.#axis.motion, this.#cams, mode)
    const cam = this.#cams[place]
    const table = values[commandField.table] as number
    const data = this.#tables.view(table)
    if (source === undefined || data === undefined) return this.#refuse(id, axisError.argument)
    if (cam === undefined) return this.#refuse(id, axisError.queue)
    this.#tables.hold(table, this.#camTables[place] as number)
    this.#camTables[place] = table
    cam.source = source
    const { cam: law } = cam
    law.select(new CamTable(data))
    const flags = values[commandField.flags] as number
    law.periodic = (flags & camFlag.periodic) !== 0
    law.masterAbsolute = (flags & camFlag.masterAbsolute) !== 0
    law.slaveAbsolute = (flags & camFlag.slaveAbsolute) !== 0
    law.masterOffset = orZero(values[commandField.masterOffset])
    law.slaveOffset = orZero(values[commandField.slaveOffset])
    law.masterScaling = orOne(values[commandField.masterScaling])
    law.slaveScaling = orOne(values[commandField.slaveScaling])
    cam.masterSync = orZero(values[commandField.masterSync])
    cam.masterStartDistance = orZero(values[commandField.masterStart])
    copy(dynamics, cam.dynamics)
    return this.#begin(id, cam, mode, values, nobody)
  }

  combineAxes(id: number, values: Float64Array, dynamics: Dynamics, mode: BufferMode): boolean {
    const master = values[commandField.master] as number
    const second = values[commandField.second] as number
    const source = this.#source(master, values[commandField.masterActual] as number)
    const other = this.#source(second, values[commandField.secondActual] as number)
    const sum = this.#sums[freeMotion(this.#axis.motion, this.#sums, mode)]
    if (source === undefined || other === undefined) return this.#refuse(id, axisError.argument)
    if (sum === undefined) return this.#refuse(id, axisError.queue)
    const { masters } = sum
    const sign = values[commandField.choice] === 1 ? -1 : 1
    masters.first = source
    masters.second = other
    masters.firstRatio =
      orOne(values[commandField.numerator]) / orOne(values[commandField.denominator])
    masters.secondRatio =
      (sign * orOne(values[commandField.secondNumerator])) /
      orOne(values[commandField.secondDenominator])
    copy(dynamics, sum.dynamics)
    return this.#begin(id, sum, mode, values, second)
  }

  /** MC_GearOut: of a gear or of a sum. */
  gearOut(id: number): boolean {
    const couples =
      this.#runs(this.#gears) || this.#runs(this.#gearsInPos) || this.#runs(this.#sums)
    return couples ? this.#axis.motion.disengage(id) : this.#refuse(id, axisError.state)
  }

  camOut(id: number): boolean {
    return this.#runs(this.#cams)
      ? this.#axis.motion.disengage(id)
      : this.#refuse(id, axisError.state)
  }

  /** Of what runs. */
  phase(id: number, shift: number, relative: boolean, dynamics: Dynamics): boolean {
    const { motion } = this.#axis
    const coupling = this.#all.find((one) => motion.runs(one))
    if (coupling === undefined) return this.#refuse(id, axisError.state)
    this.#endPhasing(aborted)
    const { phase } = coupling
    const error = relative ? phase.moveBy(shift, dynamics) : phase.moveTo(shift, dynamics)
    if (error !== axisError.none) return this.#refuse(id, error)
    this.#phasingId = id
    this.#phased = coupling
    return true
  }

  /** What became of the master; how a phasing ended. Cyclic. */
  look(): void {
    if (this.#axis.motion.state === axisState.synchronizedMotion) this.#lookAtMasters()
    if (this.#phased === undefined) return
    if (!this.#axis.motion.runs(this.#phased)) this.#endPhasing(aborted)
    else if (!this.#phased.phase.moves) this.#endPhasing(done)
  }

  #endPhasing(end: number): void {
    if (this.#phased === undefined) return
    this.#phased = undefined
    this.#end(this.#phasingId, end, axisError.none)
  }

  #lookAtMasters(): void {
    const { motion } = this.#axis
    for (let k = 0; k < this.#all.length; k++) {
      if (!motion.runs(this.#all[k] as Coupling)) continue
      for (let n = k * mostMasters; n < (k + 1) * mostMasters; n++) {
        const master = this.#axes[this.#led[n] as number]?.motion
        if (master === undefined || master.hasPower) continue
        // a master that was switched off is no fault
        if (master.state === axisState.errorStop) motion.errorStop(axisError.master)
        else motion.halt(taskCommand)
        return
      }
    }
  }

  /** `second`: nobody, or the other master of a sum. */
  #begin(
    id: number,
    coupling: Coupling,
    mode: BufferMode,
    values: Float64Array,
    second: number,
  ): boolean {
    const error = coupling.check()
    if (error !== axisError.none) return this.#refuse(id, error)
    const master = values[commandField.master] as number
    const led = values[commandField.masterActual] === 1 ? nobody : master
    const secondLed = values[commandField.secondActual] === 1 ? nobody : second
    if (this.#isIdle(led) || this.#isIdle(secondLed)) return this.#refuse(id, axisError.master)
    if (!this.#order.couple(this.#index, master, second, mode !== bufferMode.aborting))
      return this.#refuse(id, axisError.masterCircle)
    const at = this.#all.indexOf(coupling) * mostMasters
    this.#led[at] = led
    this.#led[at + 1] = secondLed
    return this.#axis.motion.begin(id, coupling, mode)
  }

  /** An axis without power. */
  #isIdle(master: number): boolean {
    return this.#axes[master]?.motion.hasPower === false
  }

  #source(master: number, actual: number): MasterSource | undefined {
    const motion = this.#axes[master]?.motion
    return actual === 1 ? motion?.actual : motion?.commanded
  }

  #runs(couplings: readonly Coupling[]): boolean {
    return couplings.some((one) => this.#axis.motion.runs(one))
  }

  #refuse(id: number, error: AxisErrorNumber): true {
    this.#end(id, failed, error)
    return true
  }
}

function make<Kind>(one: () => Kind): Kind[] {
  return Array.from({ length: ofEachKind }, one)
}

function copy(from: Dynamics, to: Dynamics): void {
  to.set(from.velocity, from.acceleration, from.jerk, from.deceleration)
}

function orZero(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value
}

function orOne(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 1 : value
}
