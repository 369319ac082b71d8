/**
 * The phase a slave is in, as the MST commands it. A phase is left by a telegram with the phase-switch bit that names the
 * new one; then the telegrams pause (all switches but CP3 to CP4, unless CP0 announced fast switching), and the new phase
 * begins with its first telegram without the bit. Whatever does not fit ends in NRT, from where only CP0 leads on.
 */
import type { Mst } from '../slave.ts'

export const nrt = -1

/** The master pauses for 120 ms at least; the device needs half of it to change its settings. */
const reconfigurationS = 0.06
/** A pause this long is no phase switch any more. */
const longestPauseS = 10
/** CP0 to CP2: the device gives up after this time without telegrams. */
const silenceS = 0.2

export class PhaseTracker {
  phase = nrt
  /** The phase that a running switch leads to; `undefined` outside a switch. */
  announced: number | undefined
  /** Set from the communication version of CP0. */
  fastSwitch = false
  private losses = 0
  private readonly silentS = new Float64Array(1)

  /** The master takes part in this phase: fields are inserted. */
  get inserting(): boolean {
    return this.phase !== nrt && this.announced === undefined
  }

  reset(): void {
    this.phase = nrt
    this.announced = undefined
    this.fastSwitch = false
    this.forgetSilence()
  }

  /** Hot plug: in `phase` without a switch. */
  join(phase: number): void {
    this.reset()
    this.phase = phase
  }

  /** An MST came. `ready`: the device's settings allow the phase. True when the phase changed. Cyclic. */
  receive(mst: Mst, ready: (phase: number) => boolean): boolean {
    const before = this.phase
    if (mst.phaseSwitch) this.announce(mst.phase)
    else if (mst.phase !== this.phase || this.announced !== undefined) this.enter(mst.phase, ready)
    this.forgetSilence()
    return this.phase !== before
  }

  /** A cycle without an MST. `tolerated`: losses in a row that CP3 and CP4 bear. True when the phase was given up. Cyclic. */
  miss(dtS: number, tolerated: number): boolean {
    if (this.phase === nrt) return false
    this.losses++
    const silent = (this.silentS[0] as number) + dtS
    this.silentS[0] = silent
    const given =
      this.announced === undefined
        ? this.phase >= 3
          ? this.losses > tolerated
          : silent > silenceS
        : silent > longestPauseS
    if (given) this.reset()
    return given
  }

  private announce(next: number): void {
    if (this.announced === next || this.phase === nrt) return
    const legal = this.announced === undefined && (next === this.phase + 1 || next === 0)
    if (legal) this.announced = next
    else this.reset()
  }

  private enter(next: number, ready: (phase: number) => boolean): void {
    const switched = this.announced === next && this.paused(next) && ready(next)
    const { fastSwitch } = this
    this.reset()
    // The master may begin anew at any time.
    if (next === 0) this.phase = 0
    else if (switched) {
      this.phase = next
      this.fastSwitch = fastSwitch
    }
  }

  private paused(next: number): boolean {
    return next === 4 || this.fastSwitch || (this.silentS[0] as number) >= reconfigurationS
  }

  private forgetSilence(): void {
    this.losses = 0
    this.silentS[0] = 0
  }
}
