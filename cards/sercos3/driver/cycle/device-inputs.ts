/**
 * What the devices sent in this cycle, taken from the Rx buffers. Cyclic.
 *
 * In a ring both ports bring every device; on the two sides of a break each brings some. So a device is read from the
 * port whose telegrams show it as valid, the one of the cycle before first: at a break nothing has to be decided.
 *
 * Reading over the bus costs most: everything is read in words of 32 bits, each but once, though neighbours share some.
 * The usual case is one loop without a call, another loop or a choice of sizes in it: only then does V8 do its checks of
 * the arrays once, instead of for every device. What is not usual is done outside of it.
 */
import { maskOf } from '../../../../uio/bit-field.ts'
import type { Region } from '../../../../uio/region.ts'
import { cCon, sDev } from '../../telegram.ts'
import { ConnectionWatch } from './connection-watch.ts'
import { bytesOf } from '../config/connections.ts'
import type { FieldPlaces } from '../plan/field-places.ts'
import { ProcessWords, passing } from './process-words.ts'
import type { TelegramLayout } from '../plan/telegram-layout.ts'

const slaveValid = maskOf(sDev.slaveValid)
const producerReady = maskOf(cCon.producerReady)
const newData = maskOf(cCon.newData)
const flowControl = maskOf(cCon.flowControl)
const counter = maskOf(cCon.counter)
const counterStep = 1 << 12
const controlMask = 0xffff
/** A constant of this module: an import would be looked up for every device. */
const aside = passing
/** Beside C-CON in a record, where no C-CON has a bit: the next production is to be judged. */
const unusual = 1 << 20
/** Likewise: the device was not seen in the cycle before, C-CON is older. */
const older = 1 << 21
/** What of C-CON must be as expected. */
const judged = producerReady | newData | flowControl | counter | unusual
/** Words of 32 bits of a connection of 14 bytes, or of up to 16 on a 4-byte boundary: what a drive usually sends. */
const usualLongs = 4

/** What is known of a device. Numbers in fields cost the cycle less than numbers in arrays, whose bounds are checked. */
class DeviceRecord {
  /** From which it is read. */
  port = 1
  /** The same where the connection is of the usual size, else 0: one look instead of two. */
  usualPort = 0
  /** Byte in an Rx buffer of the word of 32 bits that holds S-DEV, and slaveValid in that word. */
  statusAt = 0
  statusMask = 0
  /** Byte in an Rx buffer of the word of 32 bits with which the connection begins, and how many there are; 0: no connection. */
  first = 0
  count = 0
  /** Bits to shift that first word right to have C-CON: 0 or 16. */
  controlShift = 0
  /** C-CON received last; with `unusual` where the next is to be judged in any case. */
  last = unusual
  /** What the counter in C-CON gains with each production. */
  step = 0
  /** Index of its words in ProcessWords. */
  inputs = 0

  turnTo(port: number): void {
    this.port = port
    this.usualPort = this.count === usualLongs ? port : 0
  }
}

export class DeviceInputs {
  readonly watch: ConnectionWatch
  /** 0: the device is absent and not judged. */
  readonly present: Uint8Array<ArrayBuffer>
  readonly #records: readonly DeviceRecord[]
  readonly #rx: Region
  readonly #places: FieldPlaces
  #longs = new ProcessWords().longs

  constructor(rx: Region, places: FieldPlaces, devices: number) {
    this.watch = new ConnectionWatch(devices)
    this.present = new Uint8Array(devices).fill(1)
    this.#records = Array.from({ length: devices }, () => new DeviceRecord())
    this.#rx = rx
    this.#places = places
  }

  /** Words of 32 bits that hold each device's connection, by device. */
  static longsOf(layout: TelegramLayout, places: FieldPlaces): number[] {
    return layout.devices.map((device, n) => {
      const at = places.atConnection[n] as number
      return at < 0 ? 0 : (roundUp(at + bytesOf(device.atWords)) - (at & ~3)) >> 2
    })
  }

