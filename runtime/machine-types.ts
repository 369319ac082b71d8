/** What an application sees of a machine: axes, I/O, streams, commands. Implemented in opened-machine.ts. */
import type { Observable } from 'rxjs'
import type { AxisState } from '../control/axis/axis-state.ts'
import type { DualportError } from '../errors.ts'
import type { AxisUnit } from '../units.ts'
import type { AxisBlocks } from './axis-blocks.ts'
import type { Group } from './group-types.ts'
import type { Ring } from './ring-types.ts'

/** One sample of an axis, in the axis's unit. */
export type AxisSample = {
  /** Cycle it was taken in. */
  readonly cycle: number
  /** CLOCK_MONOTONIC of that cycle's interrupt, ns. */
  readonly timeNs: number
  readonly position: number
  readonly velocity: number
  /** % of rated torque. */
  readonly torquePercent: number
  /** Commanded minus actual position. */
  readonly followingError: number
  /** Commanded position of that cycle. */
  readonly setpoint: number
}

/** Many samples of one axis as columns: nothing is allocated per sample. Valid as long as you keep it (not reused). */
export type AxisBatch = {
  readonly length: number
  readonly cycle: Float64Array
  readonly timeNs: Float64Array
  readonly position: Float64Array
  readonly velocity: Float64Array
  readonly torquePercent: Float64Array
  readonly followingError: Float64Array
  readonly setpoint: Float64Array
}

export type AxisStatus = {
  readonly state: AxisState
  /** Drive power as the drive reports it. */
  readonly power: 'notReady' | 'bb' | 'ab' | 'af'
  readonly homed: boolean
  /** What put the axis into errorStop. */
  readonly error: DualportError | undefined
}

/** How a command ended, when it did not fail: `aborted` by a later command. */
export type CommandEnd = { readonly end: 'done' | 'aborted' }

/**
 * One axis. U is its unit. Promises settle when the motion is done or aborted; they reject with a DualportError when it
 * failed (DP_AXIS_DISABLED, DP_AXIS_LIMIT, DP_AXIS_STATE, DP_AXIS_DRIVE ..., DP_COMMAND_VALUE, DP_COMMAND_QUEUE_FULL) or when
 * nobody carries it out (DP_MACHINE_NOT_READY, DP_MACHINE_SAFE, DP_MACHINE_CLOSED, DP_RING_HELD).
 * Not for the cyclic task.
 */
export interface Axis<U extends AxisUnit = AxisUnit> extends AxisBlocks {
  readonly name: string
  readonly unit: U
  readonly position$: Observable<number>
  readonly velocity$: Observable<number>
  readonly torquePercent$: Observable<number>
  readonly followingError$: Observable<number>
  readonly status$: Observable<AxisStatus>
  /** Of the PLCopen diagram: the present one, then each other. */
  readonly state$: Observable<AxisState>
  /** Every cycle's sample, one by one. */
  readonly sample$: Observable<AxisSample>
  /** Every cycle's sample, in batches. */
  readonly samples$: Observable<AxisBatch>
  /** The newest status: MC_ReadStatus, MC_ReadAxisError. */
  readonly status: AxisStatus
  /**
   * MC_TouchProbe: arms a probe of the drive and resolves with where the axis was at its next edge, to a fraction of a cycle.
   * The axis may move and be commanded meanwhile. Rejects with the reason of `signal`, or with DP_AXIS_PROBE. Not while a
   * user's cyclic task owns the axis.
   */
  touchProbe(options: TouchProbe): Promise<{ readonly position: number }>
  /** MC_AbortTrigger: a probe that waits is given up; its `touchProbe` rejects with DP_AXIS_PROBE. */
  abortTrigger(options: { readonly probe: 1 | 2 }): Promise<CommandEnd>
  /** MC_ReadActualPosition: unit, in the next cycle. */
  readActualPosition(): Promise<number>
  /** MC_ReadActualVelocity: unit/s. */
  readActualVelocity(): Promise<number>
  /** MC_ReadActualTorque: % of rated torque. */
  readActualTorque(): Promise<number>
  /** Torque limit both ways, % of rated torque (S-0-0092). In the telegrams where they carry it. */
  setTorqueLimit(percent: number): Promise<CommandEnd>
}

export type TouchProbe = {
  readonly probe: 1 | 2
  readonly edge: 'rising' | 'falling'
  /** Edges outside of it do not count, unit. Left out: all do. */
  readonly window?: { readonly first: number; readonly last: number }
  readonly signal?: AbortSignal
}

export type PointKind = 'digitalInput' | 'digitalOutput' | 'analogInput' | 'analogOutput'

/** One I/O point: boolean for digital, a number in its unit for analogue. */
export interface Point {
  readonly name: string
  readonly kind: PointKind
  readonly unit: string | undefined
  /** Emits the present value, then each change. */
  readonly value$: Observable<boolean | number>
  readonly value: boolean | number
  /** Outputs only (DP_IO_DIRECTION); refused while a user's cyclic task owns the outputs (DP_IO_OWNER). */
  write(value: boolean | number): Promise<void>
}

