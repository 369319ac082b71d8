/**
 * The machine's safe state while code of ours still runs: axes quick-stop or lose power, outputs take their safe values. The
 * first cause is told; nothing leads back but a restart that somebody asked for.
 */
import { axisError } from '../../control/axis/axis-error.ts'
import type { DualportError } from '../../errors.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { IoDevice } from './io-device.ts'

export class SafeState {
  entered = false
  readonly #axes: readonly AxisDrive[]
  readonly #ios: readonly IoDevice[]
  readonly #tell: (error: DualportError) => void

  /** `tell` is called with the cause. */
  constructor(
    axes: readonly AxisDrive[],
    ios: readonly IoDevice[],
    tell: (error: DualportError) => void,
  ) {
    this.#axes = axes
    this.#ios = ios
    this.#tell = tell
  }

  /** Not cyclic: happens once. False when the machine is in its safe state already. */
  enter(cause: DualportError): boolean {
    if (this.entered) return false
    this.entered = true
    this.apply()
    this.#tell(cause)
    return true
  }

  /** As `enter`, and the cause is told in every case: that the card is gone concerns a machine that is safe already, too. */
  enterAgain(cause: DualportError): void {
    if (!this.enter(cause)) this.#tell(cause)
  }

  /** The ring was run up anew because somebody asked for it: axes disabled, outputs still at their safe values. Not cyclic. */
  leave(): void {
    this.entered = false
    for (const axis of this.#axes) axis.revive()
  }

  /** Outputs and axes once more: a user's `safe` may have touched them. */
  apply(): void {
    for (const axis of this.#axes) axis.makeSafe(axisError.safeState)
    for (const io of this.#ios) io.makeSafe()
  }

  /** The machine is being closed: the same outputs, and axes that come to rest without an error. Not cyclic. */
  runDown(): void {
    for (const axis of this.#axes) axis.runDown()
    for (const io of this.#ios) io.makeSafe()
  }

  /** Every axis has come to rest and given up its power. Cyclic. */
  get isDown(): boolean {
    const axes = this.#axes
    for (let k = 0; k < axes.length; k++) if (!(axes[k] as AxisDrive).isDown) return false
    return true
  }
}
