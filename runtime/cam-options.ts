/** How a cam is taken (MC_CamTableSelect), checked and in the form in which a command carries it. */
import { CamTable } from '../control/coupling/cam-table.ts'
import { DualportError } from '../errors.ts'
import type { CamSelection, SelectedCam } from './axis-blocks.ts'
import { checkNames } from './block-options.ts'
import { camFlag } from './shared/command-ring.ts'

export const camFlagNames = ['periodic', 'masterAbsolute', 'slaveAbsolute'] as const

/** Throws DP_COMMAND_VALUE. */
export function selectedCam(axis: string, given: CamSelection): SelectedCam {
  checkNames({ axis, block: 'camTableSelect' }, given, ['cam', ...camFlagNames])
  const { cam, periodic = true, masterAbsolute = true, slaveAbsolute = true } = given
  const selected = { cam, periodic, masterAbsolute, slaveAbsolute }
  for (const name of camFlagNames)
    if (typeof selected[name] !== 'boolean')
      throw wrong(axis, name, selected[name], 'true or false')
  if (typeof cam !== 'string' && !(cam instanceof CamTable))
    throw wrong(axis, 'cam', cam, 'the name of a cam, or a table made by makeCam')
  return selected
}

export function camFlags(cam: SelectedCam): number {
  return camFlagNames.reduce((bits, name) => (cam[name] ? bits | camFlag[name] : bits), 0)
}

function wrong(axis: string, name: string, actual: unknown, expected: string): DualportError {
  return new DualportError('DP_COMMAND_VALUE', {
    at: `axis ${axis}, ${name} of camTableSelect`,
    actual,
    expected,
  })
}
