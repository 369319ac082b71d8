/**
 * A cam as its slave follows it:
 *
 *   slave = slaveOffset + slaveScaling f(x),  x = (master - masterOffset) / masterScaling
 *
 * Absolute positions are those of the axes. A relative master begins the cam where it is (x is the cam's start there); a
 * relative slave begins where it is (its place then belongs to the master's). A periodic cam whose end is not at its beginning
 * carries its slave on by the difference in each period; otherwise the slave rests outside of the cam.
 */
import { MotionState } from '../trajectory/motion-state.ts'
import { CamReader } from './cam-reader.ts'
import type { CamTable } from './cam-table.ts'
import type { CouplingLaw } from './coupling-law.ts'

export class CamLaw implements CouplingLaw {
  readonly master = new MotionState()
  readonly slave = new MotionState()
  leftS = 0.5
  /** Unit of the master; the cam stretched along the master, not 0. */
  masterOffset = 0.5
  masterScaling = 0.5
  /** Unit of the slave; the cam stretched along the slave. */
  slaveOffset = 0.5
  slaveScaling = 0.5
  masterAbsolute = true
  slaveAbsolute = true
  periodic = false
  /** Where the master is, after `evaluate`: -1 before the cam, 1 behind it, else 0. */
  side = 0
  /** Which period of a periodic cam it is in. */
  period = 0

  readonly #reader: CamReader
  #masterZero = 0.5
  #slaveZero = 0.5

  constructor(table: CamTable) {
    this.#reader = new CamReader(table)
    this.leftS = 0
    this.masterOffset = 0
    this.masterScaling = 1
    this.slaveOffset = 0
    this.slaveScaling = 1
    this.#masterZero = 0
    this.#slaveZero = 0
  }

  get table(): CamTable {
    return this.#reader.table
  }

  /** MC_CamTableSelect. Not while a slave follows. */
  select(
    table: CamTable,
    { periodic = false, masterAbsolute = true, slaveAbsolute = true }: CamSelection = {},
  ): void {
    this.#reader.select(table)
    this.periodic = periodic
    this.masterAbsolute = masterAbsolute
    this.slaveAbsolute = slaveAbsolute
  }

  enter(from: MotionState): void {
    const { start } = this.table
    this.#slaveZero = 0
    this.#masterZero = this.masterAbsolute ? 0 : this.master.position - this.masterScaling * start
    if (this.slaveAbsolute) return
    // as it will be without the offsets, which move the slave from there
    const { masterOffset, slaveOffset } = this
    this.masterOffset = 0
    this.slaveOffset = 0
    this.evaluate()
    this.#slaveZero = from.position - this.slave.position
    this.masterOffset = masterOffset
    this.slaveOffset = slaveOffset
  }

  evaluate(): void {
    const { master, slave, slaveScaling } = this
    const reader = this.#reader
    const { start, end, first, last } = reader.table
    const scale = 1 / this.masterScaling
    reader.at = (master.position - this.#masterZero - this.masterOffset) * scale
    let carried = 0
    if (this.periodic) {
      const period = Math.floor((reader.at - start) / (end - start))
      reader.at -= period * (end - start)
      carried = period * (last - first)
      this.period = period | 0
      this.side = 0
    } else this.#findSide()
    if (this.side === 0) reader.read()
    else this.#readOutside()
    const rate = slaveScaling * reader.slope * scale
    const zero = this.#slaveZero + this.slaveOffset
    slave.position = zero + slaveScaling * (reader.value + carried)
    slave.velocity = rate * master.velocity
    slave.acceleration =
      rate * master.acceleration +
      slaveScaling * reader.curvature * (scale * master.velocity) * (scale * master.velocity)
  }

  shift(distance: number): void {
    this.#slaveZero += distance
  }

  #findSide(): void {
    const { at } = this.#reader
    const { start, end } = this.table
    this.side = at < start ? -1 : at > end ? 1 : 0
  }

  #readOutside(): void {
    const reader = this.#reader
    const { first, last } = reader.table
    reader.value = this.side < 0 ? first : last
    reader.slope = 0
    reader.curvature = 0
  }
}

/** MC_CamTableSelect: how a table is taken. Once and in the axes' own positions where it is left out. */
export type CamSelection = {
  readonly periodic?: boolean | undefined
  readonly masterAbsolute?: boolean | undefined
  readonly slaveAbsolute?: boolean | undefined
}
