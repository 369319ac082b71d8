import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runCommandLine } from './program.ts'
import { listenForStop } from './stop-signal.ts'

const stop = listenForStop()
afterAll(() => stop.release())
const idn = (...argv: string[]): Promise<number> => runCommandLine(['idn', ...argv], stop)

let out = ''
let err = ''
let folder = ''
let machine = ''
beforeEach(async () => {
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
  folder = await mkdtemp(path.join(tmpdir(), 'dualport-idn-'))
  machine = path.join(folder, 'machine.json')
  const card = { type: 'sercos3', open: { by: 'emulator' } }
  const devices = [{ name: 'x', address: 1, profile: 'drive' }]
  await writeFile(machine, JSON.stringify({ name: 'one', card, devices, axes: [], io: [] }))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

test('help names the commands, and says that nothing gets power', async () => {
  expect(await idn('--help')).toBe(0)
  for (const command of ['read', 'write', 'list', 'dump', 'restore'])
    expect(out).toMatch(new RegExp(`^  ${command} `, 'm'))
  expect(out).toMatch(/no drive gets power/)
})

test('what is written is read back, a negative number as well', async () => {
  expect(await idn('write', machine, 'x', 'S-0-0050', '-12.5')).toBe(0)
  expect(out).toBe('S-0-0050  Negative position limit = -12.5000 mm\n')
  expect(err).toBe('')
})

test.each([
  [['read', 'm', 'x', 'S-51'], 1, /^DP_SERCOS3_IDN: .*S-51/],
  [['read', 'm', 'x', 'S-0-0051', '--element', 'colour'], 2, /Allowed choices are name/],
  [['read', 'm', 'x', 'S-0-0051', '--phase', 'CP1'], 2, /Allowed choices are CP2, CP3, CP4/],
  [['write', 'm', 'x', 'S-0-0051'], 2, /missing required argument 'value'/],
  [['list', 'nowhere.json'], 2, /DP_MACHINE_FILE_READ/],
])('%j ends with %i', async (argv, code, message) => {
  expect(await idn(...argv)).toBe(code)
  expect(err).toMatch(message)
})

test.each([
  ['no JSON', '{', /^DP_SERCOS3_DUMP: .*dump.json/],
  ['another JSON', '{"format": 1}', /^DP_SERCOS3_DUMP: .*dump.json: format/],
  [
    'a broken device',
    JSON.stringify({
      format: 'dualport-ring-dump',
      version: 1,
      machine: 'one',
      devices: [{ format: 'dualport-idn-dump', version: 1, device: { name: 'x' } }],
    }),
    /^DP_SERCOS3_DUMP: .*address/,
  ],
  [
    'no device of that name',
    JSON.stringify({ format: 'dualport-ring-dump', version: 1, machine: 'one', devices: [] }),
    /^DP_SERCOS3_DUMP: .*nothing of x/,
  ],
])('a dump file with %s is refused before the machine is opened', async (_, text, message) => {
  const file = path.join(folder, 'dump.json')
  await writeFile(file, text)
  expect(await idn('restore', 'nowhere.json', file, '--device', 'x')).toBe(1)
  expect(err).toMatch(message)
})

test('a dump that could not be written is refused before the machine is opened', async () => {
  const file = path.join(folder, 'nowhere', 'dump.json')
  expect(await idn('dump', 'nowhere.json', '-o', file)).toBe(1)
  expect(err).toMatch(/^DP_OUTPUT_FILE: .*dump.json: .*ENOENT/)
})

test('stopped before its end it says so, and is no success', async () => {
  const stopped = { stopped: Promise.resolve('SIGINT' as const), isStopped: true, release() {} }
  expect(await runCommandLine(['idn', 'dump', machine], stopped)).toBe(1)
  expect(out).toBe('')
  expect(err).toMatch(/^stopped: not everything was done$/m)
})
