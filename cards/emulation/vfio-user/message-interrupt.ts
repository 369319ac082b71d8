/**
 * The card's interrupt as messages (MSI): one for each rise of the level. Nothing masks it and nothing ends it; a level
 * that stays up says nothing more.
 */
export class MessageInterrupt {
  /** Messages sent. */
  sent = 0
  readonly #signal: (fd: number) => void
  #eventFd: number | undefined
  #level = false

  /** `signal` adds 1 to an eventfd. */
  constructor(signal: (fd: number) => void) {
    this.#signal = signal
  }

  /** Messages are in use: INTA# is silent. */
  get connected(): boolean {
    return this.#eventFd !== undefined
  }

  /** Returns the descriptor it held before: the caller closes it. A level that is up counts as a rise to come. */
  connect(eventFd: number | undefined): number | undefined {
    const old = this.#eventFd
    this.#eventFd = eventFd
    this.#level = false
    return old
  }

  /** Sends one whatever the level: a client may ask for that. */
  trigger(): void {
    if (this.#eventFd === undefined) return
    this.sent++
    this.#signal(this.#eventFd)
  }

  /** After every access and every tick. */
  update(level: boolean): void {
    if (level && !this.#level) this.trigger()
    this.#level = level
  }
}
