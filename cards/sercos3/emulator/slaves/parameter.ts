/**
 * One IDN of an emulated device: its elements as the bytes that the service channel carries. The data lie in one buffer,
 * in which telegrams and device models read and write in place.
 */
import { type IdnText, formatIdn, idn as parse } from '../../idn.ts'
import { svcFormat } from '../../telegram.ts'
import type { ProcedureCommand } from './procedure-command.ts'

export type ParameterType =
  | 'u16'
  | 'i16'
  | 'u32'
  | 'i32'
  | 'f32'
  | 'u64'
  | 'u8[]'
  | 'u16[]'
  | 'u32[]'
  | 'u64[]'
  | 'text'
  | 'command'

/** Phases in which the master may write; `never`: the data are read only. */
export type Writable = 'never' | 'CP2' | 'CP2-3' | 'CP2-4'

export type ParameterSpec = {
  readonly idn: IdnText | number
  readonly name: string
  readonly type: ParameterType
  readonly format?: keyof typeof svcFormat
  readonly unit?: string
  /** Digits behind the decimal point in `unit`. */
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  /** Values within min..max that the device knows; left out: all. */
  readonly allowed?: readonly number[]
  readonly value?: number | readonly number[] | string
  /** Lists: most bytes they hold. */
  readonly capacity?: number
  readonly writable?: Writable
  /** May stand in a connection: `consume` from an MDT, `produce` in an AT. */
  readonly cyclic?: 'consume' | 'produce'
}

/** Length codes of the attribute, bytes of the datum or of a list's item, and the usual format. */
const types = {
  u16: { code: 1, bytes: 2, format: 'unsigned' },
  i16: { code: 1, bytes: 2, format: 'signed' },
  u32: { code: 2, bytes: 4, format: 'unsigned' },
  i32: { code: 2, bytes: 4, format: 'signed' },
  f32: { code: 2, bytes: 4, format: 'float' },
  u64: { code: 3, bytes: 8, format: 'unsigned' },
  'u8[]': { code: 4, bytes: 1, format: 'hex' },
  'u16[]': { code: 5, bytes: 2, format: 'unsigned' },
  'u32[]': { code: 6, bytes: 4, format: 'unsigned' },
  'u64[]': { code: 7, bytes: 8, format: 'unsigned' },
  text: { code: 4, bytes: 1, format: 'text' },
  command: { code: 1, bytes: 2, format: 'binary' },
} as const satisfies Record<ParameterType, unknown>

const writableMask = { never: 0, CP2: 0b00100, 'CP2-3': 0b01100, 'CP2-4': 0b11100 } as const

/** Lists hold this many bytes when their row does not say otherwise. */
const usualCapacity = 64

export class Parameter {
  /** Unsigned 32 bit. */
  readonly idn: number
  readonly spec: ParameterSpec
  readonly list: boolean
  /** Bytes of the datum, or of one item of a list. */
  readonly itemBytes: number
  readonly attribute: number
  readonly nameBytes: Uint8Array
  readonly unitBytes: Uint8Array | undefined
  readonly minimumBytes: Uint8Array | undefined
  readonly maximumBytes: Uint8Array | undefined
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Bytes in use; constant unless it is a list. */
  length: number
  /** The master wrote the data since CP2 was entered. */
  written = false
  command: ProcedureCommand | undefined
  /** Brings the data up to date before a read starts. */
  beforeRead: (() => void) | undefined
  /** The master wrote the data. */
  afterWrite: (() => void) | undefined
  private readonly type: ParameterType
  private readonly mask: number

  constructor(spec: ParameterSpec) {
    const type = types[spec.type]
    this.spec = spec
    this.type = spec.type
    this.idn = typeof spec.idn === 'number' ? spec.idn : parse(spec.idn)
    this.list = type.code >= 4
    this.itemBytes = type.bytes
    this.mask = writableMask[spec.type === 'command' ? 'CP2-4' : (spec.writable ?? 'never')]
    this.attribute = attributeOf(spec, type.code, type.format, this.mask)
    this.nameBytes = Buffer.from(spec.name, 'latin1')
    this.unitBytes = spec.unit === undefined ? undefined : Buffer.from(spec.unit, 'latin1')
    this.bytes = new Uint8Array(this.list ? (spec.capacity ?? usualCapacity) : type.bytes)
    this.view = new DataView(this.bytes.buffer)
    this.length = this.list ? 0 : type.bytes
    this.minimumBytes = this.bound(spec.min)
    this.maximumBytes = this.bound(spec.max)
    this.restore()
  }

  /** Text form, as in S-0-0047. */
  get text(): string {
    return formatIdn(this.idn)
  }

  /** May be written in some phase. */
  get changeable(): boolean {
    return this.mask !== 0
  }

