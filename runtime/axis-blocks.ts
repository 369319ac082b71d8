/**
 * The function blocks of PLCopen Motion Control Part 1 as an application calls them: one method a block. A Promise settles as the
 * block's outputs would say: `done` (also in velocity, in gear, in sync: then the motion goes on), `aborted`
 * (CommandAborted), or it rejects (Error, ErrorID).
 */
import type { BufferModeName } from '../control/axis/buffer-mode.ts'
import type { CamSwitch, CamTrack } from '../control/coupling/cam-switch.ts'
import type { CamTable } from '../control/coupling/cam-table.ts'
import type { SyncModeName } from '../control/coupling/gear-law.ts'
import type { CommandEnd } from './machine-types.ts'

/** Left-out values are the axis's limits; a deceleration left out is the acceleration. Unit/s, unit/s^2, unit/s^3. */
export type MoveDynamics = {
  readonly velocity?: number
  readonly acceleration?: number
  readonly deceleration?: number
  readonly jerk?: number
}

/** When a motion begins that is commanded while another one runs. Left out: `aborting`, at once. Four may wait. */
export type Buffered = { readonly bufferMode?: BufferModeName }

export type MoveTo = MoveDynamics & Buffered & { readonly position: number }
export type MoveBy = MoveDynamics & Buffered & { readonly distance: number }
export type MoveAt = Omit<MoveDynamics, 'velocity'> & Buffered & { readonly velocity: number }

export type HomeOptions = {
  readonly position?: number
  readonly method?:
    | 'setPosition'
    | 'drive'
    | 'limitSwitch'
    | 'homeSwitch'
    | 'indexPulse'
    | 'block'
    | 'absolute'
}

/**
 * Another axis of the machine, by name; its setpoint, or with `actual` its feedback. Without power a master has no setpoint: the
 * block rejects with DP_AXIS_MASTER, as it does where an axis would follow itself. A slave whose master is switched off halts; where the
 * master fails, it comes to rest in errorStop.
 */
export type Master = { readonly master: string; readonly masterSource?: 'setpoint' | 'actual' }

/** The slave moves `numerator` of its units while the master moves `denominator` of its own. */
export type GearRatio = { readonly numerator?: number; readonly denominator?: number }

export type CamSelection = {
  /** Of the machine file by name, or made by `makeCam`. */
  readonly cam: string | CamTable
  /** The cam begins anew at its end, and so on. Left out: true. */
  readonly periodic?: boolean
  /** Where the master is, is where the cam is read; else it begins where the master is. Left out: true. */
  readonly masterAbsolute?: boolean
  /** The cam tells where the slave is; else how far it moves from where it is. Left out: true. */
  readonly slaveAbsolute?: boolean
}

/** Times in s, ascending. The axis first goes where the profile begins. */
export type Profile = Buffered & {
  readonly times: readonly number[]
  readonly values: readonly number[]
}

export interface AxisBlocks {
  /** MC_Power on. Resolves at standstill with power. */
  enable(): Promise<CommandEnd>
  /** MC_Power off. */
  disable(): Promise<CommandEnd>
  /** MC_Reset: from errorStop to standstill or disabled. */
  reset(): Promise<CommandEnd>
  /**
   * MC_Home, at standstill. `setPosition` (the default): the present position becomes `position` (default 0). `drive`: the
   * drive searches its reference by itself (S-0-0148; how, is set in it: S-0-0147, S-0-0041, S-0-0042), which becomes
   * `position`, or keeps the drive's own (S-0-0052) where that is left out. Rejects with DP_AXIS_HOMING when it finds none;
   * `stop` ends the search. The others are led from here, as the machine file says (`homing` of the axis, the reference's
   * position included); one that it does not describe: DP_AXIS_HOMING_METHOD.
   */
  home(options?: HomeOptions): Promise<CommandEnd>
  /** MC_SetPosition: shifts the axis's coordinates, also in motion, so that it now is at `position`, or by so much if `relative`. */
  setPosition(options: {
    readonly position: number
    readonly relative?: boolean
  }): Promise<CommandEnd>
  /**
   * MC_SetOverride: factors of velocity, acceleration and jerk for moves under way and to come, up to 10; the axis's limits hold
   * all the same. `velocity` 0 pauses. Left out: 1.
   */
  setOverride(factors: {
    readonly velocity?: number
    readonly acceleration?: number
    readonly jerk?: number
  }): Promise<CommandEnd>

