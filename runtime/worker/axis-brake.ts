/** The holding brake of an axis: its output, its contact, and what it makes of the power that the axis asks for. */
import { Brake, brakeState } from '../../control/mechanics/brake.ts'
import type { BrakeFile } from '../machine-file/mechanics-schema.ts'
import type { IoDevice } from './io-device.ts'
import type { Switch } from './axis-homing.ts'

export class AxisBrake {
  readonly brake: Brake
  readonly #io: IoDevice
  readonly #channel: number
  readonly #contact: Switch | undefined

  constructor(
    cycleS: number,
    file: BrakeFile,
    io: IoDevice,
    channel: number,
    contact: Switch | undefined,
  ) {
    const { releaseS, engageS, preloadS = 0, sagMax = Infinity } = file
    this.brake = new Brake(cycleS, {
      releaseS,
      engageS,
      preloadS,
      sagMax,
      contact: contact !== undefined,
    })
    this.#io = io
    this.#channel = channel
    this.#contact = contact
  }

  get failed(): boolean {
    return this.brake.state === brakeState.failed
  }

  /** Once a cycle, with the brake's inputs set. Cyclic. */
  update(): void {
    const { brake } = this
    brake.contactOpen = this.#contact?.actuated ?? false
    brake.update()
    this.#io.setDigital(this.#channel, brake.open)
  }
}
