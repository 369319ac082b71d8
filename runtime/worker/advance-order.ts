/**
 * In which order the axes go on by one cycle: masters before those that follow them, so that a slave follows its master's
 * setpoint of this cycle and not that of the one before, however long the chain. The order is found anew when a coupling begins.
 */
import { axisState } from '../../control/axis/axis-state.ts'
import type { AxisDrive } from './axis-drive.ts'

const nobody = -1
/** Two that an axis follows, and two that it will follow when what waits begins. */
const mostMasters = 4
const waiting = 2

export class AdvanceOrder {
  readonly #axes: readonly AxisDrive[]
  /** Places of the axes, in the order in which they advance. */
  readonly #order: Int32Array
  readonly #masters: Int32Array
  /** Axes that have been looked at while the order is being found. */
  readonly #seen: Uint8Array

  constructor(axes: readonly AxisDrive[]) {
    this.#axes = axes
    this.#order = Int32Array.from(axes, (_, k) => k)
    this.#masters = new Int32Array(axes.length * mostMasters).fill(nobody)
    this.#seen = new Uint8Array(axes.length)
  }

  /** Cyclic. */
  advance(): void {
    const order = this.#order
    const axes = this.#axes
    for (let k = 0; k < order.length; k++) (axes[order[k] as number] as AxisDrive).advance()
  }

  /**
   * `slave` is to follow `first` and `second` (-1: none): false, and nothing changes, where that would close a circle. `waits`:
   * it goes on with what it does now until then. Not cyclic.
   */
  couple(slave: number, first: number, second: number, waits: boolean): boolean {
    this.#forgetEnded()
    this.#seen.fill(0)
    if (this.#leadsTo(first, slave) || this.#leadsTo(second, slave)) return false
    const masters = this.#masters
    const at = slave * mostMasters
    if (!waits) masters.fill(nobody, at, at + mostMasters)
    masters[at + (waits ? waiting : 0)] = first
    masters[at + (waits ? waiting : 0) + 1] = second
    this.#seen.fill(0)
    let next = 0
    for (let k = 0; k < this.#axes.length; k++) next = this.#place(k, next)
    return true
  }

  /** An axis that follows nobody and for which nothing waits has no master any more. */
  #forgetEnded(): void {
    for (let k = 0; k < this.#axes.length; k++) {
      const { motion } = this.#axes[k] as AxisDrive
      if (motion.state === axisState.synchronizedMotion || motion.queued > 0) continue
      this.#masters.fill(nobody, k * mostMasters, (k + 1) * mostMasters)
    }
  }

  /** `axis` is `wanted`, or follows it. */
  #leadsTo(axis: number, wanted: number): boolean {
    if (axis === wanted) return true
    if (axis < 0 || this.#seen[axis] === 1) return false
    this.#seen[axis] = 1
    for (let k = 0; k < mostMasters; k++)
      if (this.#leadsTo(this.#masters[axis * mostMasters + k] as number, wanted)) return true
    return false
  }

  /** Behind its masters. Returns the next free place. */
  #place(axis: number, next: number): number {
    if (axis < 0 || this.#seen[axis] === 1) return next
    this.#seen[axis] = 1
    let free = next
    for (let k = 0; k < mostMasters; k++)
      free = this.#place(this.#masters[axis * mostMasters + k] as number, free)
    this.#order[free] = axis
    return free + 1
  }
}
