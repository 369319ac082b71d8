/**
 * MC_DigitalCamSwitch: outputs that are on while an axis is between two positions, or for a time after it has passed one.
 * Delays of what is switched are made up for by time: position and acceleration of now tell where the axis was or will be. Cyclic
 * but for the constructor.
 */
import { DualportError } from '../../errors.ts'
import type { MasterSource } from './master-source.ts'

export type CamSwitch = {
  /** Bit of `outputs`, and place in the list of tracks. */
  readonly track: number
  /** On from here to there, unit of the source. Of an endless axis `last` may lie in the next turn. */
  readonly first: number
  readonly last: number
  /** Both where it is left out. */
  readonly direction?: 'both' | 'positive' | 'negative' | undefined
  /** On for so long, s, after `first` was passed, in place of until `last`. */
  readonly durationS?: number | undefined
}

export type CamTrack = {
  /** s: how much later it is switched on and off; negative: earlier, by as much as what is switched takes. */
  readonly onCompensationS?: number | undefined
  readonly offCompensationS?: number | undefined
  /** After a switch is switched, nothing switches it before the axis has gone so far from there, unit. */
  readonly hysteresis?: number | undefined
  /** Of an endless axis: positions so far apart are equal, unit; 0: none are. */
  readonly modulo?: number | undefined
}

/** As many as an integer has bits. */
export const mostTracks = 32

const trackField = { on: 0, off: 1, hysteresis: 2, modulo: 3, count: 4 } as const
const switchField = {
  first: 0,
  last: 1,
  durationS: 2,
  leftS: 3,
  /** Where it was switched last. */
  switchedAt: 4,
  /** How many times `first` was passed, counted from anywhere. */
  passed: 5,
  count: 6,
} as const

/** Of a switch whose `first` was not looked at yet, and of one that is not switched by time. */
const unknown = Number.NaN
const never = -1

export class DigitalCamSwitch {
  /** Bit n: track n is on. */
  outputs = 0
  /** Tracks that may be on; 0: none. */
  enabled = -1
  source: MasterSource
  readonly #cycleS: number
  readonly #tracks: Float64Array
  readonly #switches: Float64Array
  readonly #trackOf: Int32Array
  /** 0 both, 1, -1. */
  readonly #directions: Int32Array
  readonly #on: Uint8Array
  /** In which the axis went last. */
  #direction = 1
  // how far ahead the axis is looked for, unit
  #leadOn = 0.5
  #leadOff = 0.5

