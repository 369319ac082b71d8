/** Cams of a machine file: made, to see whether they can be. */
import { makeCam } from '../../control/coupling/cam-table.ts'
import { DualportError } from '../../errors.ts'
import { camSchema } from './axis-schema.ts'
import type { MachineDraft } from './draft.ts'
import { formatPath } from './finding.ts'
import type { Finding } from './finding.ts'

export function checkCams(draft: MachineDraft): Finding[] {
  return (draft.cams ?? []).flatMap((cam, index) => checkCam(cam, index))
}

function checkCam(cam: unknown, index: number): Finding[] {
  // what is wrong with its shape, the schema says
  const { data } = camSchema.safeParse(cam)
  if (data === undefined) return []
  try {
    makeCam(data)
    return []
  } catch (error) {
    if (!(error instanceof DualportError) || error.code !== 'DP_CAM') throw error
    const { at, actual, expected } = error
    const path = `${formatPath(['cams', index])}.${at}`
    return [{ path, value: actual, expected: expected ?? 'another value' }]
  }
}
