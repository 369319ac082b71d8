/** The walls between folders are held by lint. Here forbidden imports are planted in a tree of the same shape. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const forbidden: readonly (readonly [file: string, specifier: string])[] = [
  ['errors.ts', './units.ts'],
  ['uio/region.ts', '../cards/card.ts'],
  ['uio/region.ts', 'koffi'],
  ['control/loops/pid.ts', '../../uio/region.ts'],
  ['control/loops/pid.ts', 'node:fs'],
  ['cards/card.ts', '../runtime/machine.ts'],
  ['cards/card.ts', '../control/loops/pid.ts'],
  ['cards/sercos3/driver/master.ts', '../emulator/chip.ts'],
  ['cards/sercos3/driver/master.ts', '../../emulation/memory-host.ts'],
  ['cards/sercos3/emulator/chip.ts', '../driver/master.ts'],
  ['cards/sercos3/emulator/chip.ts', '../../../control/loops/pid.ts'],
  ['runtime/machine.ts', '../test/bench/main.ts'],
  ['runtime/machine.ts', 'koffi'],
  ['uio/region.test.ts', 'koffi'],
]

const allowed: readonly (readonly [file: string, specifier: string])[] = [
  ['uio/system/libc.ts', 'koffi'],
  ['cards/sercos3/driver/master.ts', '../../../uio/region.ts'],
  ['cards/sercos3/emulator/servo.ts', '../../../control/plants/servo.ts'],
  ['runtime/machine.ts', '../cards/card.ts'],
  ['control/loops/pid.ts', '../../errors.ts'],
]

/** Rules broken in a line of a file: one line for each import that is planted there, all linted at once. */
const broken = new Map<string, string[]>()
const planted = Map.groupBy([...forbidden, ...allowed], ([file]) => file)

beforeAll(() => {
  const tree = mkdtempSync(join(tmpdir(), 'dualport-walls-'))
  try {
    cpSync(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'))
    for (const [file, imports] of planted) {
      mkdirSync(join(tree, dirname(file)), { recursive: true })
      writeFileSync(join(tree, file), imports.map(([, from], n) => importLine(n, from)).join(''))
    }
    for (const { filename, code, labels } of lint(tree))
      for (const { span } of labels) {
        const at = `${filename}:${span.line}`
        broken.set(at, [...(broken.get(at) ?? []), code])
      }
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
})

function importLine(n: number, from: string): string {
  return `import * as planted${n} from '${from}'; export const it${n} = planted${n}\n`
}

type Diagnostic = {
  readonly filename: string
  readonly code: string
  readonly labels: readonly { readonly span: { readonly line: number } }[]
}

function lint(tree: string): readonly Diagnostic[] {
  const oxlint = join(root, 'node_modules/.bin/oxlint')
  const { stdout, stderr } = spawnSync(oxlint, ['--format=json'], { cwd: tree, encoding: 'utf8' })
  if (stdout === '') throw new Error(stderr)
  return (JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] }).diagnostics
}

/** Rules that one import breaks. */
function rulesBroken(file: string, specifier: string): readonly string[] {
  const line = planted.get(file)?.findIndex(([, from]) => from === specifier) ?? -1
  return broken.get(`${file}:${line + 1}`) ?? []
}

test.each(forbidden)('%s must not import %s', (file, specifier) => {
  expect(rulesBroken(file, specifier)).toContain('eslint(no-restricted-imports)')
})

test.each(allowed)('%s may import %s', (file, specifier) => {
  expect(rulesBroken(file, specifier)).not.toContain('eslint(no-restricted-imports)')
})
