/** Package entry `dualport/control`: motion control without I/O and without a clock. */
export {
  axisError,
  axisErrorCodes,
  describeAxisError,
  type AxisErrorNumber,
} from './axis/axis-error.ts'
export { axisDiagram, isInDiagram } from './axis/axis-diagram.ts'
export type { AxisFollowing, AxisLimits } from './axis/axis-limits.ts'
export { AxisMotion } from './axis/axis-motion.ts'
export { AxisPoint } from './axis/axis-point.ts'
export { axisState, axisStates, type AxisState, type AxisStateNumber } from './axis/axis-state.ts'
export {
  bufferMode,
  bufferModes,
  type BufferMode,
  type BufferModeName,
} from './axis/buffer-mode.ts'
export { Dynamics, ownDynamics } from './axis/dynamics.ts'
export {
  motionResult,
  type HomingMotion,
  type Motion,
  type MotionResult,
  type MovingState,
} from './axis/motion.ts'
export { queueDepth } from './axis/motion-queue.ts'
export { mostOverride } from './axis/override.ts'
export { profileTable, type ProfileKind, type ProfilePoints } from './axis/profile/profile-table.ts'
export { type CamEnds, type CamInterpolation } from './coupling/cam-points.ts'
export { CamIn } from './coupling/cam-in.ts'
export type { CamLaw as CamCoupling, CamSelection } from './coupling/cam-law.ts'
export { CamReader } from './coupling/cam-reader.ts'
export { type CamKnot, type CamLaw, camLaws, type CamSection } from './coupling/cam-sections.ts'
export {
  type CamSwitch,
  type CamTrack,
  DigitalCamSwitch,
  mostTracks,
} from './coupling/cam-switch.ts'
export { type CamDescription, CamTable, makeCam } from './coupling/cam-table.ts'
export { CombineAxes } from './coupling/combine-axes.ts'
export { CombinedMaster } from './coupling/combined-master.ts'
export { GearIn } from './coupling/gear-in.ts'
export { GearInPos } from './coupling/gear-in-pos.ts'
export { syncMode, type SyncMode, syncModes, type SyncModeName } from './coupling/gear-law.ts'
export { MasterPhase } from './coupling/master-phase.ts'
export { type MasterSource, VirtualMaster } from './coupling/master-source.ts'
export { MeasuredMaster } from './coupling/measured-master.ts'
export {
  driveProbe,
  type DriveProbe,
  probeState,
  type ProbeState,
  TouchProbe,
} from './coupling/touch-probe.ts'
export { Tracker } from './coupling/tracker.ts'
export { Biquad, type BiquadCoefficients } from './loops/biquad.ts'
export { Cascade, type CascadeParameters } from './loops/cascade.ts'
export { DeadTime } from './loops/dead-time.ts'
export {
  disturbanceGains,
  DisturbanceObserver,
  kalmanDisturbanceGains,
  type DisturbanceGains,
  type DisturbanceNoise,
} from './loops/disturbance-observer.ts'
export { EncoderPosition } from './loops/encoder-position.ts'
export {
  multisine,
  sweptSine,
  type Excitation,
  type ExcitationParameters,
} from './loops/excitation.ts'
export { experimentState, type ExperimentState } from './loops/experiment-state.ts'
export {
  bilinear,
  biquadResponse,
  lowPass1,
  lowPass2,
  notch,
  type ContinuousBiquad,
} from './loops/filter-design.ts'
export { FrequencyResponseMeasurement, type FrequencyResponse } from './loops/frequency-response.ts'
export { FrictionCompensation, type FrictionParameters } from './loops/friction-compensation.ts'
export {
  InertiaExperiment,
  type AxisEstimate,
  type InertiaParameters,
} from './loops/inertia-experiment.ts'
export { AxisGroup, type GroupOptions } from './groups/axis-group.ts'
export type { GroupAxisLimits } from './groups/block-maker.ts'
export { circleMode, type CircleMode } from './groups/circle.ts'
export {
  describeGroupError,
  groupError,
  groupErrorCodes,
  type GroupErrorNumber,
} from './groups/group-error.ts'
export type { PathLimits } from './groups/group-moves.ts'
export { transition, type Transition } from './groups/group-path.ts'
export {
  groupDiagram,
  groupState,
  groupStates,
  isInGroupDiagram,
  type GroupState,
  type GroupStateNumber,
} from './groups/group-state.ts'
export { CartesianKinematics } from './groups/kinematics/cartesian.ts'
export { DeltaKinematics, type DeltaDimensions } from './groups/kinematics/delta.ts'
export {
  kinematicsResult,
  type Kinematics,
  type KinematicsResult,
} from './groups/kinematics/kinematics.ts'
export { ScaraKinematics, type ScaraDimensions } from './groups/kinematics/scara.ts'
export type { MoveCommand } from './groups/move-command.ts'
export { Pid, type PidGains } from './loops/pid.ts'
export {
  RelayExperiment,
  type RelayParameters,
  type RelayResult,
} from './loops/relay-experiment.ts'
export { firstOrderModel, SmithPredictor } from './loops/smith-predictor.ts'
export { stabilityMargins, type StabilityMargins } from './loops/stability-margins.ts'
export {
  fitFirstOrder,
  fitIntegrating,
  StepExperiment,
  type StepAnswer,
  type StepParameters,
} from './loops/step-experiment.ts'
export {
  kalmanTrackingGains,
  TrackingObserver,
  trackingGains,
  type TrackingGains,
} from './loops/tracking-observer.ts'
export {
  amigo,
  phaseMarginGains,
  simc,
  symmetricalOptimum,
  tyreusLuyben,
  zieglerNichols,
  type FirstOrderPlant,
  type IntegratingPlant,
  type ServoPlantEstimate,
  type TunedGains,
  type UltimatePoint,
} from './loops/tuning-rules.ts'
export { VelocityDifferentiator } from './loops/velocity-differentiator.ts'
export type { VelocityObserver } from './loops/velocity-observer.ts'
export { commandEnd, SettlementOutbox, type CommandEndNumber } from './axis/settlement-outbox.ts'
export { type Friction, frictionless } from './plants/friction.ts'
export { type ServoParameters, ServoPlant } from './plants/servo.ts'
export { type TwoMassParameters, TwoMassServo } from './plants/two-mass-servo.ts'
export { Brake, brakeFailure, brakeState, type BrakeOptions } from './mechanics/brake.ts'
export {
  backlashTable,
  CompensationTable,
  type CompensationPoints,
} from './mechanics/compensation/compensation-table.ts'
export { Compensation, type CompensationOptions } from './mechanics/compensation/compensation.ts'
export {
  FollowingErrorSupervision,
  type FollowingErrorOptions,
} from './mechanics/following-error.ts'
export { GantryHoming, type GantryHomingOptions } from './mechanics/gantry/gantry-homing.ts'
export { GantryPair, type GantryOptions } from './mechanics/gantry/gantry-pair.ts'
export {
  describeHomingFailure,
  homingFailure,
  type HomingFailure,
} from './mechanics/homing/homing-failure.ts'
export type { HomingOptions } from './mechanics/homing/homing-options.ts'
export { HomingSignals } from './mechanics/homing/homing-signals.ts'
export { Homing } from './mechanics/homing/homing.ts'
export { SoftwareLimits } from './mechanics/software-limits.ts'
export { StopReach } from './mechanics/stop-reach.ts'
export { AxisTrajectory } from './trajectory/axis-trajectory.ts'
export { KinematicLimits } from './trajectory/kinematic-limits.ts'
export { MotionState } from './trajectory/motion-state.ts'
export { planResult, type PlanResult } from './trajectory/plan-result.ts'
export type { Profile } from './trajectory/profile.ts'
export { SynchronizedMotion } from './trajectory/synchronized-motion.ts'
export {
  SynchronizedTrajectory,
  synchronization,
  type Synchronization,
} from './trajectory/synchronized-trajectory.ts'
