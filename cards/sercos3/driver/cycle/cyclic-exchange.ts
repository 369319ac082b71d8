/**
 * What happens in every Sercos cycle, in all phases: buffers change hands, telegrams are judged, service channels go
 * on. Cyclic: allocates nothing, throws nothing, flat and long on purpose.
 *
 * Handshake, see bufferMode in registers.ts. A request carries `noBuffer`, so on plain memory a word that still reads as
 * written is a request that the chip has not seen yet.
 */
import { maskOf, place, shiftOf } from '../../../../uio/bit-field.ts'
import type { Region } from '../../../../uio/region.ts'
import { connectionState } from '../../../card.ts'
import type { CardCounters } from '../../../card.ts'
import { bufferMode, noBuffer, registers, watchdogTrigger } from '../../registers.ts'
import { tellingOfCables, topology, topologyOf } from '../chip/cable-topology.ts'
import { DeviceExchange } from './device-exchange.ts'
import { DeviceInputs } from './device-inputs.ts'
import type { MasterChip } from '../chip/master-chip.ts'
import type { ProcessImage } from './process-images.ts'
import { ProcessWords } from './process-words.ts'
import type { RamPlan } from '../plan/ram-plan.ts'
import type { ChannelActivity, ServiceChannel } from '../service/service-channel.ts'
import type { TelegramLayout } from '../plan/telegram-layout.ts'
import { clearedStatus, tellingOfMisses } from '../chip/telegram-status.ts'

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
const maxBuffers = 3
/** Indexes of buffers of one kind. */
const txBases = 0
const rxBases1 = maxBuffers
const rxBases2 = 2 * maxBuffers
/** What other modules name is named anew here: V8 looks an import up in every cycle, a constant of the module never. */
const rxOffset = rx.offset
const txOffset = tx.offset
const rxValidOffset = registers.rxbuftvA.offset
const phaseOffset = registers.phasecr.offset
const status1Offset = registers.tgsr1.offset
const status2Offset = registers.tgsr2.offset
const watchdogOffset = registers.wdcsr.offset
const processorHasNone = noBuffer
const clearStatus = clearedStatus
const tellsOfCables = tellingOfCables
const tellsOfMisses = tellingOfMisses
/** What the exchange does, as bits of one word. */
const does = {
  running: 1,
  buffered: 2,
  placed: 4,
  producing: 8,
  monitored: 16,
  watchdog: 32,
} as const
const { running, buffered, placed, producing, monitored, watchdog } = does
const { fresh: isFresh, nothing: isNothing, gone: isGone } = received

export class CyclicExchange extends DeviceExchange {
  readonly counters: CardCounters = { lostTelegrams: 0, lateCycles: 0 }
  readonly #images: readonly ProcessImage[]
  readonly #activity: ChannelActivity
  readonly #registers: Region
  /** Byte offsets of the Tx buffers, and of the Rx buffers of ports 1 and 2. */
  readonly #bases: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0]
  #txRequest = 0
  #rxRequest = 0
  #requiredAts = 0
  /** Bits of `does`. */
  #does = 0
  #count = 0
  #txBuffer = 0
  #txBase = -1
  /** What the status of the ports told of the cables, port 2 in the upper half; see cable-topology.ts. */
  #wiring = 0
  /** 1: the cycle before brought telegrams; it ended before the next one began. As numbers: cheaper to look at. */
  #followsFresh = 0
  #endedLate = 0
  #errorsSeen = 0
  /** Byte offset in Rx RAM of the buffer that holds this cycle's telegrams. */
  rxBase = 0
  /** The port they came in on; where they came in on both, that of the cycle before. */
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
  /** A device whose connection is lost and which the bus cannot do without, or any when all are lost; -1: none. */
  lostDevice = -1

