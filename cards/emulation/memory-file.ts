/**
 * A card's memory as a file that any program may map, and its interrupt as a socket of packets: the place of an emulated
 * card whose driver is another program, in whatever language. This is the side of the thread that opens it.
 */
import { closeSync, constants, fstatSync, lstatSync, openSync, rmSync } from 'node:fs'
import { DualportError } from '../../errors.ts'
import { createEvent, signalEvent } from '../../uio/system/event.ts'
import { closeFile, truncate, tryLock } from '../../uio/system/file.ts'
import { isListening, listenForPackets } from '../../uio/system/packet-socket.ts'

export type MemoryFilePlace = {
  /** The card's memory: made if missing; an existing file has to be empty or of this size. */
  readonly memory: string
  readonly irqSocket: string
  readonly bytes: number
}

/** What crosses to the card's thread by structured clone. */
export type MemoryFileHandle = {
  readonly kind: 'file'
  readonly memoryFd: number
  readonly bytes: number
  readonly listenerFd: number
  readonly stopFd: number
}

export interface OpenMemoryFile {
  readonly handle: MemoryFileHandle
  /** Ends the waits of the card's thread for good. */
  readonly stop: () => void
  /** Takes the socket away; the memory file stays. For when the card's thread has ended. Idempotent. */
  readonly close: () => void
}

/** Connections that wait to be accepted, which happens once a cycle. */
const backlog = 16

/** Throws DP_EMULATOR_MEMORY, DP_EMULATOR_SOCKET, DP_SYSTEM_CALL. */
export function openMemoryFile({ memory, irqSocket, bytes }: MemoryFilePlace): OpenMemoryFile {
  const memoryFd = openMemory(memory, bytes)
  let listenerFd: number
  try {
    listenerFd = listen(irqSocket)
  } catch (error) {
    closeFile(memoryFd)
    throw error
  }
  const stopFd = createEvent()
  let open = true
  return {
    handle: { kind: 'file', memoryFd, bytes, listenerFd, stopFd },
    stop() {
      if (open) signalEvent(stopFd)
    },
    close() {
      if (!open) return
      open = false
      rmSync(irqSocket, { force: true })
      for (const fd of [listenerFd, stopFd, memoryFd]) closeFile(fd)
    },
  }
}

/** The lock, which ends with the descriptor, keeps a second card off the same memory. */
function openMemory(path: string, bytes: number): number {
  const refuse = (actual: unknown, expected: string): never => {
    throw new DualportError('DP_EMULATOR_MEMORY', { at: path, actual, expected })
  }
  let fd: number
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o666)
  } catch (error) {
    return refuse(errorCode(error), 'a file that can be read and written, or made')
  }
  try {
    const found = fstatSync(fd)
    if (!found.isFile()) refuse('no file', 'a regular file')
    if (found.size !== 0 && found.size !== bytes) {
      refuse(`${found.size} bytes long`, `a new file, or one of ${bytes} bytes`)
    }
    if (!tryLock(fd)) refuse('the memory of a running card', 'a file of its own for each card')
    truncate(fd, bytes)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return fd
}

function listen(path: string): number {
  const refuse = (actual: unknown, expected: string): never => {
    throw new DualportError('DP_EMULATOR_SOCKET', { at: path, actual, expected })
  }
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there !== undefined) {
    if (!there.isSocket()) refuse('a file', 'a path where there is nothing yet')
    if (isListening(path)) refuse('the socket of a running program', 'a path of its own')
    // whoever listened here has died
    rmSync(path, { force: true })
  }
  try {
    return listenForPackets(path, backlog)
  } catch (error) {
    if (!(error instanceof DualportError)) throw error
    return refuse(error.actual, 'a path of at most 107 bytes in a folder that can be written')
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error
}
