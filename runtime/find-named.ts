/** Looks up what a machine has by name. */
import { DualportError } from '../errors.ts'
import type { AxisUnit } from '../units.ts'
import type { AxisHandle } from './axis-handle.ts'
import type { GroupHandle } from './group-handle.ts'

/** Throws DP_AXIS_UNKNOWN, and DP_AXIS_UNIT where it is in another unit. */
export function findAxis(
  axes: readonly AxisHandle[],
  nameOrIndex: string | number,
  unit?: AxisUnit,
): AxisHandle {
  const axis =
    typeof nameOrIndex === 'number'
      ? axes[nameOrIndex]
      : axes.find(({ name }) => name === nameOrIndex)
  if (axis === undefined)
    throw new DualportError('DP_AXIS_UNKNOWN', {
      actual: nameOrIndex,
      expected: axes.map(({ name }) => name).join(', '),
    })
  if (unit !== undefined && axis.unit !== unit)
    throw new DualportError('DP_AXIS_UNIT', {
      at: `axis ${axis.name}`,
      actual: axis.unit,
      expected: unit,
    })
  return axis
}

/** Throws DP_GROUP_UNKNOWN. */
export function findGroup(groups: readonly GroupHandle[], name: string): GroupHandle {
  const group = groups.find((one) => one.name === name)
  if (group !== undefined) return group
  const names = groups.map((one) => one.name).join(', ')
  const expected = names === '' ? 'a group, and the machine has none' : names
  throw new DualportError('DP_GROUP_UNKNOWN', { actual: name, expected })
}
