/**
 * Keeping the cycle's memory resident without mlockall: V8 gives heap pages back with madvise, which the kernel refuses
 * on locked memory, and V8 then aborts. So ranges are locked one by one: what the cycle shares with others, this
 * thread's stack, and the code and data of the binary and its libraries. The JavaScript heap stays unlocked.
 */
import { readFileSync } from 'node:fs'
import type { DeviceHandle } from './device.ts'
import { addressOf } from './system/libc.ts'
import { lockPages } from './system/memory.ts'
import { threadStack } from './system/thread-stack.ts'

export type MemoryRange = { readonly pointer: bigint; readonly bytes: number }

/** What the cyclic thread works in, besides its own stack and code. */
export type CyclicMemory = {
  readonly device?: DeviceHandle
  readonly buffers?: readonly (ArrayBuffer | SharedArrayBuffer)[]
}

export type LockedMemory = {
  readonly wantedBytes: number
  readonly lockedBytes: number
  /** errno of the first refusal, 0 for none. */
  readonly errno: number
}

/** Locks what it can, the most needed first. Call it in the cyclic thread, before its first cycle. Throws nothing. */
export function lockCyclicMemory(memory: CyclicMemory): LockedMemory {
  let wantedBytes = 0
  let lockedBytes = 0
  let errno = 0
  for (const { pointer, bytes } of [...sharedRanges(memory), ...processRanges()]) {
    wantedBytes += bytes
    const refused = lockPages(pointer, bytes)
    if (refused === 0) lockedBytes += bytes
    else if (errno === 0) errno = refused
  }
  return { wantedBytes, lockedBytes, errno }
}

function* sharedRanges(memory: CyclicMemory): Generator<MemoryRange> {
  // Maps of a real card are there since openUioDevice and never paged out: mlock passes over them (VM_SPECIAL in
  // mm/mlock.c) and returns 0, but counts their length against RLIMIT_MEMLOCK before it looks. Asking could only bring a
  // refusal that means nothing.
  const maps = memory.device?.kind === 'emulated' ? memory.device.maps : []
  for (const { pointer, size } of maps) {
    if (pointer !== undefined) yield { pointer, bytes: size }
  }
  for (const buffer of memory.buffers ?? []) {
    yield { pointer: addressOf(buffer), bytes: buffer.byteLength }
  }
  const stack = threadStack()
  if (stack !== undefined) yield stack
}

function* processRanges(): Generator<MemoryRange> {
  let text: string
  try {
    text = readFileSync('/proc/self/maps', 'utf8')
  } catch {
    return
  }
  yield* lockableRanges(text)
}

type MapsLine = { start: bigint; end: bigint; rights: string; file: string }

/**
 * The ranges of a /proc/self/maps text that may be locked: [heap] (the C library's, never V8's), and every readable
 * part, zero-initialised data included, of the files that hold code. Anonymous memory is V8's or another thread's.
 */
export function lockableRanges(maps: string): MemoryRange[] {
  const lines = maps.split('\n').flatMap((line) => parseLine(line))
  const programs = new Set(
    lines
      .filter(({ rights, file }) => rights.includes('x') && file.startsWith('/'))
      .map(({ file }) => file),
  )
  const ranges: MemoryRange[] = []
  let before: MapsLine | undefined
  for (const line of lines) {
    // zero-initialised data lie, without a name, right behind the file's own writable data
    const isBss: boolean = line.file === '' && line.start === before?.end && line.rights[1] === 'w'
    if (isBss && before !== undefined) line.file = before.file
    const mayLock = line.file === '[heap]' || programs.has(line.file)
    if (mayLock && line.rights.startsWith('r')) {
      ranges.push({ pointer: line.start, bytes: Number(line.end - line.start) })
    }
    before = line
  }
  return ranges
}

function parseLine(line: string): MapsLine[] {
  const found = /^([0-9a-f]+)-([0-9a-f]+) (\S+) \S+ \S+ \d+\s*(.*)$/.exec(line)
  if (found === null) return []
  const [, start = '', end = '', rights = '', file = ''] = found
  return [{ start: BigInt(`0x${start}`), end: BigInt(`0x${end}`), rights, file }]
}
