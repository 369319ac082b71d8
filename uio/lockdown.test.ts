import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockdownMode, lockdownNote } from './lockdown.ts'

test.each([
  ['none [integrity] confidentiality\n', 'integrity'],
  ['none integrity [confidentiality]\n', 'confidentiality'],
  ['[none] integrity confidentiality\n', undefined],
  ['', undefined],
])('%j is mode %s', (text, mode) => {
  const folder = mkdtempSync(join(tmpdir(), 'dualport-'))
  const file = join(folder, 'lockdown')
  writeFileSync(file, text)
  expect(lockdownMode(file)).toBe(mode)
  expect(lockdownNote(file)).toBe(
    mode === undefined ? '' : ` (kernel lockdown is on: ${mode}, as Secure Boot sets it)`,
  )
  rmSync(folder, { recursive: true })
})

test('a kernel without the file is not locked down', () => {
  expect(lockdownMode('/nonexistent/lockdown')).toBeUndefined()
})
