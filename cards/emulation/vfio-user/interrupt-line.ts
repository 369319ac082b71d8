/**
 * The card's INTx level as interrupts in the guest.
 *
 * QEMU takes any access to a BAR as the end of the interrupt and unmasks the line, so the unmask comes with the
 * handler's first read, while the level is still high. Firing again at once would double the interrupts: it waits.
 */
import { nsPerMs } from '../../../units.ts'

/**
 * How long the level must stay high after an unmask before it fires again. A handler is done in far less, but it may be
 * stopped in its midst: on a host with more to do than processors, 2 ms were too short now and then.
 */
export const refireNs = 10 * nsPerMs

export class InterruptLine {
  /** Interrupts sent to the guest, those sent again included. */
  fired = 0
  /** Of these, how many because the level did not fall. */
  refired = 0
  readonly #signal: (fd: number) => void
  #eventFd: number | undefined
  #masked = false
  #refireAtNs = Infinity

  /** `signal` adds 1 to an eventfd. */
  constructor(signal: (fd: number) => void) {
    this.#signal = signal
  }

  /** When `update` should be called at the latest. */
  get dueNs(): number {
    return this.#refireAtNs
  }

  /** An interrupt was sent and not yet ended, or the client wants none: for QEMU the line still stands in the first case. */
  get masked(): boolean {
    return this.#masked
  }

  /** Returns the descriptor it held before: the caller closes it. */
  connect(eventFd: number | undefined): number | undefined {
    const old = this.#eventFd
    this.#eventFd = eventFd
    this.#masked = false
    this.#refireAtNs = Infinity
    return old
  }

  mask(): void {
    this.#masked = true
  }

  unmask(level: boolean, nowNs: number): void {
    this.#masked = false
    if (level) this.#refireAtNs = nowNs + refireNs
  }

  /** Fires whatever the level: a client may ask for that. */
  trigger(): void {
    if (this.#eventFd === undefined) return
    this.#masked = true
    this.#refireAtNs = Infinity
    this.fired++
    this.#signal(this.#eventFd)
  }

  /** After every access and every tick. */
  update(level: boolean, nowNs: number): void {
    if (!level) {
      this.#refireAtNs = Infinity
      return
    }
    if (this.#masked || this.#eventFd === undefined) return
    const again = this.#refireAtNs !== Infinity
    if (again && nowNs < this.#refireAtNs) return
    if (again) this.refired++
    this.trigger()
  }
}
