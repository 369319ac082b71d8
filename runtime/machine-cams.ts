/** The cams of a machine file, made. */
import { makeCam } from '../control/coupling/cam-table.ts'
import type { CamTable } from '../control/coupling/cam-table.ts'
import { DualportError } from '../errors.ts'
import { nearest } from './machine-file/nearest.ts'
import type { MachineFile } from './machine-file/schema.ts'

/** By name. Throws DP_CAM, which the check of the machine file has told before. */
export function machineCams(file: Pick<MachineFile, 'cams'>): ReadonlyMap<string, CamTable> {
  return new Map(file.cams.map((cam) => [cam.name, makeCam(cam)]))
}

/** Its number in the table store, where the cams of the machine file come first. Throws DP_CAM_UNKNOWN. */
export function numberedCam(at: string, { cams }: Pick<MachineFile, 'cams'>, name: string): number {
  const place = cams.findIndex((cam) => cam.name === name)
  if (place < 0)
    throw unknownCam(
      at,
      name,
      cams.map((cam) => cam.name),
    )
  return place
}

export function unknownCam(at: string, name: string, known: readonly string[]): DualportError {
  const all = known.length === 0 ? 'the name of a cam, and there is none' : known.join(', ')
  const expected = nearest(name, known) ?? all
  return new DualportError('DP_CAM_UNKNOWN', { at, actual: name, expected })
}
