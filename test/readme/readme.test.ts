/** The README's programs compile against the public entries, under this project's own strict settings. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const programs = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n(.*?)```/gs)]
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-readme-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function compile(program: string): string {
  const paths = {
    dualport: [join(root, 'runtime/index.ts')],
    'dualport/task': [join(root, 'runtime/task.ts')],
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'program.ts'), program)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: true, paths, typeRoots: [join(root, 'node_modules/@types')] },
      include: ['program.ts'],
    }),
  )
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
    return ''
  } catch (failure) {
    return (failure as { stdout: string }).stdout
  }
}

test('there are programs in the README', () => {
  expect(programs.length).toBeGreaterThanOrEqual(2)
})

test.each(programs.map(([, program], n) => [n + 1, program as string] as const))(
  'program %i compiles',
  (_, program) => {
    expect(compile(program)).toBe('')
  },
)

test('a program with a mistake does not', () => {
  expect(compile(`import { openMachine } from 'dualport'\nawait openMachine(1)\n`)).toContain(
    'TS2345',
  )
})
