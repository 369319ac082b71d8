/**
 * The acts at the drives of a ring beside cyclic operation, many at once: each drive's share its service channel access by
 * access, with each other and with the users. What has nothing to do costs nothing.
 */
import { DualportError } from '../../../../errors.ts'
import type { Nanoseconds } from '../../../../units.ts'
import { driveService, driveServiceCount, driveServiceState } from '../../../card.ts'
import type { DriveScaling, DriveServices as CardServices } from '../../../card.ts'
import { describeDiagnosis } from '../../diagnosis.ts'
import type { DriveDiagnosis } from '../../diagnosis.ts'
import { type Act, diagnose, home, limitTorque, probe, reset } from './drive-acts.ts'
import type { DriveWords } from '../cycle/process-images.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'

type Running = { readonly act: Act; readonly script: Script; readonly at: number }

export class DriveServices implements CardServices {
  readonly #context: RunUpContext
  readonly #drives: readonly DriveWords[]
  /** Device number of each drive. */
  readonly #devices: readonly number[]
  readonly #states: Int32Array
  readonly #results: Float64Array
  readonly #errors: (Error | undefined)[]
  readonly #diagnoses: (DriveDiagnosis | undefined)[]
  /** By drive and service. */
  readonly #acts: (Act | undefined)[]
  #running: Running[] = []
  #open = false

  constructor(context: RunUpContext, drives: readonly DriveWords[], devices: readonly number[]) {
    this.#context = context
    this.#drives = drives
    this.#devices = devices
    const places = drives.length * driveServiceCount
    this.#states = new Int32Array(places)
    this.#results = new Float64Array(places)
    this.#errors = Array.from({ length: places }, () => undefined)
    this.#acts = Array.from({ length: places }, () => undefined)
    this.#diagnoses = drives.map(() => undefined)
  }

  /** `attend` has something to do. Cyclic. */
  get busy(): boolean {
    return this.#running.length > 0
  }

  begin(drive: number, service: number, argument: number): boolean {
    const at = drive * driveServiceCount + service
    const image = this.#drives[drive]
    const device = this.#devices[drive]
    if (image === undefined || device === undefined) return false
    if (!this.#open || this.#states[at] === driveServiceState.underWay) return false
    const act = { context: this.#context, device, image, argument, cancelled: false, armed: false }
    this.#acts[at] = act
    this.#errors[at] = undefined
    this.#states[at] = driveServiceState.underWay
    this.#running.push({ act, script: this.#script(act, drive, service, at), at })
    return true
  }

  cancel(drive: number, service: number): void {
    const act = this.#acts[drive * driveServiceCount + service]
    if (act !== undefined) act.cancelled = true
  }

  state(drive: number, service: number): number {
    return this.#states[drive * driveServiceCount + service] ?? driveServiceState.idle
  }

  result(drive: number, service: number): number {
    return this.#results[drive * driveServiceCount + service] ?? 0
  }

  armed(drive: number, service: number): boolean {
    return this.#acts[drive * driveServiceCount + service]?.armed === true
  }

  error(drive: number, service: number): Error | undefined {
    return this.#errors[drive * driveServiceCount + service]
  }

  diagnosis(drive: number): string {
    const diagnosis = this.#diagnoses[drive]
    return diagnosis === undefined ? '' : describeDiagnosis(diagnosis)
  }

  warnings(drive: number): number {
    return this.#diagnoses[drive]?.class2 ?? 0
  }

  scaling(drive: number): DriveScaling | undefined {
    return this.#context.scalings.get(this.#devices[drive] ?? -1)
  }

  /** Once per operational cycle, while `busy`. Not cyclic. */
  attend(nowNs: Nanoseconds): void {
    this.#context.nowNs = nowNs
    const { length } = this.#running
    for (let k = 0; k < length; k++) this.#advance(this.#running[k] as Running)
    this.#running = this.#running.filter(
      ({ at }) => this.#states[at] === driveServiceState.underWay,
    )
  }

  /** The ring is in operation: acts are taken. */
  open(): void {
    this.#open = true
  }

  /** The phase is being left, or the ring failed: nothing that was begun comes to its end, nothing more is taken. */
  close(): void {
    this.#open = false
    for (const { at, act } of this.#running) {
      act.armed = false
      this.#states[at] = driveServiceState.failed
      this.#errors[at] = new DualportError('DP_SERCOS3_SVC_PHASE', {
        at: this.#context.at(act.device),
        actual: 'the phase was left',
      })
    }
    this.#running = []
  }

  #advance({ act, script, at }: Running): void {
    try {
      if (script.next().done !== true) return
      this.#states[at] = act.cancelled ? driveServiceState.cancelled : driveServiceState.done
    } catch (error) {
      act.armed = false
      this.#errors[at] =
        error instanceof Error ? error : new DualportError('DP_INTERNAL', { cause: error })
      this.#states[at] = driveServiceState.failed
    }
  }

  *#script(act: Act, drive: number, service: number, at: number): Script {
    if (service === driveService.reset) yield* reset(act)
    else if (service === driveService.home) yield* home(act)
    else if (service === driveService.limitTorque) yield* limitTorque(act)
    else if (service === driveService.diagnose) this.#diagnoses[drive] = yield* diagnose(act)
    else {
      const value = yield* probe(act, service === driveService.probe1 ? 0 : 1)
      if (value === undefined) act.cancelled = true
      else {
        act.cancelled = false
        this.#results[at] = value
      }
    }
  }
}
