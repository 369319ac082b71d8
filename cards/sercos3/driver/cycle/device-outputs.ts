/**
 * What the devices are sent, put into the Tx buffers. Cyclic.
 * Connections go into every buffer that is handed over, all of them in one run of 32-bit words. What changes seldom
 * (service channels, C-DEV, the hot-plug field) is brought up to date in each buffer once.
 */
import { maskOf } from '../../../../uio/bit-field.ts'
import type { Region } from '../../../../uio/region.ts'
import { cCon, cDev, cp34 } from '../../telegram.ts'
import type { FieldPlaces } from '../plan/field-places.ts'
import type { ProcessWords } from './process-words.ts'
import type { ChannelActivity, ServiceChannel } from '../service/service-channel.ts'
import type { TelegramLayout } from '../plan/telegram-layout.ts'

const maxBuffers = 3
const hotPlugWords = 4
const producerReady = maskOf(cCon.producerReady)
const newData = maskOf(cCon.newData)
const flowControl = maskOf(cCon.flowControl)
const counterStep = 1 << 12
const controlMask = 0xffff
/** Index of C-CON, cycles from one production to the next, cycles left. */
const seldomFields = 3
const masterValid = maskOf(cDev.masterValid)

export class DeviceOutputs {
  /** Words of C-DEV, by device. */
  readonly #controls: Uint16Array
  readonly #hotPlug = new Uint16Array(hotPlugWords)
  readonly #tx: Region
  readonly #places: FieldPlaces
  readonly #channels: readonly ServiceChannel[]
  readonly #activity: ChannelActivity
  /** Version of each service channel's words in each Tx buffer. */
  readonly #channelSent: Int32Array
  /** Bit n: Tx buffer n holds what stands beside the connections. */
  #upToDate = 0
  #activityVersion = 0
  /** Indexes of C-CON of the connections that are produced in every cycle, and what they all have. */
  #everyCycle: readonly number[] = []
  #control = 0
  /** The others: index, cycles from one production to the next, cycles left. */
  #seldom = new Int32Array(0)
  #halves: Uint16Array = new Uint16Array(0)
  /** Index of the first half word of the outputs. */
  #outputs = 0
  /** The connections in whole words of 32 bits, from byte `#longAt` of a buffer on; C-DEV of the last device may be in the first. */
  #longs: Uint32Array = new Uint32Array(0)
  #longAt = 0
  #hasHotPlugField = false
  #stopped = false

  constructor(
    tx: Region,
    places: FieldPlaces,
    channels: readonly ServiceChannel[],
    activity: ChannelActivity,
  ) {
    const devices = channels.length
    this.#tx = tx
    this.#places = places
    this.#channels = channels
    this.#activity = activity
    this.#controls = new Uint16Array(devices).fill(masterValid)
    this.#channelSent = new Int32Array(devices * maxBuffers)
  }

