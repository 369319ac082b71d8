/**
 * Process data of the devices. Cyclic: nothing here allocates.
 *
 * The words live in memory of our own, see ProcessWords: each input word is read from the card once a cycle, and stands
 * while its device or the telegrams stay away; each output word is written to the card once a cycle, when the buffer is
 * handed over, whether the task wrote it or not, since buffers alternate. A DataView takes what lies on a 2-byte boundary
 * in one access.
 */
import type { DriveImage, IoImage } from '../../../card.ts'
import { isModuleOf } from '../../cyclic-words.ts'
import { idn, ioProfile } from '../../idn.ts'
import type { ConnectionWord } from '../config/connections.ts'
import { isConsumed } from './connection-watch.ts'
import { ProcessWords, nowhereIn, nowhereOut } from './process-words.ts'

/** Words of a connection, and the byte in ProcessWords at which its C-CON lies. */
export type PlacedWords = { readonly at: number; readonly words: readonly ConnectionWord[] }

/** What the exchange does with every image. */
export interface ProcessImage {
  /** The bus cannot do without this device: its loss is told, see CyclicExchange.lostDevice. */
  readonly needed: boolean
  /** A new layout. `states[device]`: one of connectionState. Not cyclic. */
  configure(
    memory: ProcessWords,
    inputs: PlacedWords,
    outputs: PlacedWords,
    states: Uint8Array,
    device: number,
  ): void
}

/** Torque limits until the task sets others: rated torque. 0 would leave a drive that carries them without any. */
const initialTorqueLimit = 1000
const mostDigitalWords = 4
const mostAnalogChannels = 8

class Words {
  readonly name: string
  protected memory = new ProcessWords().view
  #states: Uint8Array = new Uint8Array(1)
  #device = 0
  #carried: ReadonlySet<number> = new Set()

  constructor(name: string) {
    this.name = name
  }

  get live(): boolean {
    return isConsumed(this.#states[this.#device] as number)
  }

  has(id: number): boolean {
    return this.#carried.has(id)
  }

  protected take(
    memory: ProcessWords,
    inputs: PlacedWords,
    outputs: PlacedWords,
    states: Uint8Array,
    device: number,
  ): void {
    this.memory = memory.view
    this.#states = states
    this.#device = device
    this.#carried = new Set([...inputs.words, ...outputs.words].map((word) => word.idn))
  }
}

export class DriveWords extends Words implements DriveImage, ProcessImage {
  readonly needed = false
  #status: number = nowhereIn
  #position: number = nowhereIn
  #velocity: number = nowhereIn
  #torque: number = nowhereIn
  #distance: number = nowhereIn
  #homed: number = nowhereIn
  #probe0: number = nowhereIn
  #probe1: number = nowhereIn
  #latched0: number = nowhereIn
  #latched1: number = nowhereIn
  #control: number = nowhereOut
  #positionCommand: number = nowhereOut
  #velocityCommand: number = nowhereOut
  #torqueCommand: number = nowhereOut
  #bipolarLimit: number = nowhereOut
  #positiveLimit: number = nowhereOut
  #negativeLimit: number = nowhereOut

  configure(
    memory: ProcessWords,
    inputs: PlacedWords,
    outputs: PlacedWords,
    states: Uint8Array,
    device: number,
  ): void {
    this.take(memory, inputs, outputs, states, device)
    this.#status = placeOf(inputs, idn('S-0-0135'), nowhereIn)
    this.#position = placeOf(inputs, idn('S-0-0051'), nowhereIn)
    this.#velocity = placeOf(inputs, idn('S-0-0040'), nowhereIn)
    this.#torque = placeOf(inputs, idn('S-0-0084'), nowhereIn)
    this.#distance = placeOf(inputs, idn('S-0-0189'), nowhereIn)
    this.#homed = placeOf(inputs, idn('S-0-0403'), nowhereIn)
    this.#probe0 = placeOf(inputs, idn('S-0-0130'), nowhereIn)
    this.#probe1 = placeOf(inputs, idn('S-0-0131'), nowhereIn)
    this.#latched0 = placeOf(inputs, idn('S-0-0409'), nowhereIn)
    this.#latched1 = placeOf(inputs, idn('S-0-0410'), nowhereIn)
    this.#control = placeOf(outputs, idn('S-0-0134'), nowhereOut)
    this.#positionCommand = placeOf(outputs, idn('S-0-0047'), nowhereOut)
    this.#velocityCommand = placeOf(outputs, idn('S-0-0036'), nowhereOut)
    this.#torqueCommand = placeOf(outputs, idn('S-0-0080'), nowhereOut)
    this.#bipolarLimit = placeOf(outputs, idn('S-0-0092'), nowhereOut)
    this.#positiveLimit = placeOf(outputs, idn('S-0-0082'), nowhereOut)
    this.#negativeLimit = placeOf(outputs, idn('S-0-0083'), nowhereOut)
    this.writeTorqueLimit(initialTorqueLimit)
  }

