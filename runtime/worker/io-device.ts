/**
 * The process data of one I/O device in the cycle. Outputs are held here and written to the card whole in every cycle,
 * so that what the device gets never depends on which buffer of the card is in turn.
 */
import type { IoImage } from '../../cards/card.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import { analogChannels } from '../shared/record-layout.ts'

export class IoDevice {
  readonly name: string
  /** Bit n: digital input n. */
  digitalIn = 0
  /** Bit n: digital output n. */
  digitalOut = 0
  /** Raw values, signed 16 bit. */
  readonly analogIn = new Int16Array(analogChannels)
  readonly analogOut = new Int16Array(analogChannels)
  readonly #image: IoImage
  readonly #safeDigital: number
  readonly #safeAnalog = new Int16Array(analogChannels)

  constructor(file: MachineFile, image: IoImage) {
    this.name = image.name
    this.#image = image
    const safe = safeOutputs(file, image.name)
    this.#safeDigital = safe.digital
    this.#safeAnalog.set(safe.analog)
    this.makeSafe()
  }

  /** Cyclic. */
  readInputs(): void {
    this.digitalIn = this.#image.readDigital()
    for (let channel = 0; channel < analogChannels; channel++)
      this.analogIn[channel] = this.#image.readAnalog(channel)
  }

  /** Cyclic. */
  writeOutputs(): void {
    this.#image.writeDigital(this.digitalOut)
    for (let channel = 0; channel < analogChannels; channel++)
      this.#image.writeAnalog(channel, this.analogOut[channel] as number)
  }

  /** Cyclic. */
  setDigital(channel: number, on: boolean): void {
    const bit = 1 << channel
    this.digitalOut = on ? this.digitalOut | bit : this.digitalOut & ~bit
  }

  /** Outputs take their safe values: those of the machine file, 0 where it names none. */
  makeSafe(): void {
    this.digitalOut = this.#safeDigital
    for (let channel = 0; channel < analogChannels; channel++)
      this.analogOut[channel] = this.#safeAnalog[channel] as number
  }
}

/** The safe values of a device's outputs as raw process data. */
export function safeOutputs(
  file: MachineFile,
  device: string,
): { readonly digital: number; readonly analog: number[] } {
  let digital = 0
  const analog = Array.from({ length: analogChannels }, () => 0)
  for (const point of file.io) {
    if (point.device !== device) continue
    if (point.kind === 'digitalOutput' && point.safe) digital |= 1 << point.channel
    if (point.kind === 'analogOutput')
      analog[point.channel] = rawAnalog(point.safe, point.rawPerUnit)
  }
  return { digital, analog }
}

/** A value in a point's unit as its raw signed 16-bit number, held at the ends of the range. */
export function rawAnalog(value: number, rawPerUnit: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value * rawPerUnit)))
}
