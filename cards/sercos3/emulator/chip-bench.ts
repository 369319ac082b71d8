/** For the chip's tests: a chip on each kind of host, a processor that programs it, and devices small enough to predict. */
import { extract, place } from '../../../uio/bit-field.ts'
import type { Register } from '../../../uio/register-table.ts'
import {
  bufferMode,
  coreSize,
  dataFlowMode,
  descriptor,
  noBuffer,
  registers,
  rxBase,
  txBase,
  windows,
} from '../registers.ts'
import { cp0 } from '../telegram.ts'
import { Sercon100m, type ChipOptions } from './chip.ts'
import type { CycleTelegrams, Passage, Slave, SlaveObservation } from './slave.ts'

export type HostKind = 'plain memory' | 'trapping host'
export const hosts: readonly HostKind[] = ['plain memory', 'trapping host']

/** Counts passages; answers CP0 as the protocol says; in later phases copies the first words of MDT0 into its own part of AT0. */
export class EchoSlave implements Slave {
  readonly name: string
  readonly address: number
  readonly passages: string[] = []
  readonly mdt0: number[] = []
  mst = false
  phase = -1
  cycleCount = -1
  phaseSwitch = false
  failed = false
  simulatedS = 0
  readonly #words: number

  /** Echoes so many words, at word (address - 1) * echoedWords of AT0. */
  constructor(address: number, echoedWords = 4) {
    this.name = `echo ${address}`
    this.address = address
    this.#words = echoedWords
  }

  pass(telegrams: CycleTelegrams, channel: 'P' | 'S', passage: Passage, last: boolean): void {
    this.passages.push(`${channel} ${passage}${last ? ' last' : ''}`)
    this.phase = telegrams.mst.phase
    this.cycleCount = telegrams.mst.cycleCount
    this.phaseSwitch = telegrams.mst.phaseSwitch
    const at = words(telegrams.at[0])
    if (this.phase === 0) this.#identify(at, passage)
    else this.#echo(words(telegrams.mdt[0]), at)
  }

  endOfCycle(received: boolean, dtS: number): void {
    this.mst = received
    this.simulatedS += dtS
  }

  powerOn(): void {
    this.failed = false
  }

  fail(): void {
    this.failed = true
  }

  get observation(): SlaveObservation {
    return {
      phase: this.mst ? this.phase : -1,
      topology: 0,
      inactivePort: 0,
      identify: false,
      operating: this.mst,
      error: this.failed,
      position: this.mdt0[0] ?? 0,
      velocity: 0,
      torque: 0,
      digitalOutputs: this.mdt0[1] ?? 0,
      analogOutput0: 0,
      analogOutput1: 0,
      digitalInputs: 0,
    }
  }

  #identify(at: Uint16Array, passage: Passage): void {
    const counter = (at[0] ?? 0) & cp0.counterMask
    if (passage === 'out') at[counter] = this.address
    at[0] = (at[0] ?? 0) + 1
  }

  #echo(mdt: Uint16Array, at: Uint16Array): void {
    for (let n = 0; n < this.#words; n++) {
      this.mdt0[n] = mdt[n] ?? 0
      at[(this.address - 1) * this.#words + n] = mdt[n] ?? 0
    }
  }
}

function words(bytes: Uint8Array | undefined): Uint16Array {
  return bytes === undefined
    ? new Uint16Array()
    : new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1)
}

/** A range of a telegram and where its bytes lie in the buffer. */
export type Range = {
  /** Start descriptor type; the end's is one more. */
  readonly type: number
  readonly telegramOffset: number
  readonly bufferOffset: number
  /** Even. */
  readonly bytes: number
  readonly system?: number
}

/** Descriptors of a telegram of `length` bytes. */
export function describe(length: number, ranges: readonly Range[]): number[] {
  const { bits } = descriptor
  const entry = (type: number, telegramOffset: number, bufferOffset: number, system = 0): number =>
    (place(type, bits.type) |
      place(telegramOffset, bits.telegramOffset) |
      place(system, bits.system) |
      (bufferOffset & 0x3ffe)) >>>
    0
  return [
    ...ranges.flatMap(({ type, telegramOffset, bufferOffset, bytes, system }) => [
      entry(type, telegramOffset, bufferOffset, system),
      entry(type + 1, telegramOffset + bytes - 2, bufferOffset + bytes - 2, system),
    ]),
    entry(descriptor.txType.endOfTelegram, length, 0),
  ]
}

/** What programs a chip: the driver's part, in the few lines that a test needs. */
export abstract class Processor {
  #txList = 64
  #rxList = 64

  abstract readAt(offset: number): number
  abstract writeAt(offset: number, value: number): void
  abstract writeRam(window: 'tx' | 'rx', offset: number, value: number): void

  read(register: Register): number {
    return this.readAt(register.offset)
  }

  write(register: Register, value: number): void {
    this.writeAt(register.offset, value)
  }

  /** Lays a telegram's descriptors in Tx RAM and enters them in the index table at 0. */
  describeTx(index: number, list: readonly number[]): void {
    this.#txList = this.#lay('tx', this.#txList, index, list)
  }

