import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { demoMachine } from './demo.ts'
import { runCommandLine as runWith } from './program.ts'
import { listenForStop } from './stop-signal.ts'

const stop = listenForStop()
afterAll(() => stop.release())
const runCommandLine = async (argv: readonly string[]): Promise<number> => runWith(argv, stop)

let out = ''
let err = ''
beforeEach(() => {
  out = ''
  err = ''
  vi.spyOn(console, 'log').mockImplementation((text) => void (out += `${text}\n`))
  vi.spyOn(console, 'error').mockImplementation((text) => void (err += `${text}\n`))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

test('help names every command and the exit codes, and ends with 0', async () => {
  expect(await runCommandLine(['--help'])).toBe(0)
  for (const command of ['run', 'demo', 'devices', 'check', 'schema'])
    expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
  expect(out).toMatch(/130 {2}a second Ctrl-C, 0\.7 s or more after the first/)
})

test.each(['--version', '-v'])('%s prints the version of the package', async (option) => {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  expect(await runCommandLine([option])).toBe(0)
  expect(out).toBe(`${(JSON.parse(text) as { version: string }).version}\n`)
})

test.each([[['jump']], [['run']], [['check', 'a', 'b']], [['devices', '--wrong']]])(
  'a wrong command line such as %j ends with 2',
  async (argv) => {
    expect(await runCommandLine(argv)).toBe(2)
    expect(err).toMatch(/^error: /m)
    expect(err).toMatch(/^dualport --help shows the commands/m)
  },
)

test('check says what a sound machine holds, and ends with 0', async () => {
  expect(await runCommandLine(['check', demoMachine()])).toBe(0)
  expect(out).toMatch(
    /machine demo is sound \(emulated card, cycle 1000 us, 5 devices, 4 axes, 6 I/,
  )
})

test('check and run print every error of a wrong machine file, one per line, and end with 2', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'dualport-cli-'))
  const file = path.join(folder, 'wrong.json')
  await writeFile(
    file,
    '{\n"name": "a b",\n"cycleUs": 7,\n"card": {"type": "sercos3"},\n"devices": []}',
  )
  const name = path.relative(process.cwd(), file)
  for (const command of ['check', 'run']) {
    err = ''
    expect(await runCommandLine([command, file])).toBe(2)
    expect(err.trim().split('\n')).toEqual([
      expect.stringContaining(`${name}:2: name is "a b", expected `),
      expect.stringContaining(`${name}:3: cycleUs is 7, expected `),
      expect.stringContaining(`${name}:5: devices is [], expected at least 1 entries`),
    ])
  }
  expect(await runCommandLine(['check', '--json', file])).toBe(2)
  expect((JSON.parse(out) as { findings: object[] }).findings).toHaveLength(3)
  await rm(folder, { recursive: true })
})

test.each([
  ['a machine file that is not there', '/no/such/machine.json', 'ENOENT'],
  ['a folder', tmpdir(), 'EISDIR'],
])('%s ends with 2 and the reason', async (_, file, reason) => {
  for (const command of ['check', 'run']) {
    err = ''
    expect(await runCommandLine([command, file])).toBe(2)
    expect(err).toMatch(
      `DP_MACHINE_FILE_READ: ${file}: the machine file cannot be read, is ${reason}`,
    )
  }
})

test('schema prints the JSON Schema', async () => {
  expect(await runCommandLine(['schema'])).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ title: 'dualport machine', type: 'object' })
})

test('devices prints a JSON list', async () => {
  expect(await runCommandLine(['devices', '--json'])).toBe(0)
  expect(Array.isArray(JSON.parse(out))).toBe(true)
})