  /** MC_MoveAbsolute. */
  moveAbsolute(move: MoveTo): Promise<CommandEnd>
  /** MC_MoveRelative: from the position commanded at this moment. `position`, the name of old, is the same as `distance`. */
  moveRelative(move: MoveBy | MoveTo): Promise<CommandEnd>
  /** MC_MoveAdditive: `distance` beyond the target of the move under way. */
  moveAdditive(move: MoveBy): Promise<CommandEnd>
  /** MC_MoveSuperimposed: `distance` laid over the motion under way; `velocity` is the difference to it. */
  moveSuperimposed(move: MoveDynamics & { readonly distance: number }): Promise<CommandEnd>
  /** MC_HaltSuperimposed: ends what is laid over, the motion below goes on. */
  haltSuperimposed(): Promise<CommandEnd>
  /** MC_MoveVelocity, signed; resolves `done` once the velocity is reached, and the axis goes on. */
  moveVelocity(move: MoveAt): Promise<CommandEnd>
  /** MC_MoveContinuousAbsolute: passes `position` with `endVelocity` (signed), which it keeps. */
  moveContinuousAbsolute(move: MoveTo & { readonly endVelocity: number }): Promise<CommandEnd>
  /** MC_MoveContinuousRelative. */
  moveContinuousRelative(move: MoveBy & { readonly endVelocity: number }): Promise<CommandEnd>
  /**
   * MC_TorqueControl: % of rated torque, by `torqueRamp` (%/s; left out: at once), no faster than `velocity`. Resolves once
   * the torque is commanded; ends by any motion. Where the drive's telegrams carry no torque command (S-0-0080): DP_AXIS_SERVICE.
   */
  torqueControl(
    command: Buffered & {
      readonly torque: number
      readonly torqueRamp?: number
      readonly velocity?: number
    },
  ): Promise<CommandEnd>
  /** MC_PositionProfile: a smooth curve through positions (unit), from rest to rest. Rejects with DP_PROFILE, as the next two. */
  positionProfile(profile: Profile): Promise<CommandEnd>
  /** MC_VelocityProfile: a smooth curve through velocities (unit/s); the axis goes on with the last one. */
  velocityProfile(profile: Profile): Promise<CommandEnd>
  /** MC_AccelerationProfile: straight lines through accelerations (unit/s^2), from 0 to 0; the axis goes on at its velocity. */
  accelerationProfile(profile: Profile): Promise<CommandEnd>
  /** MC_Halt: a controlled stop that a later command may abort. */
  halt(options?: Pick<MoveDynamics, 'deceleration' | 'jerk'> & Buffered): Promise<CommandEnd>
  /** MC_Stop: a controlled stop that nothing but a fault aborts. */
  stop(options?: Pick<MoveDynamics, 'deceleration' | 'jerk'>): Promise<CommandEnd>

