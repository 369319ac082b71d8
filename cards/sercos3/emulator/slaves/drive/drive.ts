/** An emulated drive: state machine, control loops and motor behind the IDNs of drive-parameters.ts. */
import { extract, place } from '../../../../../uio/bit-field.ts'
import { class1, driveControl, driveStatus } from '../../../telegram.ts'
import type { SlaveObservation } from '../../slave.ts'
import type { Application, Link } from '../application.ts'
import { Diagnosis, class3 } from '../diagnosis.ts'
import type { ParameterStore } from '../parameter-store.ts'
import { type DriveParameters, addDriveParameters, operationMode } from './drive-parameters.ts'
import {
  type DriveSituation,
  DriveStateMachine,
  driveState,
  driveStateText,
} from './drive-state.ts'
import {
  incrementsPerVelocityIncrement,
  motor,
  nmPerTorqueIncrement,
  radPerIncrement,
  radPerVelocityIncrement,
} from './motor.ts'
import { PositionSetpoint } from './position-setpoint.ts'
import { ServoLoops, servoFeedback, servoInput } from './servo-loops.ts'

/** A command step is plausible up to this multiple of the velocity limit. */
const stepMargin = 2
/** Position loop gain: 0.01 x 1000/min in 1/s. */
const perSecondInGain = 10 / 60

export class Drive implements Application {
  readonly diagnosis: Diagnosis
  private readonly loops = new ServoLoops()
  private readonly parameters: DriveParameters
  private readonly machine = new DriveStateMachine()
  private readonly setpoint = new PositionSetpoint()
  /** Speed of the halt ramp, increments/s. */
  private readonly ramp = new Float64Array(1)
  private readonly situation: DriveSituation = {
    control: 0,
    operational: false,
    errors: 0,
    standstill: true,
  }
  /** Bits 9..8 of the control word in effect. */
  private mode = 0
  private halting = false

  constructor(store: ParameterStore) {
    this.parameters = addDriveParameters(store)
    this.diagnosis = new Diagnosis(store, () => driveStateText[this.machine.state] ?? '')
  }

