/**
 * MC_TouchProbe and MC_AbortTrigger over the probe of a drive, which notes the position at an edge by itself: what is asked of
 * the drive in each cycle, and what counts. Edges outside of the window are passed over, and the probe is armed anew; a drive
 * catches one edge for each time that it is armed, so one that follows while it is being armed is not seen.
 */
import { axisError, type AxisErrorNumber } from '../axis/axis-error.ts'

/** How far the drive is with what it is asked for at present. `off`: not asked yet, or it has let go. */
export const driveProbe = {
  off: 0,
  /** Asked for, and not ready yet. */
  arming: 1,
  /** From now on an edge is caught. */
  armed: 2,
  /** An edge was caught. */
  latched: 3,
  failed: 4,
} as const
export type DriveProbe = (typeof driveProbe)[keyof typeof driveProbe]

export const probeState = {
  idle: 0,
  /** The drive's probe is being armed, after it was let go. */
  arming: 1,
  /** For an edge. */
  waiting: 2,
  // how it ended
  done: 3,
  aborted: 4,
  failed: 5,
} as const
export type ProbeState = (typeof probeState)[keyof typeof probeState]

export class TouchProbe {
  // set before `begin`
  /** Only positions from `first` to `last` count, unit. */
  windowOnly = false
  first = 0.5
  last = 0.5
  /** Of an endless axis: positions so far apart are equal, and a window may lead over the end; 0: none are. Unit. */
  modulo = 0.5
  /** The first edge that counts ends it; otherwise each one counts until it is aborted. */
  firstOnly = true

  // set before `update`
  drive: DriveProbe = driveProbe.off
  /** Where the axis was at the edge, with `latched`, unit. */
  latchedPosition = 0.5

  /** The drive's probe is to be armed; false: let go. */
  wanted = false
  state: ProbeState = probeState.idle
  error: AxisErrorNumber = axisError.none
  /** Where the axis was at the last edge that counted, unit. */
  recorded = 0.5
  /** Edges that counted since `begin`, and edges outside of the window. */
  count = 0
  passedOver = 0

  constructor() {
    this.first = 0
    this.last = 0
    this.modulo = 0
    this.latchedPosition = 0
    this.recorded = 0
  }

  get isBusy(): boolean {
    return this.state === probeState.arming || this.state === probeState.waiting
  }

  /** What is wrong with how it is set. Not cyclic. */
  check(): AxisErrorNumber {
    const { first, last, modulo } = this
    const finite = Number.isFinite(first + last + modulo) && modulo >= 0
    const right = finite && (!this.windowOnly || modulo > 0 || first <= last)
    return right ? axisError.none : axisError.argument
  }

  /** MC_TouchProbe. False: it waits already. */
  begin(): boolean {
    if (this.isBusy) return false
    this.error = axisError.none
    this.count = 0
    this.passedOver = 0
    this.#arm()
    return true
  }

  /** MC_AbortTrigger. False: nothing waited. */
  abort(): boolean {
    if (!this.isBusy) return false
    this.#end(probeState.aborted)
    return true
  }

  /** Once a cycle. Cyclic. */
  update(): void {
    if (!this.isBusy) return
    const { drive } = this
    if (!this.wanted) this.wanted = drive === driveProbe.off
    else if (drive === driveProbe.latched) this.#take()
    else if (drive === driveProbe.armed) this.state = probeState.waiting
    // refused, or taken away by somebody else
    else if (drive === driveProbe.failed || this.state === probeState.waiting)
      this.#end(probeState.failed)
  }

  #arm(): void {
    this.state = probeState.arming
    // an edge is caught only once: the drive lets go in between
    this.wanted = false
  }

  #take(): void {
    if (this.windowOnly && !this.#isInWindow()) {
      this.passedOver += 1
      this.#arm()
      return
    }
    this.recorded = this.latchedPosition
    this.count += 1
    if (this.firstOnly) this.#end(probeState.done)
    else this.#arm()
  }

  #isInWindow(): boolean {
    const { first, last, modulo, latchedPosition: p } = this
    if (modulo === 0) return p >= first && p <= last
    const width = last - first
    const length = width - modulo * Math.floor(width / modulo)
    // a window of whole turns is all of them
    if (length === 0 && width !== 0) return true
    const from = p - first
    return from - modulo * Math.floor(from / modulo) <= length
  }

  #end(state: ProbeState): void {
    this.state = state
    this.wanted = false
    this.error = state === probeState.failed ? axisError.probe : axisError.none
  }
}
