/** The master as its slave sees it: in the coordinates that it had when the coupling began, shifted by the phase. Cyclic. */
import type { KinematicLimits } from '../trajectory/kinematic-limits.ts'
import { MotionState } from '../trajectory/motion-state.ts'
import { MasterPhase } from './master-phase.ts'
import type { MasterSource } from './master-source.ts'

export class MasterView {
  /** Of this cycle, after `look`. */
  readonly state = new MotionState()
  readonly phase: MasterPhase
  source: MasterSource
  #shiftedBefore = 0.5

  constructor(cycleS: number, own: KinematicLimits, source: MasterSource) {
    this.source = source
    this.phase = new MasterPhase(cycleS, own)
    this.#shiftedBefore = 0
  }

  /** A coupling begins: without a phase. */
  begin(): void {
    this.#shiftedBefore = this.source.shifted
    this.phase.clear()
    this.#see()
  }

  /** Once a cycle. */
  look(): void {
    this.phase.advance()
    this.#see()
  }

  #see(): void {
    const { source, state } = this
    const { shift } = this.phase
    state.position = source.position - (source.shifted - this.#shiftedBefore) + shift.position
    state.velocity = source.velocity + shift.velocity
    state.acceleration = source.acceleration + shift.acceleration
  }
}
