/**
 * What systemd is told of a machine that it runs (Type=notify): when it is in operation, that it is being stopped, and
 * every few seconds that its main thread turns. Protocol: sd_notify(3), sd_watchdog_enabled(3).
 */
import { sendDatagram } from '../../uio/system/datagram.ts'

type Environment = { readonly [name: string]: string | undefined }

export class ServiceManager {
  readonly #send: (text: string) => void
  readonly #watchdog: NodeJS.Timeout | undefined

  /** Does nothing where nobody asked for it: outside a service. Errors are nobody's: the machine goes on. */
  constructor(environment: Environment = process.env, send = sendDatagram) {
    const { NOTIFY_SOCKET: socket } = environment
    this.#send = (text) => {
      if (socket !== undefined) send(socket, text)
    }
    const everyMs = watchdogMs(environment) / 2
    if (everyMs > 0) this.#watchdog = setInterval(() => this.#send('WATCHDOG=1'), everyMs).unref()
  }

  ready(status: string): void {
    this.#send(`READY=1\nSTATUS=${status}`)
  }

  stopping(): void {
    this.#send('STOPPING=1')
  }

  close(): void {
    clearInterval(this.#watchdog)
  }
}

/** Time within which systemd wants to hear of this very process, ms; 0: it does not. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number {
  if (WATCHDOG_PID !== undefined && Number(WATCHDOG_PID) !== process.pid) return 0
  const us = Number(WATCHDOG_USEC ?? 0)
  return Number.isFinite(us) && us > 0 ? us / 1000 : 0
}