export interface MachineIo {
  readonly points: readonly Point[]
  /** Throws DP_IO_UNKNOWN. */
  point(name: string): Point
}

/** Statistics of the cycle, once per second and since the start. Durations in ns. */
export type CycleReport = {
  readonly timeNs: number
  /** Cycles since operational. */
  readonly cycles: number
  readonly cycleNs: number
  /** Interrupt (as the stub saw it) to the worker running, over the last second. */
  readonly latencyNs: Quantiles
  /** beginCycle to endCycle, over the last second. */
  readonly executionNs: Quantiles
  /** Interrupt to interrupt minus the cycle time, absolute, over the last second. */
  readonly jitterNs: Quantiles
  /** The ring's clock as this computer's clock sees it: how much faster the ring's runs, and how much the interrupts scatter about it. */
  readonly ringClock: { readonly driftPpb: number; readonly jitterNs: number }
  /** From the end of a cycle's work to the time at which its outputs had to be out: the least of the last second. */
  readonly leastTimeLeftNs: number
  readonly counters: CycleCounters
}

export type Quantiles = {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** Everything counted since the start; each is on the stream, on MQTT and in the table. */
export type CycleCounters = {
  /** Interrupts never waited for. The built-in motion goes on where it was: a missed cycle costs time, and never a jump. */
  readonly missedInterrupts: number
  /** How often the kernel stub took the interrupt away because its source would not clear: none comes until irqcontrol. */
  readonly maskedInterrupts: number
  /** Cycles whose work lasted longer than the cycle time. */
  readonly overruns: number
  /** Cycles in which the task came too late for the buffer exchange. */
  readonly lateCycles: number
  readonly lostTelegrams: number
  /** Records overwritten before the main thread read them. */
  readonly droppedRecords: number
  /** Events lost because their ring was full. */
  readonly droppedEvents: number
  /** Setpoints of a user's task that were refused by a limit. */
  readonly refusedSetpoints: number
  /** MQTT messages dropped at the queue's bound. */
  readonly droppedMessages: number
}

export type MachineEvent = {
  readonly timeNs: number
  readonly kind:
    | 'phase'
    | 'operational'
    /** The ring opened, broke, healed or was closed. */
    | 'topology'
    /** A device came or went, or something about it is worth a warning. */
    | 'device'
    /** Errors on a port of the card rose, see Ring.ports. */
    | 'port'
    | 'axis'
    | 'overrun'
    | 'missed'
    /** The kernel stub masked the interrupt. */
    | 'masked'
    | 'refused'
    | 'taskError'
    | 'safe'
    | 'stall'
    | 'fault'
    | 'realtime'
    /** As whom the process goes on once the card is open; a warning: as root. */
    | 'rights'
    | 'gone'
    | 'closed'
  readonly severity: 'info' | 'warning' | 'error'
  readonly message: string
  readonly axis?: string
  /** Name of the device, for kind 'device'. */
  readonly device?: string
  readonly error?: DualportError
}

export interface Machine {
  readonly name: string
  readonly axes: readonly Axis[]
  /** By name or number. Throws DP_AXIS_UNKNOWN. */
  axis(nameOrIndex: string | number): Axis
  /** The same where the caller counts on a unit. Throws DP_AXIS_UNIT when the machine file gives the axis another one. */
  axis<U extends AxisUnit>(nameOrIndex: string | number, unit: U): Axis<U>
  readonly groups: readonly Group[]
  /** A group of axes. Throws DP_GROUP_UNKNOWN. */
  group(name: string): Group
  readonly io: MachineIo
  /** What the axes and points hang on. */
  readonly ring: Ring
  /** Once per second. */
  readonly cycle$: Observable<CycleReport>
  /**
   * Replays the last 100 events since the opening to a new subscriber, without the counts of overruns, missed and masked
   * interrupts and refused setpoints, which come at most once per second each.
   */
  readonly events$: Observable<MachineEvent>
  /**
   * Resolves when the bus is operational (CP4); rejects with what went wrong. A new promise for every run-up: ask again
   * after `restart` or after the ring was taken out of operation.
   */
  readonly operational: Promise<void>
  /** Why the machine is in its safe state; undefined while it is not. */
  readonly safeReason: string | undefined
  /**
   * Leaves the safe state: same process, same worker, same card. The ring is run up anew; then every axis is disabled, or
   * in errorStop for an error that its drive has of itself, and outputs have their safe values. Resolves in CP4; rejects
   * with what keeps the ring down (the machine is then safe for that reason), or with DP_RING_POWER when the axes do not
   * give up power within 3 s, or with DP_MACHINE_RESTART: not in its safe state, the card is gone, the worker stalled or
   * died, or its cyclic task failed; DP_RING_BUSY: another restart is under way. A task that failed is set up and run again by `task: 'again'` alone; any other goes on
   * with what it knows, and its cycles count on.
   */
  restart(options?: { readonly task?: 'again' }): Promise<void>
  /**
   * Axes to rest and 'disabled', outputs safe, the bus left in order, memory unmapped. Commands under way reject with
   * DP_MACHINE_CLOSED. Within a few seconds whatever happens. Idempotent.
   */
  close(): Promise<void>
}
