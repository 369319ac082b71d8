/**
 * The content of Tx and Rx RAM for one phase: index table, descriptors, buffers. Pure.
 * Index table (32 bytes), descriptors, pad to 16, port parts (Tx, CP0 alone), buffers of system A; in Rx RAM the buffers
 * of port 1, then those of port 2. CoSeMa CSMD_FRCFG_TX.c, CSMD_FRCFG_RX.c.
 *
 * Whole telegrams are described as real-time data, service channels included (the driver's own containers work on the
 * fields in the telegrams), but for MDT0's extended field. ATs are sent as zeros (no range but the end), except AT0 of
 * CP0, whose sequence counter is port specific and whose address words are preset. Received MDTs are described by their
 * length alone.
 */
import { DualportError } from '../../../../errors.ts'
import { place } from '../../../../uio/bit-field.ts'
import { descriptor, indexTable, rxBase, txBase, windows } from '../../registers.ts'
import { cp0, cp34 } from '../../telegram.ts'

export type RamWord = { readonly offset: number; readonly value: number }

export type RamPlan = {
  /** Index table and descriptors, 32-bit words. */
  readonly txWords: readonly RamWord[]
  readonly rxWords: readonly RamWord[]
  /** Byte offsets of the Tx buffers, one per buffer. */
  readonly txBuffers: readonly number[]
  readonly rxBuffersP1: readonly number[]
  readonly rxBuffersP2: readonly number[]
  /** CP0: byte offsets of the sequence counters sent on ports 1 and 2. */
  readonly sequenceP1: number
  readonly sequenceP2: number
  /** Bytes of one buffer. */
  readonly txBufferBytes: number
  readonly rxBufferBytes: number
  /** Where MDT0..3 begin in a Tx buffer, and AT0..3 in an Rx buffer. */
  readonly mdtStart: readonly number[]
  readonly atStart: readonly number[]
  /** CP0: where the address words of AT0 begin in a Tx buffer. */
  readonly addressStart: number
  /** Values of the sixteen base pointers each. */
  readonly txBases: readonly number[]
  readonly rxBases: readonly number[]
  readonly txBytesUsed: number
  readonly rxBytesUsed: number
}

type Telegrams = { readonly mdtBytes: readonly number[]; readonly atBytes: readonly number[] }

/** A range of a telegram: `kind` is the descriptor type of its start. */
type Range = { kind: number; telegramOffset: number; bufferOffset: number; bytes: number }
type TelegramPlan = { entry: number; bytes: number; ranges: Range[] }

/**
 * CP1 to CP4. `extended`: MDT0 has the field into which the core itself puts the Sercos time, which no descriptor covers
 * then. Throws DP_SERCOS3_RAM.
 */
export function planRam(
  telegrams: Telegrams,
  buffers: 1 | 2 | 3,
  extended: 'extended' | 'none' = 'none',
): RamPlan {
  const mdtStart = startsOf(telegrams.mdtBytes)
  const atStart = startsOf(telegrams.atBytes)
  const mdts = telegrams.mdtBytes.map((bytes, n) =>
    whole(indexTable.mdt + n, bytes, mdtStart[n] ?? 0),
  )
  const [mdt0, ...others] = mdts
  const tx = [
    ...(mdt0 === undefined ? [] : [extended === 'extended' ? aroundExtended(mdt0) : mdt0]),
    ...others,
    ...telegrams.atBytes.map((bytes, n) => ({ entry: indexTable.at + n, bytes, ranges: [] })),
  ]
  return assemble(tx, rxPlan(telegrams, atStart), {
    buffers,
    mdtStart,
    atStart,
    txBufferBytes: sum(telegrams.mdtBytes),
    rxBufferBytes: sum(telegrams.atBytes),
    addressStart: 0,
    portBytes: 0,
  })
}

/** CP0: MDT0 and AT0 alone, single buffers. */
export function planRamCp0(): RamPlan {
  const telegrams = { mdtBytes: [cp0.mdtBytes, 0, 0, 0], atBytes: [cp0.atBytes, 0, 0, 0] }
  const addressStart = cp0.mdtBytes
  const counterBytes = 2
  const tx: TelegramPlan[] = [
    whole(indexTable.mdt, cp0.mdtBytes, 0),
    {
      entry: indexTable.at,
      bytes: cp0.atBytes,
      ranges: [
        {
          kind: descriptor.txType.portStart,
          telegramOffset: 0,
          bufferOffset: 0,
          bytes: counterBytes,
        },
        {
          kind: descriptor.txType.rtStart,
          telegramOffset: counterBytes,
          bufferOffset: addressStart,
          bytes: cp0.atBytes - counterBytes,
        },
      ],
    },
  ]
  return assemble(tx, rxPlan(telegrams, [0, 0, 0, 0]), {
    buffers: 1,
    mdtStart: [0, 0, 0, 0],
    atStart: [0, 0, 0, 0],
    txBufferBytes: addressStart + cp0.atBytes - counterBytes,
    rxBufferBytes: cp0.atBytes,
    addressStart,
    portBytes: 4,
  })
}

function rxPlan(telegrams: Telegrams, atStart: readonly number[]): TelegramPlan[] {
  return [
    ...telegrams.mdtBytes.map((bytes, n) => ({ entry: indexTable.mdt + n, bytes, ranges: [] })),
    ...telegrams.atBytes.map((bytes, n) => whole(indexTable.at + n, bytes, atStart[n] ?? 0)),
  ]
}