  constructor(
    chip: MasterChip,
    channels: readonly ServiceChannel[],
    images: readonly ProcessImage[],
    activity: ChannelActivity,
  ) {
    super(chip, channels, activity)
    this.#registers = chip.registers
    this.#images = images
    this.#activity = activity
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
    this.#set(does.buffered, buffers !== 'single')
    this.#requiredAts = requiredAts
    this.#txBuffer = 0
    this.#txRequest =
      place(1, tx.bits.request) | place(noBuffer, tx.bits.active) | place(mode, tx.bits.count)
    this.#rxRequest =
      place(1, rx.bits.request) |
      place(noBuffer, rx.bits.activeP1) |
      place(noBuffer, rx.bits.activeP2) |
      place(mode, rx.bits.count)
    plan.txBuffers.forEach((offset, n) => (this.#bases[txBases + n] = offset))
    plan.rxBuffersP1.forEach((offset, n) => (this.#bases[rxBases1 + n] = offset))
    plan.rxBuffersP2.forEach((offset, n) => (this.#bases[rxBases2 + n] = offset))
    this.#set(does.placed, layout !== undefined)
    if (layout !== undefined) this.#place(plan, layout)
    this.#set(does.producing, false)
    this.#set(does.monitored, false)
    this.cycles = 0
  }

  /** A run-up begins: nothing of the one before goes on, but for the counters. Not cyclic. */
  reset(): void {
    this.silence()
    this.fresh = false
    this.lostDevice = -1
    this.lostInARow = 0
    this.staleInARow = 0
    this.present.fill(1)
    for (let n = 0; n < this.channels.length; n++) this.setPort(n, 1)
    this.outputs.setHotPlug(0, 0, 0)
  }

  /** Begins to exchange buffers. Not cyclic. */
  start(): void {
    this.#set(does.running, true)
    this.#txBase = -1
    this.fresh = false
    this.#followsFresh = 0
  }

  /** Telegrams are sent, or ought to be. */
  get running(): boolean {
    return (this.#does & running) !== 0
  }

  /** `end` hands a buffer over in this cycle: the chip has taken the one before. */
  get handsOver(): boolean {
    return this.running && this.#txBase >= 0
  }

  protected get producing(): boolean {
    return (this.#does & producing) !== 0
  }

  /** The chip stands: nothing is exchanged, ticks come by time. Not cyclic. */
  stop(): void {
    this.#set(does.running, false)
    this.fresh = false
  }

  /** CP4: connections become ready and carry data. Not cyclic. */
  produce(): void {
    this.#set(does.producing, true)
    this.lostDevice = -1
    this.#errorsSeen = 0
    this.outputs.produce()
    this.inputs.start()
  }

  /** CP4 is being left: connections stop by flow control, the master is valid no more, losses count no more. Not cyclic. */
  stopProducing(): void {
    this.#set(does.monitored, false)
    this.inputs.watch.monitored = false
    this.outputs.stop()
  }

  /** From now on `end` arms and triggers the watchdog. Not cyclic. */
  armWatchdog(): void {
    this.#set(does.watchdog, true)
  }

  /** From now on losses are counted and judged. Not cyclic. */
  monitor(): void {
    this.#set(does.monitored, true)
    this.lostInARow = 0
    this.staleInARow = 0
    this.inputs.watch.monitor()
  }

  /** After silence: nothing is written any more, not even the watchdog's word, and no connection is in use. */
  silence(): void {
    this.#does &= ~(running | watchdog | producing | monitored)
    this.inputs.watch.end()
  }

  /** Cyclic. Answers one of `received`. */
  begin(): number {
    const chip = this.#registers
    const mode = this.#does
    let buffers = chip.readSigned32(rxOffset)
    if (buffers === allOnes) return isGone
    this.fresh = false
    if ((mode & running) === 0) return isNothing
    // A real chip answers at once; on plain memory a request that stands unseen is left alone.
    if ((buffers & newData) === 0 && buffers !== this.#rxRequest) {
      chip.write32(rxOffset, this.#rxRequest)
      buffers = chip.readSigned32(rxOffset)
    }
    const count = (chip.readSigned32(phaseOffset) >>> countShift) & countMask
    const passed = (count - this.#count) & countMask
    this.#count = count
    // on plain memory the word that clears a status may be read back, see telegram-status.ts
    let status1 = chip.readSigned32(status1Offset)
    chip.write32(status1Offset, clearStatus)
    let status2 = chip.readSigned32(status2Offset)
    chip.write32(status2Offset, clearStatus)
    if (status1 === clearStatus) status1 = 0
    if (status2 === clearStatus) status2 = 0
    // A late end leaves this cycle's buffers with the chip, and its status may have been cleared with the last one's.
    const isRegular = this.#endedLate === 0 && passed === 1
    this.irregular = !isRegular
    let txBase = this.#bases[txBases] as number
    if ((mode & buffered) !== 0) {
      const status = chip.readSigned32(txOffset)
      const active = (status >>> txActiveShift) & bufferField
      const usable = (status & txUsable) !== 0 && active !== processorHasNone
      txBase = usable ? (this.#bases[txBases + active] as number) : -1
      this.#txBuffer = active
    }
    this.#txBase = txBase
    let base1 = -1
    let base2 = -1
    if ((buffers & newData) !== 0) {
      const required = this.#requiredAts
      const valid = chip.readSigned32(rxValidOffset)
      if ((buffers & newDataP1) !== 0 && ((valid >>> validAtP1Shift) & required) === required)
        base1 = this.#bases[rxBases1 + ((buffers >>> activeP1Shift) & bufferField)] as number
      if ((buffers & newDataP2) !== 0 && ((valid >>> validAtP2Shift) & required) === required)
        base2 = this.#bases[rxBases2 + ((buffers >>> activeP2Shift) & bufferField)] as number
    }
    // a call: behind the registers, of which V8 knows no more what it has checked after one
    const wiring = (status1 & tellsOfCables) | ((status2 & tellsOfCables) << 16)
    if (wiring !== this.#wiring) this.#noteWiring(wiring)
    if (((status1 | status2) & tellsOfMisses) !== 0) this.ports.noteMisses(status1, status2)
    this.rxBase1 = base1
    this.rxBase2 = base2
    const came = base1 >= 0 && (this.port === 1 || base2 < 0) ? 1 : 2
    const base = came === 1 ? base1 : base2
    this.port = came
    this.rxBase = base
    if (!isRegular && (mode & monitored) !== 0 && passed > 1) this.counters.lateCycles += passed - 1
    if (base < 0) {
      this.#followsFresh = 0
      if ((mode & monitored) !== 0) this.#lose(passed, this.#cameIn(status1, status2))
      return isNothing
    }
    this.fresh = true
    this.cycles = (this.cycles + 1) | 0
    this.lostInARow = 0
    this.staleInARow = 0
    if ((mode & producing) !== 0) {
      this.inputs.take(base1, base2, isRegular ? this.#followsFresh : 0)
      if (this.inputs.watch.errors !== this.#errorsSeen) this.#findLost()
    }
    if (this.#activity.running > 0 && (mode & placed) !== 0) this.#advanceChannels()
    this.#followsFresh = 1
    return isFresh
  }

  /** Cyclic. Hands the output buffer over and triggers the watchdog. */
  end(): void {
    const mode = this.#does
    if ((mode & running) === 0) return
    const chip = this.#registers
    const count = (chip.readSigned32(phaseOffset) >>> countShift) & countMask
    // The next MDT has gone out already, without what this cycle worked out.
    const missed = (count - this.#count) & countMask
    this.#endedLate = missed
    if (missed > 0) {
      this.#count = count
      if ((mode & monitored) !== 0) this.counters.lateCycles += missed
    }
    const base = this.#txBase
    if (base >= 0) {
      if ((mode & placed) !== 0) this.outputs.write(base, this.#txBuffer, (mode & producing) !== 0)
      if ((mode & buffered) !== 0) chip.write32(txOffset, this.#txRequest)
    }
    chip.write32(rxOffset, this.#rxRequest)
    if ((mode & watchdog) !== 0) chip.write32(watchdogOffset, watchdogWord)
  }

  /** A cycle without telegrams. `cameIn`: they did come, too late for their buffers. */
  #lose(passed: number, cameIn: boolean): void {
    this.staleInARow++
    if (this.#endedLate > 0 || passed > 1 || cameIn) return
    this.counters.lostTelegrams++
    // Without a new cycle the chip sent nothing either: that is for the watchdog's time to judge.
    if (passed === 0) return
    this.lostInARow++
    this.inputs.miss()
  }

  /** Words of connections are there in CP3 and CP4 alone; those of the phase before stand until then. */
  #place(plan: RamPlan, layout: TelegramLayout): void {
    const places = this.places
    places.take(plan, layout)
    const words = new ProcessWords(DeviceInputs.longsOf(layout, places), plan.txBufferBytes)
    this.inputs.configure(layout, words)
    this.outputs.configure(layout, words, plan.txBuffers)
    if (!places.anyConnection) return
    layout.devices.forEach((device, n) => {
      const inputs = { at: this.inputs.placeOf(n), words: device.atWords }
      const at = places.mdtConnection[n] as number
      const outputs = { at: words.outputs + at, words: at < 0 ? [] : device.mdtWords }
      this.#images[n]?.configure(words, inputs, outputs, this.inputs.watch.states, n)
    })
  }

  #set(bit: number, on: boolean): void {
    this.#does = on ? this.#does | bit : this.#does & ~bit
  }

  #noteWiring(wiring: number): void {
    this.#wiring = wiring
    this.topology = topologyOf(wiring & 0xffff, wiring >>> 16)
  }

  #cameIn(status1: number, status2: number): boolean {
    const required = this.#requiredAts << statusAtShift
    return (status1 & required) === required || (status2 & required) === required
  }

  #advanceChannels(): void {
    for (let n = 0; n < this.channels.length; n++) {
      const channel = this.channels[n] as ServiceChannel
      if (!channel.running) continue
      const base = this.inputs.locate(n, this.rxBase1, this.rxBase2)
      const at = base + (this.places.svcIn[n] as number)
      channel.advance(this.rx.read16(at), this.rx.read16(at + 2), this.rx.read16(at + 4))
    }
  }

  /** A drive that is lost stops alone; a device that is needed, or the last one, is the bus's loss. */
  #findLost(): void {
    const { states, errors } = this.inputs.watch
    this.#errorsSeen = errors
    let first = -1
    let left = 0
    for (let n = 0; n < states.length; n++) {
      const state = states[n] as number
      if (state !== connectionState.error) {
        if (state !== connectionState.init) left++
        continue
      }
      if (this.#images[n]?.needed === true) {
        this.lostDevice = n
        return
      }
      if (first < 0) first = n
    }
    this.lostDevice = left === 0 ? first : -1
  }
}
