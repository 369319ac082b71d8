/**
 * The card's side of a memory file, for the card's own thread.
 *
 * Every client of the socket gets the count of interrupts as one packet, unless its last one is still unread: a late
 * reader skips counts, as with read(2) on /dev/uioN, and nothing queues up for one that has stopped reading.
 */
import { MonotonicClock } from '../../uio/clock.ts'
import { StoppableSleep } from '../../uio/stoppable-sleep.ts'
import { viewMemory } from '../../uio/system/libc.ts'
import { mapOrThrow, unmap } from '../../uio/system/memory.ts'
import { acceptPackets, type PacketSocket } from '../../uio/system/packet-socket.ts'
import type { CardBackend } from './memory-host.ts'
import type { MemoryFileHandle } from './memory-file.ts'

/** More are turned away: their reads end at once. */
const mostClients = 16

export class MemoryFileBackend implements CardBackend {
  /** The card's whole address space. All zero at first: a card that has just got its power. */
  readonly memory: ArrayBuffer
  readonly clock = new MonotonicClock()
  readonly #handle: MemoryFileHandle
  readonly #pointer: bigint
  readonly #sleep: StoppableSleep
  readonly #clients: PacketSocket[] = []
  /** A client that had read all before the last packet. */
  #reader: PacketSocket | undefined
  #count = 0
  #gone = false
  #detached = false

  /** Throws DP_SYSTEM_CALL. */
  constructor(handle: MemoryFileHandle) {
    this.#handle = handle
    this.#sleep = new StoppableSleep(handle.stopFd)
    this.#pointer = mapOrThrow(handle.memoryFd, handle.bytes, 0, 'readWrite')
    this.memory = viewMemory(this.#pointer, handle.bytes)
    new Uint8Array(this.memory).fill(0)
  }

  /** Sends the next count. Which bits stand the clients read from the card; a dead client is dropped. */
  raise(): boolean {
    if (this.#gone) return false
    this.#count = (this.#count + 1) | 0
    this.#reader = undefined
    this.#accept()
    for (let n = this.#clients.length - 1; n >= 0; n--) {
      const client = this.#clients[n]
      const outcome = client?.offer(this.#count)
      if (outcome === 'sent') this.#reader = client
      else if (outcome === 'gone') this.#drop(n)
    }
    return true
  }

  /** Somebody reads the counts. */
  get isCounted(): boolean {
    return this.#reader !== undefined
  }

  /** Whoever reads the counts has read the last one. */
  isLastRead(): boolean {
    return this.#reader?.isRead() ?? true
  }

  /** The card is pulled out: its memory reads all ones, and every client's connection ends. */
  vanish(): void {
    new Uint8Array(this.memory).fill(0xff)
    this.#gone = true
    this.#dropAll()
  }

  waitUntil(monotonicNs: number): boolean {
    return !this.#detached && this.#sleep.until(monotonicNs)
  }

  /** Takes this thread off the memory. Idempotent. */
  detach(): void {
    if (this.#detached) return
    this.#detached = true
    this.#dropAll()
    this.memory.transfer(0)
    unmap(this.#pointer, this.#handle.bytes)
    this.#sleep.close()
  }

  #accept(): void {
    for (;;) {
      const client = acceptPackets(this.#handle.listenerFd)
      if (client === undefined) return
      if (this.#clients.length < mostClients) this.#clients.push(client)
      else client.close()
    }
  }

  #dropAll(): void {
    for (let n = this.#clients.length - 1; n >= 0; n--) this.#drop(n)
  }

  #drop(index: number): void {
    const client = this.#clients[index]
    if (client === this.#reader) this.#reader = undefined
    client?.close()
    this.#clients.splice(index, 1)
  }
}