type Sizes = {
  buffers: number
  mdtStart: readonly number[]
  atStart: readonly number[]
  txBufferBytes: number
  rxBufferBytes: number
  addressStart: number
  portBytes: number
}

function assemble(tx: TelegramPlan[], rx: TelegramPlan[], sizes: Sizes): RamPlan {
  const txTable = describe(tx)
  const rxTable = describe(rx)
  const sequenceP1 = align(txTable.end, 16)
  const sequenceP2 = sequenceP1 + sizes.portBytes
  const txBuffers = allot(sequenceP2 + sizes.portBytes, sizes.txBufferBytes, sizes.buffers)
  const rxBuffersP1 = allot(align(rxTable.end, 16), sizes.rxBufferBytes, sizes.buffers)
  const rxBuffersP2 = allot(
    endOf(rxBuffersP1, sizes.rxBufferBytes),
    sizes.rxBufferBytes,
    sizes.buffers,
  )
  const txBytesUsed = endOf(txBuffers, sizes.txBufferBytes)
  const rxBytesUsed = endOf(rxBuffersP2, sizes.rxBufferBytes)
  refuseBeyond('Tx', txBytesUsed, windows.tx.size)
  refuseBeyond('Rx', rxBytesUsed, windows.rx.size)
  const txBases = Array.from({ length: 16 }, () => txBuffers[0] ?? 0)
  txBuffers.forEach((offset, n) => (txBases[txBase.a + n] = offset))
  txBases[txBase.port1] = sequenceP1
  txBases[txBase.port2] = sequenceP2
  const rxBases = Array.from({ length: 16 }, () => rxBuffersP1[0] ?? 0)
  rxBuffersP1.forEach((offset, n) => (rxBases[rxBase.p1A + n] = offset))
  rxBuffersP2.forEach((offset, n) => (rxBases[rxBase.p2A + n] = offset))
  return {
    txWords: txTable.words,
    rxWords: rxTable.words,
    txBuffers,
    rxBuffersP1,
    rxBuffersP2,
    sequenceP1,
    sequenceP2,
    txBases,
    rxBases,
    txBytesUsed,
    rxBytesUsed,
    txBufferBytes: sizes.txBufferBytes,
    rxBufferBytes: sizes.rxBufferBytes,
    mdtStart: sizes.mdtStart,
    atStart: sizes.atStart,
    addressStart: sizes.addressStart,
  }
}

/** Index table at 0, descriptors behind it. */
function describe(telegrams: TelegramPlan[]): { words: RamWord[]; end: number } {
  const table: RamWord[] = []
  const descriptors: RamWord[] = []
  let offset: number = indexTable.bytes
  for (const { entry, bytes, ranges } of telegrams) {
    const used = bytes > 0
    const index = used
      ? place(offset >> 2, indexTable.bits.first) | place(1, indexTable.bits.enabled)
      : 0
    table.push({ offset: entry * 4, value: index >>> 0 })
    if (!used) continue
    for (const range of ranges) {
      const last = range.bytes - 2
      descriptors.push({
        offset,
        value: word(range.kind, range.telegramOffset, range.bufferOffset),
      })
      // The end descriptor of a pair has the next type and names the last word.
      descriptors.push({
        offset: offset + 4,
        value: word(range.kind + 1, range.telegramOffset + last, range.bufferOffset + last),
      })
      offset += 8
    }
    descriptors.push({ offset, value: word(descriptor.txType.endOfTelegram, bytes, 0) })
    offset += 4
  }
  return { words: [...table, ...descriptors], end: offset }
}

function word(type: number, telegramOffset: number, bufferOffset: number): number {
  return (
    (place(type, descriptor.bits.type) |
      place(telegramOffset, descriptor.bits.telegramOffset) |
      place(bufferOffset >> 1, descriptor.bits.bufferOffset)) >>>
    0
  )
}

function whole(entry: number, bytes: number, bufferOffset: number): TelegramPlan {
  const kind = descriptor.txType.rtStart
  return { entry, bytes, ranges: [{ kind, telegramOffset: 0, bufferOffset, bytes }] }
}

/** The buffer keeps the place of the field, which nobody uses. */
function aroundExtended(mdt0: TelegramPlan): TelegramPlan {
  const { hotPlugBytes, mdtExtendedBytes } = cp34
  const behind = hotPlugBytes + mdtExtendedBytes
  const ranges = mdt0.ranges.flatMap((range) => [
    { ...range, bytes: hotPlugBytes },
    {
      ...range,
      telegramOffset: behind,
      bufferOffset: range.bufferOffset + behind,
      bytes: range.bytes - behind,
    },
  ])
  return { ...mdt0, ranges }
}

function startsOf(bytes: readonly number[]): number[] {
  return bytes.map((_, n) => sum(bytes.slice(0, n)))
}

function allot(start: number, bytes: number, buffers: number): number[] {
  return Array.from({ length: buffers }, (_, n) => start + n * align(bytes, 4))
}

function endOf(buffers: readonly number[], bytes: number): number {
  return (buffers.at(-1) ?? 0) + align(bytes, 4)
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function refuseBeyond(at: string, actual: number, size: number): void {
  if (actual > size)
    throw new DualportError('DP_SERCOS3_RAM', {
      at: `${at} RAM`,
      actual: `${actual} bytes`,
      expected: `at most ${size} bytes`,
    })
}
