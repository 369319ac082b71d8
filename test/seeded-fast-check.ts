/**
 * What a test gets for `fast-check` (vitest.config.ts puts it there): the cases of a property are the same in each run, so
 * that a change is judged by itself and not by the luck of the draw. The soaks look for new cases; so does
 * `DUALPORT_SEED=random npm test`, and `DUALPORT_SEED=<number>` repeats a run.
 */
import * as fc from '../node_modules/fast-check/lib/fast-check.js'

const wish = process.env['DUALPORT_SEED']
if (wish !== 'random') fc.configureGlobal({ seed: Number(wish ?? 20_061_019) })

export * from '../node_modules/fast-check/lib/fast-check.js'
export { default } from '../node_modules/fast-check/lib/fast-check.js'
