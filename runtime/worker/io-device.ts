/**
 * The process data of one I/O device in the cycle. Outputs are held here and written to the card whole in every cycle,
 * so that what the device gets never depends on which buffer of the card is in turn.
 */
import type { IoImage } from '../../cards/card.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import { analogChannels, digitalWords } from '../shared/record-layout.ts'

/** Channels of a digital word. */
const wordBits = 16

export class IoDevice {
  readonly name: string
  /** Words of 16: digital channel n is bit n & 15 of word n >> 4. */
  readonly digitalIn = new Uint16Array(digitalWords)
  readonly digitalOut = new Uint16Array(digitalWords)
  /** Raw values, signed 16 bit. */
  readonly analogIn = new Int16Array(analogChannels)
  readonly analogOut = new Int16Array(analogChannels)
  readonly #image: IoImage
  readonly #safeDigital = new Uint16Array(digitalWords)
  readonly #safeAnalog = new Int16Array(analogChannels)

  constructor(file: MachineFile, image: IoImage) {
    this.name = image.name
    this.#image = image
    const safe = safeOutputs(file, image.name)
    this.#safeDigital.set(safe.digital)
    this.#safeAnalog.set(safe.analog)
    this.makeSafe()
  }

  /** Cyclic. */
  readInputs(): void {
    const image = this.#image
    for (let word = 0; word < image.digitalInputWords; word++)
      this.digitalIn[word] = image.readDigital(word)
    for (let channel = 0; channel < image.analogInputs; channel++)
      this.analogIn[channel] = image.readAnalog(channel)
  }

  /** Cyclic. */
  writeOutputs(): void {
    const image = this.#image
    for (let word = 0; word < image.digitalOutputWords; word++)
      image.writeDigital(this.digitalOut[word] as number, word)
    for (let channel = 0; channel < image.analogOutputs; channel++)
      image.writeAnalog(channel, this.analogOut[channel] as number)
  }

  /** Cyclic. */
  setDigital(channel: number, on: boolean): void {
    const word = channel >> 4
    const bit = 1 << (channel & (wordBits - 1))
    const bits = this.digitalOut[word] as number
    this.digitalOut[word] = on ? bits | bit : bits & ~bit
  }

  /** Outputs take their safe values: those of the machine file, 0 where it names none. */
  makeSafe(): void {
    for (let word = 0; word < digitalWords; word++)
      this.digitalOut[word] = this.#safeDigital[word] as number
    for (let channel = 0; channel < analogChannels; channel++)
      this.analogOut[channel] = this.#safeAnalog[channel] as number
  }
}

/**
 * The safe values of a device's outputs as raw process data: words of 16 digital channels, pairs of analogue ones, as many
 * as its points reach and at least the first.
 */
export function safeOutputs(
  file: MachineFile,
  device: string,
): { readonly digital: number[]; readonly analog: number[] } {
  const digital = [0]
  const analog = [0, 0]
  for (const point of file.io) {
    if (point.device !== device) continue
    const { channel } = point
    if (point.kind === 'digitalOutput') {
      const word = channel >> 4
      while (digital.length <= word) digital.push(0)
      if (point.safe) digital[word] = (digital[word] as number) | (1 << (channel & (wordBits - 1)))
    }
    if (point.kind === 'analogOutput') {
      while (analog.length <= channel) analog.push(0, 0)
      analog[channel] = rawAnalog(point.safe, point.rawPerUnit)
    }
  }
  return { digital, analog }
}

/** A value in a point's unit as its raw signed 16-bit number, held at the ends of the range. */
export function rawAnalog(value: number, rawPerUnit: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value * rawPerUnit)))
}
