/**
 * `copy-by-dma.ts NODE`: has the card read the DMA memory by itself and write it back altered, then tries it again when
 * the device is closed. Prints what it saw as JSON.
 */
import { realpathSync } from 'node:fs'
import { openUioDevice } from '../../../uio/open-device.ts'
import { cardBuffer, dmaBar, dmaBarBytes, transfer } from './card-dma.ts'
import { isBusMaster, mapBar, sysfsOf } from './resource-file.ts'

const [path = '/dev/uio0'] = process.argv.slice(2)
const pciFolder = realpathSync(`${sysfsOf(path)}/device`)
const bar = mapBar(pciFolder, dmaBar, dmaBarBytes)
const wasBusMaster = isBusMaster(pciFolder)
const device = openUioDevice({ by: 'path', path })
const memory = device.map('dma')
const { dmaAddress } = device
if (dmaAddress === undefined) throw new Error('the device tells no DMA address')
/** Where the card reads, and where it writes: neither at the start nor at a page's. */
const source = 0x104
const target = 0x2008

const zeroedBytes = count(0, memory.byteLength, (offset) => memory.read32(offset) === 0)
for (let offset = 0; offset < memory.byteLength; offset += 4)
  memory.write32(offset, pattern(offset))
const read = transfer(bar, 'read', dmaAddress + BigInt(source))
const arrivedBytes = count(
  0,
  cardBuffer.bytes,
  (offset) => bar.read32(cardBuffer.offset + offset) === pattern(source + offset),
)
for (let offset = 0; offset < cardBuffer.bytes; offset += 4)
  bar.write32(cardBuffer.offset + offset, ~pattern(offset) >>> 0)
const written = transfer(bar, 'write', dmaAddress + BigInt(target))
const returnedBytes = count(
  target,
  target + cardBuffer.bytes,
  (offset) => memory.read32(offset) === ~pattern(offset - target) >>> 0,
)
const untouchedBytes =
  count(0, target, (offset) => memory.read32(offset) === pattern(offset)) +
  count(
    target + cardBuffer.bytes,
    memory.byteLength,
    (offset) => memory.read32(offset) === pattern(offset),
  )
const whileOpen = isBusMaster(pciFolder)
device.close()
const afterClose = isBusMaster(pciFolder)
const readAfterClose = transfer(bar, 'read', dmaAddress)
console.log(
  JSON.stringify({
    bytes: memory.byteLength,
    dmaAddress: `0x${dmaAddress.toString(16)}`,
    zeroedBytes,
    read,
    arrivedBytes,
    written,
    returnedBytes,
    untouchedBytes,
    busMaster: [wasBusMaster, whileOpen, afterClose],
    readAfterClose,
  }),
)

/** No two words alike. */
function pattern(offset: number): number {
  return Math.imul(offset + 1, 0x9e3779b1) >>> 0
}

/** Bytes of the words for which `holds`. */
function count(from: number, to: number, holds: (offset: number) => boolean): number {
  let bytes = 0
  for (let offset = from; offset < to; offset += 4) if (holds(offset)) bytes += 4
  return bytes
}
