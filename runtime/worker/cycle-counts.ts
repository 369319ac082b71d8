/** What the cycle counts, shown in the control block once a cycle. */
import type { CyclicCard } from '../../cards/card.ts'
import { counterNames } from '../shared/control-block.ts'
import type { ControlBlock } from '../shared/control-block.ts'
import type { TaskInterface } from './task-io.ts'

const counter = {
  cycles: counterNames.indexOf('cycles'),
  missedInterrupts: counterNames.indexOf('missedInterrupts'),
  overruns: counterNames.indexOf('overruns'),
  lateCycles: counterNames.indexOf('lateCycles'),
  lostTelegrams: counterNames.indexOf('lostTelegrams'),
  refusedSetpoints: counterNames.indexOf('refusedSetpoints'),
} as const

export class CycleCounts {
  cycles = 0
  missedInterrupts = 0
  overruns = 0
  readonly #control: ControlBlock
  readonly #card: CyclicCard
  readonly #task: TaskInterface

  constructor(control: ControlBlock, card: CyclicCard, task: TaskInterface) {
    this.#control = control
    this.#card = card
    this.#task = task
  }

  /** Cyclic. */
  show(): void {
    const control = this.#control
    control.setCounter(counter.cycles, this.cycles)
    control.setCounter(counter.missedInterrupts, this.missedInterrupts)
    control.setCounter(counter.overruns, this.overruns)
    control.setCounter(counter.lateCycles, this.#card.counters.lateCycles)
    control.setCounter(counter.lostTelegrams, this.#card.counters.lostTelegrams)
    control.setCounter(counter.refusedSetpoints, this.#task.refused)
  }
}
