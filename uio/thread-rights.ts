/** What every thread of this process may do, as the kernel tells it: credentials in Linux belong to threads. */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** One thread as /proc/PID/task/TID/status shows it. Ids: real, effective, saved, file system. */
export type ThreadRights = {
  readonly tid: number
  readonly name: string
  readonly uids: readonly number[]
  readonly gids: readonly number[]
  /** Supplementary groups. */
  readonly groups: readonly number[]
  readonly permitted: bigint
  readonly effective: bigint
  readonly inheritable: bigint
  readonly ambient: bigint
}

/** Every thread, those of the C library, libuv, V8 and io_uring included. Throws where /proc cannot be read. */
export function listThreadRights(tasks = '/proc/self/task'): ThreadRights[] {
  return readdirSync(tasks).flatMap((tid) => {
    try {
      return [parseThreadStatus(readFileSync(join(tasks, tid, 'status'), 'utf8'))]
    } catch (error) {
      if (hasEnded(error)) return []
      throw error
    }
  })
}

/** ENOENT before its file was opened, ESRCH after. */
function hasEnded(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ESRCH'
}

export function parseThreadStatus(text: string): ThreadRights {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    fields.set(line.slice(0, colon), line.slice(colon + 1).trim())
  }
  const field = (name: string): string => {
    const value = fields.get(name)
    if (value === undefined) throw new Error(`a thread's status has no ${name}`)
    return value
  }
  const ids = (name: string): number[] => (field(name).match(/\d+/g) ?? []).map(Number)
  const set = (name: string): bigint => BigInt(`0x${field(name)}`)
  return {
    tid: Number(field('Pid')),
    name: field('Name'),
    uids: ids('Uid'),
    gids: ids('Gid'),
    groups: ids('Groups'),
    permitted: set('CapPrm'),
    effective: set('CapEff'),
    inheritable: set('CapInh'),
    ambient: set('CapAmb'),
  }
}
