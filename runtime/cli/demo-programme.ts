/** What the demo machine does: pick and place with three axes, a turning fourth, a lamp, a gripper and a pump, for ever. */
import { setTimeout as sleep } from 'node:timers/promises'
import { DualportError } from '../../errors.ts'
import type { Axis, Machine } from '../machine-types.ts'

/** After someone else commanded an axis (over MQTT), the programme leaves it alone this long. */
const leaveAloneMs = 10_000

type Step = {
  readonly move?: { readonly [axis: string]: number }
  readonly write?: { readonly [point: string]: boolean | number }
}

/** Positions in the unit of each axis. */
const steps: readonly Step[] = [
  { write: { lamp: true, pump: 5 }, move: { x: 0, y: 0, z: 0, c: 0 } },
  { move: { x: 120, y: 60, c: 90 } },
  { move: { z: -40 } },
  { write: { gripper: true } },
  { move: { z: 20 } },
  { write: { lamp: false, pump: 2.5 }, move: { x: 380, y: 220, c: -90 } },
  { move: { z: -35 } },
  { write: { gripper: false } },
  { move: { z: 20, c: 180 } },
  { move: { x: 250, y: 30, z: 0 } },
]

/** Enables every axis and repeats the steps until `ending`. */
export async function runDemoProgramme(machine: Machine, ending: AbortSignal): Promise<void> {
  const programme = new DemoProgramme(machine)
  await programme.enable()
  while (!ending.aborted) {
    for (const step of steps) {
      await programme.carryOut(step)
      if (ending.aborted) return
    }
  }
}

class DemoProgramme {
  readonly #machine: Machine
  /** Axis -> performance.now() until which it is left alone. */
  readonly #leftAlone = new Map<string, number>()

  constructor(machine: Machine) {
    this.#machine = machine
  }

  async enable(): Promise<void> {
    await Promise.all(this.#machine.axes.map((axis) => axis.enable()))
  }

  async carryOut({ write = {}, move = {} }: Step): Promise<void> {
    for (const [point, value] of Object.entries(write))
      await this.#machine.io.point(point).write(value)
    const moves = Object.entries(move).map(([axis, position]) =>
      this.#move(this.#machine.axis(axis), position),
    )
    // a step whose axes are all left alone must not make the loop spin
    await Promise.all([sleep(100), ...moves])
  }

  async #move(axis: Axis, position: number): Promise<void> {
    if (performance.now() < (this.#leftAlone.get(axis.name) ?? 0)) return
    try {
      if (axis.status.state === 'disabled') await axis.enable()
      const { end } = await axis.moveAbsolute({ position })
      if (end === 'aborted') this.#leaveAlone(axis)
    } catch (error) {
      if (!(error instanceof DualportError) || endOfAll.has(error.code)) throw error
      // disabled, stopped or in errorStop by somebody else's hand
      this.#leaveAlone(axis)
    }
  }

  #leaveAlone(axis: Axis): void {
    this.#leftAlone.set(axis.name, performance.now() + leaveAloneMs)
  }
}

const endOfAll: ReadonlySet<string> = new Set(['DP_MACHINE_CLOSED', 'DP_MACHINE_SAFE'])