  /** Throws DP_CAM_SWITCH, which names the field. */
  constructor(
    cycleS: number,
    source: MasterSource,
    tracks: readonly CamTrack[],
    switches: readonly CamSwitch[],
  ) {
    if (!(cycleS > 0 && cycleS < Infinity)) refuse('cycleS', cycleS, 'a positive number')
    if (tracks.length > mostTracks)
      refuse('tracks.length', tracks.length, `at most ${mostTracks}, the bits of outputs`)
    for (const [n, track] of tracks.entries()) checkTrack(track, n)
    for (const [n, one] of switches.entries()) checkSwitch(one, n, tracks[one.track]?.modulo ?? 0)
    this.#cycleS = cycleS
    this.source = source
    this.#tracks = new Float64Array(mostTracks * trackField.count)
    for (const [n, track] of tracks.entries()) {
      const { onCompensationS = 0, offCompensationS = 0, hysteresis = 0, modulo = 0 } = track
      const row = [onCompensationS, offCompensationS, hysteresis, modulo]
      this.#tracks.set(row, n * trackField.count)
    }
    this.#switches = new Float64Array(switches.length * switchField.count)
    for (const [n, { first, last, durationS = never }] of switches.entries())
      this.#switches.set([first, last, durationS, 0, unknown, unknown], n * switchField.count)
    this.#trackOf = Int32Array.from(switches, ({ track }) => track)
    this.#directions = Int32Array.from(switches, ({ direction = 'both' }) =>
      direction === 'both' ? 0 : direction === 'positive' ? 1 : -1,
    )
    this.#on = new Uint8Array(switches.length)
  }

  /** Once a cycle, after the source. */
  update(): void {
    const { velocity } = this.source
    if (velocity !== 0) this.#direction = velocity > 0 ? 1 : -1
    let outputs = 0
    for (let n = 0; n < this.#on.length; n++) {
      this.#updateSwitch(n)
      if (this.#on[n] === 1) outputs |= 1 << (this.#trackOf[n] as number)
    }
    this.outputs = outputs & this.enabled
  }

  #updateSwitch(n: number): void {
    this.#lead(n)
    const switches = this.#switches
    const at = n * switchField.count
    const byTime = (switches[at + switchField.durationS] as number) >= 0
    const wanted = byTime ? this.#isOnByTime(n) : this.#isOnByPlace(n)
    if (wanted === (this.#on[n] === 1)) return
    if (!byTime && !this.#hasLeft(n)) return
    this.#on[n] = wanted ? 1 : 0
    if (!byTime) switches[at + switchField.switchedAt] = this.source.position
  }

  #lead(n: number): void {
    const at = (this.#trackOf[n] as number) * trackField.count
    const { velocity, acceleration } = this.source
    const on = -(this.#tracks[at + trackField.on] as number)
    const off = -(this.#tracks[at + trackField.off] as number)
    this.#leadOn = on * (velocity + (on * acceleration) / 2)
    this.#leadOff = off * (velocity + (off * acceleration) / 2)
  }

  #isOnByPlace(n: number): boolean {
    const asked = this.#directions[n] as number
    if (asked !== 0 && asked !== this.#direction) return false
    const at = n * switchField.count
    const up = this.#direction > 0
    // it is switched on where the axis comes in, and off where it goes out
    const first = (this.#switches[at] as number) - (up ? this.#leadOn : this.#leadOff)
    const last = (this.#switches[at + 1] as number) - (up ? this.#leadOff : this.#leadOn)
    const modulo = this.#tracks[
      (this.#trackOf[n] as number) * trackField.count + trackField.modulo
    ] as number
    const { position } = this.source
    if (modulo === 0) return position >= first && position <= last
    const from = position - first
    const width = last - first
    return width >= 0 && from - modulo * Math.floor(from / modulo) <= width
  }

  #isOnByTime(n: number): boolean {
    const switches = this.#switches
    const at = n * switchField.count
    const modulo = this.#tracks[
      (this.#trackOf[n] as number) * trackField.count + trackField.modulo
    ] as number
    const from = this.source.position + this.#leadOn - (switches[at] as number)
    const side = from >= 0 ? 1 : 0
    const passed = modulo === 0 ? side : Math.floor(from / modulo)
    const before = switches[at + switchField.passed] as number
    switches[at + switchField.passed] = passed
    switches[at + switchField.leftS] = (switches[at + switchField.leftS] as number) - this.#cycleS
    const asked = this.#directions[n] as number
    const right = passed > before ? asked >= 0 : passed < before && asked <= 0
    if (right && this.#hasLeft(n)) {
      switches[at + switchField.leftS] = switches[at + switchField.durationS] as number
      switches[at + switchField.switchedAt] = this.source.position
    }
    // half a cycle less: what is left is a sum of cycles
    return (switches[at + switchField.leftS] as number) > this.#cycleS / 2
  }

  /** The axis is far enough from where it was when this was switched last. */
  #hasLeft(n: number): boolean {
    const hysteresis = this.#tracks[
      (this.#trackOf[n] as number) * trackField.count + trackField.hysteresis
    ] as number
    const switchedAt = this.#switches[n * switchField.count + switchField.switchedAt] as number
    const gone = Math.abs(this.source.position - switchedAt)
    // not a number before it was switched
    return !(gone < hysteresis)
  }
}

function checkTrack(track: CamTrack, n: number): void {
  for (const field of ['onCompensationS', 'offCompensationS', 'hysteresis', 'modulo'] as const) {
    const value = track[field] ?? 0
    const isTime = field === 'onCompensationS' || field === 'offCompensationS'
    if (Number.isFinite(value) && (isTime || value >= 0)) continue
    const expected = isTime ? 'a finite number' : 'a finite number that is not negative'
    refuse(`tracks[${n}].${field}`, value, expected)
  }
}

function refuse(at: string, actual: unknown, expected: string): never {
  throw new DualportError('DP_CAM_SWITCH', { at, actual, expected })
}

function checkSwitch(one: CamSwitch, n: number, modulo: number) {
  const { track, first, last, direction = 'both', durationS = 0 } = one
  const fail = (field: string, actual: unknown, expected: string): never =>
    refuse(`switches[${n}].${field}`, actual, expected)
  if (!['both', 'positive', 'negative'].includes(direction))
    fail('direction', direction, 'both, positive or negative')
  if (!Number.isInteger(track) || track < 0 || track >= mostTracks)
    fail('track', track, `an integer from 0 to ${mostTracks - 1}`)
  if (!Number.isFinite(first)) fail('first', first, 'a finite number')
  if (!Number.isFinite(last)) fail('last', last, 'a finite number')
  if (last < first)
    fail(
      'last',
      last,
      modulo > 0 ? 'not before first; in the next turn, add the modulo' : 'not before first',
    )
  if (!Number.isFinite(durationS) || durationS < 0)
    fail('durationS', durationS, 'a finite number that is not negative')
}
