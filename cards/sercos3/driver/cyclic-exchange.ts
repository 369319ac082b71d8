/**
 * What happens in every Sercos cycle, in all phases: buffers change hands, telegrams are judged, service channels go
 * on. Cyclic: allocates nothing, throws nothing, flat and long on purpose.
 *
 * Handshake, see bufferMode in registers.ts. A request carries `noBuffer`, so on plain memory a word that still reads as
 * written is a request that the chip has not seen yet.
 */
import { maskOf, place, shiftOf } from '../../../uio/bit-field.ts'
import type { Region } from '../../../uio/region.ts'
import type { CardCounters } from '../../card.ts'
import { bufferMode, noBuffer, registers, watchdogTrigger } from '../registers.ts'
import { cCon, cDev, sDev } from '../telegram.ts'
import { topology, topologyOf } from './cable-topology.ts'
import { FieldPlaces } from './field-places.ts'
import type { MasterChip } from './master-chip.ts'
import type { ProcessImage } from './process-images.ts'
import type { RamPlan } from './ram-plan.ts'
import type { ServiceChannel } from './service-channel.ts'
import { svcState } from './service-channel.ts'
import type { TelegramLayout } from './telegram-layout.ts'
import { takeTelegramStatus } from './telegram-status.ts'

/** How a cycle began. */
export const received = { fresh: 0, nothing: 1, gone: 2 } as const

/** Cycles in a row without valid telegrams, and of one device without its words, that are borne. */
export const toleratedLosses = 3

/** All ones, read as a signed number, as all registers are here: see Region.readSigned32. */
const allOnes = -1
const rx = registers.rxbufcsrA
const newDataP1 = maskOf(rx.bits.newDataP1)
const newDataP2 = maskOf(rx.bits.newDataP2)
const newData = newDataP1 | newDataP2
const activeP1Shift = shiftOf(rx.bits.activeP1)
const activeP2Shift = shiftOf(rx.bits.activeP2)
const tx = registers.txbufcsrA
const txUsable = maskOf(tx.bits.request)
const txActiveShift = shiftOf(tx.bits.active)
const bufferField = 3
const validAtP1Shift = shiftOf(registers.rxbuftvA.bits.atP1)
const validAtP2Shift = shiftOf(registers.rxbuftvA.bits.atP2)
const statusAtShift = shiftOf(registers.tgsr1.bits.at)
const countShift = shiftOf(registers.phasecr.bits.cycleCount)
const countMask = 7
const watchdogWord = place(1, registers.wdcsr.bits.stopTelegrams) | watchdogTrigger.arm
const producerReady = maskOf(cCon.producerReady)
const newDataToggle = maskOf(cCon.newData)
const flowControl = maskOf(cCon.flowControl)
const slaveValid = maskOf(sDev.slaveValid)
const masterValid = maskOf(cDev.masterValid)
const maxBuffers = 3
const ignoredToggle = -1

export class CyclicExchange {
  readonly counters: CardCounters = { lostTelegrams: 0, lateCycles: 0 }
  readonly channels: readonly ServiceChannel[]
  readonly #images: readonly ProcessImage[]
  readonly #registers: Region
  readonly #tx: Region
  readonly #rx: Region
  readonly #devices: number
  readonly #places: FieldPlaces
  /** Version of the service channel's words in each Tx buffer. */
  readonly #svcSent: Int32Array
  /** C-CON new-data bit seen last, and cycles in a row without one. */
  readonly #toggles: Int32Array
  readonly #missed: Int32Array
  readonly #txBases = new Int32Array(maxBuffers)
  readonly #rxBases = new Int32Array(2 * maxBuffers)
  #buffered = false
  #txRequest = 0
  #rxRequest = 0
  #requiredAts = 0
  #running = false
  #producing = false
  #stopping = false
  #monitored = false
  #watchdog = false
  #cCon = 0
  #count = 0
  #txBuffer = 0
  #txBase = -1
  #followsFresh = false
  #endedLate = false
  /** This cycle brought valid telegrams, and the driver owns the buffer that holds them. */
  fresh = false
  /** Byte offset of that buffer in Rx RAM. */
  rxBase = 0
  /** The port they came in on. */
  port = 1
  /** One of cable-topology.ts, by the telegrams of this cycle. */
  topology: number = topology.noLink
  /** Sercos cycles with telegrams since the phase began. */
  cycles = 0
  /** Cycles in a row whose telegrams were missing. */
  lostInARow = 0
  /** Cycles in a row without fresh data, for whatever reason. */
  staleInARow = 0
  /** This cycle is not the next after the one before: the task was late, or no cycle came at all. */
  irregular = false
  /** The device whose words have been missing for too long; -1: none. */
  lostDevice = -1

