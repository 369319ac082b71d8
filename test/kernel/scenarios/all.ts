/**
 * The groups of scenarios. Two run at a time: long ones come first, so that the last does not run by itself, and the first
 * two boot a kernel each.
 */
import { card, neighbour } from '../card-plans.ts'
import { anger } from './anger.ts'
import { compare } from './compare.ts'
import { rtDrivers, stockDrivers } from './drivers.ts'
import { dying } from './dying.ts'
import { interrupts } from './interrupts.ts'
import { life } from './life.ts'
import { loading } from './loading.ts'
import { machine } from './machine.ts'
import { module } from './module.ts'
import { rights } from './rights.ts'
import type { Group } from './scenario.ts'
import { stockMachine } from './stock-machine.ts'

/** What the stub's own scenarios run with. */
const stub = {
  kernel: 'stock',
  cards: [card, neighbour],
  modules: ['uio', 'dualport_uio'],
} as const

export const groups: readonly Group[] = [
  ...life,
  rtDrivers,
  ...rights,
  { ...stub, name: 'machine', scenarios: machine },
  ...module,
  ...anger,
  stockDrivers,
  stockMachine,
  compare,
  { ...stub, name: 'stub', scenarios: [...loading, ...dying] },
  { ...stub, name: 'interrupts', alone: true, scenarios: interrupts },
]
