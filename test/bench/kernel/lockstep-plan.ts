/** The lockstep card as test/kernel plugs cards in. */
import type { CardPlan, Observation } from '../../kernel/emulated-card.ts'

/** `wrong`: cycles answered with outputs that do not belong to the inputs. */
export type LockstepObservation = Observation & { readonly wrong: number }

/** With `bell` the card waits for kmod/compare/clients/spin.c before each interrupt. */
export function lockstepPlan(options: { slot: number; bell: boolean }): CardPlan {
  const program = 'test/bench/kernel/serve-lockstep-card.ts'
  const bell = options.bell ? ['--bell'] : []
  return {
    id: 'lockstep',
    slot: options.slot,
    command: (socket) => [program, '--socket', socket, ...bell],
  }
}
