/**
 * An emulated drive: state machine, operation modes, control loops and motor behind the IDNs of drive-parameters.ts, homing
 * and probes beside them. It follows its command values in operation (AF) only, and only while neither drive halt nor
 * homing leads it.
 */
import { extract, place } from '../../../../../uio/bit-field.ts'
import { class1, class3 } from '../../../diagnosis.ts'
import { driveControl, driveStatus, operationMode } from '../../../drive-words.ts'
import { commandStatus } from '../../../telegram.ts'
import type { SlaveObservation } from '../../slave.ts'
import type { Application, Link } from '../application.ts'
import { Diagnosis } from '../diagnosis.ts'
import type { Parameter } from '../parameter.ts'
import type { ParameterStore } from '../parameter-store.ts'
import { type DriveParameters, addDriveParameters } from './drive-parameters.ts'
import {
  type DriveSituation,
  DriveStateMachine,
  driveState,
  driveStateText,
} from './drive-state.ts'
import { Homing } from './homing.ts'
import {
  incrementsPerVelocityIncrement,
  motor,
  nmPerTorqueIncrement,
  radPerIncrement,
  radPerVelocityIncrement,
} from './motor.ts'
import { OwnMotion, ownMotion } from './own-motion.ts'
import { PositionSetpoint } from './position-setpoint.ts'
import { ServoLoops, servoFeedback, servoInput } from './servo-loops.ts'
import { TouchProbes } from './touch-probes.ts'
import { Track, track } from './track.ts'

/** A command step is plausible up to this multiple of the velocity limit. */
const stepMargin = 2
/** Position loop gain: 0.01 x 1000/min in 1/s. */
const perSecondInGain = 10 / 60

export class Drive implements Application {
  readonly diagnosis: Diagnosis
  private readonly loops: ServoLoops
  private readonly track = new Track()
  private readonly parameters: DriveParameters
  private readonly homing: Homing
  private readonly probes: TouchProbes
  private readonly machine = new DriveStateMachine()
  private readonly setpoint = new PositionSetpoint()
  private readonly own = new OwnMotion()
  private readonly situation: DriveSituation = {
    control: 0,
    operational: false,
    errors: 0,
    standstill: true,
    mains: true,
  }
  /** Number of the mode in effect, see `modeNumber`. */
  private mode = 0
  private halting = false
  /** Drive halt or homing led in the cycle before. */
  private ledItself = true

  constructor(store: ParameterStore, shaft: 'rigid' | 'elastic' = 'rigid') {
    this.loops = new ServoLoops(shaft)
    this.parameters = addDriveParameters(store)
    this.homing = new Homing(store, this.track)
    this.probes = new TouchProbes(store, this.track)
    this.diagnosis = new Diagnosis(store, () => ({
      text: this.homing.leads
        ? 'Drive-controlled homing'
        : (driveStateText[this.machine.state] ?? ''),
      number: this.machine.state,
    }))
  }

  powerOn(): void {
    this.machine.powerOn()
    this.loops.powerOn()
    this.homing.powerOn()
    this.diagnosis.powerOn(class3.standstill | class3.velocityReached)
    this.track.values.fill(0)
    this.own.values.fill(0)
    this.mode = 0
    this.halting = false
    this.ledItself = true
    this.showActuals()
  }

  loseCommunication(): void {
    this.diagnosis.raise(class1.communication)
  }

  clearErrors(): 'done' | 'pending' {
    if (this.machine.state === driveState.errorStop) return 'pending'
    this.diagnosis.clear()
    return 'done'
  }

  disturb(torqueNm: number): void {
    this.loops.inputs[servoInput.disturbanceNm] = torqueNm
  }

  switchMains(on: boolean): void {
    this.situation.mains = on
  }

  advance(link: Link, dtS: number): void {
    this.monitor(link)
    this.takeCommands(link, dtS)
    this.changeState(link, dtS)
    this.runLoops(dtS)
    this.showActuals()
  }

  observe(observation: SlaveObservation): void {
    observation.operating = this.machine.torqueOn
    observation.error = this.diagnosis.errors !== 0
    observation.position = this.parameters.positionFeedback.get()
    observation.velocity = this.parameters.velocityFeedback.get()
    observation.torque = this.parameters.torqueFeedback.get()
  }

