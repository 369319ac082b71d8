/** Rights that are gone do not come back: each test drops them in a process of its own. */
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { whatIsLeft } from './drop-privileges.ts'
import type { Rights } from './drop-privileges.ts'
import { findUser } from './system/credentials.ts'

const isRoot = process.getuid?.() === 0
const needsRoot = isRoot ? '' : ' [skipped: needs root]'
const nobody = findUser('nobody')
const hasSetpriv = isRoot && existsSync('/usr/bin/setpriv')
const needsSetpriv = hasSetpriv ? '' : ' [skipped: needs root and setpriv]'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-rights-'))
  chmodSync(folder, 0o755)
})
afterAll(() => {
  rmSync(folder, { recursive: true })
})

type Told = {
  readonly code?: string
  readonly message?: string
  readonly rights: Rights
  readonly isRoot: boolean
  readonly threads: readonly {
    readonly uids: readonly number[]
    readonly gids: readonly number[]
    readonly held: string
  }[]
  readonly refused: readonly (string | undefined)[]
  readonly status: string
  readonly programRunsAs: string | undefined
}

function without(capabilities: string): readonly string[] {
  return ['setpriv', `--bounding-set=${capabilities}`]
}

function drop(
  args: readonly string[],
  as: { readonly uid?: number; readonly gid?: number } = {},
  wrap: readonly string[] = [],
): Told {
  const program = fileURLToPath(new URL('../test/uio/drop-and-tell.ts', import.meta.url))
  const [command = '', ...rest] = [...wrap, process.execPath, program, ...args]
  return JSON.parse(execFileSync(command, rest, { ...as, cwd: '/' }).toString()) as Told
}

test.skipIf(!isRoot || nobody === undefined)(
  `no thread of a process that left root has a root id, nor more than the two capabilities${needsRoot}`,
  () => {
    const { rights, isRoot: stillRoot, threads, refused, status } = drop(['nobody'])
    expect(rights).toMatchObject({ user: 'nobody', uid: nobody?.uid })
    expect(stillRoot).toBe(false)
    expect(refused).toEqual(['EPERM', 'EPERM'])
    // main, libuv's four, V8's, one worker that was there and one that came later
    expect(threads.length).toBeGreaterThan(8)
    const mayHold = (1n << 14n) | (1n << 23n)
    for (const { uids, gids, held } of threads) {
      expect(uids).toEqual(Array(4).fill(nobody?.uid))
      expect(gids).toEqual(Array(4).fill(nobody?.gid))
      expect(BigInt(held) & ~mayHold).toBe(0n)
    }
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect(status).toMatch(/^CapBnd:\t0+$/m)
    expect(status).toMatch(/^CapAmb:\t0+$/m)
  },
)

test.skipIf(!isRoot || nobody === undefined)(
  `threads started afterwards hold what was kept, the older ones nothing${needsRoot}`,
  () => {
    const { rights, threads } = drop(['nobody'])
    // a container may have none to keep
    const holding = threads.filter(({ held }) => held !== '0').length
    if (rights.kept.length === 0) expect(holding).toBe(0)
    else expect(holding).toBe(2)
  },
)

test.skipIf(!isRoot || nobody === undefined)(
  `a set-user-ID program no longer makes root of it${needsRoot}`,
  () => {
    const program = join(folder, 'id')
    copyFileSync('/usr/bin/id', program)
    chmodSync(program, 0o4755)
    const before = execFileSync(program, ['-u'], { uid: nobody?.uid ?? 0 }).toString()
    // a file system mounted nosuid shows nothing
    expect(before).toMatch(/^\d+\n$/)
    expect(drop(['nobody', program]).programRunsAs).toBe(`${nobody?.uid}\n`)
  },
)

test('a process that is that user already stays it, and cannot gain rights any more', () => {
  const as = isRoot ? { uid: nobody?.uid ?? 0, gid: nobody?.gid ?? 0 } : {}
  const user = isRoot ? 'nobody' : userInfo().username
  const { rights, refused, status } = drop([user], as)
  expect(rights).toMatchObject({ user, kept: [] })
  expect(refused).toEqual(['EPERM', 'EPERM'])
  expect(status).toMatch(/^NoNewPrivs:\t1$/m)
})

test('who is not root cannot become another, and is told as whom it runs', () => {
  const as = isRoot ? { uid: nobody?.uid ?? 0, gid: nobody?.gid ?? 0 } : {}
  const { code, message } = drop(['daemon'], as)
  expect(code).toBe('DP_USER_OTHER')
  expect(message).toContain(`is user ${as.uid ?? process.getuid?.()}, expected root or daemon`)
})

test('an unknown user and root itself are refused before anything is given up', () => {
  expect(drop(['no-such-user-here'])).toMatchObject({ code: 'DP_USER_UNKNOWN' })
  expect(drop(['root'])).toMatchObject({ code: 'DP_USER_ROOT' })
})

test.skipIf(!hasSetpriv)(`a call that the system refuses is named${needsSetpriv}`, () => {
  expect(drop(['nobody'], {}, without('-setuid')).message).toMatch(
    /^DP_RIGHTS_REFUSED: setuid\(nobody\): .*EPERM/,
  )
  expect(drop(['nobody'], {}, without('-setgid')).message).toMatch(
    /^DP_RIGHTS_REFUSED: .*initgroups\(nobody\).*EPERM/,
  )
  expect(drop(['nobody'], {}, without('-setpcap')).message).toMatch(
    /^DP_RIGHTS_REFUSED: .*prctl\(PR_CAPBSET_DROP, 0\).*EPERM/,
  )
})

test.skipIf(!hasSetpriv)(
  `a capability that older threads hold on to is found in them, and refused${needsSetpriv}`,
  () => {
    const extra = '+sys_nice,+net_raw'
    const as = [`--reuid=${nobody?.uid}`, `--regid=${nobody?.gid}`, '--clear-groups']
    const wrap = ['setpriv', ...as, `--inh-caps=${extra}`, `--ambient-caps=${extra}`]
    const { code, message } = drop(['nobody'], {}, wrap)
    expect(code).toBe('DP_RIGHTS_LEFT')
    expect(message).toMatch(/is capability 13 in thread \d+ \(/)
  },
)

const thread = {
  tid: 7,
  name: 'libuv-worker',
  uids: [5, 5, 5, 5],
  gids: [6, 6, 6, 6],
  groups: [6, 8],
  permitted: 0n,
  effective: 0n,
  inheritable: 0n,
  ambient: 0n,
}
const identity = { uid: 5, groups: [6, 8] }

test('a thread with its user, its groups and the two capabilities has nothing left', () => {
  expect(whatIsLeft(thread, identity)).toBeUndefined()
  const two = (1n << 14n) | (1n << 23n)
  expect(whatIsLeft({ ...thread, permitted: two, effective: two }, identity)).toBeUndefined()
})

test('whatever else a thread has is named: a saved id, a group, a capability in any set', () => {
  expect(whatIsLeft({ ...thread, uids: [5, 5, 0, 5] }, identity)).toBe('users 5 5 0 5')
  expect(whatIsLeft({ ...thread, gids: [6, 6, 6, 0] }, identity)).toBe('groups 0')
  expect(whatIsLeft({ ...thread, groups: [6, 0] }, identity)).toBe('groups 0')
  for (const set of ['permitted', 'effective', 'inheritable', 'ambient'] as const)
    expect(whatIsLeft({ ...thread, [set]: 1n << 21n }, identity)).toBe('capability 21')
})
