/**
 * The C-DEV word of each device: master valid, the closed ring, topology commands with their handshake, identification.
 * CoSeMa CSMD_TOPOLOGY.c. A command is taken when the device shows the same handshake bit and topology in S-DEV.
 */
import { maskOf, place } from '../../../../uio/bit-field.ts'
import { cDev } from '../../telegram.ts'
import type { CyclicExchange } from '../cycle/cyclic-exchange.ts'

/** What a device is told to do with telegrams. CoSeMa CSMD_GLOB.h. */
export const deviceTopology = { fastForward: 0, loopbackP: 1, loopbackS: 2 } as const

const masterValid = maskOf(cDev.masterValid)
const ringClosed = maskOf(cDev.ringClosed)
const toggle = maskOf(cDev.topologyToggle)
const topologyField = maskOf(cDev.topology)
const identify = maskOf(cDev.identify)
/** Bits of C-DEV and S-DEV that are equal once a command has been taken. */
const handshake = toggle | topologyField

export class DeviceControl {
  readonly #exchange: CyclicExchange
  readonly #words: Uint16Array

  constructor(exchange: CyclicExchange) {
    this.#exchange = exchange
    this.#words = new Uint16Array(exchange.channels.length)
  }

  /** A run-up begins: no commands, no identification. */
  reset(): void {
    for (let n = 0; n < this.#words.length; n++) this.#set(n, masterValid)
  }

  /** One device begins anew, as after hot plug. */
  resetDevice(device: number): void {
    this.#set(device, masterValid)
  }

  /** What all devices are told of the cables. */
  tellRing(closed: boolean): void {
    for (let n = 0; n < this.#words.length; n++) {
      const word = this.#words[n] as number
      this.#set(n, closed ? word | ringClosed : word & ~ringClosed)
    }
  }

  /** One of deviceTopology. `status`: the device's S-DEV, from which the handshake goes on. */
  command(device: number, topology: number, status: number): void {
    const word = (this.#words[device] as number) & ~handshake
    this.#set(device, word | place(topology, cDev.topology) | (~status & toggle))
  }

  /** True when S-DEV `status` shows the topology that was commanded last. */
  taken(device: number, status: number): boolean {
    return (((this.#words[device] as number) ^ status) & handshake) === 0
  }

  identify(device: number, on: boolean): void {
    const word = this.#words[device] as number
    this.#set(device, on ? word | identify : word & ~identify)
  }

  #set(device: number, word: number): void {
    this.#words[device] = word
    this.#exchange.setDeviceControl(device, word)
  }
}
