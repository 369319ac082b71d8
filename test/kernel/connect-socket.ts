/** A Unix socket that a program just started is about to listen on. */
import { createConnection, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Tries for ten seconds. Errors after the connection are left to the reader, who sees its end. */
export async function connectSocket(path: string): Promise<Socket> {
  for (let attempt = 0; ; attempt++) {
    const socket = createConnection(path)
    const { promise, resolve } = Promise.withResolvers<Error | undefined>()
    socket.once('connect', () => resolve(undefined)).once('error', resolve)
    const error = await promise
    if (error === undefined) return socket.on('error', () => {})
    if (attempt === 500) throw error
    await sleep(20)
  }
}
