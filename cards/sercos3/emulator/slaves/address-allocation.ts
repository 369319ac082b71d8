/**
 * CP0: the counter in AT0 names the word for a device's address. On the way out the device writes it there and counts up,
 * on the way back of a line it only counts up. Its place among the addresses is its topology address in CP1 and CP2.
 */
import { maskOf } from '../../../../uio/bit-field.ts'
import { cp0 } from '../../telegram.ts'
import type { CycleTelegrams, Passage } from '../slave.ts'
import { readLong, readWord, writeWord } from './telegram-word.ts'

const timesInMdt0 = maskOf(cp0.version.timesInMdt0)
const fastPhaseSwitch = maskOf(cp0.version.fastPhaseSwitch)
const lastSlaveStopsForwarding = maskOf(cp0.version.lastSlaveStopsForwarding)
/** What a master may ask for in the communication version, beyond the allocation of addresses. */
const addOnFunctions = timesInMdt0 | fastPhaseSwitch | lastSlaveStopsForwarding

export class AddressAllocation {
  /** The communication version of the last cycle of CP0. */
  private version = 0
  /** In the last cycle of CP0: place on the P channel and on the S channel, 0 none. */
  private placeP = 0
  private placeS = 0
  /** Bit 15 of the address word. */
  private acknowledgement = 0

  /** Of a ring that of P; behind a break the master lets the count of S go on where that of P ends. 0: none. */
  get topologyAddress(): number {
    return this.placeP || this.placeS
  }

  /** The version asks for fast phase switching. */
  get fastSwitch(): boolean {
    return (this.version & fastPhaseSwitch) !== 0
  }

  /** The version asks the last device of a line not to send on what it loops back. */
  get stopsForwarding(): boolean {
    return (this.version & lastSlaveStopsForwarding) !== 0
  }

  /** The version says that MDT0 carries t1, t6 and t7. */
  get timesInMdt0(): boolean {
    return (this.version & timesInMdt0) !== 0
  }

  /** The first telegrams of a cycle of CP0: the communication version. Cyclic. */
  begin(telegrams: CycleTelegrams): void {
    const mdt0 = telegrams.mdt[0] as Uint8Array
    this.version = mdt0.length >= cp0.mdtBytes ? readLong(mdt0, 0) : 0
    this.acknowledgement = (this.version & addOnFunctions) === 0 ? 0 : cp0.acknowledged
    this.placeP = 0
    this.placeS = 0
  }

  /** Cyclic. */
  pass(telegrams: CycleTelegrams, channel: 'P' | 'S', passage: Passage, address: number): void {
    const at = telegrams.at[0] as Uint8Array
    if (at.length < cp0.atBytes) return
    const counter = readWord(at, 0)
    const place = counter & cp0.counterMask
    writeWord(at, 0, counter + 1)
    if (passage === 'back' || place < 1 || place > cp0.addressWords) return
    writeWord(at, 2 * place, address | this.acknowledgement)
    if (channel === 'P') this.placeP = place
    else this.placeS = place
  }
}
