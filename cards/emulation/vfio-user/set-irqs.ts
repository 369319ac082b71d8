/** DEVICE_SET_IRQS: connects, masks and unmasks the INTx line. Body: argsz, flags, index, start, count (u32), data. */
import type { InterruptLine } from './interrupt-line.ts'
import { emptyAnswer, errno, pciIrq } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

const data = { none: 1, bool: 2, eventfd: 4, mask: 7 } as const
const action = { mask: 8, unmask: 0x10, trigger: 0x20 } as const
const headBytes = 20

type Line = {
  readonly line: InterruptLine
  readonly level: boolean
  readonly nowNs: number
  readonly closeFd: (fd: number) => void
}

/** Keeps at most one of the request's descriptors and closes the rest. */
export function setIrqs(request: Request, to: Line): Answer {
  const [eventFd, ...surplus] = request.fds
  surplus.forEach(to.closeFd)
  const answer = apply(request, eventFd, to)
  if ('errno' in answer && eventFd !== undefined) to.closeFd(eventFd)
  return answer
}

function apply(request: Request, eventFd: number | undefined, to: Line): Answer {
  const { body } = request
  if (body.byteLength < headBytes) return { errno: errno.EINVAL }
  const flags = body.getUint32(4, true)
  const index = body.getUint32(8, true)
  const start = body.getUint32(12, true)
  const count = body.getUint32(16, true)
  if (index >= pciIrq.count) return { errno: errno.EINVAL }
  const kind = flags & data.mask
  // 'none of zero' takes the whole index out of use; other indexes have no interrupts to begin with
  if (kind === data.none && (flags & action.trigger) !== 0 && count === 0) {
    if (index === pciIrq.intx) connect(undefined, to)
    return emptyAnswer
  }
  if (index !== pciIrq.intx || start !== 0 || count !== 1) return { errno: errno.EINVAL }
  if (kind === data.eventfd) {
    // events for masking are for in-kernel interrupt controllers; QEMU does without where they are refused
    if ((flags & ~data.mask) !== action.trigger) return { errno: errno.ENOTSUP }
    connect(eventFd, to)
    return emptyAnswer
  }
  if (kind === data.bool && body.byteLength < headBytes + 1) return { errno: errno.EINVAL }
  if (kind === data.bool && body.getUint8(headBytes) === 0) return emptyAnswer
  if (kind !== data.none && kind !== data.bool) return { errno: errno.EINVAL }
  return act(flags & ~data.mask, to)
}

function act(what: number, to: Line): Answer {
  if (what === action.mask) to.line.mask()
  else if (what === action.unmask) to.line.unmask(to.level, to.nowNs)
  else if (what === action.trigger) to.line.trigger()
  else return { errno: errno.EINVAL }
  return emptyAnswer
}

function connect(eventFd: number | undefined, to: Line): void {
  const old = to.line.connect(eventFd)
  if (old !== undefined) to.closeFd(old)
}
