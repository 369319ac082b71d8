/**
 * A script of faults: what happens when. Plain data, as a file or a test gives it.
 *
 *   { "steps": [{ "at": { "phase": "CP4", "cycle": 100 }, "fault": { "kind": "ringBreak", "after": 2 } }] }
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DualportError } from '../../../errors.ts'
import { phases } from '../telegram.ts'
import { emulatorFaultSchema } from './fault-schema.ts'

const stepSchema = z.strictObject({
  at: z.strictObject({
    /** Left out: from the start of the emulator. */
    phase: z.enum(phases).exactOptional(),
    /** Cycles of the card since then; 0, the default: at once. A phase begins with the first telegrams of it. */
    cycle: z.int().min(0).default(0),
  }),
  fault: emulatorFaultSchema,
})

const scriptSchema = z.strictObject({ steps: z.array(stepSchema).max(10_000) })

/** As a user writes it. */
export type EmulatorScript = z.input<typeof scriptSchema>
/** As the emulator plays it. */
export type CheckedScript = z.output<typeof scriptSchema>

/**
 * Checks a script for a ring of `devices`. Throws DP_EMULATOR_SCRIPT, which names the first place at fault in the
 * script `name`. Not cyclic.
 */
export function checkScript(script: unknown, devices: number, name = 'script'): CheckedScript {
  const parsed = scriptSchema.safeParse(script)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw new DualportError('DP_EMULATOR_SCRIPT', {
      at: placeIn(name, issue?.path ?? []),
      actual: issue?.message ?? 'no script',
    })
  }
  parsed.data.steps.forEach(({ fault }, n) => {
    if ('device' in fault && fault.device >= devices)
      throw new DualportError('DP_EMULATOR_SCRIPT', {
        at: placeIn(name, ['steps', n, 'fault', 'device']),
        actual: fault.device,
        expected: `0 to ${devices - 1}`,
      })
    if ('after' in fault && fault.after > devices)
      throw new DualportError('DP_EMULATOR_SCRIPT', {
        at: placeIn(name, ['steps', n, 'fault', 'after']),
        actual: fault.after,
        expected: `0 to ${devices}`,
      })
  })
  return parsed.data
}

/** Reads and checks a script in a JSON file. Throws DP_EMULATOR_SCRIPT. Not cyclic. */
export function readScript(file: string, devices: number): CheckedScript {
  let script: unknown
  try {
    script = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new DualportError('DP_EMULATOR_SCRIPT', {
      at: file,
      actual: error instanceof Error ? error.message : String(error),
      cause: error,
    })
  }
  return checkScript(script, devices, file)
}

/** `faults.json: steps[0].fault.kind`. */
function placeIn(name: string, path: readonly PropertyKey[]): string {
  const place = path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '')
  return place === '' ? name : `${name}: ${place}`
}
