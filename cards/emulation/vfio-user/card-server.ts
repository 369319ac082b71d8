/**
 * Serves a card to one vfio-user client after another, and paces the card: its clock goes on whatever the client does.
 *
 * `run` blocks its thread: it belongs into a process or worker of its own. Nothing but poll waits here.
 */
import { rmSync } from 'node:fs'
import { MonotonicClock } from '../../../uio/clock.ts'
import { PollSet, Timer, pollIn, signalEvent } from '../../../uio/system/event.ts'
import { closeFile } from '../../../uio/system/file.ts'
import { UnixListener } from '../../../uio/system/unix-socket.ts'
import { Connection } from './connection.ts'
import type { PciCard } from './pci-card.ts'
import type { Answer, Request } from './protocol.ts'
import { Session } from './session.ts'
import { shareMemory } from './shared-memory.ts'

/** A descriptor that the loop looks after beside its own. */
export type Watch = {
  readonly fd: number
  /** The descriptor can be read. False ends the loop. */
  readonly onReadable: () => boolean
}

export type CardServerOptions = {
  readonly card: PciCard
  /** The socket's file; one that is there already is replaced. */
  readonly path: string
  readonly watch?: Watch
  readonly onConnected?: () => void
  /** The client left, or was dropped because of `error`. */
  readonly onDisconnected?: (error: Error | undefined) => void
}

/** As good as never, and still an exact number of nanoseconds. */
const farNs = 2 ** 52

export class CardServer {
  readonly #options: CardServerOptions
  readonly #session: Session
  readonly #clock = new MonotonicClock()
  readonly #timer = new Timer()
  readonly #listener: UnixListener
  #connection: Connection | undefined
  #polled: PollSet
  #armedNs = farNs

  /** Throws DP_SYSTEM_CALL. */
  constructor(options: CardServerOptions) {
    this.#options = options
    this.#session = new Session(options.card, {
      signal: signalEvent,
      closeFd: closeFile,
      shareMemory,
    })
    rmSync(options.path, { force: true })
    this.#listener = new UnixListener(options.path)
    this.#polled = this.#pollSet()
  }

  /** INTx interrupts sent to clients, how many of them again because the level did not fall, and MSI messages sent. */
  get interrupts() {
    const { line, messages } = this.#session
    return { fired: line.fired, refired: line.refired, messages: messages.sent }
  }

  /** Serves until the watch ends it. */
  run(): void {
    while (this.step(-1));
    this.close()
  }

  /** Waits up to `timeoutMs` (-1: for ever) for something to do and does it. False: the watch ended the loop. */
  step(timeoutMs: number): boolean {
    this.#arm(this.#pace())
    if (this.#polled.wait(timeoutMs) <= 0) return true
    if (this.#polled.found(0) !== 0) {
      if (this.#connection === undefined) this.#accept()
      else this.#receive(this.#connection)
    }
    const watch = this.#options.watch
    return watch === undefined || this.#polled.found(2) === 0 || watch.onReadable()
  }

  close(): void {
    if (this.#connection !== undefined) this.#disconnect(this.#connection, undefined)
    this.#listener.close()
    this.#timer.close()
    rmSync(this.#options.path, { force: true })
  }

  /** Lets the card do what is due. Returns when something is due next. */
  #pace(): number {
    const { card } = this.#options
    const nowNs = this.#clock.now()
    const dueNs = card.tick(nowNs)
    const connection = this.#connection
    if (connection?.failure !== undefined) this.#disconnect(connection, connection.failure)
    this.#session.update(nowNs)
    return Math.min(dueNs, this.#session.line.dueNs, farNs)
  }

  /** The timer wakes poll to the nanosecond. */
  #arm(dueNs: number): void {
    if (dueNs === this.#armedNs) return
    this.#armedNs = dueNs
    this.#timer.arm(dueNs)
  }

  /** Takes messages until none is waiting or the card's time has come. */
  #receive(connection: Connection): void {
    try {
      for (;;) {
        const outcome = connection.receive()
        if (outcome === 'ended') this.#disconnect(connection, undefined)
        if (outcome !== 'received' || this.#clock.now() >= this.#armedNs) return
      }
    } catch (error) {
      this.#disconnect(
        connection,
        error instanceof Error ? error : new Error('no Error was thrown', { cause: error }),
      )
    }
  }

  #handle(request: Request): Answer {
    const nowNs = this.#clock.now()
    const answer = this.#session.handle(request, nowNs)
    this.#session.update(nowNs)
    return answer
  }

  #accept(): void {
    const socket = this.#listener.accept(0)
    if (socket === undefined) return
    const connection = new Connection(socket, (request) => this.#handle(request))
    this.#connection = connection
    this.#session.bus.ask = (number, body) => connection.ask(number, body)
    this.#polled = this.#pollSet()
    this.#options.onConnected?.()
  }

  #disconnect(connection: Connection, error: Error | undefined): void {
    connection.close()
    this.#connection = undefined
    this.#polled = this.#pollSet()
    this.#session.end()
    this.#options.onDisconnected?.(error)
  }

  #pollSet(): PollSet {
    const socket = this.#connection?.fd ?? this.#listener.fd
    return new PollSet([socket, this.#timer.fd, this.#options.watch?.fd ?? -1], pollIn)
  }
}