  /** As describeTx, in Rx RAM. */
  describeRx(index: number, list: readonly number[]): void {
    this.#rxList = this.#lay('rx', this.#rxList, index, list)
  }

  /** Starts 1 ms cycles in the given phase; index tables at 0, telegrams as masks. */
  start(phase: number, mdts: number, ats: number, mode: number = dataFlowMode.rtRing): void {
    const { mdt, at } = registers.sfcr.bits
    this.write(registers.decr, 0)
    this.write(registers.phasecr, phase)
    this.write(registers.sfcr, place(mdts, mdt) | place(ats, at))
    this.write(registers.tcntcycr, 1_000_000)
    this.write(registers.dfcsr, mode | 0x300)
    this.write(registers.tcsr, 1)
  }

  /** Process data in MDT0 (`bytes`) and AT0 (40 bytes) in CP4, buffers 256 bytes apart. */
  startProcessData(mode: number, bytes = 16): void {
    const range = { type: 2, telegramOffset: 0, bufferOffset: 0 }
    this.describeTx(0, describe(40, [{ ...range, bytes }]))
    this.describeTx(4, describe(40, []))
    this.describeRx(4, describe(40, [{ ...range, bytes: 40 }]))
    for (let n = 0; n < 3; n++) {
      this.writeAt(txBase.offset + 4 * (txBase.a + n), 0x1000 + 0x100 * n)
      this.writeAt(rxBase.offset + 4 * (rxBase.p1A + n), 0x1000 + 0x100 * n)
      this.writeAt(rxBase.offset + 4 * (rxBase.p2A + n), 0x2000 + 0x100 * n)
    }
    this.write(registers.rxbuftrA, place(1, registers.rxbuftrA.bits.at))
    this.write(registers.rxbufcsrA, mode)
    this.write(registers.txbufcsrA, mode)
    this.start(4, 1, 1)
  }

  requestTx(mode: number = bufferMode.triple): void {
    const { request, active } = registers.txbufcsrA.bits
    this.write(registers.txbufcsrA, mode | place(1, request) | place(noBuffer, active))
  }

  requestRx(mode: number = bufferMode.triple): void {
    const { request, activeP1, activeP2 } = registers.rxbufcsrA.bits
    const noBuffers = place(noBuffer, activeP1) | place(noBuffer, activeP2)
    this.write(registers.rxbufcsrA, mode | place(1, request) | noBuffers)
  }

  /** The transmit buffer that the chip says is the processor's, or undefined while there is none. */
  get txBuffer(): number | undefined {
    const word = this.read(registers.txbufcsrA)
    const { request, active } = registers.txbufcsrA.bits
    const buffer = extract(word, active)
    return extract(word, request) === 1 && buffer !== noBuffer ? buffer : undefined
  }

  /** The receive buffer with new data of a port, or undefined. */
  rxBuffer(port: 'P1' | 'P2'): number | undefined {
    const word = this.read(registers.rxbufcsrA)
    const bits = registers.rxbufcsrA.bits
    const isNew = extract(word, port === 'P1' ? bits.newDataP1 : bits.newDataP2) === 1
    return isNew ? extract(word, port === 'P1' ? bits.activeP1 : bits.activeP2) : undefined
  }

  #lay(window: 'tx' | 'rx', at: number, index: number, list: readonly number[]): number {
    this.writeRam(window, 4 * index, at | 1)
    list.forEach((word, n) => this.writeRam(window, at + 4 * n, word))
    return at + 4 * list.length
  }
}

/** A processor and its chip, without pacing: the test says when a cycle passes. */
export class Bench extends Processor {
  readonly chip: Sercon100m
  readonly memory = new SharedArrayBuffer(coreSize)
  readonly host: HostKind
  readonly tx = wordsOf(this.memory, windows.tx)
  readonly rx = wordsOf(this.memory, windows.rx)
  readonly svc = wordsOf(this.memory, windows.svc)
  readonly #words = new Uint32Array(this.memory)

  constructor(host: HostKind, options: ChipOptions) {
    super()
    this.host = host
    this.chip = new Sercon100m(this.memory, options)
  }

  readAt(offset: number): number {
    if (this.host === 'trapping host') return this.chip.busRead(offset, 32)
    return this.#words[offset / 4] ?? 0
  }

  writeAt(offset: number, value: number): void {
    if (this.host === 'trapping host') this.chip.busWrite(offset, 32, value)
    else this.#words[offset / 4] = value
  }

  writeRam(window: 'tx' | 'rx', offset: number, value: number): void {
    this.#words[(windows[window].offset + offset) / 4] = value
  }

  override start(phase: number, mdts: number, ats: number, mode?: number): void {
    super.start(phase, mdts, ats, mode)
    this.look()
  }

  /** What a processor cannot do: make the chip look at plain memory now. A trapping host has no need of it. */
  look(): void {
    if (this.host === 'plain memory') this.chip.settle()
  }
}

function wordsOf(memory: SharedArrayBuffer, { offset, size }: { offset: number; size: number }) {
  return new Uint16Array(memory, offset, size / 2)
}
