/** Package entry `dualport/control`: motion control without I/O and without a clock. */
export {
  axisError,
  axisErrorCodes,
  describeAxisError,
  type AxisErrorNumber,
} from './axis/axis-error.ts'
export { AxisMotion } from './axis/axis-motion.ts'
export { axisState, axisStates, type AxisState, type AxisStateNumber } from './axis/axis-state.ts'
export type { AxisLimits } from './axis/command-checks.ts'
export { JerkLimitedProfile } from './axis/jerk-limited-profile.ts'
export {
  type MotionLimits,
  SetpointGenerator,
  stepResult,
  type StepResult,
} from './axis/setpoint-generator.ts'
export { Pid, type PidGains } from './loops/pid.ts'
export { commandEnd, SettlementOutbox, type CommandEndNumber } from './axis/settlement-outbox.ts'
export { VelocityRamp } from './axis/velocity-ramp.ts'
