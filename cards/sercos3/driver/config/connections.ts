/**
 * The two connections of a device, one each way: which words travel in them, where these lie, how often they come.
 * Every word lies on a 2-byte boundary; the first of a connection is C-CON.
 */

export type ConnectionWord = {
  readonly idn: number
  /** Bytes from C-CON. */
  readonly offset: number
  readonly bytes: number
}

export type Connection = {
  /** Instance of S-0-1050. */
  readonly instance: number
  readonly words: readonly ConnectionWord[]
  /** With C-CON, as S-0-1050.x.5 tells it; 0: the device has no such connection. */
  readonly bytes: number
  /** Produced in every n-th cycle of the ring. */
  readonly producerCycles: number
  /** Productions in a row that the consumer may miss (S-0-1050.x.11). */
  readonly toleratedLosses: number
}

export type DeviceConnections = { readonly mdt: Connection; readonly at: Connection }

export const cConBytes = 2
/** Productions in a row that may be missed where nothing else is configured. */
export const defaultToleratedLosses = 3

/** Instance numbers of S-0-1050 in a device whose connections are free. */
export const connectionInstance = { mdt: 0, at: 1 } as const

export const noConnection: Connection = {
  instance: 0,
  words: [],
  bytes: 0,
  producerCycles: 1,
  toleratedLosses: defaultToleratedLosses,
}

/** A connection of these words, in this order, one behind the other behind C-CON. */
export function connectionOf(
  instance: number,
  contents: readonly { readonly idn: number; readonly bytes: number }[],
  producerCycles: number,
  toleratedLosses: number,
): Connection {
  let bytes = cConBytes
  const words = contents.map((word) => {
    const offset = bytes
    // a word of an odd length leaves a byte free
    bytes += word.bytes + (word.bytes % 2)
    return { idn: word.idn, offset, bytes: word.bytes }
  })
  return { instance, words, bytes, producerCycles, toleratedLosses }
}

/** Bytes of a connection with these words, C-CON included. */
export function bytesOf(words: readonly ConnectionWord[]): number {
  const last = words.at(-1)
  return last === undefined ? cConBytes : last.offset + last.bytes + (last.bytes % 2)
}
