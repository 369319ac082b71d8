/** MC_TouchProbe and MC_AbortTrigger: the probes of an axis's drive, armed through its service channel beside the cycle. */
import { driveService, driveServiceState } from '../../cards/card.ts'
import type { DriveServices } from '../../cards/card.ts'
import { axisError, type AxisErrorNumber } from '../../control/axis/axis-error.ts'
import { driveProbe, probeState, TouchProbe } from '../../control/coupling/touch-probe.ts'
import { commandEnds, commandField } from '../shared/command-ring.ts'
import type { AxisDrive } from './axis-drive.ts'

const done = commandEnds.indexOf('done')
const aborted = commandEnds.indexOf('aborted')
const failed = commandEnds.indexOf('failed')

/** How a command ended; `value`: where the axis was at the edge of a probe, or what was read. */
export type EndCommand = (id: number, end: number, error: number, value?: number) => void

const probeServices = [driveService.probe1, driveService.probe2] as const
export const probeCount = probeServices.length

export class AxisProbes {
  /** See probeState. */
  readonly probes = probeServices.map(() => new TouchProbe())
  readonly #axis: AxisDrive
  readonly #services: DriveServices | undefined
  readonly #end: EndCommand
  readonly #tellFailure: (service: number, error: AxisErrorNumber) => void
  readonly #ids = new Int32Array(probeCount)
  /** 0 the rising edge, 1 the falling. */
  readonly #edges = new Int32Array(probeCount)
  /** The drive's service is under way. */
  readonly #asked = new Uint8Array(probeCount)

  constructor(
    axis: AxisDrive,
    services: DriveServices | undefined,
    end: EndCommand,
    tellFailure: (service: number, error: AxisErrorNumber) => void,
  ) {
    this.#axis = axis
    this.#services = services
    this.#end = end
    this.#tellFailure = tellFailure
  }

  /** A probe, 0 or 1, waits for an edge, or was not let go by the drive yet. */
  isBusy(probe: number): boolean {
    return this.#asked[probe] === 1 || (this.probes[probe] as TouchProbe).isBusy
  }

  /** Why it is refused; `values`: the command. Not cyclic. */
  arm(id: number, probe: number, values: Float64Array): AxisErrorNumber {
    const one = this.probes[probe]
    if (one === undefined || this.isBusy(probe)) return axisError.probe
    const first = values[commandField.windowMin] as number
    const last = values[commandField.windowMax] as number
    one.windowOnly = !Number.isNaN(first + last)
    one.first = one.windowOnly ? first : 0
    one.last = one.windowOnly ? last : 0
    const error = one.check()
    if (error !== axisError.none) return error
    one.begin()
    this.#edges[probe] = values[commandField.choice] === 1 ? 1 : 0
    this.#ids[probe] = id
    return axisError.none
  }

  /** Without effect where nothing waits. Not cyclic. */
  abort(probe: number): void {
    this.probes[probe]?.abort()
  }

  /** Once a cycle. Cyclic. */
  look(): void {
    for (let probe = 0; probe < probeCount; probe++) if (this.isBusy(probe)) this.#look(probe)
  }

  /** The ring is out of operation: nothing that was begun comes to its end. Not cyclic. */
  abandon(error: AxisErrorNumber): void {
    for (let probe = 0; probe < probeCount; probe++) {
      const one = this.probes[probe] as TouchProbe
      if (one.abort()) this.#end(this.#ids[probe] as number, failed, error)
      this.#asked[probe] = 0
    }
  }

  #look(probe: number): void {
    const one = this.probes[probe] as TouchProbe
    this.#read(probe)
    if (this.#axis.lost) one.abort()
    one.update()
    if (one.wanted !== (this.#asked[probe] === 1)) this.#ask(probe)
    // one that was aborted has ended when the drive has let go
    if (!one.isBusy && this.#asked[probe] === 0) this.#settle(probe)
  }

  /** What the drive says of it. */
  #read(probe: number): void {
    const one = this.probes[probe] as TouchProbe
    one.drive = driveProbe.off
    const drive = this.#services
    if (this.#asked[probe] === 0 || drive === undefined) return
    const index = this.#axis.driveIndex
    const service = probeServices[probe] as number
    const state = drive.state(index, service)
    if (state === driveServiceState.underWay) {
      // between the edge and its position it is not armed any more
      const armed = one.state === probeState.waiting || drive.armed(index, service)
      one.drive = armed ? driveProbe.armed : driveProbe.arming
      return
    }
    this.#asked[probe] = 0
    if (state === driveServiceState.done) {
      one.latchedPosition = this.#axis.positionOf(drive.result(index, service))
      one.drive = driveProbe.latched
    } else if (state === driveServiceState.failed) {
      this.#tellFailure(service, axisError.probe)
      one.drive = driveProbe.failed
    }
  }

  /** Arms it, or lets it go. */
  #ask(probe: number): void {
    const one = this.probes[probe] as TouchProbe
    const drive = this.#services
    const index = this.#axis.driveIndex
    const service = probeServices[probe] as number
    if (!one.wanted) {
      drive?.cancel(index, service)
      return
    }
    if (drive?.begin(index, service, this.#edges[probe] as number) === true) {
      this.#asked[probe] = 1
      return
    }
    // somebody else has it
    one.drive = driveProbe.failed
    one.update()
  }

  #settle(probe: number): void {
    const { state, recorded } = this.probes[probe] as TouchProbe
    const id = this.#ids[probe] as number
    this.#ids[probe] = 0
    if (id === 0) return
    if (state === probeState.done) this.#end(id, done, axisError.none, recorded)
    else if (state === probeState.aborted) {
      const { lost } = this.#axis
      this.#end(id, lost ? failed : aborted, lost ? axisError.deviceLost : axisError.none)
    } else this.#end(id, failed, axisError.probe)
  }
}
