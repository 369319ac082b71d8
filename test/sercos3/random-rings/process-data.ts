/** Signs all that the task writes, and judges all that it reads and all that the devices got. */
import type { CyclicCard, DriveImage, IoImage } from '../../../cards/card.ts'
import { connectionState } from '../../../cards/card.ts'
import { isModuleOf } from '../../../cards/sercos3/cyclic-words.ts'
import { idn, ioProfile } from '../../../cards/sercos3/idn.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import type { InProcessRing } from '../in-process-ring.ts'
import type { RandomDevice } from './random-ring.ts'
import { flawOf, signatureOf } from './signature.ts'
import { producedWords } from './signing-device.ts'
import type { SigningDevices } from './signing-device.ts'

/** Cycles from the task to the device, or back, beside the producer's period. */
const onTheWay = 2
/** Older than any: the data of a ring that suffers may be late, but never another's. */
export const anyAge = Infinity

const readers: {
  readonly [text in (typeof producedWords)[number]]: (drive: DriveImage) => number
} = {
  'S-0-0135': (drive) => drive.readStatus(),
  'S-0-0040': (drive) => drive.readVelocity(),
  'S-0-0051': (drive) => drive.readPosition(),
  'S-0-0084': (drive) => drive.readTorque() & 0xffff,
  'S-0-0189': (drive) => drive.readFollowingDistance(),
  'S-0-0130': (drive) => drive.readProbe(0),
  'S-0-0131': (drive) => drive.readProbe(1),
  'S-0-0409': (drive) => drive.readProbeLatched(0),
  'S-0-0410': (drive) => drive.readProbeLatched(1),
  'S-0-0403': (drive) => drive.readHomed(),
}
const longWords: readonly IdnText[] = ['S-0-0040', 'S-0-0051', 'S-0-0189', 'S-0-0130', 'S-0-0131']

/** Consumed words of a drive: kind, number in the signature, and what the driver makes of it. */
const commands = [
  { text: 'S-0-0134', kind: 'control', word: 0, sign: 1 },
  { text: 'S-0-0036', kind: 'long', word: 1, sign: 1 },
  { text: 'S-0-0047', kind: 'long', word: 2, sign: 1 },
  { text: 'S-0-0080', kind: 'short', word: 3, sign: 1 },
  { text: 'S-0-0092', kind: 'short', word: 4, sign: 1 },
  { text: 'S-0-0082', kind: 'short', word: 4, sign: 1 },
  { text: 'S-0-0083', kind: 'short', word: 4, sign: -1 },
] as const

/** Numbers in the signatures of I/O words: digital from 0, analogue from here. */
const firstAnalog = 4
const mostDigital = 4
const mostAnalog = 8

export class ProcessData {
  readonly #ring: InProcessRing
  readonly #stores: SigningDevices
  readonly #devices: readonly RandomDevice[]
  readonly #drives: readonly number[]
  readonly #ios: readonly number[]

  constructor(ring: InProcessRing, stores: SigningDevices, devices: readonly RandomDevice[]) {
    this.#ring = ring
    this.#stores = stores
    this.#devices = devices
    const numbers = [...devices.keys()]
    this.#drives = numbers.filter((n) => devices[n]?.profile === 'drive')
    this.#ios = numbers.filter((n) => devices[n]?.profile === 'io')
  }

