/** For tests: a group of two axes, and one who commands it by names. */
import { bufferMode } from '../../control/axis/buffer-mode.ts'
import { AxisGroup } from '../../control/groups/axis-group.ts'
import { groupError } from '../../control/groups/group-error.ts'
import { groupStates, type GroupState } from '../../control/groups/group-state.ts'
import { CartesianKinematics } from '../../control/groups/kinematics/cartesian.ts'

export const cycleS = 0.001
export const axis = {
  positionMin: -500,
  positionMax: 500,
  velocity: 300,
  acceleration: 3000,
  jerk: 60_000,
}
export const path = { velocity: 250, acceleration: 2000, jerk: 40_000 }

/** Runs a group as its machine would, and notes how its commands ended. */
export class Bench {
  readonly group: AxisGroup
  readonly ended: string[] = []
  readonly #names = new Map<number, string>()
  #lastId = 0

  constructor(group: AxisGroup) {
    this.group = group
    this.give('enable', (id) => group.enable(id))
    this.cycles(1)
    this.ended.length = 0
  }

  give(name: string, command: (id: number) => boolean): void {
    this.#lastId += 1
    this.#names.set(this.#lastId, name)
    if (!command(this.#lastId)) throw new Error(`no room for ${name}`)
  }

  /** A line to a place, buffered unless told otherwise. */
  line(name: string, to: readonly number[], set: Partial<AxisGroup['command']> = {}): void {
    const { command } = this.group
    command.target.set(to)
    Object.assign(command, { bufferMode: bufferMode.buffered, relative: false, ofAxes: false }, set)
    this.give(name, (id) => this.group.moveLinear(id))
  }

  /** Runs cycles, also until something holds; ends go into `ended` as 'name done'. Cycles that it took. */
  cycles(count: number, until: () => boolean = () => false): number {
    const { group } = this
    for (let cycle = 1; cycle <= count; cycle++) {
      group.update()
      for (const [n, value] of group.position.entries()) group.actual[n] = value
      this.collect()
      if (until()) return cycle
    }
    return count
  }

  collect(): void {
    const { settlements } = this.group
    const words = ['', 'done', 'aborted', 'error']
    while (settlements.take()) {
      const reason = settlements.error === groupError.none ? '' : ` ${settlements.error}`
      this.ended.push(`${this.#names.get(settlements.id)} ${words[settlements.end]}${reason}`)
    }
  }

  get state(): GroupState {
    return groupStates[this.group.state]
  }

  toStandby(): number {
    return this.cycles(20_000, () => this.state === 'groupStandby')
  }
}

/** Two Cartesian axes. */
export function flat(): Bench {
  const kinematics = new CartesianKinematics(2)
  return new Bench(new AxisGroup({ cycleS, kinematics, axes: [axis, axis], path, capacity: 8 }))
}
