/**
 * One cycle's way of the telegrams along cables and devices. Cyclic: no allocation.
 *
 * P starts at the master's port 1 and goes up, S at port 2 and goes down. A device that forwards passes them on, a device
 * in loopback sends them back and, by its inactive port, a copy on; what comes in by an inactive port ends there.
 */
import { portMode, type DevicePorts } from './device-ports.ts'
import type { Cables } from './ring-cables.ts'
import type { CycleTelegrams, Passage as Way, Slave } from './slave.ts'

/** Telegrams that can be copied where a device sends them both ways. */
export interface CopyableTelegrams extends CycleTelegrams {
  copyFrom(other: this): void
}

/** Of a device's logic, by which a telegram is late per passage. CSMD_CALC.h: the default figure of a slave. */
const forwardingDelayNs = 900

export class TelegramPassage<Telegrams extends CopyableTelegrams> {
  /** What came in on port 1 and port 2. */
  readonly arrivals: [Telegrams | undefined, Telegrams | undefined] = [undefined, undefined]
  /** An MST reached the device. */
  readonly reached: Uint8Array
  readonly #delaysNs = new Int32Array(2)
  readonly #cables: Cables
  readonly #slaves: readonly Slave[]
  readonly #ports: readonly DevicePorts[]
  readonly #copies: { readonly P: Telegrams; readonly S: Telegrams }

  constructor(
    cables: Cables,
    slaves: readonly Slave[],
    ports: readonly DevicePorts[],
    copies: { readonly P: Telegrams; readonly S: Telegrams },
  ) {
    this.#cables = cables
    this.#slaves = slaves
    this.#ports = ports
    this.#copies = copies
    this.reached = new Uint8Array(slaves.length)
  }

  /** What the chip measures with what arrived at a port; 0: nothing did. */
  delayNs(port: 1 | 2): number {
    return this.#delaysNs[port - 1] as number
  }

  begin(): void {
    this.reached.fill(0)
    this.arrivals[0] = undefined
    this.arrivals[1] = undefined
    this.#delaysNs.fill(0)
  }

  send(telegrams: Telegrams, channel: 'P' | 'S'): void {
    const last = this.#slaves.length - 1
    if (!this.#cables.link(channel === 'P' ? 0 : last + 1)) return
    if (channel === 'P') this.#run(telegrams, channel, 0, 1, 0)
    else this.#run(telegrams, channel, last, -1, 0)
  }

  #run(
    telegrams: Telegrams,
    channel: 'P' | 'S',
    first: number,
    outward: 1 | -1,
    delay: number,
  ): void {
    let at = first
    let direction = outward
    let way: Way = 'out'
    let delayNs = delay
    while (at >= 0 && at < this.#slaves.length) {
      const ports = this.#ports[at] as DevicePorts
      if (ports.blocks(direction)) {
        ports.notice(channel)
        return
      }
      const slave = this.#slaves[at] as Slave
      slave.pass(telegrams, channel, way, way === 'out' && ports.turns(direction))
      this.reached[at] = 1
      delayNs += forwardingDelayNs
      // The first telegrams of CP0 change it.
      if (ports.mode === portMode.storeAndForward) return
      if (ports.turns(direction)) {
        if (way === 'back') return
        if (ports.forwardsInLoopback) this.#forward(telegrams, channel, at, direction, delayNs)
        direction = direction === 1 ? -1 : 1
        way = 'back'
      }
      if (!this.#cables.link(direction === 1 ? at + 1 : at)) return
      at += direction
    }
    const port = direction === 1 ? 1 : 0
    if (this.arrivals[port] !== undefined) return
    this.arrivals[port] = telegrams
    this.#delaysNs[port] = delayNs
  }

  /** What a device in loopback sends by its inactive port. */
  #forward(
    telegrams: Telegrams,
    channel: 'P' | 'S',
    from: number,
    direction: 1 | -1,
    delayNs: number,
  ): void {
    if (!this.#cables.link(direction === 1 ? from + 1 : from)) return
    const copy = this.#copies[channel]
    // A copy is not changed on its way back: that ends where it came from.
    if (copy !== telegrams && this.#takes(from + direction, direction)) copy.copyFrom(telegrams)
    this.#run(copy, channel, from + direction, direction, delayNs)
  }

  /** The next one does more with it than notice it. */
  #takes(at: number, direction: 1 | -1): boolean {
    return this.#ports[at]?.blocks(direction) !== true
  }
}
