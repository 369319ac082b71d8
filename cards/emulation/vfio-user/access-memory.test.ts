import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { lanes, partOf, readMemory, writeMemory } from './access-memory.ts'
import type { AccessWidth } from './pci-card.ts'

const access = fc.constantFrom<AccessWidth>(8, 16, 32).chain((width) =>
  fc.record({
    width: fc.constant(width),
    offset: fc.nat(32 / width - 1).map((n) => (n * width) / 8),
    value: fc.integer({ min: 0, max: 2 ** width - 1 }),
  }),
)
const word = fc.integer({ min: 0, max: 0xffffffff })

test('an access to part of a register reaches the bytes that one to memory would', () => {
  fc.assert(
    fc.property(word, access, (old, { width, offset, value }) => {
      const memory = new DataView(new ArrayBuffer(4))
      memory.setUint32(0, old, true)
      expect(partOf(old, offset, width)).toBe(readMemory(memory, offset, width))
      writeMemory(memory, offset, width, value)
      const written = lanes(0x4c + offset, width, value)
      const merged = ((old & ~written.mask) | written.value) >>> 0
      expect(merged).toBe(memory.getUint32(0, true))
      expect(partOf(merged, 0x4c + offset, width)).toBe(value)
    }),
  )
})
