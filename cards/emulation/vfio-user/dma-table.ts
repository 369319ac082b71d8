/**
 * DMA_MAP and DMA_UNMAP: which guest memory the card may reach. No card here does DMA yet, so the windows are only kept
 * and checked; QEMU announces its memory to every card.
 */
import { errno, emptyAnswer } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

export type DmaWindow = { readonly address: bigint; readonly bytes: bigint; readonly flags: number }

const flagAll = 2
const addressSpace = 2n ** 64n
const maxWindows = 65_535

export class DmaTable {
  #windows: DmaWindow[] = []

  get windows(): readonly DmaWindow[] {
    return this.#windows
  }

  /** Body: argsz, flags (u32), file offset, address, size (u64). */
  map(request: Request): Answer {
    const { body } = request
    if (body.byteLength < 32) return { errno: errno.EINVAL }
    const window = {
      flags: body.getUint32(4, true),
      address: body.getBigUint64(16, true),
      bytes: body.getBigUint64(24, true),
    }
    const end = window.address + window.bytes
    if (window.bytes === 0n || end > addressSpace) return { errno: errno.EINVAL }
    if (this.#windows.some((other) => overlaps(window, other))) return { errno: errno.EEXIST }
    if (this.#windows.length === maxWindows) return { errno: errno.ENOSPC }
    this.#windows.push(window)
    return emptyAnswer
  }

  /** Body: argsz, flags (u32), address, size (u64); returned as it came. A window goes whole or not at all. */
  unmap(request: Request): Answer {
    const { body } = request
    if (body.byteLength < 24) return { errno: errno.EINVAL }
    const address = body.getBigUint64(8, true)
    const bytes = body.getBigUint64(16, true)
    const all = (body.getUint32(4, true) & flagAll) !== 0
    const kept = this.#windows.filter(
      (window) => !all && (window.address !== address || window.bytes !== bytes),
    )
    if (!all && kept.length === this.#windows.length) return { errno: errno.ENOENT }
    this.#windows = kept
    return { body: new Uint8Array(body.buffer, body.byteOffset, 24).slice() }
  }

  clear(): void {
    this.#windows = []
  }
}

function overlaps(one: DmaWindow, other: DmaWindow): boolean {
  return one.address < other.address + other.bytes && other.address < one.address + one.bytes
}
