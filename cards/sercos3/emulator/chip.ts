/**
 * The SERCON100M master core: one model for two hosts.
 *
 * - Plain memory (memfd): the host calls `tick` at each interrupt time; the chip looks for the processor's writes there.
 * - Trapping (vfio-user): the host hands each access over (`busRead`, `busWrite`), which the chip answers at once, and
 *   calls `tick` at the same times.
 *
 * `tick` is one Sercos cycle while the main timer runs, else a look at the registers. What a cycle does at its several
 * times happens here at its end: the interrupt is that of the returned ATs (TINT0).
 * The SVC, Tx and Rx windows are plain RAM to both hosts.
 * Not modelled: frames of the UC channel, the PLL and slave timing, CON_CLK, sub-cycles, the MDT and AT frame
 * interrupts, TINTMAX, TCNT between the ticks, MST windows, the extended field that the core itself puts into MDT0 while the Sercos time is on.
 */
import { extract, maskOf } from '../../../uio/bit-field.ts'
import type { Register } from '../../../uio/register-table.ts'
import { nsPerMs } from '../../../units.ts'
import { bufferMode, coreSize, dataFlowMode, registers, windows } from '../registers.ts'
import { RxBuffers, TxBuffers } from './chip-buffers.ts'
import { FrameCounters } from './chip-counters.ts'
import { identificationOf, RegisterFile } from './chip-registers.ts'
import { Ring, type Topology } from './chip-ring.ts'
import { SvcMachine } from './chip-svc.ts'
import { PortStatus } from './chip-port-status.ts'
import { SercosTime } from './chip-time.ts'
import { TelegramRam, TelegramSet } from './chip-telegrams.ts'
import { TelegramStatus } from './chip-telegram-status.ts'
import { Timers } from './chip-timers.ts'
import { Watchdog } from './chip-watchdog.ts'
import type { Slave } from './slave.ts'
import { TelegramLosses } from './telegram-losses.ts'

const r = registers
const defaultIdleNs = nsPerMs
const longestCycleNs = 65 * nsPerMs
/** Ten seconds of silence: no device waits longer for anything. */
const longestPassOver = 10_000
const shortestCycleNs = 31_250
const telegramsPerKind = 4
const modeOfLines = 3

export type ChipOptions = {
  readonly slaves: readonly Slave[]
  readonly topology: Topology
  /** Release of IDR, 9 to 11. */
  readonly release?: number
  /** Period while the main timer is off, ns. Default 1 ms. */
  readonly idleNs?: number | undefined
  /**
   * The processor is a program that does not know that its writes are looked for: what leaves no trace in plain memory
   * is not asked of it. Status words are built anew in every cycle, and see chip-buffers.ts. Default false.
   */
  readonly foreign?: boolean
}

export class Sercon100m {
  /** The whole address space, 64 KiB. */
  readonly memory: ArrayBufferLike
  readonly ring: Ring<TelegramSet>
  readonly watchdog: Watchdog
  readonly timers: Timers
  readonly ram: TelegramRam
  /** Telegrams went out in the last cycle. */
  transmitting = false
  /** How many of the next cycles come to which harm: see faults.ts. */
  readonly losses = new TelegramLosses()
  readonly #file: RegisterFile
  readonly #ramView: DataView
  readonly #bytes: Uint8Array
  readonly #txA: TxBuffers
  readonly #txB: TxBuffers
  readonly #rxA: RxBuffers
  readonly #rxB: RxBuffers
  readonly #svc: SvcMachine
  readonly #status: TelegramStatus
  readonly #counters: FrameCounters
  readonly #time: SercosTime
  readonly #ports: PortStatus
  readonly #mst = { phase: 0, phaseSwitch: false, cycleCount: 0 }
  readonly #p = new TelegramSet(this.#mst, 'P')
  readonly #s = new TelegramSet(this.#mst, 'S')
  readonly #idr: number
  readonly #idleNs: number
  readonly #foreign: boolean
  #cycleCount = 0
  #dead = false

