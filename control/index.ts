/** Package entry `dualport/control`: motion control without I/O and without a clock. */
export { axisError, axisErrorCodes, describeAxisError, type AxisErrorNumber } from './axis-error.ts'
export { AxisMotion } from './axis-motion.ts'
export { axisState, axisStates, type AxisState, type AxisStateNumber } from './axis-state.ts'
export type { AxisLimits } from './command-checks.ts'
export { JerkLimitedProfile } from './jerk-limited-profile.ts'
export {
  type MotionLimits,
  SetpointGenerator,
  stepResult,
  type StepResult,
} from './setpoint-generator.ts'
export { Pid, type PidGains } from './pid.ts'
export { commandEnd, SettlementOutbox, type CommandEndNumber } from './settlement-outbox.ts'
export { VelocityRamp } from './velocity-ramp.ts'
