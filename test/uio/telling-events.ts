/** Interrupts whose bits and time follow from their count, so that a reader can tell a torn one. */
export function bitsOf(count: number): number {
  return (1 << (count & 31)) | 0
}

export function timeOf(count: number): number {
  return count * 0x1_0000_0001
}
