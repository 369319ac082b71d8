/** QEMU's machine protocol: commands to a running QEMU, one at a time, and the events that it tells meanwhile. */
import type { Socket } from 'node:net'
import { connectSocket } from './connect-socket.ts'
import { readJsonLines } from './json-lines.ts'
import { within } from './report.ts'

type Reply = {
  readonly return?: unknown
  readonly error?: { readonly class: string; readonly desc: string }
}
type Event = { readonly event: string; readonly data?: Readonly<Record<string, unknown>> }
type Wish = {
  readonly wanted: (event: Event) => boolean
  readonly resolve: () => void
}

export type AwaitedEvent = {
  readonly event: string
  readonly limitMs: number
  readonly isMeant?: (data: Readonly<Record<string, unknown>>) => boolean
}

const commandLimitMs = 30_000

export class QmpClient {
  readonly #socket: Socket
  readonly #waiting: PromiseWithResolvers<Reply>[] = []
  readonly #wishes = new Set<Wish>()

  private constructor(socket: Socket) {
    this.#socket = socket
    readJsonLines(
      socket,
      (value) => this.#take(value as Reply | Event | { QMP: object }),
      () => {},
    )
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error('QEMU ended'))
    })
  }

  static async connect(path: string): Promise<QmpClient> {
    const client = new QmpClient(await connectSocket(path))
    await client.command('qmp_capabilities')
    return client
  }

  /** What the command returns. Rejects with QEMU's own words, and after half a minute. */
  async command(execute: string, args: object = {}): Promise<unknown> {
    const answer = Promise.withResolvers<Reply>()
    this.#waiting.push(answer)
    this.#socket.write(`${JSON.stringify({ execute, arguments: args })}\n`)
    const reply = await within(commandLimitMs, `QEMU does ${execute}`, answer.promise)
    if (reply.error === undefined) return reply.return
    throw new Error(`QEMU refuses ${execute}: ${reply.error.desc}`)
  }

  /** Gives a command and waits until QEMU tells the event that is to come of it. */
  async commandUntil(execute: string, args: object, awaited: AwaitedEvent): Promise<void> {
    const told = this.#event(awaited)
    // a command that is refused brings no event about
    told.catch(() => {})
    await this.command(execute, args)
    await told
  }

  close(): void {
    this.#socket.destroy()
  }

  async #event({ event: name, limitMs, isMeant = () => true }: AwaitedEvent): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const wish = {
      wanted: ({ event, data = {} }: Event) => event === name && isMeant(data),
      resolve,
    }
    this.#wishes.add(wish)
    try {
      await within(limitMs, `QEMU tells ${name}`, promise)
    } finally {
      this.#wishes.delete(wish)
    }
  }

  #take(message: Reply | Event | { QMP: object }): void {
    if ('event' in message) {
      for (const wish of this.#wishes) if (wish.wanted(message)) wish.resolve()
    } else if (!('QMP' in message)) this.#waiting.shift()?.resolve(message)
  }
}
