/**
 * Homing led from here: the sequence of control/, joined to the axis's switches, to the probe that catches its index pulse, and to
 * the drive's torque limit.
 */
import { axisError } from '../../control/axis/axis-error.ts'
import {
  describeHomingFailure,
  homingFailure,
} from '../../control/mechanics/homing/homing-failure.ts'
import { Homing } from '../../control/mechanics/homing/homing.ts'
import type { HomingOptions } from '../../control/mechanics/homing/homing-options.ts'
import { probeState } from '../../control/coupling/touch-probe.ts'
import type { HomingFile, SwitchFile } from '../machine-file/homing-schema.ts'
import type { AxisFile, MachineFile } from '../machine-file/schema.ts'
import { commandField, taskCommand } from '../shared/command-ring.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { AxisServices } from './axis-services.ts'
import type { IoDevice } from './io-device.ts'
import type { WorkerMessage } from './worker-setup.ts'

/** The probe that catches the index pulse. */
const indexProbe = 0

export class AxisHoming {
  readonly #index: number
  readonly #axis: AxisDrive
  readonly #services: AxisServices
  readonly #homing: Homing
  readonly #negative: Switch | undefined
  readonly #positive: Switch | undefined
  readonly #home: Switch | undefined
  readonly #torqueAfter: number
  readonly #tell: (message: WorkerMessage) => void
  /** Arms the probe for a rising edge. */
  readonly #probe = new Float64Array(commandField.fields).fill(Number.NaN)
  #runs = false
  #limits = false
  #latches = false

  /** `index`: the place of the axis. */
  constructor(
    cycleS: number,
    index: number,
    file: HomingFile,
    limits: AxisFile['limits'],
    axis: AxisDrive,
    services: AxisServices,
    find: (input: SwitchFile) => Switch | undefined,
    tell: (message: WorkerMessage) => void,
  ) {
    const { negativeLimit, positiveLimit, homeSwitch }: Inputs = file.inputs
    this.#index = index
    this.#axis = axis
    this.#services = services
    this.#homing = new Homing(cycleS, homingOptions(file, limits))
    this.#negative = negativeLimit && find(negativeLimit)
    this.#positive = positiveLimit && find(positiveLimit)
    this.#home = homeSwitch && find(homeSwitch)
    this.#torqueAfter = file.method === 'block' ? file.torqueAfter : 0
    this.#tell = tell
    this.#probe[commandField.choice] = 0
  }

  /** False: there is no room for how it ends in this cycle. Not cyclic. */
  begin(id: number): boolean {
    const { motion } = this.#axis
    this.#sense()
    if (!motion.homeBy(id, this.#homing)) return false
    this.#runs = motion.runs(this.#homing)
    return true
  }

  /** Before the axis goes on by a cycle. Cyclic. */
  look(): void {
    if (!this.#runs) return
    this.#sense()
    const homing = this.#homing
    if (homing.armsLatch !== this.#latches) this.#latch(homing.armsLatch)
    if (homing.limitsTorque !== this.#limits) this.#limit(homing.limitsTorque)
    if (!this.#axis.motion.runs(homing)) this.#finish()
  }

  #sense(): void {
    const { signals } = this.#homing
    const { motion, velocity, torquePercent, knowsPosition } = this.#axis
    const probe = this.#services.probes.probes[indexProbe]
    signals.negativeLimit = this.#negative?.actuated ?? false
    signals.positiveLimit = this.#positive?.actuated ?? false
    signals.homeSwitch = this.#home?.actuated ?? false
    signals.actualPosition = motion.drivePosition + motion.homeOffset
    signals.actualVelocity = velocity
    signals.torque = torquePercent
    signals.absolute = knowsPosition
    signals.latched = this.#latches && probe?.state === probeState.done
    signals.latchRefused = this.#latches && probe?.state === probeState.failed
    signals.latchedPosition = probe?.recorded ?? 0
  }

  #latch(on: boolean): void {
    this.#latches = on
    if (on) this.#services.armProbe(taskCommand, indexProbe, this.#probe)
    else this.#services.abortTrigger(taskCommand, indexProbe)
  }

  #limit(on: boolean): void {
    this.#limits = on
    const percent = on ? this.#homing.torqueLimit : this.#torqueAfter
    this.#services.limitTorque(taskCommand, percent)
  }

  /** It is over, or something else took its place. Not cyclic. */
  #finish(): void {
    const homing = this.#homing
    this.#runs = false
    const { failure } = homing
    homing.abandon()
    if (this.#latches) this.#latch(false)
    if (this.#limits) this.#limit(false)
    if (failure === homingFailure.none) return
    this.#tell({
      kind: 'axisWords',
      axis: this.#index,
      error: axisError.homing,
      words: describeHomingFailure(failure),
    })
  }
}

/** A digital input as a switch. */
export class Switch {
  readonly #io: IoDevice
  readonly #word: number
  readonly #mask: number
  readonly #high: boolean

  constructor(io: IoDevice, channel: number, high: boolean) {
    this.#io = io
    this.#word = channel >> 4
    this.#mask = 1 << (channel & 15)
    this.#high = high
  }

  get actuated(): boolean {
    return (((this.#io.digitalIn[this.#word] as number) & this.#mask) !== 0) === this.#high
  }
}

/** Finds a switch among the machine's inputs. Not cyclic. */
export function switchFinder(
  file: MachineFile,
  ios: readonly IoDevice[],
): (input: SwitchFile) => Switch | undefined {
  return ({ point, actuated }) => {
    const input = file.io.find(({ name, kind }) => name === point && kind === 'digitalInput')
    const io = ios.find(({ name }) => name === input?.device)
    if (input === undefined || io === undefined) return undefined
    return new Switch(io, input.channel, actuated === 'high')
  }
}

type Inputs = {
  readonly negativeLimit?: SwitchFile | undefined
  readonly positiveLimit?: SwitchFile | undefined
  readonly homeSwitch?: SwitchFile | undefined
}

function homingOptions(file: HomingFile, limits: AxisFile['limits']): HomingOptions {
  if (file.method === 'absolute') return { method: file.method, offset: file.offset }
  const { inputs: _, direction, finalPosition, acceleration, jerk, ...rest } = file
  const common = {
    direction: direction === 'upward' ? (1 as const) : (-1 as const),
    acceleration: acceleration ?? limits.acceleration,
    jerk: jerk ?? limits.jerk,
    ...(finalPosition !== undefined && { finalPosition }),
  }
  if (rest.method === 'block') {
    const { torqueAfter: __, ...block } = rest
    return { ...block, ...common }
  }
  const { indexDistance, ...latched } = rest
  const index = indexDistance === undefined ? {} : { indexDistance }
  return latched.method === 'indexPulse'
    ? { ...latched, ...common, ...index, method: 'index' }
    : { ...latched, ...common, ...index }
}
