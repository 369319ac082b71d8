/** A region whose accessors for several words all go through those for one: a test that overrides four sees every access. */
import { Region } from '../../uio/region.ts'

export class SingleAccessRegion extends Region {
  override readSigned32(offset: number): number {
    return this.read32(offset) | 0
  }

  override take32(offset: number, target: Int32Array, index: number): number {
    const value = this.readSigned32(offset)
    target[index] = value
    return value
  }

  override takeThree32(offset: number, target: Int32Array, index: number): number {
    this.take32(offset, target, index)
    this.take32(offset + 4, target, index + 1)
    return this.take32(offset + 8, target, index + 2)
  }

  override copyOut32(offset: number, source: Uint32Array, words: number): void {
    for (let n = 0; n < words; n++) this.write32(offset + 4 * n, source[n] as number)
  }
}
