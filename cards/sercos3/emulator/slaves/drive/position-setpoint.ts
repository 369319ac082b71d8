/**
 * Makes a smooth setpoint of the position commands: it runs from command to command in a straight line within the cycle,
 * and goes on at the last speed while a command is missing. Commands wrap as 32-bit increments; the setpoint does not.
 */

const current = 0
const from = 1
const to = 2
const commanded = 3
/** Increments per second of the last command step. */
const speed = 4
const sinceS = 5

export class PositionSetpoint {
  private readonly state = new Float64Array(6)
  private lastRaw = 0

  /** Increments. */
  get value(): number {
    return this.state[current] as number
  }

  /** Follows commands from here on: starts at the actual position. Returns the distance to the command, increments. */
  start(actual: number, actualRaw: number, commandRaw: number): number {
    const distance = (commandRaw - actualRaw) | 0
    this.state.fill(actual)
    this.state[commanded] = actual + distance
    this.state[speed] = 0
    this.state[sinceS] = 0
    this.lastRaw = commandRaw
    return Math.abs(distance)
  }

  /**
   * A cycle begins. `fresh`: `raw` came in it. False when the command steps farther than `fastest` increments/s allow:
   * it is not followed then. Cyclic.
   */
  take(raw: number, fresh: boolean, fastest: number, dtS: number): boolean {
    const { state } = this
    const elapsedS = (state[sinceS] as number) + dtS
    state[from] = state[to] as number
    state[sinceS] = elapsedS
    if (!fresh) {
      state[to] = state[from] + (state[speed] as number) * dtS
      return true
    }
    const step = (raw - this.lastRaw) | 0
    if (Math.abs(step) > fastest * elapsedS) {
      state[to] = state[from]
      return false
    }
    this.lastRaw = raw
    state[commanded] = (state[commanded] as number) + step
    state[to] = state[commanded]
    state[speed] = step / elapsedS
    state[sinceS] = 0
    return true
  }

  /** Moves by `increments` outside commands. Cyclic. */
  shift(increments: number): void {
    this.state[current] = this.value + increments
  }

  /** Moves to `fraction` (0..1) of the cycle. Cyclic. */
  advance(fraction: number): void {
    const { state } = this
    const start = state[from] as number
    state[current] = start + ((state[to] as number) - start) * fraction
  }
}
