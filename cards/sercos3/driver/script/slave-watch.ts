/**
 * In CP1 to CP3, and in CP4 until the connections are monitored: every device that has shown itself in this phase has to
 * go on doing so. A burst of lost telegrams is borne; who stays away longer has left the phase, and what is asked of it
 * would only time out. Not cyclic.
 */
import { DualportError } from '../../../../errors.ts'
import { maskOf } from '../../../../uio/bit-field.ts'
import { nsPerMs } from '../../../../units.ts'
import type { Nanoseconds } from '../../../../units.ts'
import { sDev } from '../../telegram.ts'
import type { RunUpContext } from './run-up-context.ts'

const slaveValid = maskOf(sDev.slaveValid)
/** Both are borne: cycles in a row without SlaveValid, and the time that those of CP1 and CP2 take. */
const toleratedCycles = 10
const toleratedMs = 10

export class SlaveWatch {
  /** By device: cycles in a row without SlaveValid, and when it was seen last. */
  readonly #missed: Int32Array
  readonly #seenNs: Float64Array
  #on = false

  constructor(devices: number) {
    this.#missed = new Int32Array(devices)
    this.#seenNs = new Float64Array(devices)
  }

  /** All devices take part in the phase. */
  begin(nowNs: Nanoseconds): void {
    this.#on = true
    this.#missed.fill(0)
    this.#seenNs.fill(nowNs)
  }

  /** The phase is being left. */
  end(): void {
    this.#on = false
  }

  /** Once per tick. Throws DP_SERCOS3_DEVICE_LOST. */
  look(context: RunUpContext): void {
    if (!this.#on || !context.exchange.fresh) return
    const lost = context.devicesWhere((device) => this.#isLost(context, device))
    if (lost.length === 0) return
    throw new DualportError('DP_SERCOS3_DEVICE_LOST', {
      at: context.at(lost),
      actual: 'no SlaveValid in S-DEV',
      expected: `SlaveValid again within ${toleratedCycles} cycles and ${toleratedMs} ms`,
    })
  }

  #isLost(context: RunUpContext, device: number): boolean {
    if ((context.exchange.deviceStatus(device) & slaveValid) !== 0) {
      this.#missed[device] = 0
      this.#seenNs[device] = context.nowNs
      return false
    }
    const missed = (this.#missed[device] as number) + 1
    this.#missed[device] = missed
    const awayNs = context.nowNs - (this.#seenNs[device] as number)
    return missed > toleratedCycles && awayNs > toleratedMs * nsPerMs
  }
}
