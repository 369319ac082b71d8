/** The ring as the chip has it: cables, devices and their ports, and what a cycle's telegrams do in it. */
import { DevicePorts } from './device-ports.ts'
import { Cables, type Topology } from './ring-cables.ts'
import { TelegramPassage, type CopyableTelegrams } from './ring-passage.ts'
import type { Slave } from './slave.ts'

export type { Topology } from './ring-cables.ts'

/** A device that was switched off and on needs this long until it has a link again. */
const startUpS = 0.1

export class Ring<Telegrams extends CopyableTelegrams> {
  readonly slaves: readonly Slave[]
  readonly topology: Topology
  readonly #cables: Cables
  readonly #ports: readonly DevicePorts[]
  readonly #passage: TelegramPassage<Telegrams>
  /** Until a device that was switched off is on again, s; 0: nothing to wait for. */
  readonly #startUpS: Float64Array

  /** `newTelegrams`: room for a copy, asked for once per channel. */
  constructor(
    slaves: readonly Slave[],
    topology: Topology,
    newTelegrams: (channel: 'P' | 'S') => Telegrams,
  ) {
    this.slaves = slaves
    this.topology = topology
    this.#cables = new Cables(slaves.length, topology)
    this.#ports = slaves.map((slave) => slave.ports ?? alwaysForwarding())
    this.#startUpS = new Float64Array(slaves.length)
    const copies = { P: newTelegrams('P'), S: newTelegrams('S') }
    this.#passage = new TelegramPassage(this.#cables, slaves, this.#ports, copies)
    slaves.forEach((slave, n) => this.#cables.setPresent(n, slave.absent !== true))
    this.#tellLinks()
  }

  /** What came in on each port in the last cycle. */
  get arrivals(): readonly [Telegrams | undefined, Telegrams | undefined] {
    return this.#passage.arrivals
  }

  /** Pulls the cable behind device `count` (0: at the master's own port 1); -1: every cable is plugged in again. */
  breakAfter(count: number): void {
    if (count < 0) this.#cables.mend()
    else this.#cables.cut(count)
    this.#tellLinks()
  }

  /** Plugs the cable behind device `count` in again. */
  mend(count: number): void {
    this.#cables.mend(count)
    this.#tellLinks()
  }

  /** Puts device `n` on its cables, in power-on state. */
  plug(n: number): void {
    const slave = this.slaves[n]
    if (slave === undefined || this.#cables.present(n)) return
    this.#startUpS[n] = 0
    slave.powerOn()
    this.#cables.setPresent(n, true)
    this.#tellLinks()
  }

  /** Takes device `n` off its cables. */
  pull(n: number): void {
    this.#startUpS[n] = 0
    this.slaves[n]?.powerOn()
    this.#cables.setPresent(n, false)
    this.#tellLinks()
  }

  /** Switches device `n` off; it is on again after a start-up of 0.1 s. */
  powerCycle(n: number): void {
    if (!this.present(n)) return
    this.pull(n)
    this.#startUpS[n] = startUpS
  }

  /** Whether device `n` is on its cables and switched on. */
  present(n: number): boolean {
    return this.#cables.present(n)
  }

  portsOf(n: number): DevicePorts | undefined {
    return this.#ports[n]
  }

  /** Whether a cable with a device at its end is in the port. */
  link(port: 1 | 2): boolean {
    return this.#cables.link(port === 1 ? 0 : this.slaves.length)
  }

  /** What the chip measures with what arrived at a port; 0: nothing did. */
  delayNs(port: 1 | 2): number {
    return this.#passage.delayNs(port)
  }

  /** One cycle: each channel that the master sends passes its slaves. Results in `arrivals`. */
  send(p: Telegrams | undefined, s: Telegrams | undefined): void {
    this.#passage.begin()
    if (p !== undefined) this.#passage.send(p, 'P')
    if (s !== undefined) this.#passage.send(s, 'S')
  }

  /** Tells every device that the cycle is over, and whether an MST reached it. */
  endOfCycle(dtS: number): void {
    const { reached } = this.#passage
    for (let n = 0; n < this.slaves.length; n++) {
      if (this.#cables.present(n)) {
        const received = reached[n] === 1
        this.slaves[n]?.endOfCycle(received, dtS)
        this.#ports[n]?.endOfCycle(received)
      } else this.#startUp(n, dtS)
    }
  }

  /** Nothing was sent, or nothing whole. */
  silent(): void {
    this.#passage.begin()
  }

  #startUp(n: number, dtS: number): void {
    const left = this.#startUpS[n] as number
    if (left === 0) return
    this.#startUpS[n] = Math.max(0, left - dtS)
    if (left <= dtS) this.plug(n)
  }

  #tellLinks(): void {
    for (let n = 0; n < this.#ports.length; n++)
      this.#ports[n]?.setLinks(this.#cables.link(n), this.#cables.link(n + 1))
  }
}

/** Ports of a device that knows nothing of them: it goes by the cables in every phase. */
function alwaysForwarding(): DevicePorts {
  const ports = new DevicePorts()
  ports.join()
  return ports
}