  /** A new layout: all fields stand in every buffer from the first telegram on. Not cyclic. */
  configure(layout: TelegramLayout, words: ProcessWords, txBuffers: readonly number[]): void {
    const { firstOut, endOut, mdtConnection, svcOut } = this.#places
    const { buffer } = words.longs
    this.#halves = new Uint16Array(buffer)
    this.#outputs = words.outputs >> 1
    // in CP1 and CP2 the fields of the first device lie there
    this.#hasHotPlugField = Math.min(...svcOut) >= cp34.hotPlugBytes
    this.#longAt = firstOut & ~3
    // a buffer ends on a 4-byte boundary, whatever lies behind its last connection
    const longs = (endOut + 3 - this.#longAt) >> 2
    this.#longs = new Uint32Array(buffer, words.outputs + this.#longAt, longs)
    const connections = layout.devices.flatMap(({ mdtProducerCycles: cycles }, n) => {
      const at = mdtConnection[n] as number
      return at < 0 ? [] : [{ index: this.#outputs + (at >> 1), cycles }]
    })
    this.#everyCycle = connections.filter(({ cycles }) => cycles <= 1).map(({ index }) => index)
    this.#seldom = Int32Array.from(
      connections.flatMap(({ index, cycles }) => (cycles > 1 ? [index, cycles, 0] : [])),
    )
    this.#channelSent.fill(-1)
    this.#upToDate = 0
    for (const [index, base] of txBuffers.entries()) this.#writeFields(base, index)
  }

  /** C-DEV of a device, in every telegram from the next on. */
  setDeviceControl(device: number, word: number): void {
    this.#controls[device] = word
    this.#upToDate = 0
  }

  /** The hot-plug field of MDT0; it exists in CP3 and CP4. */
  setHotPlug(selection: number, control: number, info: number): void {
    this.#hotPlug[0] = selection
    this.#hotPlug[1] = control
    this.#hotPlug[2] = info & 0xffff
    this.#hotPlug[3] = info >>> 16
    this.#upToDate = 0
  }

  /** CP4 begins: producers are ready, the first production comes with the next buffer. Not cyclic. */
  produce(): void {
    this.#stopped = false
    this.#control = producerReady
    this.#setControls(() => producerReady)
    for (let k = 0; k < this.#seldom.length; k += seldomFields) this.#seldom[k + 2] = 0
  }

  /** CP4 is being left: producers stop by flow control, the master is valid no more. Not cyclic. */
  stop(): void {
    this.#stopped = true
    this.#setControls((control) => control | flowControl)
    for (let n = 0; n < this.#controls.length; n++) this.setDeviceControl(n, 0)
  }

  /** All of a buffer that is to be sent, but for the connections where there are none yet. */
  write(base: number, buffer: number, producing: boolean): void {
    const { version } = this.#activity
    if (version !== this.#activityVersion || (this.#upToDate & (1 << buffer)) === 0)
      this.#writeFields(base, buffer)
    if (!producing) return
    if (!this.#stopped) this.#turnControls()
    const longs = this.#longs
    this.#tx.copyOut32(base + this.#longAt, longs, longs.length)
  }

  /** A production: the new-data bit turns, the counter goes on. */
  #turnControls(): void {
    const halves = this.#halves
    const everyCycle = this.#everyCycle
    const control = ((this.#control ^ newData) + counterStep) & controlMask
    this.#control = control
    for (let k = 0; k < everyCycle.length; k++) halves[everyCycle[k] as number] = control
    if (this.#seldom.length > 0) this.#turnSeldom()
  }

  #turnSeldom(): void {
    const seldom = this.#seldom
    for (let k = 0; k < seldom.length; k += seldomFields) {
      const left = (seldom[k + 2] as number) - 1
      seldom[k + 2] = left > 0 ? left : (seldom[k + 1] as number)
      if (left > 0) continue
      const at = seldom[k] as number
      this.#halves[at] = ((this.#halves[at] as number) ^ newData) + counterStep
    }
  }

  #writeFields(base: number, buffer: number): void {
    if (this.#activityVersion !== this.#activity.version) {
      this.#activityVersion = this.#activity.version
      this.#upToDate = 0
    }
    this.#upToDate |= 1 << buffer
    const sent = this.#channelSent
    for (let n = 0; n < this.#channels.length; n++) {
      const channel = this.#channels[n] as ServiceChannel
      const cDevAt = this.#places.cDev[n] as number
      const control = this.#controls[n] as number
      this.#tx.write16(base + cDevAt, control)
      this.#halves[this.#outputs + (cDevAt >> 1)] = control
      if (sent[n * maxBuffers + buffer] === channel.version) continue
      sent[n * maxBuffers + buffer] = channel.version
      // the info before the control word: a single buffer is sent while it is written
      const at = base + (this.#places.svcOut[n] as number)
      this.#tx.write16(at + 2, channel.infoLow)
      this.#tx.write16(at + 4, channel.infoHigh)
      this.#tx.write16(at, channel.control)
    }
    if (!this.#hasHotPlugField) return
    for (let word = 0; word < hotPlugWords; word++)
      this.#tx.write16(base + 2 * word, this.#hotPlug[word] as number)
  }

  #setControls(to: (control: number) => number): void {
    for (const at of this.#places.mdtConnection) {
      const index = this.#outputs + (at >> 1)
      if (at >= 0) this.#halves[index] = to(this.#halves[index] as number)
    }
  }
}
