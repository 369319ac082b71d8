import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { listThreadRights, parseThreadStatus } from './thread-rights.ts'

const status = [
  'Name:\tnode: main: 1',
  'Umask:\t0022',
  'Tgid:\t40',
  'Pid:\t41',
  'Uid:\t0\t999\t998\t997',
  'Gid:\t1\t2\t3\t4',
  'Groups:\t20 46 ',
  'CapInh:\t0000000000000001',
  'CapPrm:\t000001ffffffffff',
  'CapEff:\t0000000000804000',
  'CapBnd:\t000001ffffffffff',
  'CapAmb:\t0000000000000000',
  '',
].join('\n')

let folder: string | undefined
afterEach(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true })
  folder = undefined
})

test('a status file gives four ids of each kind, the groups and the sets', () => {
  expect(parseThreadStatus(status)).toEqual({
    tid: 41,
    name: 'node: main: 1',
    uids: [0, 999, 998, 997],
    gids: [1, 2, 3, 4],
    groups: [20, 46],
    inheritable: 1n,
    permitted: 0x1ff_ffff_ffffn,
    effective: 0x804000n,
    ambient: 0n,
  })
  expect(parseThreadStatus(status.replace('20 46 ', ' ')).groups).toEqual([])
})

test('a status file without a field is not taken for a thread without rights', () => {
  expect(() => parseThreadStatus(status.replace('CapPrm', 'CapXxx'))).toThrow('CapPrm')
})

test('every thread of this process is listed, with the ids of this process', () => {
  const threads = listThreadRights()
  expect(threads.length).toBeGreaterThan(4)
  expect(threads.map(({ tid }) => tid)).toContain(process.pid)
  for (const { uids } of threads) expect(uids[0]).toBe(process.getuid?.())
})

test('a thread that ended while the list was read is left out; an unreadable list is an error', () => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-threads-'))
  mkdirSync(join(folder, '41'))
  writeFileSync(join(folder, '41', 'status'), status)
  mkdirSync(join(folder, '42'))
  expect(listThreadRights(folder).map(({ tid }) => tid)).toEqual([41])
  expect(() => listThreadRights(join(folder ?? '', 'none'))).toThrow('ENOENT')
})