  constructor(
    chip: MasterChip,
    channels: readonly ServiceChannel[],
    images: readonly ProcessImage[],
  ) {
    this.#registers = chip.registers
    this.#tx = chip.tx
    this.#rx = chip.rx
    this.channels = channels
    this.#images = images
    this.#devices = channels.length
    this.#places = new FieldPlaces(this.#devices)
    this.#svcSent = new Int32Array(this.#devices * maxBuffers)
    this.#toggles = new Int32Array(this.#devices)
    this.#missed = new Int32Array(this.#devices)
  }

  /**
   * Takes a phase's memory and layout over. `layout` is undefined in CP0, where devices have no places yet. Not cyclic,
   * only while no telegrams are sent.
   */
  configure(
    plan: RamPlan,
    layout: TelegramLayout | undefined,
    buffers: keyof typeof bufferMode,
    requiredAts: number,
  ): void {
    const mode = bufferMode[buffers]
    this.#buffered = buffers !== 'single'
    this.#requiredAts = requiredAts
    this.#txRequest =
      place(1, tx.bits.request) | place(noBuffer, tx.bits.active) | place(mode, tx.bits.count)
    this.#rxRequest =
      place(1, rx.bits.request) |
      place(noBuffer, rx.bits.activeP1) |
      place(noBuffer, rx.bits.activeP2) |
      place(mode, rx.bits.count)
    plan.txBuffers.forEach((offset, n) => (this.#txBases[n] = offset))
    plan.rxBuffersP1.forEach((offset, n) => (this.#rxBases[n] = offset))
    plan.rxBuffersP2.forEach((offset, n) => (this.#rxBases[maxBuffers + n] = offset))
    this.#svcSent.fill(-1)
    if (layout !== undefined) this.#fillBuffers(plan, layout)
    this.#producing = false
    this.cycles = 0
  }

  /** Begins to exchange buffers. Not cyclic. */
  start(): void {
    this.#running = true
    this.#txBase = -1
    this.fresh = false
    this.#followsFresh = false
  }

  /** Telegrams are sent, or ought to be. */
  get running(): boolean {
    return this.#running
  }

  /** The chip stands: nothing is exchanged, ticks come by time. Not cyclic. */
  stop(): void {
    this.#running = false
    this.fresh = false
  }

  /** CP4: connections become ready and carry data. Not cyclic. */
  produce(): void {
    this.#producing = true
    this.#cCon = producerReady
    this.#toggles.fill(ignoredToggle)
    this.#missed.fill(0)
  }

  /** CP4 is being left: connections stop by flow control, the master is valid no more, losses count no more. Not cyclic. */
  stopProducing(): void {
    this.#stopping = true
    this.#monitored = false
    this.#cCon |= flowControl
  }

  /** From now on `end` arms and triggers the watchdog. Not cyclic. */
  armWatchdog(): void {
    this.#watchdog = true
  }

  /** From now on losses are counted and judged. Not cyclic. */
  monitor(): void {
    this.#monitored = true
    this.lostInARow = 0
    this.staleInARow = 0
    this.#missed.fill(0)
  }

  /** After silence: nothing is written any more, not even the watchdog's word. */
  silence(): void {
    this.#running = false
    this.#watchdog = false
  }

  /** S-DEV of a device. Only while `fresh`. */
  deviceStatus(device: number): number {
    return this.#rx.read16(this.rxBase + (this.#places.sDev[device] as number))
  }

  /** Service-channel status word of a device. Only while `fresh`. */
  svcStatus(device: number): number {
    return this.#rx.read16(this.rxBase + (this.#places.svcIn[device] as number))
  }

  /** C-CON of a device's AT connection. Only while `fresh`. */
  connectionControl(device: number): number {
    return this.#rx.read16(this.rxBase + (this.#places.atConnection[device] as number))
  }

  /** Cyclic. Answers one of `received`. */
  begin(): number {
    const registersMap = this.#registers
    let buffers = registersMap.readSigned32(rx.offset)
    if (buffers === allOnes) return received.gone
    this.fresh = false
    if (!this.#running) return received.nothing
    // A real chip answers at once; on plain memory a request that stands unseen is left alone.
    if ((buffers & newData) === 0 && buffers !== this.#rxRequest) {
      registersMap.write32(rx.offset, this.#rxRequest)
      buffers = registersMap.readSigned32(rx.offset)
    }
    const count = (registersMap.readSigned32(registers.phasecr.offset) >>> countShift) & countMask
    const passed = (count - this.#count) & countMask
    this.#count = count
    const status1 = takeTelegramStatus(registersMap, registers.tgsr1.offset)
    const status2 = takeTelegramStatus(registersMap, registers.tgsr2.offset)
    this.topology = topologyOf(status1, status2)
    // A late end leaves this cycle's buffers with the chip, and its status may have been cleared with the last one's.
    const late = this.#endedLate || passed > 1
    this.irregular = late || passed === 0
    if (this.#monitored && passed > 1) this.counters.lateCycles += passed - 1
    this.#takeTxBuffer()
    this.#takeRxBuffer(buffers)
    if (this.fresh) {
      this.cycles = (this.cycles + 1) | 0
      this.lostInARow = 0
      this.staleInARow = 0
      this.#evaluate(!this.irregular && this.#followsFresh)
    } else if (this.#monitored) {
      this.staleInARow++
      if (!late && !this.#cameIn(status1, status2)) {
        this.counters.lostTelegrams++
        // Without a new cycle the chip sent nothing either: that is for the watchdog's time to judge.
        if (passed > 0) this.lostInARow++
      }
    }
    this.#followsFresh = this.fresh
    return this.fresh ? received.fresh : received.nothing
  }

  /** Cyclic. Hands the output buffer over and triggers the watchdog. */
  end(): void {
    if (!this.#running) return
    const registersMap = this.#registers
    const count = (registersMap.readSigned32(registers.phasecr.offset) >>> countShift) & countMask
    // The next MDT has gone out already, without what this cycle worked out.
    const missed = (count - this.#count) & countMask
    this.#count = count
    this.#endedLate = missed > 0
    if (this.#monitored) this.counters.lateCycles += missed
    if (this.#txBase >= 0) {
      this.#writeServiceChannels()
      if (this.#producing) this.#writeConnections()
      if (this.#buffered) registersMap.write32(tx.offset, this.#txRequest)
    }
    registersMap.write32(rx.offset, this.#rxRequest)
    if (this.#watchdog) registersMap.write32(registers.wdcsr.offset, watchdogWord)
  }

  /** C-DEV and the service channel stand in every buffer from the first telegram on. */
  #fillBuffers(plan: RamPlan, layout: TelegramLayout): void {
    this.#places.take(plan, layout)
    plan.txBuffers.forEach((base, buffer) => {
      for (let n = 0; n < this.#devices; n++) {
        this.#tx.write16(base + (this.#places.cDev[n] as number), masterValid)
        this.#writeServiceChannel(n, base, buffer)
      }
    })
  }

  #takeTxBuffer(): void {
    if (this.#buffered) {
      const status = this.#registers.readSigned32(tx.offset)
      const active = (status >>> txActiveShift) & bufferField
      const usable = (status & txUsable) !== 0 && active !== noBuffer
      this.#txBuffer = active
      this.#txBase = usable ? (this.#txBases[active] as number) : -1
    } else {
      this.#txBuffer = 0
      this.#txBase = this.#txBases[0] as number
    }
    if (!this.#producing) return
    for (let n = 0; n < this.#devices; n++) {
      const image = this.#images[n] as ProcessImage
      image.place(this.#txBase < 0 ? -1 : this.#txBase + (this.#places.mdtConnection[n] as number))
    }
  }

  /** Stays on the port of the cycle before where both are valid. */
  #takeRxBuffer(buffers: number): void {
    if ((buffers & newData) === 0) return
    const required = this.#requiredAts
    const valid = this.#registers.readSigned32(registers.rxbuftvA.offset)
    const valid1 =
      (buffers & newDataP1) !== 0 && ((valid >>> validAtP1Shift) & required) === required
    const valid2 =
      (buffers & newDataP2) !== 0 && ((valid >>> validAtP2Shift) & required) === required
    if (!valid1 && !valid2) return
    this.fresh = true
    this.port = valid1 && (this.port === 1 || !valid2) ? 1 : 2
    const shift = this.port === 1 ? activeP1Shift : activeP2Shift
    const first = this.port === 1 ? 0 : maxBuffers
    this.rxBase = this.#rxBases[first + ((buffers >>> shift) & bufferField)] as number
  }

  #cameIn(status1: number, status2: number): boolean {
    const required = this.#requiredAts << statusAtShift
    return (status1 & required) === required || (status2 & required) === required
  }

  /** `consecutive`: the cycle before was fresh and none lies between, so the new-data bit must have toggled. */
  #evaluate(consecutive: boolean): void {
    for (let n = 0; n < this.#devices; n++) {
      const channel = this.channels[n] as ServiceChannel
      if (channel.state === svcState.running) {
        const at = this.rxBase + (this.#places.svcIn[n] as number)
        channel.advance(this.#rx.read16(at), this.#rx.read16(at + 2), this.#rx.read16(at + 4))
      }
      if (this.#producing) this.#evaluateDevice(n, consecutive)
    }
  }

  /** A device whose words are missing keeps the values it sent last. */
  #evaluateDevice(n: number, consecutive: boolean): void {
    const at = this.rxBase + (this.#places.atConnection[n] as number)
    const control = this.#rx.read16(at)
    const toggle = control & newDataToggle
    const valid = (this.deviceStatus(n) & slaveValid) !== 0 && (control & producerReady) !== 0
    const produced = !consecutive || toggle !== (this.#toggles[n] as number)
    this.#toggles[n] = toggle
    if (valid && produced) {
      this.#missed[n] = 0
      const image = this.#images[n] as ProcessImage
      image.latch(at)
      return
    }
    if (!this.#monitored) return
    const missed = (this.#missed[n] as number) + 1
    this.#missed[n] = missed
    if (missed > toleratedLosses && this.lostDevice < 0) this.lostDevice = n
  }

  #writeServiceChannels(): void {
    for (let n = 0; n < this.#devices; n++) {
      const channel = this.channels[n] as ServiceChannel
      if (this.#svcSent[n * maxBuffers + this.#txBuffer] !== channel.version)
        this.#writeServiceChannel(n, this.#txBase, this.#txBuffer)
    }
  }

  /** The info before the control word: a single buffer is sent while it is written. */
  #writeServiceChannel(n: number, base: number, buffer: number): void {
    const channel = this.channels[n] as ServiceChannel
    const at = base + (this.#places.svcOut[n] as number)
    this.#tx.write16(at + 2, channel.infoLow)
    this.#tx.write16(at + 4, channel.infoHigh)
    this.#tx.write16(at, channel.control)
    this.#svcSent[n * maxBuffers + buffer] = channel.version
  }

  #writeConnections(): void {
    const stopping = this.#stopping
    if (!stopping) this.#cCon ^= newDataToggle
    for (let n = 0; n < this.#devices; n++) {
      const image = this.#images[n] as ProcessImage
      image.complete()
      this.#tx.write16(this.#txBase + (this.#places.mdtConnection[n] as number), this.#cCon)
      if (stopping) this.#tx.write16(this.#txBase + (this.#places.cDev[n] as number), 0)
    }
  }
}
