/** How an axis finds its reference. The words are those of PLCopen Motion Control Part 5 (homing procedures) where it has them. */
import { DualportError } from '../../../errors.ts'

type Motion = {
  /** The way to the reference: 1 upward, -1 downward. */
  readonly direction: 1 | -1
  /** Unit/s; positive. */
  readonly searchVelocity: number
  /** Unit/s^2 and unit/s^3; positive. */
  readonly acceleration: number
  readonly jerk: number
  /** How far the axis may go in one search, unit. */
  readonly distance: number
  /** For everything, s. */
  readonly timeoutS: number
  /** What the reference point's position becomes, unit. */
  readonly position: number
  /** Where the axis goes in the end, unit, in its new coordinates. Left out: it stays where it came to rest. */
  readonly finalPosition?: number
}

type Latch = {
  /** At which the reference is taken, unit/s: a cycle's way at it is the accuracy of a switch. */
  readonly latchVelocity: number
  /** Within which the index pulse must come, unit: a little more than a turn. Only where one is used. */
  readonly indexDistance?: number
}

/**
 * - `limitSwitch`: onto the limit switch in `direction`, slowly off it again; where it opens is the reference.
 * - `homeSwitch`: onto the home switch, slowly off it against `direction`; where it opens is the reference. A limit switch met
 *   on the way turns the search round once; the reference is the same edge whichever side the axis began at.
 * - `index`: at latch velocity in `direction` to the next index pulse.
 * - `block`: against a hard stop with limited torque; where it stands still under that torque is the reference.
 * - `absolute`: an absolute encoder knows; nothing moves. `offset`: axis position minus encoder position.
 *
 * With `toIndex` a switch is only the place from which the next index pulse is sought, further off the switch.
 */
export type HomingOptions =
  | (Motion & Latch & { readonly method: 'limitSwitch' | 'homeSwitch'; readonly toIndex?: boolean })
  | (Motion & Latch & { readonly method: 'index' })
  | (Motion & {
      readonly method: 'block'
      /** The torque that means the block, % of rated torque; the drive is limited to a little more. */
      readonly torque: number
      /** For this long the axis must stand still under that torque, s. */
      readonly blockS: number
      /** How far it then moves away, unit. */
      readonly backOff: number
    })
  | {
      readonly method: 'absolute'
      readonly offset: number
    }

/** Throws DP_HOMING_OPTIONS: a direction is none, or an option is not a positive, finite number where it must be. */
export function checkHomingOptions(options: HomingOptions): void {
  if (options.method === 'absolute') {
    finite('offset', options.offset)
    return
  }
  if (options.direction !== 1 && options.direction !== -1)
    refuse('direction', options.direction, '1 or -1')
  positive('searchVelocity', options.searchVelocity)
  positive('acceleration', options.acceleration)
  positive('jerk', options.jerk)
  positive('distance', options.distance)
  positive('timeoutS', options.timeoutS)
  finite('position', options.position)
  if (options.finalPosition !== undefined) finite('finalPosition', options.finalPosition)
  if (options.method === 'block') {
    positive('torque', options.torque)
    positive('blockS', options.blockS)
    positive('backOff', options.backOff)
    return
  }
  positive('latchVelocity', options.latchVelocity)
  const usesIndex = options.method === 'index' || options.toIndex === true
  if (usesIndex) positive('indexDistance', options.indexDistance)
}

function positive(at: string, actual: number | undefined): void {
  if (actual === undefined || !(actual > 0 && actual < Infinity))
    refuse(at, actual, 'a positive number')
}

function finite(at: string, actual: number): void {
  if (!Number.isFinite(actual)) refuse(at, actual, 'a finite number')
}

function refuse(at: string, actual: unknown, expected: string): never {
  throw new DualportError('DP_HOMING_OPTIONS', { at, actual, expected })
}
