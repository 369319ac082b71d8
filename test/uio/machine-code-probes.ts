/**
 * Functions whose machine code a test reads: accessors used the way V8 likes to optimise, and, as a control, the same
 * on a bare typed array. Each probe has an offset of its own, by which it is found in the code.
 */
import { Region } from '../../uio/region.ts'

function probeBit32(r: Region): number {
  return (r.read32(0x1234) & 1) !== 0 ? 3 : 5
}
function probeBit16(r: Region): number {
  return (r.read16(0x1238) & 1) !== 0 ? 3 : 5
}
function probeBit8(r: Region): number {
  return (r.read8(0x123c) & 1) !== 0 ? 3 : 5
}
function probeTwice(r: Region): number {
  return r.read32(0x2344) + r.read32(0x2344)
}
function probeUnused(r: Region): number {
  r.read32(0x3454)
  return 1
}
function probeNeighbours(r: Region): number {
  return r.read16(0x3464) + r.read16(0x3466) * 65536
}
function probeReadBack(r: Region): number {
  r.write32(0x4564, 7)
  return r.read32(0x4564)
}
function probeWriteTwice(r: Region): void {
  r.write32(0x5674, 7)
  r.write32(0x5674, 7)
}
function probeWriteNeighbours(r: Region): void {
  r.write16(0x6784, 1)
  r.write16(0x6786, 2)
  r.write8(0x6788, 3)
}
const image32 = new Uint32Array(new ArrayBuffer(256))
const image16 = new Uint16Array(new ArrayBuffer(256))
function probeCopyIn32(r: Region): void {
  r.copyIn32(0x1000, image32, 19)
}
function probeCopyOut32(r: Region): void {
  r.copyOut32(0x1000, image32, 19)
}
function probeCopyIn16(r: Region): void {
  r.copyIn16(0x1000, image16, 19)
}
function probeCopyOut16(r: Region): void {
  r.copyOut16(0x1000, image16, 19)
}
const kept = new Int32Array(4)
function probeTakeBit(r: Region): number {
  return (r.take32(0x7894, kept, 1) & 1) !== 0 ? 3 : 5
}
function probeTakeTwice(r: Region): number {
  return r.take32(0x78a4, kept, 1) + r.take32(0x78a4, kept, 1)
}
function probeTakeThree(r: Region): number {
  return r.takeThree32(0x8994, kept, 1) & 1
}
function probeBareBit(words: Uint32Array): number {
  return ((words[0x2234 >> 2] as number) & 1) !== 0 ? 3 : 5
}

const memory = new ArrayBuffer(0x10000)
/** Of a region in a constant V8 knows the address of the memory; only the index is left to the code. */
const constant = new Region('constant', memory)
function probeConstantBit(offset: number): number {
  return (constant.read32(offset) & 1) !== 0 ? 3 : 5
}
function probeConstantTwice(offset: number): number {
  return constant.readSigned32(offset) + constant.readSigned32(offset)
}
function probeConstantUnused(offset: number): number {
  constant.read32(offset)
  return 1
}
function probeConstantReadBack(offset: number): number {
  constant.write32(offset, 7)
  return constant.readSigned32(offset)
}
function probeConstantWriteTwice(offset: number): void {
  constant.write32(offset, 7)
  constant.write32(offset, 7)
}
const region = new Region('probe', memory)
const words = new Uint32Array(memory)
let sum = 0
for (let n = 0; n < 100_000; n++) {
  sum += probeBit32(region) + probeBit16(region) + probeBit8(region)
  sum += probeTwice(region) + probeUnused(region) + probeNeighbours(region)
  sum += probeReadBack(region) + probeBareBit(words)
  probeWriteTwice(region)
  probeWriteNeighbours(region)
  sum += probeConstantBit(n & 0xfffc) + probeConstantTwice(n & 0xfffc)
  sum += probeConstantUnused(n & 0xfffc) + probeConstantReadBack(n & 0xfffc)
  probeConstantWriteTwice(n & 0xfffc)
  sum += probeTakeBit(region) + probeTakeTwice(region) + probeTakeThree(region)
  probeCopyIn32(region)
  probeCopyOut32(region)
  probeCopyIn16(region)
  probeCopyOut16(region)
}
console.log('sum', sum)
