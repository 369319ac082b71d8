/**
 * What the calling thread may do, and who a user is. The kernel keeps capabilities, the bounding set, secure bits and
 * no_new_privs per thread: these calls reach the caller alone, and the threads that it starts later inherit from it.
 */
import { bind } from './libc.ts'
import { CallMemory } from './memory.ts'
import { errnoNumber, systemError } from './system-error.ts'

const cPrctl: (option: number, a: number, b: number, c: number, d: number) => number = bind(
  'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
)
const cCapGet: (header: Uint32Array, data: Uint32Array) => number = bind(
  'int capget(void *header, void *data)',
)
const cCapSet: (header: Uint32Array, data: Uint32Array) => number = bind(
  'int capset(void *header, const void *data)',
)
const cGetUser: (
  name: string,
  entry: bigint,
  text: bigint,
  bytes: number,
  result: BigUint64Array,
) => number = bind(
  'int getpwnam_r(const char *name, void *entry, void *text, size_t bytes, void *result)',
)

const cInitGroups: (user: string, group: number) => number = bind(
  'int initgroups(const char *user, uint32_t group)',
)

/** Bits of a capability set; linux/capability.h. */
export const capability = { ipcLock: 1n << 14n, sysNice: 1n << 23n } as const

const names = new Map<number, string>([
  [14, 'CAP_IPC_LOCK'],
  [23, 'CAP_SYS_NICE'],
])

/** 'CAP_SYS_NICE', or 'capability 12' for those that mean nothing here. */
export function capabilityNames(set: bigint): string[] {
  const found: string[] = []
  for (let n = 0; set >> BigInt(n) > 0n; n++)
    if (((set >> BigInt(n)) & 1n) === 1n) found.push(names.get(n) ?? `capability ${n}`)
  return found
}

/** linux/prctl.h */
const control = {
  PR_SET_KEEPCAPS: 8,
  PR_CAPBSET_READ: 23,
  PR_CAPBSET_DROP: 24,
  PR_SET_SECUREBITS: 28,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_CAP_AMBIENT: 47,
} as const

/** linux/securebits.h; the bit above each locks it. */
export const secureBit = {
  /** An exec by user 0 brings no capabilities. */
  noRoot: 1 << 0,
  noRootLocked: 1 << 1,
  /** Leaving user 0 does not clear the permitted set. Gone with the next exec. */
  keepCaps: 1 << 4,
  /** Nothing can be put into the ambient set. */
  noAmbientRaise: 1 << 6,
  noAmbientRaiseLocked: 1 << 7,
} as const

const capabilityVersion3 = 0x2008_0522
const ambientClearAll = 4

/** What the calling thread is permitted. Throws DP_SYSTEM_CALL. */
export function permittedCapabilities(): bigint {
  // effective, permitted, inheritable: their low words, then their high words
  const data = new Uint32Array(6)
  if (cCapGet(new Uint32Array([capabilityVersion3, 0]), data) < 0)
    throw systemError('capget', 'self')
  return (BigInt(data[4] as number) << 32n) | BigInt(data[1] as number)
}

/** Permitted and effective become `set`, inheritable becomes empty. Throws DP_SYSTEM_CALL. */
export function setCapabilities(set: bigint): void {
  const low = Number(set & 0xffff_ffffn)
  const high = Number(set >> 32n)
  const data = new Uint32Array([low, low, 0, high, high, 0])
  if (cCapSet(new Uint32Array([capabilityVersion3, 0]), data) < 0)
    throw systemError('capset', capabilityNames(set).join(', '))
}

/** No exec brings a capability any more. Needs CAP_SETPCAP. Throws DP_SYSTEM_CALL. */
export function emptyBoundingSet(): void {
  // the kernel answers EINVAL behind its last capability
  for (let n = 0; cPrctl(control.PR_CAPBSET_READ, n, 0, 0, 0) >= 0; n++)
    callControl('PR_CAPBSET_DROP', n)
}

/** Bits of `secureBit`. Needs CAP_SETPCAP. Throws DP_SYSTEM_CALL. */
export function setSecureBits(bits: number): void {
  callControl('PR_SET_SECUREBITS', bits)
}

/** Throws DP_SYSTEM_CALL (EPERM once that bit is locked). */
export function stopKeepingCapabilities(): void {
  callControl('PR_SET_KEEPCAPS', 0)
}

/** No exec brings more than the thread has: set-user-ID bits and file capabilities count no more. Throws DP_SYSTEM_CALL. */
export function setNoNewPrivileges(): void {
  callControl('PR_SET_NO_NEW_PRIVS', 1)
}

/** No exec hands capabilities on. Throws DP_SYSTEM_CALL. */
export function clearAmbientSet(): void {
  callControl('PR_CAP_AMBIENT', ambientClearAll)
}

function callControl(name: keyof typeof control, value: number): void {
  if (cPrctl(control[name], value, 0, 0, 0) < 0) throw systemError('prctl', `${name}, ${value}`)
}

export type UserEntry = { readonly uid: number; readonly gid: number }

/** A user by name, from wherever the C library gets its users; undefined: there is none. Throws DP_SYSTEM_CALL. */
export function findUser(name: string): UserEntry | undefined {
  // struct passwd: name and password (pointers), uid, gid, three more pointers
  const entry = new CallMemory(48)
  const text = new CallMemory(64 * 1024)
  const result = new BigUint64Array(1)
  const errno = cGetUser(name, entry.pointer, text.pointer, text.buffer.byteLength, result)
  if (result[0] !== 0n) {
    const words = new Uint32Array(entry.buffer)
    return { uid: words[4] as number, gid: words[5] as number }
  }
  // getpwnam(3) lists what libraries return for a user that is not there
  if (errno === 0 || noSuchUser.has(errno)) return undefined
  throw systemError('getpwnam_r', name, errno)
}

/**
 * The supplementary groups of every thread become this user's, with `gid` among them: the C library's setgroups reaches
 * them all. Needs CAP_SETGID. Throws DP_SYSTEM_CALL.
 */
export function takeGroupsOf(user: string, gid: number): void {
  if (cInitGroups(user, gid) < 0) throw systemError('initgroups', user)
}

const noSuchUser: ReadonlySet<number> = new Set([
  errnoNumber.EPERM,
  errnoNumber.ENOENT,
  errnoNumber.ESRCH,
  errnoNumber.EBADF,
])