  private monitor(link: Link): void {
    const { machine, parameters, diagnosis } = this
    if (link.lost || (machine.torqueOn && !link.live)) diagnosis.raise(class1.communication)
    if (machine.torqueOn && !this.situation.mains) diagnosis.raise(class1.undervoltage)
    if (machine.state !== driveState.af) return
    if (this.positioning()) {
      const actual = this.loops.feedback[servoFeedback.position] as number
      const lag = Math.abs(this.setpoint.value - actual)
      if (lag > parameters.monitoringWindow.get()) diagnosis.raise(class1.excessiveDeviation)
    }
    const at = parameters.positionFeedback.get()
    const velocity = parameters.velocityFeedback.get()
    const window = parameters.standstillWindow.get()
    const outward =
      (at > parameters.positiveLimit.get() && velocity > window) ||
      (at < parameters.negativeLimit.get() && velocity < -window)
    if (outward) diagnosis.raise(class1.overtravel)
  }

  /** Mode, halt, homing and the position command of a drive in operation. */
  private takeCommands(link: Link, dtS: number): void {
    const { parameters, situation, homing } = this
    situation.control = link.live ? parameters.control.get() : 0
    homing.operating = this.machine.state === driveState.af
    this.probes.arm()
    if (homing.due) homing.begin()
    homing.lead(this.own, this.standsStill())
    if (!homing.operating) return
    const changed = this.selectMode()
    this.halting = extract(situation.control, driveControl.restart) === 0
    const leads = this.leadsItself()
    if (leads && !this.ledItself) this.startOwnMotion()
    const followed = !leads && !this.ledItself && !changed
    this.ledItself = leads
    if (leads) this.aim()
    else if (!followed) this.follow()
    else if (this.positioning()) this.takePosition(link, dtS)
  }

  private takePosition(link: Link, dtS: number): void {
    const { parameters } = this
    const fastest = parameters.velocityLimit.get() * incrementsPerVelocityIncrement * stepMargin
    const command = parameters.positionCommand.get()
    if (!this.setpoint.take(command, link.fresh, fastest, dtS))
      this.diagnosis.raise(class1.excessiveDeviation)
  }

  /** Starts to follow position commands at the actual position; they must not be far from it. */
  private follow(): void {
    if (!this.positioning()) return
    const { parameters, setpoint } = this
    const distance = setpoint.start(
      this.loops.feedback[servoFeedback.position] as number,
      parameters.positionFeedback.get(),
      parameters.positionCommand.get(),
    )
    if (distance > parameters.monitoringWindow.get())
      this.diagnosis.raise(class1.excessiveDeviation)
  }

  /** From the actual position and velocity. */
  private startOwnMotion(): void {
    const at = this.parameters.positionFeedback.get()
    const { feedback } = this.loops
    this.setpoint.start(feedback[servoFeedback.position] as number, at, at)
    this.own.values[ownMotion.speed] =
      (feedback[servoFeedback.velocity] as number) / radPerIncrement
  }

  /** Drive halt before homing: a search that is halted stands still. */
  private aim(): void {
    if (!this.halting) return
    const { values } = this.own
    values[ownMotion.target] = 0
    values[ownMotion.acceleration] =
      this.parameters.haltDeceleration.get() * incrementsPerVelocityIncrement
  }

  private changeState(link: Link, dtS: number): void {
    const { machine, situation } = this
    const before = machine.state
    situation.operational = link.operational
    situation.errors = this.diagnosis.errors
    situation.standstill = this.standsStill()
    machine.advance(situation, dtS)
    if (before === machine.state || machine.state !== driveState.af) return
    this.loops.engage()
    this.selectMode()
    this.halting = extract(situation.control, driveControl.restart) === 0
    this.startOwnMotion()
    this.ledItself = this.leadsItself()
    if (this.ledItself) this.aim()
    else this.follow()
  }

  /** A mode that the drive does not have changes nothing. True when the mode changed. */
  private selectMode(): boolean {
    const { control } = this.situation
    const mode = extract(control, driveControl.mode)
    if (mode === this.mode || extract(control, driveControl.modeHigh) === 1) return false
    this.mode = mode
    return true
  }

  private operationMode(): number {
    return (this.parameters.modes[this.mode] as Parameter).get()
  }

  private leadsItself(): boolean {
    return this.halting || this.homing.leads
  }

  private positioning(): boolean {
    return this.leadsItself() || this.operationMode() >= operationMode.position
  }

  private standsStill(): boolean {
    const { velocityFeedback, standstillWindow } = this.parameters
    return Math.abs(velocityFeedback.get()) < standstillWindow.get()
  }

