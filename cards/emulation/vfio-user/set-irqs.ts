/** DEVICE_SET_IRQS: connects, masks, unmasks and triggers interrupts. Body: argsz, flags, index, start, count (u32), data. */
import { emptyAnswer, errno, pciIrq } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

const data = { none: 1, bool: 2, eventfd: 4, mask: 7 } as const
const action = { mask: 8, unmask: 0x10, trigger: 0x20 } as const
const headBytes = 20

/** One kind of interrupt of the card, INTx or MSI, each with one vector. */
export type Vector = {
  /** Returns the descriptor it held before. */
  readonly connect: (eventFd: number | undefined) => number | undefined
  readonly trigger: () => void
  /** Missing where the kind cannot be masked. */
  readonly mask?: () => void
  readonly unmask?: () => void
}

export type Vectors = {
  /** By interrupt index; undefined where the card has none of that kind. */
  readonly at: (index: number) => Vector | undefined
  readonly closeFd: (fd: number) => void
}

/** Keeps at most one of the request's descriptors and closes the rest. */
export function setIrqs(request: Request, to: Vectors): Answer {
  const [eventFd, ...surplus] = request.fds
  surplus.forEach(to.closeFd)
  let kept = false
  const connect = (vector: Vector, fd: number | undefined) => {
    const old = vector.connect(fd)
    if (old !== undefined) to.closeFd(old)
    kept = fd !== undefined
  }
  const answer = apply(request, eventFd, to, connect)
  if (!kept && eventFd !== undefined) to.closeFd(eventFd)
  return answer
}

function apply(
  { body }: Request,
  eventFd: number | undefined,
  to: Vectors,
  connect: (vector: Vector, fd: number | undefined) => void,
): Answer {
  if (body.byteLength < headBytes) return { errno: errno.EINVAL }
  const flags = body.getUint32(4, true)
  const index = body.getUint32(8, true)
  const start = body.getUint32(12, true)
  const count = body.getUint32(16, true)
  if (index >= pciIrq.count) return { errno: errno.EINVAL }
  const kind = flags & data.mask
  const vector = to.at(index)
  // 'none of zero' takes the whole index out of use; other indexes have no interrupts to begin with
  if (kind === data.none && (flags & action.trigger) !== 0 && count === 0) {
    if (vector !== undefined) connect(vector, undefined)
    return emptyAnswer
  }
  if (vector === undefined || start !== 0 || count !== 1) return { errno: errno.EINVAL }
  if (kind === data.eventfd) {
    // events for masking are for in-kernel interrupt controllers; QEMU does without where they are refused
    if ((flags & ~data.mask) !== action.trigger) return { errno: errno.ENOTSUP }
    connect(vector, eventFd)
    return emptyAnswer
  }
  if (kind === data.bool && body.byteLength < headBytes + 1) return { errno: errno.EINVAL }
  if (kind === data.bool && body.getUint8(headBytes) === 0) return emptyAnswer
  if (kind !== data.none && kind !== data.bool) return { errno: errno.EINVAL }
  return act(flags & ~data.mask, vector)
}

function act(what: number, vector: Vector): Answer {
  let does: (() => void) | undefined
  if (what === action.mask) does = vector.mask
  else if (what === action.unmask) does = vector.unmask
  else if (what === action.trigger) does = vector.trigger
  if (does === undefined) return { errno: errno.EINVAL }
  does()
  return emptyAnswer
}