  writableIn(phase: number): boolean {
    return (this.mask & (1 << phase)) !== 0
  }

  /** Back to the value of its row, as at power-on. */
  restore(): void {
    const value = this.spec.value ?? (this.list ? [] : 0)
    this.written = false
    if (typeof value === 'string') this.setText(value)
    else if (typeof value === 'number') this.set(value)
    else this.setList(value)
  }

  /** The datum as a number. Not for lists. 64-bit data beyond 2^53 lose digits. Cyclic. */
  get(): number {
    return this.decode(this.view)
  }

  /** Sets the datum; wraps as the type does. Not for lists. Cyclic. */
  set(value: number): void {
    this.encode(this.view, value)
  }

  item(index: number): number {
    const at = index * this.itemBytes
    if (this.itemBytes === 1) return this.view.getUint8(at)
    if (this.itemBytes === 2) return this.view.getUint16(at, true)
    const low = this.view.getUint32(at, true)
    return this.itemBytes === 4 ? low : this.view.getUint32(at + 4, true) * 2 ** 32 + low
  }

  /** Sets one item of a list, as the master would; the list has `items` items then at least. */
  setItem(index: number, value: number, items: number): void {
    this.put(index * this.itemBytes, value)
    this.length = Math.max(this.length, items * this.itemBytes)
    this.written = true
  }

  get items(): number {
    return this.length / this.itemBytes
  }

  toArray(): number[] {
    return Array.from({ length: this.items }, (_, index) => this.item(index))
  }

  /** Items beyond the capacity are left out. */
  setList(items: readonly number[]): void {
    this.length = 0
    for (const item of items) this.append(item)
  }

  append(item: number): void {
    if (this.length + this.itemBytes > this.bytes.length) return
    this.put(this.length, item)
    this.length += this.itemBytes
  }

  setText(text: string): void {
    this.length = Buffer.from(this.bytes.buffer).write(text, 'latin1')
  }

  /** Takes `length` bytes that the master wrote, or refuses: 0 or the service channel's error code. */
  accept(staged: Uint8Array, length: number): number {
    if (!this.list) {
      const error = this.boundsError(staged)
      if (error !== 0) return error
    }
    for (let at = 0; at < length; at++) this.bytes[at] = staged[at] as number
    this.length = length
    this.written = true
    this.afterWrite?.()
    return 0
  }

  private put(at: number, item: number): void {
    if (this.itemBytes === 1) this.view.setUint8(at, item)
    else if (this.itemBytes === 2) this.view.setUint16(at, item, true)
    else this.view.setUint32(at, item, true)
    if (this.itemBytes === 8) this.view.setUint32(at + 4, Math.floor(item / 2 ** 32), true)
  }

  private boundsError(staged: Uint8Array): number {
    const { min, max, allowed } = this.spec
    const value = this.decode(new DataView(staged.buffer, staged.byteOffset))
    if (!Number.isFinite(value)) return 0x700d
    if (min !== undefined && value < min) return 0x7006
    if (max !== undefined && value > max) return 0x7007
    // The table of codes has none for a gap inside the range.
    return allowed === undefined || allowed.includes(value) ? 0 : 0x7007
  }

  private bound(value: number | undefined): Uint8Array | undefined {
    if (value === undefined) return undefined
    const bytes = new Uint8Array(this.itemBytes)
    this.encode(new DataView(bytes.buffer), value)
    return bytes
  }

  private decode(view: DataView): number {
    if (this.type === 'i16') return view.getInt16(0, true)
    if (this.type === 'i32') return view.getInt32(0, true)
    if (this.type === 'u32') return view.getUint32(0, true)
    if (this.type === 'f32') return view.getFloat32(0, true)
    if (this.type === 'u64') return view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true)
    return view.getUint16(0, true)
  }

  private encode(view: DataView, value: number): void {
    if (this.type === 'f32') view.setFloat32(0, value, true)
    else if (this.itemBytes === 2) view.setInt16(0, value, true)
    else view.setInt32(0, value, true)
    if (this.itemBytes === 8) view.setUint32(4, Math.floor(value / 2 ** 32), true)
  }
}

function attributeOf(
  spec: ParameterSpec,
  lengthCode: number,
  usualFormat: keyof typeof svcFormat,
  mask: number,
): number {
  const format = svcFormat[spec.format ?? usualFormat]
  // Bits 28, 29, 30: write protected in CP2, CP3, CP4 (general knowledge of the standard).
  const protection = (~mask >>> 2) & 0b111
  const command = spec.type === 'command' ? 1 << 19 : 0
  return (
    1 |
    (lengthCode << 16) |
    command |
    (format << 20) |
    ((spec.decimals ?? 0) << 24) |
    (protection << 28)
  )
}
