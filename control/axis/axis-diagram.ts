/** The state diagram of a single axis, PLCopen Motion Control Part 1 (version 2.0, section 2.1): which state may follow which. */
import type { AxisState } from './axis-state.ts'

/** Beside these: every state to errorStop, and every one but errorStop to disabled (power taken away). */
export const axisDiagram: { readonly [from in AxisState]: readonly AxisState[] } = {
  disabled: ['standstill'],
  standstill: ['homing', 'stopping', 'discreteMotion', 'continuousMotion', 'synchronizedMotion'],
  homing: ['standstill', 'stopping'],
  stopping: ['standstill'],
  discreteMotion: ['standstill', 'stopping', 'continuousMotion', 'synchronizedMotion'],
  continuousMotion: ['stopping', 'discreteMotion', 'synchronizedMotion'],
  synchronizedMotion: ['stopping', 'discreteMotion', 'continuousMotion'],
  errorStop: ['standstill', 'disabled'],
}

/** To stay in a state is always allowed. */
export function isInDiagram(from: AxisState, to: AxisState): boolean {
  return (
    from === to ||
    to === 'errorStop' ||
    (to === 'disabled' && from !== 'errorStop') ||
    axisDiagram[from].includes(to)
  )
}
