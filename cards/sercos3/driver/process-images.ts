/**
 * Process data of the devices. Cyclic: nothing here allocates.
 *
 * Telegram RAM is read and written as 16-bit words: a 4-byte value lies on a 2-byte boundary. Each input word is read
 * once a cycle, when the driver owns a buffer of new telegrams; in a stale cycle there is no such buffer and the values
 * read before stand. Outputs go straight into the buffer that the driver owns and are kept here too: buffers alternate,
 * so what the task did not write in this cycle is written for it when the buffer is handed over.
 */
import type { DriveImage, IoImage } from '../../card.ts'
import type { Region } from '../../../uio/region.ts'
import { driveOffset, ioOffset } from './profile-connections.ts'

/** What the exchange does with every image. Offsets are bytes of the connection (C-CON) in the present buffers. */
export interface ProcessImage {
  /** Takes the inputs of this cycle. */
  latch(at: number): void
  /** The buffer of this cycle; -1: none, what is written goes out with the next. */
  place(at: number): void
  /** Writes the outputs that the task did not write in this cycle. */
  complete(): void
}

const control = 1
const velocity = 2
const position = 4
const allOfDrive = control | velocity | position

export class DriveWords implements DriveImage, ProcessImage {
  readonly name: string
  readonly #tx: Region
  readonly #rx: Region
  #at = -1
  #written = 0
  #status = 0
  #velocity = 0
  #position = 0
  #torque = 0
  #control = 0
  #velocityCommand = 0
  #positionCommand = 0

  constructor(name: string, tx: Region, rx: Region) {
    this.name = name
    this.#tx = tx
    this.#rx = rx
  }

  readStatus(): number {
    return this.#status
  }

  readPosition(): number {
    return this.#position
  }

  readVelocity(): number {
    return this.#velocity
  }

  readTorque(): number {
    return this.#torque
  }

  writeControl(word: number): void {
    this.#control = word
    this.#written |= control
    if (this.#at >= 0) this.#tx.write16(this.#at + driveOffset.control, word)
  }

  writePosition(increments: number): void {
    this.#positionCommand = increments | 0
    this.#written |= position
    if (this.#at >= 0) write32(this.#tx, this.#at + driveOffset.positionCommand, increments | 0)
  }

  writeVelocity(incrementsPerS: number): void {
    this.#velocityCommand = incrementsPerS | 0
    this.#written |= velocity
    if (this.#at >= 0) write32(this.#tx, this.#at + driveOffset.velocityCommand, incrementsPerS | 0)
  }

  latch(at: number): void {
    const rx = this.#rx
    this.#status = rx.read16(at + driveOffset.status)
    this.#velocity = read32(rx, at + driveOffset.velocity)
    this.#position = read32(rx, at + driveOffset.position)
    this.#torque = signed16(rx.read16(at + driveOffset.torque))
  }

  place(at: number): void {
    this.#at = at
    this.#written = 0
  }

  complete(): void {
    if (this.#written === allOfDrive) return
    if ((this.#written & control) === 0) this.writeControl(this.#control)
    if ((this.#written & velocity) === 0) this.writeVelocity(this.#velocityCommand)
    if ((this.#written & position) === 0) this.writePosition(this.#positionCommand)
  }
}

const digital = 1 << ioOffset.analogChannels
const allOfIo = (digital << 1) - 1

export class IoWords implements IoImage, ProcessImage {
  readonly name: string
  readonly #tx: Region
  readonly #rx: Region
  #at = -1
  /** Bit n: analogue output n; then the digital word. */
  #written = 0
  #inputs = 0
  #outputs = 0
  readonly #analogInputs = new Int16Array(ioOffset.analogChannels)
  readonly #analogOutputs = new Int16Array(ioOffset.analogChannels)

  constructor(name: string, tx: Region, rx: Region) {
    this.name = name
    this.#tx = tx
    this.#rx = rx
  }

  readDigital(): number {
    return this.#inputs
  }

  /** 0 for a channel that the device has not. */
  readAnalog(channel: number): number {
    return this.#analogInputs[channel] ?? 0
  }

  writeDigital(bits: number): void {
    this.#outputs = bits
    this.#written |= digital
    if (this.#at >= 0) this.#tx.write16(this.#at + ioOffset.digital, bits)
  }

  /** Nothing for a channel that the device has not. */
  writeAnalog(channel: number, value: number): void {
    if (channel < 0 || channel >= ioOffset.analogChannels) return
    this.#analogOutputs[channel] = value
    this.#written |= 1 << channel
    if (this.#at >= 0) this.#tx.write16(this.#at + ioOffset.analog + 2 * channel, value)
  }

  latch(at: number): void {
    this.#inputs = this.#rx.read16(at + ioOffset.digital)
    for (let channel = 0; channel < ioOffset.analogChannels; channel++)
      this.#analogInputs[channel] = this.#rx.read16(at + ioOffset.analog + 2 * channel)
  }

  place(at: number): void {
    this.#at = at
    this.#written = 0
  }

  complete(): void {
    if (this.#written === allOfIo) return
    if ((this.#written & digital) === 0) this.writeDigital(this.#outputs)
    for (let channel = 0; channel < ioOffset.analogChannels; channel++)
      if ((this.#written & (1 << channel)) === 0)
        this.writeAnalog(channel, this.#analogOutputs[channel] as number)
  }
}

function read32(region: Region, at: number): number {
  return region.read16(at) | (region.read16(at + 2) << 16)
}

function write32(region: Region, at: number, value: number): void {
  region.write16(at, value & 0xffff)
  region.write16(at + 2, value >>> 16)
}

function signed16(word: number): number {
  return (word << 16) >> 16
}
