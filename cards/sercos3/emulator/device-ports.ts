/**
 * The two ports of a device, and what it does with telegrams between them.
 *
 * Port 1 is the one that the primary telegrams of a ring come in by, port 2 the one of the secondary. At an open port a device loops back by
 * itself, in any phase and at once. It does not forward again by itself when the cable is back: from CP1 on only the
 * master closes it, by the topology command of C-DEV. In loopback what goes back goes on by the inactive port as well:
 * by that the neighbour beyond sees the telegrams, and says so in S-DEV. CoSeMa CSMD_RING_CFG.c, CSMD_GLOB.h.
 */
import { extract, place } from '../../../uio/bit-field.ts'
import { cDev, inactivePort, sDev } from '../telegram.ts'

/** Topology as S-DEV and C-DEV have it. */
export const portMode = {
  fastForward: 0,
  /** Back by port 1, forward by port 2. */
  loopbackP: 1,
  /** Back by port 2, forward by port 1. */
  loopbackS: 2,
  /** NRT: the device takes telegrams and passes none on. */
  storeAndForward: 3,
} as const

export class DevicePorts {
  /** One of `portMode`. */
  mode: number = portMode.storeAndForward
  /** One of `inactivePort`; `noLink` while both ports forward. */
  inactive: number = inactivePort.noLink
  /** S-DEV 14..10. */
  status = 0
  /** What is looped back goes on by the inactive port, too. */
  forwardsInLoopback = true
  /** C-DEV: the master knows the ring as closed. */
  ringClosed = false
  /** C-DEV: the device shall show where it is. */
  identify = false
  #link1 = false
  #link2 = false
  /** Forwards again by itself when both ports have their cable. */
  #free = true
  /** In NRT after it took part: a cable that comes back leads to a ring that it is no part of. */
  #adrift = false
  #toggle = 0
  /** A command not carried out yet, -1: none. */
  #commanded = -1
  /** The last C-DEV, -1: none. */
  #control = -1
  /** What came in by the inactive port in this cycle. */
  #seen: number = inactivePort.noLink

  /** Power-on: as `leave`, and nothing of the master's is known. */
  powerOn(): void {
    this.leave()
    this.ringClosed = false
    this.identify = false
  }

  /** Takes telegrams and passes none on, until CP0 or a hot plug. */
  leave(): void {
    this.mode = portMode.storeAndForward
    this.forwardsInLoopback = true
    this.#free = true
    this.#adrift = false
    this.#forget()
  }

  /** CP0: as the cables are. */
  join(): void {
    this.#free = true
    this.#adrift = false
    this.mode = this.#byLinks(portMode.fastForward)
    this.#forget()
  }

  /** CP1 and later: a cable that comes back stays unused. */
  hold(): void {
    this.#free = false
  }

  /**
   * The device fell back to NRT. It passes on what others still send as long as the cables do not change; in loopback between
   * two cables it would keep out a master that begins anew at the other one.
   */
  drift(): void {
    if (this.#looping && this.#link1 && this.#link2) this.leave()
    else if (this.mode !== portMode.storeAndForward) this.#adrift = true
  }

  /** In NRT, and nothing has come for long: there is nothing left to be passed on. */
  strand(): void {
    if (this.#adrift) this.leave()
  }

  /** Hot plug: loops back what comes by port 1 (`P`) or port 2 (`S`). */
  attach(channel: 'P' | 'S'): void {
    this.mode = channel === 'P' ? portMode.loopbackP : portMode.loopbackS
    this.#free = false
    this.#forget()
  }

  /** What the cables are like at both ports now. Takes effect at once. */
  setLinks(link1: boolean, link2: boolean): void {
    const more = (link1 && !this.#link1) || (link2 && !this.#link2)
    this.#link1 = link1
    this.#link2 = link2
    if (this.mode === portMode.storeAndForward) return
    if (this.#adrift && more) this.leave()
    else this.mode = this.#byLinks(this.#free ? portMode.fastForward : this.mode)
    this.#show()
  }

  /** Telegrams that arrive in this direction (1: away from the master's port 1) come by the inactive port. */
  blocks(direction: 1 | -1): boolean {
    return this.mode === (direction === 1 ? portMode.loopbackS : portMode.loopbackP)
  }

  /** Telegrams that arrive in this direction are sent back. */
  turns(direction: 1 | -1): boolean {
    return this.mode === (direction === 1 ? portMode.loopbackP : portMode.loopbackS)
  }

  /** A telegram of this channel came in by the inactive port. */
  notice(channel: 'P' | 'S'): void {
    this.#seen = channel === 'P' ? inactivePort.primary : inactivePort.secondary
  }

  /** NRT, and no part of the ring since power-on or since the cables came back. */
  get outside(): boolean {
    return !this.#adrift
  }

  /** C-DEV of this cycle. A topology command is one whose toggle bit differs from ours; it counts from the next cycle on. */
  command(word: number): void {
    if (word === this.#control) return
    this.#control = word
    this.#commanded = -1
    if (extract(word, cDev.masterValid) === 0) return
    this.identify = extract(word, cDev.identify) === 1
    this.ringClosed = extract(word, cDev.ringClosed) === 1
    const toggled = extract(word, cDev.topologyToggle) !== this.#toggle
    this.#commanded = toggled ? extract(word, cDev.topology) : -1
  }

  /** `received`: telegrams came in this cycle. */
  endOfCycle(received: boolean): void {
    if (this.#commanded >= 0 && this.#possible(this.#commanded)) {
      this.mode = this.#commanded
      this.#commanded = -1
      this.#toggle ^= 1
      this.#seen = inactivePort.noLink
      this.#show()
    } else if (received && this.#looping) {
      this.#show()
      this.#seen = inactivePort.noLink
    }
  }

  /** A command that the cables forbid is neither carried out nor acknowledged. */
  #possible(mode: number): boolean {
    if (mode === portMode.fastForward) return this.#link1 && this.#link2
    if (mode === portMode.loopbackP) return this.#link1
    return mode === portMode.loopbackS && this.#link2
  }

  #byLinks(withBoth: number): number {
    if (this.#link1 && this.#link2) return withBoth
    if (this.#link1) return portMode.loopbackP
    return this.#link2 ? portMode.loopbackS : withBoth
  }

  get #looping(): boolean {
    return this.mode === portMode.loopbackP || this.mode === portMode.loopbackS
  }

  #show(): void {
    const link = this.mode === portMode.loopbackP ? this.#link2 : this.#link1
    if (!this.#looping || !link) this.inactive = inactivePort.noLink
    else this.inactive = this.#seen === inactivePort.noLink ? inactivePort.link : this.#seen
    this.status =
      place(this.#toggle, sDev.topologyToggle) |
      place(this.mode, sDev.topology) |
      place(this.inactive, sDev.inactivePort)
  }

  #forget(): void {
    this.#toggle = 0
    this.#commanded = -1
    this.#control = -1
    this.#seen = inactivePort.noLink
    this.#show()
  }
}
