/**
 * The SERCON100M as the run-up uses it: identification, reset, phases, telegram memory, timers. Not cyclic.
 * Every register is written whole, from values held here. Write-1-to-clear bits are written as zeros.
 */
import { extract, maskOf, place } from '../../../../uio/bit-field.ts'
import type { Region } from '../../../../uio/region.ts'
import type { Register } from '../../../../uio/register-table.ts'
import {
  bufferMode,
  dataFlowMode,
  identification,
  rdlyOffsetNs,
  registers,
  rxBase,
  txBase,
  watchdogTrigger,
} from '../../registers.ts'
import type { Sercos3Config } from '../config/config.ts'
import { PortCounters } from './port-counters.ts'
import type { EventPlan, TimerEvent } from '../timing/timer-events.ts'
import { timerEvents } from '../timing/timer-events.ts'
import type { RamPlan, RamWord } from '../plan/ram-plan.ts'
import { closeUc } from './uc-channel.ts'

const r = registers
/** CSMD_INIT.c. */
const lineBreakSensitivity = 5
const allSources = Object.values(r.irr0.bits).reduce((mask, field) => mask | maskOf(field), 0)
const timersOn = place(1, r.tcsr.bits.et0) | place(1, r.tcsr.bits.et1) | place(1, r.tcsr.bits.et2)

/** Seconds and the nanoseconds beside them. */
export type SercosTime = { readonly seconds: number; readonly ns: number }

export class MasterChip {
  readonly registers: Region
  readonly tx: Region
  readonly rx: Region
  readonly ports: PortCounters
  readonly #mode: number
  /** The clock of the Sercos time advances. */
  timeRuns = false

  constructor(
    maps: { registers: Region; tx: Region; rx: Region },
    { topology, cycleNs }: Pick<Sercos3Config, 'topology' | 'cycleNs'>,
  ) {
    this.registers = maps.registers
    this.ports = new PortCounters(maps.registers, cycleNs)
    this.tx = maps.tx
    this.rx = maps.rx
    // of lines only when nothing but lines may come: telegrams of a ring would collide. CSMD_PHASE.c
    const mayClose = topology === 'ring' || topology === 'any'
    this.#mode = place(mayClose ? dataFlowMode.rtRing : dataFlowMode.rtTwoLines, r.dfcsr.bits.mode)
  }

  get idr(): number {
    return this.registers.read(r.idr)
  }

  /** True for a master core of a version that this driver knows; no test versions. */
  get known(): boolean {
    const { ident, type, test, version, release } = r.idr.bits
    const idr = this.idr
    return (
      extract(idr, ident) === identification.ident &&
      extract(idr, type) === identification.typeMaster &&
      extract(idr, test) === 0 &&
      extract(idr, version) === identification.version &&
      identification.releases.some((known) => known === extract(idr, release))
    )
  }

