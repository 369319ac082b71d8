/** Profiles as they go to the cyclic worker. */
import { profileKinds, profileTable } from '../control/axis/profile/profile-table.ts'
import type { ProfileKind } from '../control/axis/profile/profile-table.ts'
import { DualportError } from '../errors.ts'
import type { Profile } from './axis-blocks.ts'

export type ProfileBlock = `${ProfileKind}Profile`

/** Throws DP_COMMAND_VALUE: no lists; DP_PROFILE: what is in them. */
export function profileData(
  axis: string,
  block: ProfileBlock,
  { times, values }: Profile,
): Float64Array<ArrayBuffer> {
  for (const [name, list] of Object.entries({ times, values }))
    if (!Array.isArray(list))
      throw new DualportError('DP_COMMAND_VALUE', {
        at: `axis ${axis}, ${name} of ${block}`,
        actual: list,
        expected: 'an array of numbers',
      })
  const kind = profileKinds.find((one) => block.startsWith(one)) ?? 'position'
  return profileTable(kind, { times, values })
}
