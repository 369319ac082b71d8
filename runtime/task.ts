/** What a user's cyclic task module sees: `export default cyclicTask({ setup, cycle, safe })`. */

/** One axis inside the cyclic task, in the axis's unit (mm or deg). Reads and writes card memory in place. */
export interface AxisIo {
  readonly name: string
  /** Actual position, unit. */
  readonly position: number
  /** Actual velocity, unit/s. */
  readonly velocity: number
  /** Actual torque, % of rated torque. */
  readonly torquePercent: number
  /** Drive status word S-0-0135. */
  readonly status: number
  /** True while the drive is in operation (AF) without an error. */
  readonly operational: boolean
  /** Asks for power; the drive needs some cycles to become `operational`. */
  enable(): void
  /** Takes power away at the end of this cycle. */
  disable(): void
  /** Position setpoint of this cycle, unit; the drive is in position mode. Refused (counted, last value holds) outside the limits. */
  setPosition(position: number, velocityFeedForward?: number): void
  /** Velocity setpoint of this cycle, unit/s; the drive is in velocity mode. */
  setVelocity(velocity: number): void
}

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
  /** Seconds since then, by the bus's cycle count. */
  readonly timeS: number
}

export interface CyclicTask {
  /** Once, before the first cycle; may allocate. */
  setup?(io: TaskIo): void
  /** Every cycle; must not allocate. A throw makes the machine safe. */
  cycle(io: TaskIo, tick: Tick): void
  /** Once, when the machine goes to its safe state by other means than a crash of this task. */
  safe?(io: TaskIo): void
}

/** Types a task; returns it as it is. */
export function cyclicTask<T extends CyclicTask>(task: T): T {
  return task
}
