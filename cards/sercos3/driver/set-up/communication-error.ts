/**
 * What a master that died leaves behind: each drive latched the loss of the telegrams as an error of class 1. The drives
 * have run down by then, and the cause is gone with the telegrams back; so the error is cleared, but only where it stands
 * alone. Whatever else a drive reports is for its operator to see.
 */
import { DualportError } from '../../../../errors.ts'
import { idn } from '../../idn.ts'
import { class1 } from '../../diagnosis.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { readNumberOr, runCommand } from '../script/service-access.ts'

/** For drives, in CP2. A drive that refuses keeps its error, which its status word then shows. Throws DP_SERCOS3_SVC_TIMEOUT. */
export function* clearCommunicationError(context: RunUpContext, device: number): Script {
  const errors = yield* readNumberOr(context, device, idn('S-0-0011'), 0)
  if (errors !== class1.communication) return
  try {
    yield* runCommand(context, device, idn('S-0-0099'))
  } catch (error) {
    const refused = error instanceof DualportError && refusals.has(error.code)
    if (!refused) throw error
  }
}

const refusals: ReadonlySet<string> = new Set(['DP_SERCOS3_SVC', 'DP_SERCOS3_COMMAND'])
