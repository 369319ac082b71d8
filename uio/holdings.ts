/**
 * Who still uses a device's mappings and descriptors. They belong to the process, so the last user, in whichever thread,
 * gives them back: nothing is unmapped under a live view, and nothing leaks in whatever order things are closed.
 */
import { DualportError } from '../errors.ts'
import type { Holdings } from './device.ts'
import { closeFile } from './system/file.ts'
import { unmap } from './system/memory.ts'

type Held = {
  readonly name: string
  readonly users: SharedArrayBuffer
  readonly holdings: Holdings
}

/** A count of one: the opener. */
export function oneUser(): SharedArrayBuffer {
  const users = new SharedArrayBuffer(4)
  new Int32Array(users)[0] = 1
  return users
}

/** Throws DP_UIO_CLOSED when the last user has gone already. */
export function addUser(held: Held): void {
  const users = new Int32Array(held.users)
  for (;;) {
    const count = Atomics.load(users, 0)
    if (count <= 0) throw new DualportError('DP_UIO_CLOSED', { at: held.name })
    if (Atomics.compareExchange(users, 0, count, count + 1) === count) return
  }
}

/** The last one gives everything back. */
export function dropUser(held: Held): void {
  if (Atomics.sub(new Int32Array(held.users), 0, 1) !== 1) return
  for (const { pointer, bytes } of held.holdings.mappings) unmap(pointer, bytes)
  for (const fd of held.holdings.descriptors) closeFile(fd)
}