  get #card(): CyclicCard {
    return this.#ring.master
  }

  /** As the cyclic task: every output carries this cycle's signature. */
  write(): void {
    const { cycle } = this.#stores
    this.#card.drives.forEach((drive, n) => {
      const device = this.#drives[n] as number
      drive.writeControl(signatureOf('control', device, 0, cycle))
      drive.writeVelocity(signatureOf('long', device, 1, cycle))
      drive.writePosition(signatureOf('long', device, 2, cycle))
      drive.writeTorque(signatureOf('short', device, 3, cycle))
      drive.writeTorqueLimit(signatureOf('short', device, 4, cycle))
    })
    this.#card.ios.forEach((io, n) => {
      const device = this.#ios[n] as number
      for (let word = 0; word < mostDigital; word++)
        io.writeDigital(signatureOf('short', device, word, cycle), word)
      for (let channel = 0; channel < mostAnalog; channel++)
        io.writeAnalog(channel, signatureOf('short', device, firstAnalog + channel, cycle))
    })
  }

  /**
   * What is wrong with what the task reads. `calm`: nothing disturbs the ring, so data are of the last cycles and every device
   * that is there is live.
   */
  flawsOfInputs(calm: boolean): string[] {
    const flaws: string[] = []
    this.#card.drives.forEach((drive, n) => {
      const device = this.#drives[n] as number
      if (this.#isRead(device, drive, calm, flaws)) this.#judgeDrive(drive, device, calm, flaws)
    })
    this.#card.ios.forEach((io, n) => {
      const device = this.#ios[n] as number
      if (this.#isRead(device, io, calm, flaws)) this.#judgeIo(io, device, calm, flaws)
    })
    return flaws
  }

  /** What is wrong with the commands in the devices. */
  flawsOfOutputs(calm: boolean): string[] {
    const flaws: string[] = []
    for (const device of this.#devices.keys()) {
      const { observation } = this.#ring.slaves[device] ?? {}
      const there = this.#card.connections.connectionState(device) !== connectionState.absent
      if (observation?.phase !== 4) {
        if (calm && there) flaws.push(`${this.#name(device)} is in phase ${observation?.phase}`)
      } else if (calm || there) this.#judgeCommands(device, calm, flaws)
    }
    return flaws
  }

  #isRead(device: number, image: DriveImage | IoImage, calm: boolean, flaws: string[]): boolean {
    const state = this.#card.connections.connectionState(device)
    if (state === connectionState.absent) return false
    if (calm && state !== connectionState.consuming)
      flaws.push(`the connection of ${this.#name(device)} is in state ${state}`)
    if (calm && !image.live) flaws.push(`${this.#name(device)} is not live`)
    return image.live
  }

  #judgeDrive(drive: DriveImage, device: number, calm: boolean, flaws: string[]): void {
    const age = calm ? this.#period(device, 1) + onTheWay : anyAge
    producedWords.forEach((text, word) => {
      const value = readers[text](drive)
      if (!drive.has(idn(text))) {
        if (value !== 0)
          flaws.push(`${this.#name(device)} ${text} is not carried and reads ${value}`)
        return
      }
      const kind = longWords.includes(text) ? 'long' : 'short'
      const flaw = flawOf(kind, device, word, value, this.#stores.cycle, age)
      if (flaw !== undefined) flaws.push(`${this.#name(device)} ${text} read: ${flaw}`)
    })
  }

  /** Inputs are wired to the outputs of the same channel. */
  #judgeIo(io: IoImage, device: number, calm: boolean, flaws: string[]): void {
    const periods = this.#period(device, 0) + this.#period(device, 1)
    const age = calm ? periods + 2 * onTheWay + 1 : anyAge
    const judge = (
      what: 'digital' | 'analog',
      inputs: readonly number[],
      outputs: readonly number[],
    ) =>
      inputs.forEach((id, place) => {
        const from = outputs.findIndex((other) => groupOf(other) === groupOf(id))
        const channels = what === 'digital' ? 1 : 2
        for (let channel = 0; channel < channels; channel++) {
          const n = place * channels + channel
          const value = what === 'digital' ? io.readDigital(n) : io.readAnalog(n) & 0xffff
          const word = from * channels + channel + (what === 'digital' ? 0 : firstAnalog)
          this.#compare(device, `${what} input ${n} read`, value, from < 0 ? -1 : word, age, flaws)
        }
      })
    judge(
      'digital',
      this.#words(device, 1, ioProfile.digitalInputs),
      this.#words(device, 0, ioProfile.digitalOutputs),
    )
    judge(
      'analog',
      this.#words(device, 1, ioProfile.analogInputs),
      this.#words(device, 0, ioProfile.analogOutputs),
    )
  }

  #judgeCommands(device: number, calm: boolean, flaws: string[]): void {
    const age = calm ? this.#period(device, 0) + onTheWay : anyAge
    const list = this.#stores.list(this.#name(device), 'S-0-1050.0.6')
    if (this.#devices[device]?.profile === 'io') {
      this.#words(device, 0, ioProfile.digitalOutputs).forEach((id, word) =>
        this.#compare(device, `digital outputs ${word}`, this.#get(device, id), word, age, flaws),
      )
      this.#words(device, 0, ioProfile.analogOutputs).forEach((id, pair) => {
        const both = this.#get(device, id)
        for (const half of [0, 1]) {
          const value = (both >>> (16 * half)) & 0xffff
          const word = firstAnalog + 2 * pair + half
          this.#compare(device, `analogue output ${2 * pair + half}`, value, word, age, flaws)
        }
      })
      return
    }
    for (const { text, kind, word, sign } of commands) {
      if (!list.includes(idn(text))) continue
      const value = sign * this.#get(device, idn(text))
      const raw = kind === 'long' ? value >>> 0 : value & 0xffff
      // in a ring that suffers a device may still have what it had at power-on, or the limits of the first cycle
      const initial = [0, 1000, 3000].includes(raw)
      if (!calm && initial) continue
      const flaw = flawOf(kind, device, word, raw, this.#stores.cycle, age)
      if (flaw !== undefined) flaws.push(`${this.#name(device)} ${text} got: ${flaw}`)
    }
    for (const { idn: text, type } of this.#devices[device]?.extra ?? [])
      if (type !== 'u16[]' && list.includes(idn(text)) && this.#get(device, idn(text)) !== 0)
        flaws.push(
          `${this.#name(device)} ${text}, which nobody writes, got ${this.#get(device, idn(text))}`,
        )
  }

  /** An I/O word: signed by the task (`word`), or (-1) by nobody. Fallback values and the first cycle's are 0. */
  #compare(
    device: number,
    what: string,
    value: number,
    word: number,
    age: number,
    flaws: string[],
  ): void {
    if (word < 0) {
      if (value !== 0) flaws.push(`${this.#name(device)} ${what}: ${value}, which nobody wrote`)
      return
    }
    if (age === anyAge && value === 0) return
    const flaw = flawOf('short', device, word, value, this.#stores.cycle, age)
    if (flaw !== undefined) flaws.push(`${this.#name(device)} ${what}: ${flaw}`)
  }

  /** The words of a kind, in the order of the connection as it stands in the device. */
  #words(device: number, instance: 0 | 1, kind: number): number[] {
    const list = this.#stores.list(this.#name(device), `S-0-1050.${instance}.6`)
    return list.filter((id) => isModuleOf(id, kind))
  }

  #period(device: number, instance: 0 | 1): number {
    const { connections } = this.#devices[device] ?? {}
    if (connections === undefined || typeof connections === 'string') return 1
    return connections[instance === 0 ? 'mdt' : 'at'].producerCycles ?? 1
  }

  #get(device: number, id: number): number {
    return this.#stores.number(this.#name(device), id)
  }

  #name(device: number): string {
    return this.#devices[device]?.name ?? ''
  }
}

function groupOf(id: number): number {
  return id >>> 24
}
