/** The options of a homing sequence as the sequence uses them: every method has every number, and those without use are 0. */
import { checkHomingOptions, type HomingOptions } from './homing-options.ts'

export type HomingPlan = {
  readonly method: HomingOptions['method']
  /** 1 or -1. */
  readonly direction: number
  /** Unit/s, unit/s^2, unit/s^3. */
  readonly search: number
  readonly latch: number
  readonly acceleration: number
  readonly jerk: number
  /** Unit. */
  readonly distance: number
  readonly indexDistance: number
  readonly timeoutCycles: number
  /** Of the block: % of rated torque, cycles, unit. */
  readonly torque: number
  readonly blockCycles: number
  readonly backOff: number
  /** From the switch on to the index pulse. */
  readonly toIndex: boolean
  /** Unit, as the axis counts afterwards. */
  readonly position: number
  /** NaN: the axis stays where it came to rest. */
  readonly finalPosition: number
  /** Of an absolute encoder, unit. */
  readonly offset: number
}

const still: HomingPlan = {
  method: 'absolute',
  direction: 1,
  search: 1,
  latch: 0,
  acceleration: 1,
  jerk: 1,
  distance: 0,
  indexDistance: 0,
  timeoutCycles: 1,
  torque: 0,
  blockCycles: 0,
  backOff: 0,
  toIndex: false,
  position: 0,
  finalPosition: Number.NaN,
  offset: 0,
}

/** `cycleS`: s between two steps. Throws DP_HOMING_OPTIONS. */
export function planHoming(cycleS: number, options: HomingOptions): HomingPlan {
  checkHomingOptions(options)
  const { method } = options
  if (method === 'absolute') return { ...still, offset: options.offset }
  const common = {
    ...still,
    method,
    direction: options.direction,
    search: options.searchVelocity,
    acceleration: options.acceleration,
    jerk: options.jerk,
    distance: options.distance,
    timeoutCycles: Math.ceil(options.timeoutS / cycleS),
    position: options.position,
    finalPosition: options.finalPosition ?? Number.NaN,
  }
  if (method === 'block') {
    const { torque, backOff } = options
    return { ...common, torque, backOff, blockCycles: Math.ceil(options.blockS / cycleS) }
  }
  return {
    ...common,
    latch: options.latchVelocity,
    indexDistance: options.indexDistance ?? 0,
    toIndex: method !== 'index' && options.toIndex === true,
  }
}
