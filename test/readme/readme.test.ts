/** The README's programs compile against the public entries, under this project's own strict settings. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const pages = ['README.md', 'control/README.md']
const programs = pages.flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(
    ([, program]) => program as string,
  ),
)
/** Proof that a mistake is found. */
const mistake = `import { openMachine } from 'dualport'\nawait openMachine(1)\n`
let folder = ''
let complaints: string[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-readme-'))
  complaints = compile([...programs, mistake])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** All at once: the compiler takes longer to read the sources than to check a program. */
function compile(modules: readonly string[]): string[] {
  const paths = {
    dualport: [join(root, 'runtime/index.ts')],
    'dualport/task': [join(root, 'runtime/task.ts')],
    'dualport/control': [join(root, 'control/index.ts')],
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  modules.forEach((module, n) => writeFileSync(join(folder, `program${n + 1}.ts`), module))
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: true, paths, typeRoots: [join(root, 'node_modules/@types')] },
      include: ['program*.ts'],
    }),
  )
  try {
    execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
    return []
  } catch (failure) {
    return (failure as { stdout: string }).stdout.split('\n')
  }
}

test('there are programs in the README', () => {
  expect(programs.length).toBeGreaterThanOrEqual(2)
})

test.each(programs.map((_, n) => n + 1))('program %i compiles', (n) => {
  expect(complaints.filter((line) => line.includes(`program${n}.ts`))).toEqual([])
})

test('a program with a mistake does not', () => {
  const file = `program${programs.length + 1}.ts`
  expect(complaints.filter((line) => line.includes('.ts('))).toEqual([
    expect.stringMatching(new RegExp(`${file}.*TS2345`)),
  ])
})
