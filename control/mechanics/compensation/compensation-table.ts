/**
 * What a screw, a scale or play makes of a position: by how much the axis is off where its drive holds it to be, measured in both
 * directions of approach (as ISO 230-2 does: deviation = actual - target). Between the points it is interpolated linearly,
 * beyond the ends the last value holds.
 */
import { DualportError } from '../../../errors.ts'

export type CompensationPoints = {
  /** Where the drive holds the axis to be, unit; ascending. */
  readonly positions: readonly number[]
  /** Actual minus that, unit, when approached upward. */
  readonly forward: readonly number[]
  /** The same when approached downward. Left out: as `forward`, no play. */
  readonly backward?: readonly number[]
}

/** A table steeper than this is a slip of the pen, and its inverse would not be found by two steps. */
const steepest = 0.1

export class CompensationTable {
  /** Where to look, as the drive holds it, unit. Set before `look`. */
  position = 0.5
  /** Looked up, unit. */
  forward = 0.5
  backward = 0.5
  readonly #positions: Float64Array
  readonly #forward: Float64Array
  readonly #backward: Float64Array
  /** The axis is between this point and the next one: found by walking from the last place, for an axis does not leap. */
  #place = 0

  /** Throws DP_COMPENSATION_TABLE. */
  constructor(points: CompensationPoints) {
    const backward = points.backward ?? points.forward
    check(points.positions, points.forward, 'forward')
    check(points.positions, backward, 'backward')
    this.#positions = Float64Array.from(points.positions)
    this.#forward = Float64Array.from(points.forward)
    this.#backward = Float64Array.from(backward)
    this.position = 0
    this.look()
  }

  /** Cyclic. */
  look(): void {
    const positions = this.#positions
    const { position } = this
    const last = positions.length - 2
    let place = this.#place
    while (place < last && position >= (positions[place + 1] as number)) place++
    while (place > 0 && position < (positions[place] as number)) place--
    this.#place = place
    const from = positions[place] as number
    const to = positions[place + 1] as number
    const share = Math.max(0, Math.min(1, (position - from) / (to - from)))
    const upward = this.#forward
    const downward = this.#backward
    this.forward = (upward[place] as number) * (1 - share) + (upward[place + 1] as number) * share
    this.backward =
      (downward[place] as number) * (1 - share) + (downward[place + 1] as number) * share
  }
}

/**
 * The table of constant play, unit, over a range: moving downward, the axis stays behind its drive by it.
 * Throws DP_COMPENSATION_TABLE.
 */
export function backlashTable(play: number, from = -1, to = 1): CompensationTable {
  return new CompensationTable({ positions: [from, to], forward: [0, 0], backward: [play, play] })
}

function check(positions: readonly number[], errors: readonly number[], which: string): void {
  if (positions.length < 2) refuse('positions', positions.length, 'two points or more')
  if (errors.length !== positions.length)
    refuse(`${which}.length`, errors.length, `${positions.length}, one for each position`)
  for (const [place, position] of positions.entries()) {
    const error = errors[place] as number
    if (!Number.isFinite(position)) refuse(`positions[${place}]`, position, 'a finite number')
    if (!Number.isFinite(error)) refuse(`${which}[${place}]`, error, 'a finite number')
    if (place === 0) continue
    const step = position - (positions[place - 1] as number)
    if (!(step > 0)) refuse(`positions[${place}]`, position, 'more than the one before')
    const slope = Math.abs(error - (errors[place - 1] as number)) / step
    if (slope > steepest)
      refuse(
        `${which}[${place}]`,
        error,
        `at most ${steepest} unit per unit away from its neighbour`,
      )
  }
}

function refuse(at: string, actual: number, expected: string): never {
  throw new DualportError('DP_COMPENSATION_TABLE', { at, actual, expected })
}
