/**
 * Whatever order of faults, mains and commands a shift brings: the axis never enables a drive out of turn, never keeps one
 * under power that it does not want there, and comes back to work when the faults are gone and somebody resets it.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DriveImage } from '../../../cards/card.ts'
import { driveControl, driveReady, driveStatus } from '../../../cards/sercos3/drive-words.ts'
import { LoneDrive } from '../../../cards/sercos3/emulator/slaves/drive/lone-drive.ts'
import { axisState } from '../../../control/axis/axis-state.ts'
import { AxisDrive } from '../../../runtime/worker/axis-drive.ts'
import { extract } from '../../../uio/bit-field.ts'
import { driveMachine } from '../drive-world.ts'

/** An emulated drive, one cycle away: what is read is of the cycle before. */
class DelayedImage implements DriveImage {
  readonly name = 'drive'
  live = true
  control = 0
  readonly drive: LoneDrive
  readonly has = () => true

  constructor(drive: LoneDrive) {
    this.drive = drive
  }

  readStatus = () => this.drive.get('S-0-0135')
  readPosition = () => this.drive.get('S-0-0051')
  readVelocity = () => this.drive.get('S-0-0040')
  readTorque = () => this.drive.get('S-0-0084')
  readFollowingDistance = () => this.drive.get('S-0-0189')
  readHomed = () => this.drive.get('S-0-0403')
  readProbe = () => 0
  readProbeLatched = () => 0
  writeControl = (word: number) => this.drive.set('S-0-0134', (this.control = word))
  writePosition = (value: number) => this.drive.set('S-0-0047', value)
  writeVelocity = (value: number) => this.drive.set('S-0-0036', value)
  writeTorque = (value: number) => this.drive.set('S-0-0080', value)
  writeTorqueLimit = () => undefined
}

class Machine {
  readonly drive = new LoneDrive()
  readonly image = new DelayedImage(this.drive)
  readonly axis: AxisDrive
  /** What went out of turn. */
  readonly wrong: string[] = []
  #id = 1

  constructor() {
    const [file] = driveMachine(['x']).axes
    if (file === undefined) throw new Error('no axis')
    this.axis = new AxisDrive(file, 0, this.image, 0.001)
  }

  get id(): number {
    return this.#id++
  }

  cycle(): void {
    const { axis, image, drive } = this
    axis.readFeedback()
    const shown = axis.handshake.ready
    axis.advance()
    while (axis.motion.settlements.take());
    this.#check(shown)
    // a telegram that does not come leaves the drive with what it has
    drive.link.fresh = image.live
    drive.cycle()
  }

  #check(shown: number): void {
    const { control } = this.image
    const { motion } = this.axis
    const bit = (field: readonly [number, number]) => extract(control, field) === 1
    const blame = (wrong: boolean, what: string) => wrong && this.wrong.push(what)
    blame(bit(driveControl.enable) && !bit(driveControl.driveOn), 'enable before drive on')
    blame(bit(driveControl.enable) && shown < driveReady.ab, 'enable before mains')
    blame(bit(driveControl.restart) && !bit(driveControl.enable), 'restart before enable')
    const unwanted = !motion.powerRequested || this.axis.driveError || this.axis.lost
    blame(unwanted && control !== 0, 'power that nobody wants')
  }
}

type Act = (machine: Machine) => unknown

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.constant<Act>(({ axis, id }) => axis.motion.power(id, true)),
  fc.constant<Act>(({ axis, id }) => axis.motion.power(id, false)),
  fc.constant<Act>(({ axis, id }) => axis.motion.reset(id)),
  fc.integer({ min: -50, max: 50 }).map(
    (distance): Act =>
      ({ axis, id }) =>
        axis.motion.moveRelative(id, distance),
  ),
  fc.constant<Act>(({ axis, id }) => axis.motion.stop(id)),
  fc.constant<Act>(({ axis }) => axis.motion.followDrive()),
  fc.constantFrom(0, 5, 9, 12).map(
    (error): Act =>
      ({ drive }) =>
        drive.drive.diagnosis.raise(1 << error),
  ),
  fc.constant<Act>(({ drive }) => drive.drive.clearErrors()),
  fc.boolean().map(
    (on): Act =>
      ({ drive }) =>
        drive.drive.switchMains(on),
  ),
  fc.boolean().map(
    (live): Act =>
      ({ image }) =>
        (image.live = live),
  ),
)

test('order, honesty and a way back', () => {
  const acts = fc.array(fc.tuple(act, fc.integer({ min: 1, max: 80 })), { maxLength: 20 })
  fc.assert(
    fc.property(acts, (given) => {
      const machine = new Machine()
      for (const [perform, cycles] of given) {
        perform(machine)
        for (let k = 0; k < cycles; k++) machine.cycle()
      }
      const back = bringBack(machine)
      expect({ wrong: machine.wrong, ...back }).toEqual({
        wrong: [],
        cleared: true,
        afterReset: axisState.disabled,
        afterPower: axisState.standstill,
        ready: driveReady.af,
      })
    }),
    { numRuns: 60 },
  )
})

/** What a fitter does: mains on, cable in, drive reset, axis reset, power on. What came of each. */
function bringBack(machine: Machine) {
  const { axis, drive, image } = machine
  const { motion } = axis
  const cycles = (count: number, meanwhile: () => boolean = () => true) => {
    for (let k = 0; k < count && meanwhile(); k++) machine.cycle()
  }
  image.live = true
  drive.drive.switchMains(true)
  motion.power(machine.id, false)
  cycles(2500, () => drive.ready === driveReady.af)
  drive.drive.clearErrors()
  cycles(100)
  const cleared = drive.status(driveStatus.error) === 0
  motion.reset(machine.id)
  cycles(10)
  const afterReset = motion.state
  motion.power(machine.id, true)
  cycles(200)
  return { cleared, afterReset, afterPower: motion.state, ready: drive.ready }
}
