/**
 * DMA_MAP and DMA_UNMAP: which guest memory the card may reach, and how. QEMU announces all of the guest's memory, with
 * a descriptor where it is shared (memory-backend-memfd, share=on), without one where it has to be asked for each access.
 */
import { errno, emptyAnswer } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'
import type { SharedMemory } from './shared-memory.ts'

export type DmaWindow = {
  readonly address: bigint
  readonly bytes: bigint
  readonly flags: number
  /** undefined: ask the client. */
  readonly memory: SharedMemory | undefined
}

/** Part of a transfer that lies in one window. */
export type DmaPiece = {
  readonly window: DmaWindow
  readonly address: bigint
  /** Where the piece begins in the window, and in the transfer. */
  readonly inWindow: number
  readonly inTransfer: number
  readonly bytes: number
}

export type ShareMemory = (
  fd: number,
  offset: number,
  bytes: number,
  access: 'read' | 'readWrite',
) => SharedMemory | undefined

/** Rights of a window. */
export const dmaFlag = { read: 1, write: 2 } as const
const flagAll = 2
const addressSpace = 2n ** 64n
const maxWindows = 65_535

export class DmaTable {
  readonly #share: ShareMemory
  #windows: DmaWindow[] = []

  constructor(share: ShareMemory) {
    this.#share = share
  }

  get windows(): readonly DmaWindow[] {
    return this.#windows
  }

  /** Body: argsz, flags (u32), file offset, address, size (u64). `fd` stays the caller's, who may close it at once. */
  map(request: Request, fd: number | undefined): Answer {
    const { body } = request
    if (body.byteLength < 32) return { errno: errno.EINVAL }
    const flags = body.getUint32(4, true)
    const offset = body.getBigUint64(8, true)
    const address = body.getBigUint64(16, true)
    const bytes = body.getBigUint64(24, true)
    if (bytes === 0n || address + bytes > addressSpace) return { errno: errno.EINVAL }
    if (this.#windows.some((other) => overlaps({ address, bytes }, other)))
      return { errno: errno.EEXIST }
    if (this.#windows.length === maxWindows) return { errno: errno.ENOSPC }
    let memory: SharedMemory | undefined
    if (fd !== undefined) {
      const access = (flags & dmaFlag.write) === 0 ? 'read' : 'readWrite'
      // numbers past 2^53 are not exact, but then they are past the end of any file too
      memory = this.#share(fd, Number(offset), Number(bytes), access)
      if (memory === undefined) return { errno: errno.EINVAL }
    }
    this.#windows.push({ address, bytes, flags, memory })
    return emptyAnswer
  }

  /** Body: argsz, flags (u32), address, size (u64); returned as it came. A window goes whole or not at all. */
  unmap(request: Request): Answer {
    const { body } = request
    if (body.byteLength < 24) return { errno: errno.EINVAL }
    const address = body.getBigUint64(8, true)
    const bytes = body.getBigUint64(16, true)
    const all = (body.getUint32(4, true) & flagAll) !== 0
    const gone = this.#windows.filter(
      (window) => all || (window.address === address && window.bytes === bytes),
    )
    if (!all && gone.length === 0) return { errno: errno.ENOENT }
    this.#windows = this.#windows.filter((window) => !gone.includes(window))
    for (const { memory } of gone) memory?.release()
    return { body: new Uint8Array(body.buffer, body.byteOffset, 24).slice() }
  }

  clear(): void {
    for (const { memory } of this.#windows) memory?.release()
    this.#windows = []
  }

  /** The windows that a transfer touches, in order; undefined where not all of it is there with that right. */
  pieces(address: bigint, bytes: number, right: number): readonly DmaPiece[] | undefined {
    const pieces: DmaPiece[] = []
    for (let done = 0; done < bytes;) {
      const at = address + BigInt(done)
      const window = this.#windows.find(
        (one) => one.address <= at && at < one.address + one.bytes && (one.flags & right) !== 0,
      )
      if (window === undefined) return undefined
      const left = window.address + window.bytes - at
      const length = left < BigInt(bytes - done) ? Number(left) : bytes - done
      pieces.push({
        window,
        address: at,
        inWindow: Number(at - window.address),
        inTransfer: done,
        bytes: length,
      })
      done += length
    }
    return pieces
  }
}

function overlaps(one: Pick<DmaWindow, 'address' | 'bytes'>, other: DmaWindow): boolean {
  return one.address < other.address + other.bytes && other.address < one.address + one.bytes
}
