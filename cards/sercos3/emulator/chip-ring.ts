/**
 * The cables: in which order telegrams pass the slaves, and on which port of the master they come back.
 *
 * P leaves by port 1, S by port 2. In a whole ring P passes the slaves upwards and arrives at port 2, S downwards and
 * arrives at port 1. In a line each comes back to its own port, and so it is on both sides of a broken ring.
 */
import type { CycleTelegrams, Passage, Slave } from './slave.ts'

export type Topology = 'ring' | 'line'

/** Of a slave's logic, by which a telegram is late per passage. CSMD_CALC.h: the default figure of a slave. */
const forwardingDelayNs = 900
/** Of the master's own logic. CSMD_CALC.h. */
const masterDelayNs = 220

export class Ring<Telegrams extends CycleTelegrams> {
  readonly slaves: readonly Slave[]
  readonly topology: Topology
  /** What came in on each port in the last cycle. */
  readonly arrivals: [Telegrams | undefined, Telegrams | undefined] = [undefined, undefined]
  readonly #reached: Uint8Array
  /** Slaves before the break, -1: whole. */
  #breakAfter = -1

  constructor(slaves: readonly Slave[], topology: Topology) {
    this.slaves = slaves
    this.topology = topology
    this.#reached = new Uint8Array(slaves.length)
  }

  /** Pulls the cable behind slave `count` (0: the master's own port 1), or plugs it in again with -1. */
  breakAfter(count: number): void {
    this.#breakAfter = count < 0 ? -1 : Math.min(count, this.slaves.length)
  }

  /** Whether a cable with a device at its end is in the port. */
  link(port: 1 | 2): boolean {
    return this.#reachable(port) > 0
  }

  /** What the chip measures with what arrives at a port; 0 while nothing does. */
  delayNs(port: 1 | 2): number {
    const reachable = this.#reachable(port)
    if (reachable === 0) return 0
    return masterDelayNs + forwardingDelayNs * (this.#closed ? reachable : 2 * reachable - 1)
  }

  /** One cycle: each channel that the master sends passes its slaves. Results in `arrivals`. */
  send(p: Telegrams | undefined, s: Telegrams | undefined): void {
    this.#reached.fill(0)
    this.arrivals[0] = undefined
    this.arrivals[1] = undefined
    if (p !== undefined && this.link(1)) this.#sendFrom(1, p, 'P')
    if (s !== undefined && this.link(2)) this.#sendFrom(2, s, 'S')
  }

  /** Tells every device that the cycle is over, and whether an MST reached it. */
  endOfCycle(dtS: number): void {
    for (let n = 0; n < this.slaves.length; n++) {
      this.slaves[n]?.endOfCycle(this.#reached[n] === 1, dtS)
    }
  }

  /** Nothing was sent, or nothing whole. */
  silent(): void {
    this.send(undefined, undefined)
  }

  get #closed(): boolean {
    return this.topology === 'ring' && this.#breakAfter < 0
  }

  #reachable(port: 1 | 2): number {
    const all = this.slaves.length
    if (this.#closed) return all
    const before = this.#breakAfter < 0 ? all : this.#breakAfter
    if (port === 1) return before
    return this.topology === 'ring' ? all - before : 0
  }

  #sendFrom(port: 1 | 2, telegrams: Telegrams, channel: 'P' | 'S'): void {
    const reachable = this.#reachable(port)
    if (this.#closed) {
      for (let n = 0; n < reachable; n++) this.#pass(port, n, telegrams, channel, 'out', false)
      this.arrivals[port === 1 ? 1 : 0] = telegrams
      return
    }
    for (let n = 0; n < reachable; n++) {
      this.#pass(port, n, telegrams, channel, 'out', n === reachable - 1)
    }
    for (let n = reachable - 2; n >= 0; n--) this.#pass(port, n, telegrams, channel, 'back', false)
    this.arrivals[port - 1] = telegrams
  }

  /** `n` counts from the sending port. */
  #pass(
    port: 1 | 2,
    n: number,
    telegrams: Telegrams,
    channel: 'P' | 'S',
    passage: Passage,
    last: boolean,
  ): void {
    const index = port === 1 ? n : this.slaves.length - 1 - n
    this.#reached[index] = 1
    this.slaves[index]?.pass(telegrams, channel, passage, last)
  }
}
