/**
 * The words of the vfio-user protocol, version 0: what QEMU 10.1 and newer speak as a client.
 *
 * Host byte order (little endian here). Source: QEMU docs/interop/vfio-user.rst and linux/vfio.h, whose structures it
 * reuses; what QEMU does beyond them was observed and is marked where it matters.
 */

export const command = {
  version: 1,
  dmaMap: 2,
  dmaUnmap: 3,
  deviceGetInfo: 4,
  deviceGetRegionInfo: 5,
  deviceGetIrqInfo: 7,
  deviceSetIrqs: 8,
  regionRead: 9,
  regionWrite: 10,
  dmaRead: 11,
  dmaWrite: 12,
  deviceReset: 13,
} as const

/** Bits of the header's flags word. The low four are the type: 0 command, 1 reply. */
export const headerFlag = { typeMask: 0xf, reply: 1, noReply: 0x10, error: 0x20 } as const

export const headerBytes = 16

/** The most that one REGION_READ or REGION_WRITE may carry, and the longest message with it. */
export const maxTransferBytes = 1 << 20
export const maxMessageBytes = headerBytes + 16 + maxTransferBytes

/** Descriptors that one message may bring. */
export const maxMessageFds = 8

/** Region and interrupt indexes of a PCI device. linux/vfio.h. */
export const pciRegion = { config: 7, count: 9 } as const
export const pciIrq = { intx: 0, msi: 1, count: 5 } as const

/** errno values that a reply may carry. */
export const errno = { EEXIST: 17, ENOENT: 2, EINVAL: 22, ENOSPC: 28, ENOTSUP: 95 } as const

/** A command as it came in. Whoever handles it owns `fds`: keeps a descriptor or closes it. */
export type Request = {
  readonly id: number
  readonly command: number
  readonly flags: number
  readonly body: DataView
  readonly fds: readonly number[]
}

/** What a handler answers: the reply's payload, with descriptors that stay the handler's own, or an errno. */
export type Answer =
  | { readonly body: Uint8Array<ArrayBuffer>; readonly fds?: readonly number[] }
  | { readonly errno: number }

export const emptyAnswer: Answer = { body: new Uint8Array(0) }
