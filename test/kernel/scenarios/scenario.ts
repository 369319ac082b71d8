import type { World } from '../start-world.ts'

/** One behaviour, shown in the guest. `run` rejects when it is not as the name says. */
export type Scenario = {
  readonly name: string
  readonly limitMs: number
  /** Later scenarios build on it: it runs even when only others are asked for. */
  readonly needed?: boolean
  readonly run: (world: World) => Promise<void>
}
