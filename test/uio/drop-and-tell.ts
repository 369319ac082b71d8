/**
 * `drop-and-tell.ts USER [PROGRAM]`: becomes the user in a process with many threads, then tells as JSON what is left, what
 * was refused, and as whom the program (a set-user-ID `id`) runs. An error is told by its code.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { DualportError } from '../../errors.ts'
import { dropPrivileges, isRoot } from '../../uio/drop-privileges.ts'
import { listThreadRights } from '../../uio/thread-rights.ts'

const [user = '', program] = process.argv.slice(2)
// the pool of libuv is there before
await readFile('/proc/self/status')
const older = newThread()
await once(older, 'online')

try {
  const rights = dropPrivileges(user)
  const younger = newThread()
  await once(younger, 'online')
  const told = {
    rights,
    isRoot: isRoot(),
    threads: listThreadRights().map(({ uids, gids, permitted, effective }) => ({
      uids,
      gids,
      held: String(permitted | effective),
    })),
    refused: [refusalOf(() => process.setuid?.(0)), refusalOf(() => process.setgroups?.([0]))],
    status: readFileSync('/proc/self/status', 'utf8'),
    programRunsAs: program === undefined ? undefined : execFileSync(program, ['-u']).toString(),
  }
  console.log(JSON.stringify(told))
} catch (error) {
  if (!(error instanceof DualportError)) throw error
  console.log(JSON.stringify({ code: error.code, message: error.message }))
}
process.exit()

function newThread(): Worker {
  return new Worker('setInterval(() => {}, 1000)', { eval: true })
}

function refusalOf(act: () => void): string | undefined {
  try {
    act()
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}
