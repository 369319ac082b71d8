/**
 * Time stamps in TypeScript that fit those of kmod/compare/clients/stamp.h. JavaScript has no rdtsc; the HPET's counter stands in
 * a page that can be mapped, counts the same instructions in steps of ten, and costs about five to read.
 */
import { Region } from '../../../../uio/region.ts'
import { openFile } from '../../../../uio/system/file.ts'
import { viewMemory } from '../../../../uio/system/libc.ts'
import { mapOrThrow, pageSize } from '../../../../uio/system/memory.ts'

const counter = 0xf0
const stepsOf = 10
/** Byte offsets of the stamp page. */
const lastStamp = 0
const clockOffset = 4

const hpet = mapPage('/dev/hpet')
const page = mapPage('/tmp/stamp')
const marks = new Int32Array(2)

/** Cyclic. The outputs are in the card, and the next interrupt can come. */
export function markOutputs(): void {
  marks[0] = hpet.readSigned32(counter)
}

/** Cyclic. All is done. */
export function markTurn(): void {
  marks[1] = hpet.readSigned32(counter)
}

/** Instructions from the last interrupt to the last mark of either kind. */
export function spanToOutputs(): number {
  return spanTo(marks[0] as number)
}

export function spanOfTurn(): number {
  return spanTo(marks[1] as number)
}

function spanTo(mark: number): number {
  const stamp = Math.imul(mark, stepsOf) + page.readSigned32(clockOffset)
  return (stamp - page.readSigned32(lastStamp)) | 0
}

function mapPage(path: string): Region {
  const pointer = mapOrThrow(openFile(path, 'read'), pageSize, 0, 'read')
  return new Region(path, viewMemory(pointer, pageSize))
}
