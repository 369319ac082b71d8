/** As whom a machine runs, shown on the command line in a process of its own and by openMachine. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test } from 'vitest'
import { testMachine } from '../test/runtime/emulated-machine.ts'
import type { OpenDevice } from '../uio/device.ts'
import { findUser } from '../uio/system/credentials.ts'
import { listThreadRights } from '../uio/thread-rights.ts'
import { leaveRoot } from './leave-root.ts'
import { openMachine } from './machine.ts'
import type { OpenCard } from './open-card.ts'

const root = resolve(import.meta.dirname, '..')
const main = join(root, 'runtime/cli/main.ts')
const isRoot = process.getuid?.() === 0
/** Root becomes nobody; anybody else can only stay who he is. */
const user = isRoot ? 'nobody' : userInfo().username
const entry = findUser(user)

let child: ChildProcess | undefined
let folder: string | undefined
afterEach(async () => {
  if (child !== undefined && child.exitCode === null) {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  if (folder !== undefined) rmSync(folder, { recursive: true })
  child = undefined
  folder = undefined
})

/** Whether that user could load the worker's module: a clone in root's home is closed to others. */
function mayRead(): boolean {
  try {
    execFileSync('cat', [main], isRoot ? { uid: entry?.uid ?? 0, gid: entry?.gid ?? 0 } : {})
    return true
  } catch {
    return false
  }
}

test.skipIf(!mayRead())(
  'run --user reaches CP4 as that user in every thread and with nothing else, and closes in order',
  async () => {
    folder = mkdtempSync(join(tmpdir(), 'dualport-user-'))
    chmodSync(folder, 0o755)
    const file = join(folder, 'machine.json')
    writeFileSync(file, JSON.stringify({ ...testMachine(), user: 'no-such-user-here' }))
    child = spawn(process.execPath, [main, 'run', file, '--no-mqtt', '--json', '--user', user], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const messages: string[] = []
    if (child.stdout === null) throw new Error('no standard output')
    for await (const line of createInterface({ input: child.stdout })) {
      const { event } = JSON.parse(line) as { event?: { kind: string; message: string } }
      if (event?.kind === 'rights') messages.push(event.message)
      if (event?.kind === 'operational') break
    }
    expect(messages).toEqual([
      expect.stringMatching(`^goes on as ${user} \\(user ${entry?.uid}\\) with `),
    ])
    const mayHold = (1n << 14n) | (1n << 23n)
    for (const thread of listThreadRights(`/proc/${child.pid}/task`)) {
      expect(thread.uids).toEqual(Array(4).fill(entry?.uid))
      expect((thread.permitted | thread.effective) & ~mayHold).toBe(0n)
    }
    child.kill('SIGTERM')
    await once(child, 'close')
    expect(child.exitCode).toBe(0)
  },
  30_000,
)

test.skipIf(!isRoot)(
  `a user who cannot read the program is told so${isRoot ? '' : ' [skipped: needs root]'}`,
  () => {
    folder = mkdtempSync(join(tmpdir(), 'dualport-closed-'))
    for (const part of [
      'errors.ts',
      'units.ts',
      'package.json',
      'uio',
      'cards',
      'control',
      'runtime',
    ])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    const file = join(folder, 'machine.json')
    writeFileSync(file, JSON.stringify({ ...testMachine(), user }))
    const { stderr, status } = spawnSync(
      process.execPath,
      [join(folder, 'runtime/cli/main.ts'), 'run', file, '--no-mqtt'],
      { encoding: 'utf8', timeout: 20_000 },
    )
    expect(stderr).toMatch(/^DP_USER_FILES: .*leave-root\.ts: .*is unreadable for nobody/)
    expect(status).toBe(1)
  },
  30_000,
)

test('a machine whose user does not exist is not opened; --user goes before the machine file', async () => {
  const machine = { ...testMachine(), user: 'no-such-user-here' }
  await expect(openMachine(machine)).rejects.toMatchObject({
    code: 'DP_USER_UNKNOWN',
    actual: 'no-such-user-here',
  })
  await expect(openMachine(machine, { user: 'root' })).rejects.toMatchObject({
    code: 'DP_USER_ROOT',
  })
})

function card(kind: 'uio' | 'emulated'): OpenCard {
  const device = { handle: { kind } } as unknown as OpenDevice
  return { device, close: async () => {} }
}

test('root that goes on with a real card is warned of, and with an emulated one it is not', () => {
  const warning = leaveRoot(undefined, card('uio'))
  if (isRoot)
    expect(warning).toEqual({
      severity: 'warning',
      message: expect.stringMatching(/^goes on as root.*--user$/),
    })
  else expect(warning).toBeUndefined()
  expect(leaveRoot(undefined, card('emulated'))).toBeUndefined()
})