  powerOn(): void {
    this.machine.powerOn()
    this.loops.powerOn()
    this.mode = 0
    this.halting = false
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

  /** Mode, halt and the position command of a drive in operation. */
  private takeCommands(link: Link, dtS: number): void {
    const { parameters, situation } = this
    situation.control = link.live ? parameters.control.get() : 0
    if (this.machine.state !== driveState.af) return
    const halting = extract(situation.control, driveControl.restart) === 0
    const changed = this.selectMode() || halting !== this.halting
    if (halting && !this.halting) this.startRamp()
    this.halting = halting
    if (halting || !this.positioning()) return
    if (changed) this.follow()
    else {
      const fastest = parameters.velocityLimit.get() * incrementsPerVelocityIncrement * stepMargin
      const plausible = this.setpoint.take(
        parameters.positionCommand.get(),
        link.fresh,
        fastest,
        dtS,
      )
      if (!plausible) this.diagnosis.raise(class1.excessiveDeviation)
    }
  }

  /** Starts to follow position commands at the actual position; they must not be far from it. */
  private follow(): void {
    const { parameters, setpoint } = this
    const distance = setpoint.start(
      this.loops.feedback[servoFeedback.position] as number,
      parameters.positionFeedback.get(),
      parameters.positionCommand.get(),
    )
    if (distance > parameters.monitoringWindow.get())
      this.diagnosis.raise(class1.excessiveDeviation)
  }

  private startRamp(): void {
    const at = this.parameters.positionFeedback.get()
    const { feedback } = this.loops
    this.setpoint.start(feedback[servoFeedback.position] as number, at, at)
    this.ramp[0] = (feedback[servoFeedback.velocity] as number) / radPerIncrement
  }

  private changeState(link: Link, dtS: number): void {
    const { machine, situation, parameters } = this
    const before = machine.state
    situation.operational = link.operational
    situation.errors = this.diagnosis.errors
    situation.standstill =
      Math.abs(parameters.velocityFeedback.get()) < parameters.standstillWindow.get()
    machine.advance(situation, dtS)
    if (before === machine.state || machine.state !== driveState.af) return
    this.loops.engage()
    this.selectMode()
    this.halting = extract(situation.control, driveControl.restart) === 0
    this.startRamp()
    if (!this.halting && this.positioning()) this.follow()
  }

  /** Bits 9..8 of the control word; secondary mode 3 does not exist and changes nothing. True when the mode changed. */
  private selectMode(): boolean {
    const mode = extract(this.situation.control, driveControl.mode)
    if (mode === this.mode || mode === 3) return false
    this.mode = mode
    return true
  }

  private operationMode(): number {
    const { primaryMode, secondaryMode1, secondaryMode2 } = this.parameters
    if (this.mode === 0) return primaryMode.get()
    return this.mode === 1 ? secondaryMode1.get() : secondaryMode2.get()
  }

  private positioning(): boolean {
    return this.halting || this.operationMode() >= operationMode.position
  }

  private runLoops(dtS: number): void {
    const { loops, parameters, machine } = this
    const { inputs } = loops
    const steps = Math.max(1, Math.ceil(dtS / motor.stepS - 1e-9))
    inputs[servoInput.stepS] = dtS / steps
    inputs[servoInput.torqueLimitNm] = parameters.torqueLimit.get() * nmPerTorqueIncrement
    inputs[servoInput.velocityLimitRadPerS] =
      parameters.velocityLimit.get() * radPerVelocityIncrement
    inputs[servoInput.positionGainPerS] = parameters.positionGain.get() * perSecondInGain
    inputs[servoInput.velocity] = parameters.velocityCommand.get() * radPerVelocityIncrement
    inputs[servoInput.torque] = parameters.torqueCommand.get() * nmPerTorqueIncrement
    const mode = this.operationMode()
    for (let step = 0; step < steps; step++) {
      if (!machine.torqueOn) loops.coast()
      else if (machine.state !== driveState.af) loops.brake()
      else if (this.halting) this.halt()
      else if (mode === operationMode.torque) loops.giveTorque()
      else if (mode === operationMode.velocity) loops.holdVelocity()
      else {
        this.setpoint.advance(step / steps)
        inputs[servoInput.position] = this.setpoint.value
        loops.holdPosition()
      }
    }
  }

  /** Drive halt: decelerates on its own ramp, then holds the position. */
  private halt(): void {
    const { ramp, setpoint } = this
    const { inputs } = this.loops
    const h = inputs[servoInput.stepS] as number
    const speed = ramp[0] as number
    const slower = this.parameters.haltDeceleration.get() * incrementsPerVelocityIncrement * h
    ramp[0] = Math.sign(speed) * Math.max(0, Math.abs(speed) - slower)
    inputs[servoInput.position] = setpoint.value
    inputs[servoInput.velocity] = ramp[0] * radPerIncrement
    this.loops.holdPosition()
    setpoint.shift(ramp[0] * h)
  }

  private showActuals(): void {
    const { parameters: p, loops, machine, diagnosis } = this
    const torqueLimit = p.torqueLimit.get()
    const torque = machine.torqueOn
      ? Math.round(loops.plant.torqueNm / nmPerTorqueIncrement) | 0
      : 0
    const position = loops.feedback[servoFeedback.position] as number
    const velocity = loops.feedback[servoFeedback.velocity] as number
    p.positionFeedback.set(Math.floor(position) | 0)
    p.velocityFeedback.set(Math.round(velocity / radPerVelocityIncrement) | 0)
    p.torqueFeedback.set(torque)
    const still = Math.abs(p.velocityFeedback.get()) < p.standstillWindow.get()
    const halted = this.halting && still && machine.state === driveState.af
    p.status.set(
      place(machine.ready, driveStatus.ready) |
        place(diagnosis.errors === 0 ? 0 : 1, driveStatus.error) |
        place(this.mode, driveStatus.mode) |
        place(halted ? 1 : 0, driveStatus.halted),
    )
    diagnosis.class3.set(
      (still ? class3.standstill : 0) |
        (machine.torqueOn && Math.abs(torque) >= torqueLimit ? class3.torqueLimited : 0),
    )
  }
}
