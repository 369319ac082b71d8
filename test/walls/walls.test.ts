/** The walls between folders are held by lint. Here forbidden imports are planted in a tree of the same shape. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
let tree = ''

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'dualport-walls-'))
  cpSync(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'))
})

afterAll(() => rmSync(tree, { recursive: true, force: true }))

/** Lints one file with one import and returns the rules it breaks. */
function rulesBroken(file: string, specifier: string): string[] {
  const path = join(tree, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `import * as planted from '${specifier}'\nexport const it = planted\n`)
  try {
    execFileSync(join(root, 'node_modules/.bin/oxlint'), ['--format=json', file], {
      cwd: tree,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return []
  } catch (failure) {
    const report = JSON.parse((failure as { stdout: string }).stdout) as {
      diagnostics: { code: string }[]
    }
    return report.diagnostics.map((diagnostic) => diagnostic.code)
  } finally {
    rmSync(path)
  }
}

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

test.each(forbidden)('%s must not import %s', (file, specifier) => {
  expect(rulesBroken(file, specifier)).toContain('eslint(no-restricted-imports)')
})

const allowed: readonly (readonly [file: string, specifier: string])[] = [
  ['uio/system/libc.ts', 'koffi'],
  ['cards/sercos3/driver/master.ts', '../../../uio/region.ts'],
  ['cards/sercos3/emulator/servo.ts', '../../../control/plants/servo.ts'],
  ['runtime/machine.ts', '../cards/card.ts'],
  ['control/loops/pid.ts', '../../errors.ts'],
]

test.each(allowed)('%s may import %s', (file, specifier) => {
  expect(rulesBroken(file, specifier)).not.toContain('eslint(no-restricted-imports)')
})
