/**
 * The embedded broker: aedes on loopback TCP, MQTT 3.1.1, for machines whose file names no other broker.
 *
 * aedes 1.2 numbers the packets it takes and delivers to a subscriber only rising numbers, so that overlapping
 * subscriptions get one copy. But a retained or QoS 1 packet takes more turns of the event loop than a plain one behind
 * it, is overtaken and then thrown away as a duplicate (aedes issues 955 and 994; seen: 0 of 50 retained messages came
 * through beside 50 plain ones). Packets of one kind cannot overtake each other, so each kind has its own numbers here.
 */
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { Aedes } from 'aedes'
import { DualportError } from '../../errors.ts'

const host = '127.0.0.1'
const usualPort = 1883
/** One frozen subscriber holds up all others so long (aedes' default is 60 s). */
const drainTimeoutMs = 2000

export type Broker = {
  readonly url: string
  readonly port: number
  /** Closes every connection. Idempotent. */
  close(): Promise<void>
}

/**
 * Starts a broker on loopback.
 * @param port 0: a free one; left out: 1883, or a free one where that is in use
 * Throws DP_MQTT_PORT_BUSY (a given port is in use), DP_MQTT_BROKER.
 */
export async function startBroker(port?: number): Promise<Broker> {
  const aedes = await Aedes.createBroker({ drainTimeout: drainTimeoutMs })
  const { authorizePublish } = aedes
  aedes.authorizePublish = (client, packet, callback) => {
    Object.assign(packet, { brokerId: `${aedes.id} ${packet.qos}${packet.retain}` })
    authorizePublish(client, packet, callback)
  }
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('close', () => sockets.delete(socket))
    aedes.handle(socket)
  })
  try {
    await listen(server, port ?? usualPort).catch(async (error: unknown) => {
      if (port !== undefined || errorCode(error) !== 'EADDRINUSE') throw error
      await listen(server, 0)
    })
  } catch (cause) {
    await closeAedes(aedes)
    throw listenError(port ?? usualPort, cause)
  }
  const address = server.address() as AddressInfo
  let closing: Promise<void> | undefined
  return {
    url: `mqtt://${host}:${address.port}`,
    port: address.port,
    close: () => (closing ??= closeAll(aedes, server, sockets)),
  }
}

async function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function closeAll(aedes: Aedes, server: Server, sockets: Set<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  await closeAedes(aedes)
  // aedes waits for nobody, yet a client that never sent CONNECT keeps its socket
  for (const socket of sockets) socket.destroy()
  await closed
}

async function closeAedes(aedes: Aedes): Promise<void> {
  await new Promise<void>((resolve) => aedes.close(() => resolve()))
}

function listenError(port: number, cause: unknown): DualportError {
  const at = `${host}:${port}`
  if (errorCode(cause) === 'EADDRINUSE')
    return new DualportError('DP_MQTT_PORT_BUSY', { at, cause })
  return new DualportError('DP_MQTT_BROKER', { at, actual: errorCode(cause), cause })
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
