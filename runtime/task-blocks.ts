/**
 * The function blocks of PLCopen Motion Control Part 1 inside the cyclic task: made in `setup`, run in `cycle`. Making one may
 * allocate, running it does not.
 *
 *   setup: move = io.axis('x').blocks.moveAbsolute({ position: 120, velocity: 300 })
 *   cycle: if (start.value && !move.busy) move.execute()
 *          if (move.done) ...
 */
import type { CamTable } from '../control/coupling/cam-table.ts'
import type { ErrorCode } from '../errors.ts'
import type { AxisBlocks, CamSelection, Profile } from './axis-blocks.ts'

/** Outputs as PLCopen defines them: one of busy, done, aborted and error after the first `execute`. */
export interface Block {
  /** Takes the inputs and begins: the rising edge of Execute. Once more while it is busy: anew, with the inputs of now. */
  execute(): void
  /** Under way, or waiting; also once in velocity, in gear, in sync, as long as the motion goes on. */
  readonly busy: boolean
  /** It moves the axis; false while it waits for the motion before it. */
  readonly active: boolean
  /** It came to its end; or it is in velocity, in gear, in sync, as long as the motion goes on. */
  readonly done: boolean
  /** Another command took its place (CommandAborted). */
  readonly aborted: boolean
  /** Why it failed; `undefined`: it did not. */
  readonly error: ErrorCode | undefined
}

type Options<Name extends keyof AxisBlocks> = AxisBlocks[Name] extends (
  options: infer Given,
) => unknown
  ? Exclude<Given, undefined>
  : never

/** The numbers among the options, to be changed between two executions. NaN: left out. */
type Inputs<Given> = {
  -readonly [
    Name in keyof Given as Exclude<Given[Name], undefined> extends number ? Name : never
  ]-?: number
}

/** Inputs left out here are the axis's limits. */
type Make<Name extends keyof AxisBlocks> = (options: Options<Name>) => Block & Inputs<Options<Name>>

/** See `camIn` and `camTableSelect` of an axis. */
export type TaskCam = Omit<Options<'camIn'>, 'cam'> &
  Omit<CamSelection, 'cam'> & { readonly cam: string | CamTable }

/** Of one axis. Throws DP_COMMAND_VALUE and DP_AXIS_UNKNOWN; and DP_TASK_BLOCKS beyond 4096 blocks of a machine. */
export interface TaskBlocks {
  /** MC_Power with Enable; `disable` without. */
  enable(): Block
  disable(): Block
  /** MC_Reset. */
  reset(): Block
  /** MC_Home: the present position becomes `position`. */
  home(options: { readonly position: number }): Block & { position: number }
  readonly setPosition: Make<'setPosition'>
  readonly setOverride: Make<'setOverride'>
  readonly moveAbsolute: Make<'moveAbsolute'>
  readonly moveRelative: Make<'moveAdditive'>
  readonly moveAdditive: Make<'moveAdditive'>
  readonly moveSuperimposed: Make<'moveSuperimposed'>
  haltSuperimposed(): Block
  readonly moveVelocity: Make<'moveVelocity'>
  readonly moveContinuousAbsolute: Make<'moveContinuousAbsolute'>
  readonly moveContinuousRelative: Make<'moveContinuousRelative'>
  readonly torqueControl: Make<'torqueControl'>
  positionProfile(profile: Profile): Block
  velocityProfile(profile: Profile): Block
  accelerationProfile(profile: Profile): Block
  readonly halt: (options?: Options<'halt'>) => Block & Inputs<Options<'halt'>>
  readonly stop: (options?: Options<'stop'>) => Block & Inputs<Options<'stop'>>
  readonly gearIn: Make<'gearIn'>
  /** `slaveModulo` stays as it is given here. */
  gearInPos(
    options: Options<'gearInPos'>,
  ): Block & Inputs<Omit<Options<'gearInPos'>, 'slaveModulo'>>
  gearOut(): Block
  /** The cam is one of the machine file, or made by `makeCam` in `setup`. */
  camIn(options: TaskCam): Block & Inputs<TaskCam>
  camOut(): Block
  /** Its ratios stay as they are given here. */
  combineAxes(
    options: Options<'combineAxes'>,
  ): Block & Inputs<Pick<Options<'combineAxes'>, 'acceleration' | 'deceleration' | 'jerk'>>
  readonly phasingAbsolute: Make<'phasingAbsolute'>
  readonly phasingRelative: Make<'phasingRelative'>
}
