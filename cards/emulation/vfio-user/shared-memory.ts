/** Memory of the client, mapped from the descriptor that it sent. */
import { fstatSync } from 'node:fs'
import { viewMemory } from '../../../uio/system/libc.ts'
import { mapFile, unmap } from '../../../uio/system/memory.ts'

export type SharedMemory = {
  readonly bytes: Uint8Array
  /** Takes the mapping away; `bytes` is empty from then on. */
  readonly release: () => void
}

/** Maps part of a file, or says `undefined` where the file is shorter or will not be mapped. The descriptor may be closed after. */
export function shareMemory(
  fd: number,
  offset: number,
  bytes: number,
  access: 'read' | 'readWrite',
): SharedMemory | undefined {
  // a mapping reaches past the end of its file without complaint, and an access there kills the process
  if (offset + bytes > fstatSync(fd).size) return undefined
  const pointer = mapFile(fd, bytes, offset, access)
  if (typeof pointer === 'number') return undefined
  const buffer = viewMemory(pointer, bytes)
  return {
    bytes: new Uint8Array(buffer),
    release() {
      buffer.transfer(0)
      unmap(pointer, bytes)
    },
  }
}
