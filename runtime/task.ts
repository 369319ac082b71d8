/**
 * What a user's cyclic task module sees: `export default cyclicTask({ setup, cycle, safe })`.
 *
 * The task runs in a thread whose event loop stands still from the first cycle on: no timer fires there, no `await` goes
 * on, and a promise that rejects is never seen. Hence all three functions are synchronous (DP_TASK_MODULE where one is
 * async), and a `cycle` that returns anything makes the machine safe (DP_TASK_FAILED).
 */
import type { AxisState } from '../control/axis/axis-state.ts'
import type { ErrorCode } from '../errors.ts'
import type { TaskBlocks } from './task-blocks.ts'

/** One axis inside the cyclic task, in the axis's unit (mm or deg). Reads and writes card memory in place. */
export interface AxisIo {
  readonly name: string
  /** The function blocks of PLCopen, to be made in `setup`. Beside setpoints of the task's own: the last one counts. */
  readonly blocks: TaskBlocks
  /** Actual position, unit, in the axis's coordinates: after a `home` those that it set. */
  readonly position: number
  /** Commanded position of the cycle before, unit: what the next setpoint is measured against. Without power, `position` then. */
  readonly setpoint: number
  /** Actual velocity, unit/s. */
  readonly velocity: number
  /** Actual torque, % of rated torque. */
  readonly torquePercent: number
  /** What the drive itself says that it lags behind its command (S-0-0189), unit; 0 where its telegrams do not carry it. */
  readonly followingDistance: number
  /** Drive status word S-0-0135. */
  readonly status: number
  /** True while the drive is in operation (AF) without an error. */
  readonly operational: boolean
  readonly state: AxisState
  /** What put the axis into errorStop; `undefined` when nothing did. */
  readonly error: ErrorCode | undefined
  readonly homed: boolean
  /**
   * Asks for power; the drive needs some cycles to become `operational`, and the axis goes to errorStop (DP_AXIS_POWER) when
   * one step of that takes more than 5 s. May be called in every cycle. Without effect in errorStop: `reset` first.
   */
  enable(): void
  /** Takes power away at the end of this cycle. */
  disable(): void
  /** Leaves errorStop, to standstill with power or else to disabled, once the drive has given up its own error. May be called in every cycle. */
  reset(): void
  /**
   * Position setpoint of this cycle, unit; the drive is in position mode.
   *
   * A setpoint beyond a position limit, or whose step or feed-forward exceeds the velocity limit, is refused and counted
   * (`refusedSetpoints`, and an event at most once per second). In a cycle without an accepted setpoint, refused or not given,
   * a moving axis slows down by the ramp of its limits until the next accepted one: go on from `setpoint`, which is where the
   * ramp has come to. It may end beyond a position limit; from rest there, setpoints that lead back are accepted.
   */
  setPosition(position: number, velocityFeedForward?: number): void
  /**
   * Velocity setpoint of this cycle, unit/s; the drive is in velocity mode. Refused above the velocity limit and, outwards, at
   * a position limit; then, as without one, the axis slows down by its ramp.
   */
  setVelocity(velocity: number): void
  /**
   * Torque command of this cycle, % of rated torque, signed; the drive is in torque mode, and `setpoint` follows its position.
   * Refused where the drive's telegrams carry no torque command (S-0-0080 in its `connections`), above the torque limit, above
   * the velocity limit in the direction of motion, and outwards at a position limit. In a cycle without an accepted one the
   * drive stops by its own halt ramp and holds.
   */
  setTorque(percent: number): void
  /**
   * Torque limit both ways from this cycle on, % of rated torque. Refused where the drive's telegrams carry none (S-0-0092,
   * or S-0-0082 and S-0-0083); `axis.setTorqueLimit` sets it in other drives.
   */
  setTorqueLimit(percent: number): void
  /** Drive halt: the drive stops by its own ramp, `setpoint` follows it; then the axis holds its position. May be called in every cycle. */
  halt(): void
  /**
   * Arms a probe of the drive for one edge: some cycles later it is `armed`. Without effect while it is being armed or waits;
   * after `latched` or `failed` it begins anew.
   */
  armProbe(probe: 1 | 2, edge: 'rising' | 'falling'): void
  probeState(probe: 1 | 2): ProbeState
  /** Where the axis was at the edge caught last, unit, in the axis's coordinates. */
  probePosition(probe: 1 | 2): number
}

/** `failed`: the drive refused, see the machine's events. */
export type ProbeState = 'off' | 'arming' | 'armed' | 'latched' | 'failed'

export interface DigitalIn {
  readonly value: boolean
}
export interface DigitalOut {
  value: boolean
}
/** In the point's unit, as the machine file scales it. */
export interface AnalogIn {
  readonly value: number
}
export interface AnalogOut {
  value: number
}

/** The machine inside the cyclic task. Look things up in `setup`, keep them, use them in `cycle`. */
export interface TaskIo {
  /** Cycle time, s. */
  readonly cycleS: number
  axis(name: string): AxisIo
  digitalIn(name: string): DigitalIn
  digitalOut(name: string): DigitalOut
  analogIn(name: string): AnalogIn
  analogOut(name: string): AnalogOut
}

/** Time of a cycle. */
export interface Tick {
  /** Cycles since the bus became operational. */
  readonly cycle: number
  /** Seconds since then, by the bus's cycle count. A restart of the ring goes on counting both. */
  readonly timeS: number
  /**
   * Seconds that were left, when this cycle's work began, until its outputs must be handed over: by the ring's clock, not
   * by the interrupt, which may have come late. Negative: too late already. 0 until the clock of the ring is known.
   */
  readonly timeLeftS: number
}

export interface CyclicTask {
  /** Once, before the first cycle; may allocate. */
  setup?(io: TaskIo): void
  /** Every cycle; must not allocate. A throw, or anything returned, makes the machine safe. */
  cycle(io: TaskIo, tick: Tick): undefined | void
  /** Once, when the machine goes to its safe state by other means than a crash of this task. */
  safe?(io: TaskIo): void
}

/** Types a task; returns it as it is. */
export function cyclicTask<T extends CyclicTask>(task: T): T {
  return task
}
