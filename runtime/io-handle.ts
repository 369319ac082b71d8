/** The machine's I/O points as the application holds them. */
import { Observable, Subject } from 'rxjs'
import { DualportError } from '../errors.ts'
import type { CommandDesk } from './command-desk.ts'
import type { MachineFile, PointFile } from './machine-file/schema.ts'
import type { MachineIo, Point } from './machine-types.ts'
import { ioField, recordIo } from './shared/record-layout.ts'
import type { RecordLayout } from './shared/record-layout.ts'
import type { RecordBatch, RecordReader } from './shared/record-ring.ts'

export class IoHandle implements MachineIo {
  readonly points: readonly PointHandle[]

  constructor(
    file: MachineFile,
    layout: RecordLayout,
    records: RecordReader,
    desk: CommandDesk,
    ownedByTask: boolean,
  ) {
    const devices = file.devices.filter(({ profile }) => profile === 'io').map(({ name }) => name)
    this.points = file.io.map(
      (point) =>
        new PointHandle(point, devices.indexOf(point.device), layout, records, desk, ownedByTask),
    )
  }

  point(name: string): Point {
    const point = this.points.find((one) => one.name === name)
    if (point === undefined)
      throw new DualportError('DP_IO_UNKNOWN', {
        actual: name,
        expected: this.points.map((one) => one.name).join(', '),
      })
    return point
  }
}

export class PointHandle implements Point {
  readonly name: string
  readonly kind: Point['kind']
  readonly unit: string | undefined
  readonly value$: Observable<boolean | number>
  readonly #file: PointFile
  /** Place of its device among the I/O devices. */
  readonly #device: number
  readonly #records: RecordReader
  readonly #desk: CommandDesk
  readonly #owned: boolean
  readonly #changes = new Subject<boolean | number>()
  /** Field of a record that holds the raw value. */
  readonly #field: number
  /** What the subscribers were last given. */
  #last: boolean | number = false

  constructor(
    file: PointFile,
    device: number,
    layout: RecordLayout,
    records: RecordReader,
    desk: CommandDesk,
    ownedByTask: boolean,
  ) {
    this.name = file.name
    this.kind = file.kind
    this.unit = 'unit' in file ? file.unit : undefined
    this.#file = file
    this.#device = device
    this.#records = records
    this.#desk = desk
    this.#owned = ownedByTask
    this.#field = ioField(layout, device, fieldOf(file))
    this.value$ = new Observable((subscriber) => {
      if (!this.#changes.observed) this.#last = this.value
      subscriber.next(this.#last)
      return this.#changes.subscribe(subscriber)
    })
  }

  get value(): boolean | number {
    const newest = this.#records.newest()
    return newest.length === 0 ? this.#decode(0) : this.#decode(newest.get(0, this.#field))
  }

  get observed(): boolean {
    return this.#changes.observed
  }

  /** Passes on each change in a batch of records. */
  publish(batch: RecordBatch): void {
    if (!this.#changes.observed) return
    for (let k = 0; k < batch.length; k++) {
      const value = this.#decode(batch.get(k, this.#field))
      if (value === this.#last) continue
      this.#last = value
      this.#changes.next(value)
    }
  }

  async write(value: boolean | number): Promise<void> {
    const point = this.#file
    const facts = { at: `output ${this.name}`, actual: value }
    if (point.kind === 'digitalInput' || point.kind === 'analogInput')
      throw new DualportError('DP_IO_DIRECTION', { at: this.name, actual: point.kind })
    if (this.#owned) throw new DualportError('DP_IO_OWNER', { at: this.name })
    const explain = () => new DualportError('DP_MACHINE_SAFE', { at: facts.at })
    if (point.kind === 'digitalOutput') {
      if (typeof value !== 'boolean')
        throw new DualportError('DP_IO_VALUE', { ...facts, expected: 'true or false' })
      const command = { position: point.channel, velocity: value ? 1 : 0 }
      await this.#desk.issue('writeDigital', this.#device, command, explain)
      return
    }
    const raw = typeof value === 'number' ? Math.round(value * point.rawPerUnit) : Number.NaN
    if (!(raw >= -32768 && raw <= 32767)) {
      const expected = `${(-32768 / point.rawPerUnit).toFixed(3)} to ${(32767 / point.rawPerUnit).toFixed(3)} ${point.unit}`
      throw new DualportError('DP_IO_VALUE', { ...facts, expected })
    }
    const command = { position: point.channel, velocity: raw }
    await this.#desk.issue('writeAnalog', this.#device, command, explain)
  }

  complete(): void {
    this.#changes.complete()
  }

  #decode(raw: number): boolean | number {
    const point = this.#file
    if (point.kind === 'digitalInput' || point.kind === 'digitalOutput')
      return ((raw >>> (point.channel & 15)) & 1) === 1
    return raw / point.rawPerUnit
  }
}

function fieldOf(point: PointFile): number {
  // a record holds digital channels in words of 16
  if (point.kind === 'digitalInput') return recordIo.digitalIn + (point.channel >> 4)
  if (point.kind === 'digitalOutput') return recordIo.digitalOut + (point.channel >> 4)
  return (point.kind === 'analogInput' ? recordIo.analogIn : recordIo.analogOut) + point.channel
}
