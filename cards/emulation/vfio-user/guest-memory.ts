/**
 * The card as bus master. Guest memory is reached through the client's shared mappings; where it shares none, by DMA_READ
 * and DMA_WRITE messages to the client.
 */
import type { ConfigSpace } from './config-space.ts'
import { dmaFlag, type DmaPiece, type DmaTable } from './dma-table.ts'
import type { BusMaster } from './pci-card.ts'
import { command } from './protocol.ts'

/** Sends the client a command and waits for its reply's body; undefined: no reply, or an error. */
export type AskClient = (command: number, body: Uint8Array<ArrayBuffer>) => DataView | undefined

/** A message stays well below what a socket's buffer holds, so that sending it never waits for the client. */
const longestMessageBytes = 0x8000

/** Address (u64) and count (u64), then data. */
const headBytes = 16

export class GuestMemory implements BusMaster {
  /** Set while there is a client to ask. */
  ask: AskClient | undefined
  /** The most that the client takes in one message; 0: it takes none. */
  maxTransferBytes = 0
  readonly #table: DmaTable
  readonly #config: ConfigSpace

  constructor(table: DmaTable, config: ConfigSpace) {
    this.#table = table
    this.#config = config
  }

  read(address: bigint, into: Uint8Array<ArrayBuffer>): boolean {
    return this.#transfer(address, into.length, dmaFlag.read, (piece) => {
      const target = into.subarray(piece.inTransfer, piece.inTransfer + piece.bytes)
      const { memory } = piece.window
      if (memory === undefined) return this.#readByMessage(piece.address, target)
      target.set(memory.bytes.subarray(piece.inWindow, piece.inWindow + piece.bytes))
      return true
    })
  }

  write(address: bigint, data: Uint8Array<ArrayBuffer>): boolean {
    return this.#transfer(address, data.length, dmaFlag.write, (piece) => {
      const source = data.subarray(piece.inTransfer, piece.inTransfer + piece.bytes)
      const { memory } = piece.window
      if (memory === undefined) return this.#writeByMessage(piece.address, source)
      memory.bytes.set(source, piece.inWindow)
      return true
    })
  }

  #transfer(
    address: bigint,
    bytes: number,
    right: number,
    move: (piece: DmaPiece) => boolean,
  ): boolean {
    if (!this.#config.busMaster) return false
    const pieces = this.#table.pieces(address, bytes, right)
    return pieces !== undefined && pieces.every(move)
  }

  #readByMessage(address: bigint, into: Uint8Array<ArrayBuffer>): boolean {
    return this.#eachMessage(into, (part, done) => {
      const reply = this.ask?.(command.dmaRead, head(address + BigInt(done), part.length))
      if (reply === undefined || reply.byteLength < headBytes + part.length) return false
      part.set(new Uint8Array(reply.buffer, reply.byteOffset + headBytes, part.length))
      return true
    })
  }

  #writeByMessage(address: bigint, data: Uint8Array<ArrayBuffer>): boolean {
    return this.#eachMessage(data, (part, done) => {
      const message = new Uint8Array(headBytes + part.length)
      message.set(head(address + BigInt(done), part.length))
      message.set(part, headBytes)
      return this.ask?.(command.dmaWrite, message) !== undefined
    })
  }

  /** Cuts a transfer into what one message may carry. */
  #eachMessage(
    data: Uint8Array<ArrayBuffer>,
    move: (part: Uint8Array<ArrayBuffer>, done: number) => boolean,
  ): boolean {
    const most = Math.min(this.maxTransferBytes, longestMessageBytes)
    if (most === 0) return false
    for (let done = 0; done < data.length; done += most)
      if (!move(data.subarray(done, done + most), done)) return false
    return true
  }
}

function head(address: bigint, count: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(headBytes)
  const view = new DataView(body.buffer)
  view.setBigUint64(0, address, true)
  view.setBigUint64(8, BigInt(count), true)
  return body
}