  /** MC_GearIn: resolves in gear, and the axis follows on. The ratio (default 1 to 1) is of velocities. */
  gearIn(gear: Master & GearRatio & Omit<MoveDynamics, 'velocity'> & Buffered): Promise<CommandEnd>
  /**
   * MC_GearInPos: in gear from where the master passes `masterSync` and the slave `slaveSync` on. The slave leaves when the
   * master is `masterStart` before that, or as late as its limits allow. Fails where it cannot be there in time.
   */
  gearInPos(
    gear: Master &
      GearRatio &
      MoveDynamics &
      Buffered & {
        readonly masterSync: number
        readonly slaveSync: number
        /** Of an endless slave: places so far apart are equal, unit (360 for a turn in degrees). Left out: none are. */
        readonly slaveModulo?: number
        /** Which of the equal places: the nearest (`shortest`, left out), the next one ahead, or the one behind. */
        readonly syncMode?: SyncModeName
        readonly masterStart?: number
      },
  ): Promise<CommandEnd>
  /** MC_GearOut: leaves the gear and goes on at its velocity. */
  gearOut(): Promise<CommandEnd>
  /**
   * MC_CamTableSelect: checks the cam and brings it to the cyclic worker. What it resolves with is for `camIn`. Rejects with DP_CAM
   * or, when so many that are in use leave no room, DP_CAM_ROOM.
   */
  camTableSelect(selection: CamSelection): Promise<SelectedCam>
  /** MC_CamIn: a periodic cam resolves in sync, and the axis follows on; any other one at the end of the cam, at rest. */
  camIn(
    cam: Master &
      MoveDynamics &
      Buffered & {
        /** From `camTableSelect`, or the name of one of the machine file: absolute and periodic. */
        readonly cam: SelectedCam | string
        /** Added to the master's position, unit of the master; to the slave's, unit. */
        readonly masterOffset?: number
        readonly slaveOffset?: number
        readonly masterScaling?: number
        readonly slaveScaling?: number
        /** As in `gearInPos`: the slave is in its place where the master passes `masterSync`. Left out: as soon as it can. */
        readonly masterSync?: number
        readonly masterStart?: number
      },
  ): Promise<CommandEnd>
  /** MC_CamOut: leaves the cam and goes on at its velocity. */
  camOut(): Promise<CommandEnd>
  /** MC_PhasingAbsolute: the axis follows its master as if that were `shift` (unit of the master) further on. */
  phasingAbsolute(phasing: MoveDynamics & { readonly shift: number }): Promise<CommandEnd>
  /** MC_PhasingRelative: `shift` more than now. */
  phasingRelative(phasing: MoveDynamics & { readonly shift: number }): Promise<CommandEnd>
  /** MC_CombineAxes: resolves in sync, and the axis follows the sum, or the difference, of both on; `gearOut` lets it go. */
  combineAxes(combination: Combination): Promise<CommandEnd>
  /**
   * MC_DigitalCamSwitch: from now on the outputs are on where the switches say so, in place of the axis's switches before; until
   * `digitalCamSwitchOff`, or until the machine goes to its safe state. Rejects with DP_CAM_SWITCH, DP_IO_UNKNOWN.
   */
  digitalCamSwitch(switches: CamSwitches): Promise<CommandEnd>
  digitalCamSwitchOff(): Promise<CommandEnd>
}

/** MC_CombineAxes: two masters, each by a ratio (default 1 to 1). */
export type Combination = Omit<MoveDynamics, 'velocity'> &
  Buffered & {
    readonly master1: string
    readonly master2: string
    /** Left out: `add`. */
    readonly combineMode?: 'add' | 'subtract'
    readonly numerator1?: number
    readonly denominator1?: number
    readonly numerator2?: number
    readonly denominator2?: number
    readonly masterSource1?: 'setpoint' | 'actual'
    readonly masterSource2?: 'setpoint' | 'actual'
  }

/** MC_DigitalCamSwitch: positions at which digital outputs are on. */
export type CamSwitches = {
  /** By name; a track may make up for what its output and what hangs on it take in time. */
  readonly tracks: readonly (CamTrack & { readonly output: string })[]
  /** Any number for a track, which they name by its place in the list. */
  readonly switches: readonly CamSwitch[]
  /** Left out: `actual`. */
  readonly source?: 'setpoint' | 'actual'
}

/** A cam that the cyclic worker has. */
export type SelectedCam = Required<CamSelection>
