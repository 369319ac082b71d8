/** DEVICE_GET_INFO, DEVICE_GET_REGION_INFO and DEVICE_GET_IRQ_INFO: what the card consists of. */
import { configBytes } from './config-space.ts'
import type { PciBar } from './pci-card.ts'
import { errno, pciIrq, pciRegion } from './protocol.ts'
import type { Answer, Request } from './protocol.ts'

const deviceFlag = { reset: 1, pci: 2 } as const
const regionFlag = { read: 1, write: 2 } as const
const irqFlag = { eventfd: 1, maskable: 2, automasked: 4 } as const

export function describeDevice(): Answer {
  return words(16, deviceFlag.reset | deviceFlag.pci, pciRegion.count, pciIrq.count)
}

/**
 * A region's size and rights. Never `mmap`: a mapped register cannot be trapped, and QEMU drops all mappings at the
 * first INTx interrupt anyway.
 */
export function describeRegion(request: Request, bars: readonly PciBar[]): Answer {
  if (request.body.byteLength < 12) return { errno: errno.EINVAL }
  const index = request.body.getUint32(8, true)
  if (index >= pciRegion.count) return { errno: errno.EINVAL }
  const bytes =
    index === pciRegion.config ? configBytes : (bars.find((bar) => bar.index === index)?.bytes ?? 0)
  const flags = bytes === 0 ? 0 : regionFlag.read | regionFlag.write
  return words(32, flags, index, 0, bytes, 0, 0, 0)
}

/** One INTx line, masked by itself when it fires; no MSI. */
export function describeIrq(request: Request): Answer {
  if (request.body.byteLength < 12) return { errno: errno.EINVAL }
  const index = request.body.getUint32(8, true)
  if (index >= pciIrq.count) return { errno: errno.EINVAL }
  if (index !== pciIrq.intx) return words(16, 0, index, 0)
  return words(16, irqFlag.eventfd | irqFlag.maskable | irqFlag.automasked, index, 1)
}

function words(...values: readonly number[]): Answer {
  const body = new Uint8Array(values.length * 4)
  const view = new DataView(body.buffer)
  values.forEach((value, index) => view.setUint32(index * 4, value, true))
  return { body }
}
