/**
 * Leaving root for good. A card is opened as root where no udev rule lets a user in; everything later needs two
 * capabilities at most: CAP_SYS_NICE for SCHED_FIFO and CAP_IPC_LOCK for locked memory.
 *
 * In Linux a thread has credentials, not a process. The C library makes setuid and its relatives reach every thread, and
 * a thread that leaves user 0 so loses its capabilities; capset and prctl reach the calling thread alone. So the caller
 * keeps the two capabilities and hands them to the threads that it starts afterwards, the threads that are there already
 * (libuv, V8) keep none, and the result is read back from the kernel, thread by thread. no_new_privs and the empty
 * bounding set, too, are the caller's and its heirs' alone: the older threads start no programs, Node forks in its caller.
 */
import { DualportError } from '../errors.ts'
import {
  capability,
  capabilityNames,
  clearAmbientSet,
  emptyBoundingSet,
  findUser,
  permittedCapabilities,
  secureBit,
  setCapabilities,
  setNoNewPrivileges,
  setSecureBits,
  stopKeepingCapabilities,
  takeGroupsOf,
} from './system/credentials.ts'
import type { UserEntry } from './system/credentials.ts'
import { listThreadRights, type ThreadRights } from './thread-rights.ts'

const mayKeep = capability.sysNice | capability.ipcLock

/** What this process is left with. */
export type Rights = {
  readonly user: string
  readonly uid: number
  /** Capabilities of the calling thread and of those that it starts: 'CAP_SYS_NICE'. Programs that it starts get none. */
  readonly kept: readonly string[]
}

/**
 * Makes this process `user` in every thread, with CAP_SYS_NICE and CAP_IPC_LOCK where it had them, and no way back. Main
 * thread only; call it after the last thing that needs root, and before the threads that need the capabilities start.
 * A process that runs as that user already gives up all other capabilities.
 * Throws DP_USER_UNKNOWN, DP_USER_ROOT, DP_USER_OTHER; DP_RIGHTS_REFUSED and DP_RIGHTS_LEFT, after which the rights of this
 * process are in between and it should end. Not cyclic.
 */
export function dropPrivileges(user: string): Rights {
  const entry = findUser(user)
  if (entry === undefined) throw new DualportError('DP_USER_UNKNOWN', { actual: user })
  if (entry.uid === 0) throw new DualportError('DP_USER_ROOT', { actual: user })
  const permitted = permittedCapabilities()
  const kept = permitted & mayKeep
  try {
    if (isRoot()) {
      leaveRoot(user, entry)
      setCapabilities(kept)
    } else {
      requireUser(user, entry)
      // where there is nothing to give up, capset may well be forbidden: the systemd unit's filter does so
      if (permitted !== kept) setCapabilities(kept)
    }
    clearAmbientSet()
    setNoNewPrivileges()
  } catch (cause) {
    if (cause instanceof DualportError && cause.code !== 'DP_SYSTEM_CALL') throw cause
    const { syscall } = cause as NodeJS.ErrnoException
    const at = syscall === undefined ? `user ${user}` : `${syscall}(${user})`
    throw new DualportError('DP_RIGHTS_REFUSED', { at, cause })
  }
  const groups = [process.getgid?.() ?? entry.gid, ...(process.getgroups?.() ?? [])]
  requireDropped(user, { uid: entry.uid, groups })
  return { user, uid: entry.uid, kept: capabilityNames(kept) }
}

/** Whether this process could do as it likes: its real or its effective user is root. */
export function isRoot(): boolean {
  return process.getuid?.() === 0 || process.geteuid?.() === 0
}

/** By the C library's calls, so in every thread. */
function leaveRoot(user: string, { uid, gid }: UserEntry): void {
  emptyBoundingSet()
  const { noRoot, noRootLocked, noAmbientRaise, noAmbientRaiseLocked, keepCaps } = secureBit
  setSecureBits(noRoot | noRootLocked | noAmbientRaise | noAmbientRaiseLocked | keepCaps)
  takeGroupsOf(user, gid)
  process.setgid?.(gid)
  process.setuid?.(uid)
  stopKeepingCapabilities()
}

function requireUser(user: string, { uid }: UserEntry): void {
  const own = process.getuid?.()
  if (own === uid && process.geteuid?.() === uid) return
  throw new DualportError('DP_USER_OTHER', {
    actual: `user ${own}`,
    expected: `root or ${user} (user ${uid})`,
  })
}

/** The ids that a thread may have. */
type Identity = { readonly uid: number; readonly groups: readonly number[] }

function requireDropped(user: string, identity: Identity): void {
  const left = readThreads().flatMap((thread) => {
    const excess = whatIsLeft(thread, identity)
    return excess === undefined ? [] : [`${excess} in thread ${thread.tid} (${thread.name})`]
  })
  if (left.length > 0)
    throw new DualportError('DP_RIGHTS_LEFT', { at: `user ${user}`, actual: left.join('; ') })
}

function readThreads(): ThreadRights[] {
  try {
    return listThreadRights()
  } catch (cause) {
    throw new DualportError('DP_RIGHTS_LEFT', { at: '/proc/self/task', cause })
  }
}

/** What a thread has beyond its identity and the two capabilities. */
export function whatIsLeft(thread: ThreadRights, { uid, groups }: Identity): string | undefined {
  if (thread.uids.some((id) => id !== uid)) return `users ${thread.uids.join(' ')}`
  const foreign = [...thread.gids, ...thread.groups].filter((id) => !groups.includes(id))
  if (foreign.length > 0) return `groups ${foreign.join(' ')}`
  const held = thread.permitted | thread.effective | thread.inheritable | thread.ambient
  const excess = held & ~mayKeep
  return excess === 0n ? undefined : capabilityNames(excess).join(', ')
}