  reset(): void {
    const { softReset, phyReset } = r.gcsfr.bits
    this.registers.write(r.gcsfr, this.#gcsfr | place(1, softReset) | place(1, phyReset))
  }

  get resetting(): boolean {
    const { softReset, phyReset } = r.gcsfr.bits
    const gcsfr = this.registers.read(r.gcsfr)
    return extract(gcsfr, softReset) === 1 || extract(gcsfr, phyReset) === 1
  }

  /** After the reset: no telegrams, interrupt TINT0 alone, on output 0. */
  prepare(): void {
    this.registers.write(r.gcsfr, this.#gcsfr)
    this.stopTimers()
    this.stopTelegrams()
    this.registers.write(r.ier1, 0)
    this.registers.write(r.imr0, 0)
    this.registers.write(r.imr1, 0)
    this.registers.write(r.ier0, place(1, r.ier0.bits.tint))
  }

  /**
   * Cyclic. Clears all sources of interrupt group 0, of which only TINT0 is enabled. Without a look at which stand: that
   * would be a read over the bus, and on plain memory a word written back as it was read cannot be told from no write.
   */
  acknowledge(): void {
    this.registers.write32(r.irr0.offset, allSources)
  }

  /** Bit 0: port 1, bit 1: port 2. */
  get links(): number {
    return extract(this.registers.read(r.dfcsr), r.dfcsr.bits.link)
  }

  /** The phase in the MST; `leaving`: CPS, `phase` is the one to come. */
  setPhase(phase: number, leaving: boolean): void {
    const { phase: field, phaseSwitch } = r.phasecr.bits
    this.registers.write(r.phasecr, place(phase, field) | place(leaving ? 1 : 0, phaseSwitch))
  }

  stopTimers(): void {
    this.timeRuns = false
    this.registers.write(r.tcsr, 0)
  }

  stopTelegrams(): void {
    this.registers.write(r.dfcsr, this.#mode)
  }

  /**
   * Starts telegrams of the current phase. `mdts`, `ats`: bit n = telegram n in use. `extended`: MDT0 has the extended
   * field, which the core fills by itself.
   */
  startTelegrams(mdts: number, ats: number, extended: boolean): void {
    const { txEnable, rxEnable, sercosTime } = r.dfcsr.bits
    const insert = place(extended ? 1 : 0, sercosTime)
    this.registers.write(r.dfcsr, this.#mode | place(1, txEnable) | place(1, rxEnable) | insert)
    this.registers.write(r.sfcr, place(mdts, r.sfcr.bits.mdt) | place(ats, r.sfcr.bits.at))
    this.registers.write(r.tcsr, timersOn)
  }

  /**
   * While telegrams run: the clock of the Sercos time goes on from `now`, and the extended field carries it in parts,
   * `announced` first. It stands again when the timers stop. CSMD_HAL.c.
   */
  startTime(now: SercosTime, announced: SercosTime): void {
    const { est, timeToggle } = r.tcsr.bits
    this.registers.write(r.tcsr, timersOn)
    this.registers.write(r.stns, now.ns)
    this.registers.write(r.stsec, now.seconds)
    this.registers.write(r.stnsp, announced.ns)
    this.registers.write(r.stsecp, announced.seconds)
    this.registers.write(r.tcsr, timersOn | place(1, est))
    this.registers.write(r.tcsr, timersOn | place(1, est) | place(1, timeToggle))
    this.timeRuns = true
  }

  /** Cycle, gap and events. Only while the timers stand. */
  setTiming(cycleNs: number, interFrameGap: number, events: EventPlan): void {
    this.registers.write(r.tcntcycr, cycleNs)
    this.registers.write(r.ifg, interFrameGap)
    this.#latch(r.mtdsr, r.mtdru, r.mtdrl, 0, events.main)
    this.#latch(r.ptdsr, r.ptdru, r.ptdrl, 0, events.port)
    this.#latch(r.ptdsr, r.ptdru, r.ptdrl, timerEvents, events.port)
  }

  /** Tables, base pointers and zeroed buffers. Only while no telegrams are sent. */
  loadPlan(plan: RamPlan, buffers: keyof typeof bufferMode, requiredAts: number): void {
    closeUc(this.registers)
    this.#loadTable(this.tx, plan.txWords)
    this.#loadTable(this.rx, plan.rxWords)
    plan.txBases.forEach((value, n) => this.registers.write32(txBase.offset + 4 * n, value))
    plan.rxBases.forEach((value, n) => this.registers.write32(rxBase.offset + 4 * n, value))
    for (const offset of plan.txBuffers) clear(this.tx, offset, plan.txBufferBytes)
    for (const offset of [...plan.rxBuffersP1, ...plan.rxBuffersP2])
      clear(this.rx, offset, plan.rxBufferBytes)
    this.registers.write(r.decr, 0)
    const mode = bufferMode[buffers]
    this.registers.write(r.txbufcsrA, place(mode, r.txbufcsrA.bits.count))
    this.registers.write(r.rxbufcsrA, place(mode, r.rxbufcsrA.bits.count))
    this.registers.write(r.rxbuftrA, place(requiredAts, r.rxbuftrA.bits.at))
  }

  /** Cycles that the armed watchdog lasts after each trigger. */
  setWatchdog(cycles: number): void {
    this.registers.write(r.wdcnt, place(cycles, r.wdcnt.bits.reload))
  }

  disarmWatchdog(): void {
    this.registers.write(r.wdcsr, watchdogTrigger.disarm)
  }

  get watchdogAlarm(): boolean {
    return extract(this.registers.read(r.wdcsr), r.wdcsr.bits.alarm) === 1
  }

  /** Ring delay of port 1 or 2, ns; 0 while no MST comes back there. */
  ringDelayNs(port: 1 | 2): number {
    return Math.max(0, this.registers.read(port === 1 ? r.rdly1 : r.rdly2) - rdlyOffsetNs)
  }

  /** CP0 sequence counter received on port 1 or 2. */
  sequenceCount(port: 1 | 2): number {
    const { port1, port2 } = r.seqcnt.bits
    return extract(this.registers.read(r.seqcnt), port === 1 ? port1 : port2)
  }

  get #gcsfr(): number {
    return place(lineBreakSensitivity, r.gcsfr.bits.lineBreakSensitivity)
  }

  #loadTable(ram: Region, words: readonly RamWord[]): void {
    for (const { offset, value } of words) ram.write32(offset, value)
  }

  /** Index first, then the upper word; the lower word takes the entry over. Entries behind the list are emptied. */
  #latch(
    index: Register & { access: 'rw' },
    upper: Register & { access: 'rw' },
    lower: Register & { access: 'rw' },
    first: number,
    events: readonly TimerEvent[],
  ): void {
    for (let n = 0; n < timerEvents; n++) {
      const event = events[n]
      this.registers.write(index, first + n)
      this.registers.write(upper, place(event?.type ?? 0, r.mtdru.bits.type))
      this.registers.write(lower, place(event?.timeNs ?? 0, r.mtdrl.bits.timeNs))
    }
  }
}

function clear(ram: Region, offset: number, bytes: number): void {
  for (let at = offset; at < offset + bytes; at += 2) ram.write16(at, 0)
}
