/** DEVICE_GET_INFO, DEVICE_GET_REGION_INFO and DEVICE_GET_IRQ_INFO: what the card consists of. */
import { configBytes } from './config-space.ts'
import type { PciCard } from './pci-card.ts'
import { errno, pciIrq, pciRegion } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

const deviceFlag = { reset: 1, pci: 2 } as const
const regionFlag = { read: 1, write: 2, mmap: 4 } as const
const irqFlag = { eventfd: 1, maskable: 2, automasked: 4, noResize: 8 } as const

export function describeDevice(): Answer {
  return words(16, deviceFlag.reset | deviceFlag.pci, pciRegion.count, pciIrq.count)
}

/**
 * A region's size and rights; with a descriptor where it may be mapped. Cards' registers never may: a mapped register
 * cannot be trapped.
 *
 * What QEMU 11.1 makes of a mapping, as tried: with INTx it drops every BAR's mapping at the first interrupt and never
 * takes it up again, so that each access becomes a message from then on; with MSI mappings outlive any number of
 * interrupts, and the going of the driver too.
 */
export function describeRegion(
  request: Request,
  { bars, mappable }: Pick<PciCard, 'bars' | 'mappable'>,
): Answer {
  if (request.body.byteLength < 12) return { errno: errno.EINVAL }
  const index = request.body.getUint32(8, true)
  if (index >= pciRegion.count) return { errno: errno.EINVAL }
  const bytes =
    index === pciRegion.config ? configBytes : (bars.find((bar) => bar.index === index)?.bytes ?? 0)
  const file = mappable?.get(index)
  const rights = bytes === 0 ? 0 : regionFlag.read | regionFlag.write
  const flags = file === undefined ? rights : rights | regionFlag.mmap
  const answer = words(32, flags, index, 0, bytes, 0, 0, 0)
  return file === undefined ? answer : { ...answer, fds: [file] }
}

/** One INTx line, masked by itself when it fires; messages where the card sends them, which cannot be masked here. */
export function describeIrq(request: Request, msiVectors: number): Answer {
  if (request.body.byteLength < 12) return { errno: errno.EINVAL }
  const index = request.body.getUint32(8, true)
  if (index >= pciIrq.count) return { errno: errno.EINVAL }
  if (index === pciIrq.intx)
    return words(16, irqFlag.eventfd | irqFlag.maskable | irqFlag.automasked, index, 1)
  if (index === pciIrq.msi && msiVectors > 0)
    return words(16, irqFlag.eventfd | irqFlag.noResize, index, msiVectors)
  return words(16, 0, index, 0)
}

function words(...values: readonly number[]) {
  const body = new Uint8Array(values.length * 4)
  const view = new DataView(body.buffer)
  values.forEach((value, index) => view.setUint32(index * 4, value, true))
  return { body }
}
