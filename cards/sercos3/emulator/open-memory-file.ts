/** A SERCOS III card whose memory is a file and whose interrupt is a socket: for a master that is another program. */
import { rmSync } from 'node:fs'
import { openMemoryFile } from '../../emulation/memory-file.ts'
import { coreSize } from '../registers.ts'
import { startEmulator, type EmulatorHands, type EmulatorModel } from './start-emulator.ts'

export type MemoryFileOptions = EmulatorModel & {
  /** The core's 64 KiB, windows at its own offsets: see openMemoryFile. */
  readonly memory: string
  /** Path of the socket: each client gets the count of interrupts once a period, see MemoryFileBackend. */
  readonly irqSocket: string
}

export interface Sercos3MemoryFile extends EmulatorHands {
  /** Settles when the card has ended, by itself only because it failed: rejects with that. */
  readonly ended: Promise<void>
  /** Ends the card and takes the socket away. Rejects with what the card failed of, if it did. Idempotent. */
  close(): Promise<void>
}

/** Resolves when the card answers. Rejects with DP_EMULATOR_MEMORY, DP_EMULATOR_SOCKET, DP_SYSTEM_CALL. */
export async function openSercos3MemoryFile(
  options: MemoryFileOptions,
): Promise<Sercos3MemoryFile> {
  const { memory, irqSocket } = options
  const { handle, stop, close } = openMemoryFile({ memory, irqSocket, bytes: coreSize })
  // a program that ends without closing leaves no socket behind; the descriptors are the thread's to the end
  const removeSocket = (): void => rmSync(irqSocket, { force: true })
  process.once('exit', removeSocket)
  const closeFile = (): void => {
    process.off('exit', removeSocket)
    close()
  }
  try {
    const { end, exited, ...hands } = await startEmulator(options, { backend: handle, stop })
    return {
      ...hands,
      ended: exited,
      close: async () => {
        try {
          await end()
        } finally {
          closeFile()
        }
      },
    }
  } catch (error) {
    closeFile()
    throw error
  }
}