  readStatus(): number {
    return this.memory.getUint16(this.#status, true)
  }

  readPosition(): number {
    return this.memory.getInt32(this.#position, true)
  }

  readVelocity(): number {
    return this.memory.getInt32(this.#velocity, true)
  }

  readTorque(): number {
    return this.memory.getInt16(this.#torque, true)
  }

  readFollowingDistance(): number {
    return this.memory.getInt32(this.#distance, true)
  }

  readHomed(): number {
    return this.memory.getUint16(this.#homed, true)
  }

  readProbe(edge: 0 | 1): number {
    return this.memory.getInt32(edge === 0 ? this.#probe0 : this.#probe1, true)
  }

  readProbeLatched(edge: 0 | 1): number {
    return this.memory.getUint16(edge === 0 ? this.#latched0 : this.#latched1, true)
  }

  writeControl(word: number): void {
    this.memory.setUint16(this.#control, word, true)
  }

  writePosition(increments: number): void {
    this.memory.setInt32(this.#positionCommand, increments | 0, true)
  }

  writeVelocity(incrementsPerS: number): void {
    this.memory.setInt32(this.#velocityCommand, incrementsPerS | 0, true)
  }

  writeTorque(perMille: number): void {
    this.memory.setUint16(this.#torqueCommand, perMille, true)
  }

  writeTorqueLimit(perMille: number): void {
    this.memory.setUint16(this.#bipolarLimit, perMille, true)
    this.memory.setUint16(this.#positiveLimit, perMille, true)
    this.memory.setUint16(this.#negativeLimit, -perMille, true)
  }
}

export class IoWords extends Words implements IoImage, ProcessImage {
  readonly needed = true
  digitalInputWords = 0
  digitalOutputWords = 0
  analogInputs = 0
  analogOutputs = 0
  readonly #digitalIn = new Int32Array(mostDigitalWords).fill(nowhereIn)
  readonly #digitalOut = new Int32Array(mostDigitalWords).fill(nowhereOut)
  readonly #analogIn = new Int32Array(mostAnalogChannels).fill(nowhereIn)
  readonly #analogOut = new Int32Array(mostAnalogChannels).fill(nowhereOut)

  configure(
    memory: ProcessWords,
    inputs: PlacedWords,
    outputs: PlacedWords,
    states: Uint8Array,
    device: number,
  ): void {
    this.take(memory, inputs, outputs, states, device)
    this.digitalInputWords = placeAll(this.#digitalIn, inputs, ioProfile.digitalInputs, nowhereIn)
    this.digitalOutputWords = placeAll(
      this.#digitalOut,
      outputs,
      ioProfile.digitalOutputs,
      nowhereOut,
    )
    this.analogInputs = placeAll(this.#analogIn, inputs, ioProfile.analogInputs, nowhereIn)
    this.analogOutputs = placeAll(this.#analogOut, outputs, ioProfile.analogOutputs, nowhereOut)
  }

  readDigital(word = 0): number {
    return this.memory.getUint16(this.#digitalIn[word] ?? nowhereIn, true)
  }

  readAnalog(channel: number): number {
    return this.memory.getInt16(this.#analogIn[channel] ?? nowhereIn, true)
  }

  writeDigital(bits: number, word = 0): void {
    this.memory.setUint16(this.#digitalOut[word] ?? nowhereOut, bits, true)
  }

  writeAnalog(channel: number, value: number): void {
    this.memory.setUint16(this.#analogOut[channel] ?? nowhereOut, value, true)
  }
}

/** Byte of a word; `nowhere` where the connection has it not. */
function placeOf({ at, words }: PlacedWords, id: number, nowhere: number): number {
  const word = words.find((one) => one.idn === id)
  return word === undefined ? nowhere : at + word.offset
}

/** Bytes of all 16-bit words of a kind, over all modules of a device in the order of the connection. Answers how many there are. */
function placeAll(
  places: Int32Array,
  { at, words }: PlacedWords,
  kind: number,
  nowhere: number,
): number {
  const bytes = words
    .filter((word) => isModuleOf(word.idn, kind))
    .flatMap((word) => Array.from({ length: word.bytes >> 1 }, (_, n) => at + word.offset + 2 * n))
    .slice(0, places.length)
  places.fill(nowhere)
  places.set(bytes)
  return bytes.length
}
