/** REGION_READ and REGION_WRITE: every access of the guest to the card. Body: offset u64, region u32, count u32, data. */
import type { ConfigSpace } from './config-space.ts'
import { configBytes } from './config-space.ts'
import type { AccessWidth, PciCard } from './pci-card.ts'
import { errno, maxTransferBytes, pciRegion } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

const headBytes = 16

type Span = { readonly offset: number; readonly region: number; readonly count: number }

export function readRegion(request: Request, card: PciCard, config: ConfigSpace): Answer {
  const span = spanOf(request, card)
  if (span === undefined) return { errno: errno.EINVAL }
  const reply = withHead(request, headBytes + span.count)
  if (span.region === pciRegion.config) reply.set(config.read(span.offset, span.count), headBytes)
  else readBar(card, span, new DataView(reply.buffer, headBytes))
  return { body: reply }
}

export function writeRegion(request: Request, card: PciCard, config: ConfigSpace): Answer {
  const span = spanOf(request, card)
  if (span === undefined || request.body.byteLength < headBytes + span.count)
    return { errno: errno.EINVAL }
  const { buffer, byteOffset } = request.body
  const data = new Uint8Array(buffer, byteOffset + headBytes, span.count)
  if (span.region === pciRegion.config) config.write(span.offset, data)
  else writeBar(card, span, new DataView(buffer, byteOffset + headBytes, span.count))
  return { body: withHead(request, headBytes) }
}

function readBar(card: PciCard, span: Span, data: DataView): void {
  for (let done = 0; done < span.count;) {
    const width = widthAt(span.offset + done, span.count - done)
    const value = card.read(span.region, span.offset + done, width)
    if (width === 32) data.setUint32(done, value, true)
    else if (width === 16) data.setUint16(done, value, true)
    else data.setUint8(done, value)
    done += width / 8
  }
}

function writeBar(card: PciCard, span: Span, data: DataView): void {
  for (let done = 0; done < span.count;) {
    const width = widthAt(span.offset + done, span.count - done)
    const value =
      width === 32
        ? data.getUint32(done, true)
        : width === 16
          ? data.getUint16(done, true)
          : data.getUint8(done)
    card.write(span.region, span.offset + done, width, value)
    done += width / 8
  }
}

/** The widest aligned access that fits: an 8-byte or unaligned access becomes several, as on a 32-bit bus. */
function widthAt(offset: number, left: number): AccessWidth {
  if (offset % 4 === 0 && left >= 4) return 32
  return offset % 2 === 0 && left >= 2 ? 16 : 8
}

/** `undefined` where the access does not lie inside one region. */
function spanOf(request: Request, card: PciCard): Span | undefined {
  const { body } = request
  if (body.byteLength < headBytes) return undefined
  // past 2^53 the number is not exact, but then it is past every region too
  const offset = Number(body.getBigUint64(0, true))
  const region = body.getUint32(8, true)
  const count = body.getUint32(12, true)
  const size =
    region === pciRegion.config
      ? configBytes
      : (card.bars.find((bar) => bar.index === region)?.bytes ?? 0)
  const fits = count >= 1 && count <= maxTransferBytes && offset + count <= size
  return fits ? { offset, region, count } : undefined
}

/** A reply that starts with the offset, region and count of the request. */
function withHead(request: Request, bytes: number): Uint8Array<ArrayBuffer> {
  const reply = new Uint8Array(bytes)
  reply.set(new Uint8Array(request.body.buffer, request.body.byteOffset, headBytes))
  return reply
}
