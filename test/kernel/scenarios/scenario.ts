/** What a scenario is, and what it asks for. */
import type { CardPlan } from '../emulated-card.ts'
import type { KernelFlavour } from '../get-kernels.ts'
import type { Accelerator } from '../qemu-arguments.ts'
import type { World } from '../start-world.ts'

/** One behaviour, shown in the guest. `run` rejects when it is not as the name says. */
export type Scenario = {
  readonly name: string
  readonly limitMs: number
  /** Later scenarios of its group build on it: it runs even when only others are asked for. */
  readonly needed?: boolean
  readonly run: (world: World) => Promise<void>
}

/** Scenarios that share a guest, in their order. */
export type Group = {
  readonly name: string
  readonly kernel: KernelFlavour
  readonly accelerator?: Accelerator
  /** What process 1 is: by default a shell script. */
  readonly root?: 'systemd'
  /** Plugged in before the first scenario. */
  readonly cards: readonly CardPlan[]
  /** Of /modules, loaded once the cards are in; by default none. */
  readonly modules?: readonly string[]
  /** It keeps time, so no other group runs beside it. */
  readonly alone?: boolean
  readonly scenarios: readonly Scenario[]
}
