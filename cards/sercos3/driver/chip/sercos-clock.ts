/**
 * The Sercos time: the clock of the ring, which MDT0 carries to the devices in its extended field while the ring is in CP4.
 * It is set from the wall clock, to the millisecond, when CP4 begins, and then advances by the ring's own cycle: what the
 * wall clock does afterwards, it does not follow. CoSeMa CSMD_TIME.c, CSMD_HAL.c.
 *
 * Devices that list the class for it (SCP_SysTime, 1301) are told in CP2. Missing: the announced time leaves the delay
 * from TCNT 0 to the start of the ring's cycle out, some hundred ns. The source names no epoch; that of the wall clock is
 * used.
 */
import { nsPerMs, nsPerSecond } from '../../../../units.ts'
import type { Nanoseconds } from '../../../../units.ts'
import type { CardTime } from '../../../card.ts'
import { registers } from '../../registers.ts'
import type { MasterChip, SercosTime } from './master-chip.ts'

const { stns, stsec } = registers
/** It takes so many until a device has all parts of a new time: each of four goes out twice. SICE_TX.c. */
const announcedCycles = 8
/** No number of nanoseconds: read back, it tells that nobody answered the write. */
const fetch = 0xffffffff

export class SercosClock implements CardTime {
  seconds = 0
  ns = 0
  readonly #chip: MasterChip

  constructor(chip: MasterChip) {
    this.#chip = chip
  }

  /** `unixMs`: the time now. `referenceNs`: TSref. While telegrams run; not cyclic. */
  start(unixMs: number, cycleNs: Nanoseconds, referenceNs: Nanoseconds): void {
    const aheadNs = announcedCycles * cycleNs + referenceNs
    this.#chip.startTime(timeOf(unixMs, 0), timeOf(unixMs, aheadNs))
  }

  /**
   * A write to STNS makes a chip fetch its time, a cycle's fraction included. On plain memory nobody answers it: there the
   * time of the last interrupt stands until the next one.
   */
  take(): boolean {
    if (!this.#chip.timeRuns) return false
    const card = this.#chip.registers
    this.ns = card.read(stns)
    this.seconds = card.read(stsec)
    card.write(stns, fetch)
    const ns = card.read(stns)
    if (ns !== fetch) {
      this.ns = ns
      this.seconds = card.read(stsec)
    }
    return this.ns < nsPerSecond
  }
}

function timeOf(unixMs: number, aheadNs: Nanoseconds): SercosTime {
  const ns = (unixMs % 1000) * nsPerMs + aheadNs
  return {
    seconds: Math.floor(unixMs / 1000) + Math.floor(ns / nsPerSecond),
    ns: Math.round(ns) % nsPerSecond,
  }
}
