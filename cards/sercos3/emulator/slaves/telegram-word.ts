/** Little-endian words of a telegram's payload, byte by byte: they lie on any even offset. Cyclic. */

export function readWord(payload: Uint8Array, offset: number): number {
  return (payload[offset] as number) | ((payload[offset + 1] as number) << 8)
}

export function writeWord(payload: Uint8Array, offset: number, value: number): void {
  payload[offset] = value & 0xff
  payload[offset + 1] = (value >>> 8) & 0xff
}

/** Signed 32 bit, which never becomes a heap number. */
export function readLong(payload: Uint8Array, offset: number): number {
  return readWord(payload, offset) | (readWord(payload, offset + 2) << 16)
}

export function writeLong(payload: Uint8Array, offset: number, value: number): void {
  writeWord(payload, offset, value & 0xffff)
  writeWord(payload, offset + 2, value >>> 16)
}