  /** Not cyclic. `words`: memory for the connections of this layout. */
  configure(layout: TelegramLayout, words: ProcessWords): void {
    this.#longs = words.longs
    const longs = DeviceInputs.longsOf(layout, this.#places)
    this.#records.forEach((record, n) => {
      const device = layout.devices[n]
      const at = this.#places.atConnection[n] as number
      const statusAt = this.#places.sDev[n] as number
      record.statusAt = statusAt & ~3
      record.statusMask = slaveValid << bitsBefore(statusAt)
      record.first = at & ~3
      record.count = longs[n] ?? 0
      record.turnTo(record.port)
      record.controlShift = bitsBefore(at)
      record.last = unusual
      record.inputs = words.inputs[n] ?? 0
      const period = at < 0 ? 0 : (device?.atProducerCycles ?? 0)
      this.watch.configure(n, period, device?.atToleratedLosses ?? 0)
    })
  }

  /** Byte of a device's C-CON in the memory for the words, see ProcessWords. */
  placeOf(device: number): number {
    const at = this.#places.atConnection[device] as number
    return 4 * this.#record(device).inputs + (at & 3)
  }

  /** Port from which a device is read. */
  portOf(device: number): number {
    return this.#record(device).port
  }

  setPort(device: number, port: number): void {
    this.#record(device).turnTo(port)
  }

  /** CP4: productions are waited for. Not cyclic. */
  start(): void {
    this.watch.start(this.present)
    for (let n = 0; n < this.#records.length; n++) this.#doubt(n)
  }

  /** A device that has come, or was lost, is waited for. Not cyclic. */
  takeUp(device: number): void {
    this.watch.takeUp(device)
    this.#doubt(device)
  }

  /** A device that has gone is not missed. Not cyclic. */
  leaveOut(device: number): void {
    this.watch.leaveOut(device)
    this.#record(device).last |= unusual | older
  }

  /** Buffer in which a device is, where `base1` and `base2` are those of the ports; -1: no valid telegrams there. */
  locate(device: number, base1: number, base2: number): number {
    const record = this.#record(device)
    const own = record.port === 1 ? base1 : base2
    const other = record.port === 1 ? base2 : base1
    if (this.#isValid(own, device)) return own
    if (this.#isValid(other, device)) {
      record.turnTo(record.port === 1 ? 2 : 1)
      return other
    }
    // it shows on neither: what can be read of it is read where there are telegrams
    return own < 0 ? other : own
  }

  /** CP4: takes the data of every device that produced. `consecutive`: 1: the cycle before was seen; 0: it was not. */
  take(base1: number, base2: number, consecutive: number): void {
    const devices = this.#records.length
    for (let n = 0; n < devices; n++) {
      if (consecutive !== 0) n = this.#takeUsual(n, base1, base2)
      if (n >= devices) return
      if (consecutive === 0 || !this.#takeOther(n, base1, base2))
        this.#judge(n, base1, base2, consecutive !== 0)
    }
  }

  /** A cycle without telegrams: productions that were due are lost. */
  miss(): void {
    for (let n = 0; n < this.#records.length; n++) {
      if (this.present[n] === 0) continue
      this.watch.miss(n)
      this.#doubt(n)
    }
  }

  /** Takes device after device from `from` on as long as they are of the usual size, on its port and as expected. Answers the first that is not. */
  #takeUsual(from: number, base1: number, base2: number): number {
    const records = this.#records
    const longs = this.#longs
    const rx = this.#rx
    if (from >= records.length) return from
    const port = (records[from] as DeviceRecord).usualPort
    const base = port === 1 ? base1 | 0 : base2 | 0
    if (port === 0 || base < 0) return from
    // two S-DEVs lie in one word, and a connection may begin in the word in which the one before ends: it is read once
    let shownAt = -1
    let shown = 0
    let tailAt = -1
    let tail = 0
    for (let n = from; n < records.length; n++) {
      const record = records[n] as DeviceRecord
      if (record.usualPort !== port) return n
      const { statusAt, first: firstAt } = record
      if (statusAt !== shownAt) {
        shown = rx.take32((base + statusAt) | 0, longs, aside)
        shownAt = statusAt
      }
      if ((shown & record.statusMask) === 0) return n
      const source = (base + firstAt) | 0
      const first = firstAt === tailAt ? tail : rx.take32(source, longs, aside)
      const control = (first >>> record.controlShift) & controlMask
      if (((control ^ ((record.last ^ newData) + record.step)) & judged) !== 0) return n
      record.last = control
      const to = record.inputs
      longs[to] = first
      tail = rx.takeThree32((source + 4) | 0, longs, (to + 1) | 0)
      tailAt = (firstAt + 12) | 0
    }
    return records.length
  }

  /**
   * A device of another size, or the first one behind those on the other port: at both the usual loop has ended without a
   * look at it. False: it is not as expected.
   */
  #takeOther(n: number, base1: number, base2: number): boolean {
    const record = this.#record(n)
    const base = record.port === 1 ? base1 : base2
    const lookedAt = record.usualPort !== 0 && (n === 0 || this.#record(n - 1).port === record.port)
    if (base < 0 || record.count === 0 || lookedAt) return false
    const shown = this.#rx.readSigned32((base + record.statusAt) | 0)
    const source = (base + record.first) | 0
    const first = this.#rx.readSigned32(source)
    const control = (first >>> record.controlShift) & controlMask
    const expected = ((record.last ^ newData) + record.step) | 0
    if ((shown & record.statusMask) === 0 || ((control ^ expected) & judged) !== 0) return false
    record.last = control
    this.#takeLongs(record, source, first)
    return true
  }

  #takeLongs(record: DeviceRecord, source: number, first: number): void {
    this.#longs[record.inputs] = first
    for (let n = 1; n < record.count; n++)
      this.#rx.take32((source + 4 * n) | 0, this.#longs, (record.inputs + n) | 0)
  }

  #judge(n: number, base1: number, base2: number, consecutive: boolean): void {
    const record = this.#record(n)
    if (record.count === 0 || this.present[n] === 0) return
    const base = this.locate(n, base1, base2)
    const source = (base + record.first) | 0
    const valid = this.#isValid(base, n)
    const first = valid ? this.#rx.readSigned32(source) : 0
    const control = (first >>> record.controlShift) & controlMask
    const follows = consecutive && (record.last & older) === 0
    const taken = this.watch.judge(n, valid, record.last & controlMask, control, follows)
    record.last = valid ? control : record.last | unusual | older
    record.step = (this.watch.steps[n] as number) * counterStep
    if (!taken || !this.watch.isRegular(n)) this.#doubt(n)
    if (!taken) return
    this.#takeLongs(record, source, first)
  }

  #doubt(n: number): void {
    this.#record(n).last |= unusual
  }

  #record(n: number): DeviceRecord {
    return this.#records[n] as DeviceRecord
  }

  #isValid(base: number, n: number): boolean {
    return (
      base >= 0 && (this.#rx.read16(base + (this.#places.sDev[n] as number)) & slaveValid) !== 0
    )
  }
}

/** A half word in the upper half of its word of 32 bits has 16 bits before it. */
function bitsBefore(byte: number): number {
  return 8 * (byte & 2)
}

function roundUp(bytes: number): number {
  return (bytes + 3) & ~3
}
