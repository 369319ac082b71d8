/** S-0-0127 and S-0-0128: a device checks whether it can go on to the next phase, and lists what it misses. */
import { DualportError } from '../../../../errors.ts'
import { formatIdn, idn } from '../../idn.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { readLongsOr, runCommand } from '../script/service-access.ts'

export const transitionCheck = {
  cp3: { command: idn('S-0-0127'), invalid: idn('S-0-0021') },
  cp4: { command: idn('S-0-0128'), invalid: idn('S-0-0022') },
} as const

const mostNamed = 8

/** Throws DP_SERCOS3_COMMAND with the IDNs at fault, DP_SERCOS3_SVC and its kin. */
export function* checkTransition(
  context: RunUpContext,
  device: number,
  { command, invalid }: (typeof transitionCheck)['cp3' | 'cp4'],
): Script {
  try {
    yield* runCommand(context, device, command)
  } catch (error) {
    if (!(error instanceof DualportError) || error.code !== 'DP_SERCOS3_COMMAND') throw error
    const wrong = yield* readLongsOr(context, device, invalid, [])
    if (wrong.length === 0) throw error
    const more = wrong.length > mostNamed ? ' and more' : ''
    throw new DualportError('DP_SERCOS3_COMMAND', {
      at: context.at(device, formatIdn(command)),
      actual: `not content with ${wrong.slice(0, mostNamed).map(formatIdn).join(', ')}${more}`,
      cause: error,
    })
  }
}