  constructor(memory: ArrayBufferLike, options: ChipOptions) {
    this.memory = memory
    this.#ramView = new DataView(memory)
    this.#bytes = new Uint8Array(memory, 0, coreSize)
    const file = new RegisterFile(memory)
    this.#file = file
    const newTelegrams = (channel: 'P' | 'S') => new TelegramSet(this.#mst, channel)
    this.ring = new Ring(options.slaves, options.topology, newTelegrams)
    this.watchdog = new Watchdog(file)
    this.timers = new Timers(file)
    this.ram = new TelegramRam(file, memory)
    this.#foreign = options.foreign ?? false
    const usable = !this.#foreign
    this.#txA = new TxBuffers(file, r.txbufcsrA, usable)
    this.#txB = new TxBuffers(file, r.txbufcsrB, usable)
    const rowsA = { csr: r.rxbufcsrA, valid: r.rxbuftvA, required: r.rxbuftrA }
    const rowsB = { csr: r.rxbufcsrB, valid: r.rxbuftvB, required: r.rxbuftrB }
    this.#rxA = new RxBuffers(file, rowsA, usable)
    this.#rxB = new RxBuffers(file, rowsB, usable)
    this.#svc = new SvcMachine(file, memory)
    this.#status = new TelegramStatus(file)
    this.#counters = new FrameCounters(file)
    this.#time = new SercosTime(file)
    this.#ports = new PortStatus(file, this.#foreign)
    this.#idleNs = options.idleNs ?? defaultIdleNs
    this.#idr = identificationOf(options.release ?? 9)
    file.onWrite(r.gcsfr, (value) => {
      if ((value & maskOf(r.gcsfr.bits.softReset)) !== 0) this.reset()
    })
    file.onWrite(r.tcsr, () => this.#showTimer())
    this.reset()
  }

  /** Nanoseconds from one tick to the next: the cycle while the main timer runs, else the idle period. */
  get periodNs(): number {
    if (this.#dead || !this.timerRuns) return this.#idleNs
    return Math.min(Math.max(this.#file.get(r.tcntcycr), shortestCycleNs), longestCycleNs)
  }

  /** The phase that the telegrams of the last cycle were of: 0 to 4; -1: none, or those that announce the next. */
  get sentPhase(): number {
    return this.transmitting && !this.#mst.phaseSwitch ? this.#mst.phase : -1
  }

  /** The processor has written to a TGSR since the last cycle: it has taken what that brought. */
  get statusTaken(): boolean {
    const { tgsr1, tgsr2 } = r
    return this.#status.taken || this.#file.isWritten(tgsr1) || this.#file.isWritten(tgsr2)
  }

  /** The interrupt line: level, as PCI INTx. */
  get interruptLine(): boolean {
    if (this.#dead) return false
    return this.#pending(r.irr0, r.ier0) !== 0 || this.#pending(r.irr1, r.ier1) !== 0
  }

  /** What a kernel's handler does: reads status AND enable of group 0, clears those bits and returns them. */
  acknowledge(): number {
    const bits = this.pendingInterrupts
    if (bits !== 0) this.#file.change(r.irr0, bits, 0)
    return bits
  }

  /** IER0 as a kernel's driver sets it, beside the processor's own writes. */
  get enabledInterrupts(): number {
    return this.#file.get(r.ier0)
  }

  set enabledInterrupts(bits: number) {
    if (!this.#dead) this.#file.change(r.ier0, -1, bits)
  }

  /** IRR0 AND IER0, unsigned. */
  get pendingInterrupts(): number {
    return this.#dead ? 0 : this.#pending(r.irr0, r.ier0)
  }

  /** Trapping host. `offset` in the 64 KiB, aligned to `width`. */
  busRead(offset: number, width: 8 | 16 | 32): number {
    if (this.#dead) return 2 ** width - 1
    if (offset < windows.registers.size) return this.#file.busRead(offset, width)
    if (!isRam(offset)) return 0
    if (width === 32) return this.#ramView.getUint32(offset, true)
    return width === 16 ? this.#ramView.getUint16(offset, true) : this.#ramView.getUint8(offset)
  }

  /** Trapping host. */
  busWrite(offset: number, width: 8 | 16 | 32, value: number): void {
    if (this.#dead) return
    if (offset < windows.registers.size) this.#file.busWrite(offset, width, value)
    else if (!isRam(offset)) return
    else if (width === 32) this.#ramView.setUint32(offset, value, true)
    else if (width === 16) this.#ramView.setUint16(offset, value, true)
    else this.#ramView.setUint8(offset, value)
  }

  /** Plain memory: takes the processor's writes since the last look. `tick` does so first. */
  settle(): void {
    if (!this.#dead) this.#file.settle()
  }

  /** Power-on values of every register. RAM and the devices on the ring keep theirs. */
  reset(): void {
    const file = this.#file
    file.clear()
    file.change(r.idr, -1, this.#idr)
    this.#cycleCount = 0
    this.transmitting = false
    this.timers.reset()
    this.#time.reset()
    this.#status.reset()
    // the core comes up with triple buffers
    this.#txA.reset(bufferMode.triple)
    this.#txB.reset(bufferMode.triple)
    this.#rxA.reset(bufferMode.triple)
    this.#rxB.reset(bufferMode.triple)
    this.#showLinks()
  }

  /** The card has died on its bus: everything reads ones from now on, nothing is sent, nothing interrupts. */
  die(): void {
    this.#dead = true
    this.transmitting = false
  }

  /** One period. The devices' models advance by its length. */
  tick(): void {
    const dtS = this.periodNs / 1e9
    if (this.#dead) this.#bytes.fill(0xff)
    this.settle()
    this.transmitting = false
    if (this.#dead || !this.timerRuns) this.ring.silent()
    else this.#cycle()
    if (!this.#dead) this.#showLinks()
    this.ring.endOfCycle(dtS)
  }

  /**
   * Periods that a late host left out. While no telegrams are sent the devices' own clocks go on in them, as the master's
   * does, which waits for their pauses; while they are, no cycle of the bus has passed.
   */
  passOver(periods: number): void {
    if (this.timerRuns) return
    const dtS = this.periodNs / 1e9
    for (let n = 0; n < Math.min(periods, longestPassOver); n++) {
      this.ring.silent()
      this.ring.endOfCycle(dtS)
    }
  }

  /** The main timer is on: each tick is a cycle of the bus. */
  get timerRuns(): boolean {
    return (this.#file.get(r.tcsr) & maskOf(r.tcsr.bits.et0)) !== 0
  }

  #cycle(): void {
    this.watchdog.cycle()
    // an alarm of this kind stops the main timing processor, and its interrupts with it
    if (this.watchdog.alarm && this.watchdog.stopsTelegrams) {
      this.ring.silent()
      this.#receive(false)
      return
    }
    this.#cycleCount = (this.#cycleCount + 1) & 7
    this.#file.change(r.phasecr, maskOf(r.phasecr.bits.cycleCount), this.#cycleCount << 4)
    this.timers.cycle()
    this.#time.cycle()
    const flow = this.#file.get(r.dfcsr)
    this.#transmit(flow)
    this.#receive((flow & maskOf(r.dfcsr.bits.rxEnable)) !== 0)
    this.#file.change(r.irr0, this.#foreign ? -1 : 0, this.timers.interrupts)
  }

  #transmit(flow: number): void {
    const phase = this.#file.get(r.phasecr)
    this.#mst.phase = extract(phase, r.phasecr.bits.phase)
    this.#mst.phaseSwitch = (phase & maskOf(r.phasecr.bits.phaseSwitch)) !== 0
    this.#mst.cycleCount = this.#cycleCount
    const lines = extract(flow, r.dfcsr.bits.mode) & modeOfLines
    const enabled =
      (flow & maskOf(r.dfcsr.bits.txEnable)) !== 0 &&
      lines !== dataFlowMode.ucLine &&
      this.timers.sendsMdt
    if (!enabled) {
      this.ring.silent()
      return
    }
    const bufferA = this.#txA.startOfMdt()
    const bufferB = this.#txB.startOfMdt()
    const p = lines === dataFlowMode.rtLinePort2 ? undefined : this.#p
    const s = lines === dataFlowMode.rtLinePort1 ? undefined : this.#s
    if (p !== undefined) this.#build(p, 1, bufferA, bufferB)
    if (s !== undefined) this.#build(s, 2, bufferA, bufferB)
    this.transmitting = (p ?? s)?.length(0) !== 0
    if (!this.transmitting) {
      this.ring.silent()
    } else if (this.losses.mst > 0) {
      this.losses.mst--
      this.#counters.failed(1, 'header')
      this.#counters.failed(2, 'header')
      this.ring.silent()
    } else this.#send(p, s)
  }

  #send(p: TelegramSet | undefined, s: TelegramSet | undefined): void {
    const lost = this.losses.takeMdts()
    // the MST is the head of MDT0: without it no device takes part in the cycle
    if ((lost & 1) !== 0) {
      this.ring.silent()
      return
    }
    for (let mdt = 1; mdt < telegramsPerKind; mdt++) {
      if ((lost & (1 << mdt)) === 0) continue
      p?.setLength(mdt, 0)
      s?.setLength(mdt, 0)
    }
    this.ring.send(p, s)
  }

  #build(set: TelegramSet, port: 1 | 2, bufferA: number, bufferB: number): void {
    const inUse = this.#file.get(r.sfcr)
    const mdts = extract(inUse, r.sfcr.bits.mdt)
    const ats = this.timers.sendsAt ? extract(inUse, r.sfcr.bits.at) : 0
    const masks = mdts | (ats << telegramsPerKind)
    const empty = this.watchdog.alarm
    let frames = 0
    for (let index = 0; index < 2 * telegramsPerKind; index++) {
      if ((masks & (1 << index)) === 0) {
        set.setLength(index, 0)
        continue
      }
      this.ram.build(set, index, port, bufferA, bufferB)
      if (empty) set.words(index).fill(0)
      if (set.length(index) > 0) frames++
    }
    this.#counters.sent(port, frames)
  }

  #receive(rxEnabled: boolean): void {
    const arrived = this.ring.arrivals[0] !== undefined || this.ring.arrivals[1] !== undefined
    const lost = arrived ? this.losses.takeAts() : 0
    this.ram.wordStep = this.losses.words > 0 ? 2 : 1
    if (this.losses.words > 0) this.losses.words--
    const came1 = this.#receiveOn(1, rxEnabled, lost)
    const came2 = this.#receiveOn(2, rxEnabled, lost)
    this.#rxA.endOfReception()
    this.#rxB.endOfReception()
    this.#svc.cycle(came1 >> telegramsPerKind, came2 >> telegramsPerKind)
    // one right after the other: a processor that goes by these alone finds both ports of one cycle
    this.#showStatus(1, came1, rxEnabled)
    this.#showStatus(2, came2, rxEnabled)
  }

  /** `lost`: ATs that died on their way. Answers the telegrams received, as in TGSR. */
  #receiveOn(port: 1 | 2, rxEnabled: boolean, lost: number): number {
    const set = rxEnabled ? this.ring.arrivals[port - 1] : undefined
    let received = 0
    if (set !== undefined) {
      const bufferA = this.#rxA.target(port)
      const bufferB = this.#rxB.target(port)
      const harmed = lost | this.losses.takeDamaged(port)
      for (let index = 0; index < 2 * telegramsPerKind; index++) {
        if (set.length(index) === 0) continue
        const number = index - telegramsPerKind
        if (number >= 0 && (harmed & (1 << number)) !== 0) {
          this.#counters.failed(port, 'fcs')
          continue
        }
        received |= 1 << index
        this.#counters.received(port)
        if (number >= 0) this.ram.receive(set, number, port, bufferA, bufferB)
      }
    }
    const mdts = received & 15
    const ats = received >> telegramsPerKind
    this.#rxA.received(port, mdts | (ats << 8))
    this.#rxB.received(port, mdts | (ats << 8))
    const counts = this.#mst.phase === 0 && !this.#mst.phaseSwitch && (ats & 1) !== 0
    const count = counts ? (set?.words(telegramsPerKind)[0] ?? 0) : 0
    this.#ports.showArrival(port, mdts === 0 ? undefined : this.ring.delayNs(port), count)
    return received
  }

  /** Telegrams as in TGSR. */
  #showStatus(port: 1 | 2, received: number, rxEnabled: boolean): void {
    const secondary = this.ring.arrivals[port - 1]?.channel === 'S'
    const expected = this.transmitting && rxEnabled && this.ring.link(port)
    this.#status.received(port, received, secondary, this.#mst, expected)
  }

  #showTimer(): void {
    const running = maskOf(r.tcsr.bits.tcntRunning)
    this.#file.change(r.tcsr, running, this.timerRuns ? running : 0)
  }

  #showLinks(): void {
    this.#ports.showLinks(this.ring.link(1), this.ring.link(2))
  }

  #pending(status: Register, enable: Register): number {
    return (this.#file.get(status) & this.#file.get(enable)) >>> 0
  }
}

/** The windows of RAM; the gaps between the windows are nothing. */
function isRam(offset: number): boolean {
  const { svc, tx, rx } = windows
  return [svc, tx, rx].some((at) => offset >= at.offset && offset < at.offset + at.size)
}
