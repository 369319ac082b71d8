/** The scenarios, in the order they run in: they share one guest. */
import { dying } from './dying.ts'
import { interrupts } from './interrupts.ts'
import { loading } from './loading.ts'
import { machine } from './machine.ts'
import type { Scenario } from './scenario.ts'

export const scenarios: readonly Scenario[] = [...loading, ...interrupts, ...dying, ...machine]
