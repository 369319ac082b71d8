/** A group of axes as the application holds it: PLCopen Motion Control Part 4 in its core. */
import type { Observable } from 'rxjs'
import type { BufferModeName } from '../control/axis/buffer-mode.ts'
import type { GroupState } from '../control/groups/group-state.ts'
import type { DualportError } from '../errors.ts'
import type { CommandEnd } from './machine-types.ts'

export type GroupStatus = {
  readonly state: GroupState
  /** What put the group into groupErrorStop. */
  readonly error: DualportError | undefined
}

/** Coordinates of the tool (of the axes with `ofAxes`), in the order of the group's axes. Left-out limits are the path's own. */
export type GroupMove = {
  readonly position: readonly number[]
  /** Counted from where the motion begins. */
  readonly relative?: boolean
  readonly velocity?: number
  readonly acceleration?: number
  readonly jerk?: number
  /** Left out: `aborting`. */
  readonly bufferMode?: BufferModeName
  /**
   * How the motion before goes over into this one, with a blending buffer mode. `none` (left out): through where the path is
   * smooth, a stop in corners. `cornerDistance`: a blend that begins `amount` before the corner. `maxCornerDeviation`: one that
   * leaves the corner by no more than `amount`.
   */
  readonly transition?: 'exact' | 'none' | 'cornerDistance' | 'maxCornerDeviation'
  readonly amount?: number
}

/** One of `border` (a point on the arc), `centre`, or `radius` (a vector upright on the plane, its length the radius). */
export type CircularMove = GroupMove & {
  readonly border?: readonly number[]
  readonly centre?: readonly number[]
  readonly radius?: readonly number[]
  /** With `centre`: as seen from above (+z). */
  readonly clockwise?: boolean
  /** With `radius`: the longer one of two arcs. */
  readonly longWay?: boolean
}

/** Promises settle as those of an axis. The axes must have power and stand still before the group moves. */
export interface Group {
  readonly name: string
  /** Names of its axes, in the order of the coordinates. */
  readonly axes: readonly string[]
  readonly status: GroupStatus
  /** The present one, then each change. */
  readonly status$: Observable<GroupStatus>
  /** MC_GroupEnable, MC_GroupDisable. */
  enable(): Promise<CommandEnd>
  disable(): Promise<CommandEnd>
  /** MC_GroupReset: leaves groupErrorStop once at rest. */
  reset(): Promise<CommandEnd>
  /** MC_MoveLinearAbsolute and Relative. With `ofAxes` the coordinates are positions of the axes. */
  moveLinear(move: GroupMove & { readonly ofAxes?: boolean }): Promise<CommandEnd>
  /** MC_MoveCircularAbsolute and Relative. */
  moveCircular(move: CircularMove): Promise<CommandEnd>
  /** MC_GroupHalt: to rest on the path; any motion may take over. */
  halt(): Promise<CommandEnd>
  /** MC_GroupStop: to rest on the path; no motion may take over. */
  stop(): Promise<CommandEnd>
  /** MC_GroupInterrupt: to rest on the path, which is kept for `continue`. */
  interrupt(): Promise<CommandEnd>
  /** MC_GroupContinue. */
  continue(): Promise<CommandEnd>
  /** MC_GroupSetOverride, factors 0 to 1: velocity at once, the others for motions to come. Left out: 1. */
  setOverride(factors: {
    readonly velocity?: number
    readonly acceleration?: number
    readonly jerk?: number
  }): Promise<CommandEnd>
}
