/**
 * The kernel as an ELF file, which QEMU boots by PVH: without the seconds that its own unpacker takes when every
 * instruction is translated. Source of the offsets: linux/Documentation/x86/boot.rst.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { runForBytes } from './run-command.ts'

const at = { setupSectors: 0x1f1, payloadOffset: 0x248, payloadLength: 0x24c } as const
const sectorBytes = 512
/** Length of the unpacked kernel, which stands behind the xz stream. */
const trailerBytes = 4

export async function unpackKernel(bzImage: string, to: string): Promise<void> {
  const image = readFileSync(bzImage)
  const protectedMode = (image.readUInt8(at.setupSectors) + 1) * sectorBytes
  const start = protectedMode + image.readUInt32LE(at.payloadOffset)
  const end = start + image.readUInt32LE(at.payloadLength) - trailerBytes
  writeFileSync(to, await runForBytes('xz', ['-dc'], { input: image.subarray(start, end) }))
}
