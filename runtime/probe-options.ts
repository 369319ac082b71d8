/** What touchProbe and abortTrigger may be given. */
import { DualportError } from '../errors.ts'
import { checkNames } from './block-options.ts'
import type { TouchProbe } from './machine-types.ts'

/** Throws DP_COMMAND_VALUE. */
export function checkProbe(
  axis: string,
  block: 'touchProbe' | 'abortTrigger',
  options: Pick<TouchProbe, 'probe'> & Partial<TouchProbe>,
  known: readonly string[],
): void {
  checkNames({ axis, block }, options, known)
  const { probe, edge } = options
  const at = `axis ${axis}, ${block}`
  if (probe !== 1 && probe !== 2)
    throw new DualportError('DP_COMMAND_VALUE', { at, actual: probe, expected: 'probe 1 or 2' })
  const { window } = options
  if (
    window !== undefined &&
    !(Number.isFinite(window.last - window.first) && window.first <= window.last)
  )
    throw new DualportError('DP_COMMAND_VALUE', {
      at: `${at}, window`,
      actual: window,
      expected: 'first and last, two numbers of which first is not the greater one',
    })
  if (known.includes('edge') && edge !== 'rising' && edge !== 'falling')
    throw new DualportError('DP_COMMAND_VALUE', {
      at,
      actual: edge,
      expected: 'rising or falling',
    })
}