  private runLoops(dtS: number): void {
    const { loops, machine, track: where } = this
    const { inputs, feedback } = loops
    const steps = Math.max(1, Math.ceil(dtS / motor.stepS - 1e-9))
    inputs[servoInput.stepS] = dtS / steps
    this.prepareLoops()
    const mode = this.operationMode()
    for (let step = 0; step < steps; step++) {
      if (!machine.torqueOn) loops.coast()
      else if (machine.state !== driveState.af) loops.brake()
      else if (this.ledItself) this.moveItself()
      else if (mode === operationMode.torque) loops.giveTorque()
      else if (mode === operationMode.velocity) loops.holdVelocity()
      else {
        this.setpoint.advance(step / steps)
        inputs[servoInput.position] = this.setpoint.value
        loops.holdPosition()
      }
      where.values[track.before] = where.values[track.after] as number
      where.values[track.after] = feedback[servoFeedback.position] as number
      this.homing.watch()
      this.probes.watch()
    }
  }

  private prepareLoops(): void {
    const { parameters: p, loops } = this
    const { inputs } = loops
    const most = p.torqueLimit.get()
    inputs[servoInput.torqueLimitNm] =
      Math.max(0, Math.min(most, p.positiveTorqueLimit.get())) * nmPerTorqueIncrement
    inputs[servoInput.negativeTorqueLimitNm] =
      Math.max(0, Math.min(most, -p.negativeTorqueLimit.get())) * nmPerTorqueIncrement
    inputs[servoInput.velocityLimitRadPerS] = p.velocityLimit.get() * radPerVelocityIncrement
    inputs[servoInput.positionGainPerS] = p.positionGain.get() * perSecondInGain
    inputs[servoInput.velocity] = p.velocityCommand.get() * radPerVelocityIncrement
    inputs[servoInput.torque] = p.torqueCommand.get() * nmPerTorqueIncrement
  }

  /** Drive halt and homing: on the drive's own ramp, in position control. */
  private moveItself(): void {
    const { own, setpoint } = this
    const { inputs } = this.loops
    const h = inputs[servoInput.stepS] as number
    own.advance(h)
    const speed = own.values[ownMotion.speed] as number
    inputs[servoInput.position] = setpoint.value
    inputs[servoInput.velocity] = speed * radPerIncrement
    this.loops.holdPosition()
    setpoint.shift(speed * h)
  }

  private showActuals(): void {
    const { parameters: p, loops, machine, diagnosis } = this
    const torque = machine.torqueOn
      ? Math.round(loops.plant.torqueNm / nmPerTorqueIncrement) | 0
      : 0
    const position = loops.feedback[servoFeedback.position] as number
    const velocity = loops.feedback[servoFeedback.velocity] as number
    const operating = machine.state === driveState.af
    const lag = operating && this.positioning() ? Math.round(this.setpoint.value - position) | 0 : 0
    p.positionFeedback.set(Math.floor(position + (this.track.values[track.offset] as number)) | 0)
    p.velocityFeedback.set(Math.round(velocity / radPerVelocityIncrement) | 0)
    p.torqueFeedback.set(torque)
    p.followingDistance.set(lag)
    const still = this.standsStill()
    const missing = Math.abs(p.velocityFeedback.get() - p.velocityCommand.get())
    diagnosis.show(
      (still ? class3.standstill : 0) |
        (missing < p.velocityWindow.get() ? class3.velocityReached : 0) |
        (this.torqueIsLimited(torque) ? class3.torqueLimited : 0) |
        (operating && Math.abs(lag) < p.positionWindow.get() ? class3.inPosition : 0),
    )
    p.status.set(
      place(machine.ready, driveStatus.ready) |
        place(diagnosis.errors === 0 ? 0 : 1, driveStatus.error) |
        place(diagnosis.warningsChanged ? 1 : 0, driveStatus.class2Change) |
        place(diagnosis.statesChanged ? 1 : 0, driveStatus.class3Change) |
        place(this.mode, driveStatus.mode) |
        place(this.commandChanged() ? 1 : 0, driveStatus.commandChange) |
        place(operating && this.halting && still ? 1 : 0, driveStatus.halted) |
        place(operating && !this.ledItself ? 1 : 0, driveStatus.follows),
    )
  }

  private torqueIsLimited(torque: number): boolean {
    const { parameters: p } = this
    const most = p.torqueLimit.get()
    const above = torque >= Math.min(most, p.positiveTorqueLimit.get())
    const below = torque <= Math.max(-most, p.negativeTorqueLimit.get())
    return this.machine.torqueOn && (above || below)
  }

  /** A command came to its end and was not cleared since. */
  private commandChanged(): boolean {
    const homing = this.homing.command.status
    const reset = this.diagnosis.reset.command?.status
    return (
      homing === commandStatus.done ||
      homing === commandStatus.error ||
      reset === commandStatus.done ||
      reset === commandStatus.error
    )
  }
}
