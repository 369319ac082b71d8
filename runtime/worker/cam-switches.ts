/** MC_DigitalCamSwitch: outputs that follow positions of axes, one list of switches an axis. */
import { axisError } from '../../control/axis/axis-error.ts'
import { DigitalCamSwitch } from '../../control/coupling/cam-switch.ts'
import { DualportError } from '../../errors.ts'
import { unpackCamSwitch } from '../shared/cam-switch-data.ts'
import type { OutputTrack } from '../shared/cam-switch-data.ts'
import { commandEnds, commandField } from '../shared/command-ring.ts'
import type { TableReader } from '../shared/table-store.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { EndCommand } from './axis-probes.ts'
import type { IoDevice } from './io-device.ts'

const done = commandEnds.indexOf('done')
const failed = commandEnds.indexOf('failed')

type Switched = { readonly cams: DigitalCamSwitch; readonly tracks: readonly OutputTrack[] }

export class CamSwitches {
  readonly #cycleS: number
  readonly #axes: readonly AxisDrive[]
  readonly #ios: readonly IoDevice[]
  readonly #tables: TableReader
  readonly #end: EndCommand
  /** Per axis. */
  readonly #switched: (Switched | undefined)[]
  /** Some axis has switches. */
  #any = false

  constructor(
    cycleS: number,
    axes: readonly AxisDrive[],
    ios: readonly IoDevice[],
    tables: TableReader,
    end: EndCommand,
  ) {
    this.#cycleS = cycleS
    this.#axes = axes
    this.#ios = ios
    this.#tables = tables
    this.#end = end
    this.#switched = axes.map(() => undefined)
  }

  /** In place of the switches that the axis had. Not cyclic. */
  switchOn(id: number, index: number, values: Float64Array): true {
    const data = this.#tables.view(values[commandField.table] as number)
    const motion = this.#axes[index]?.motion
    if (data === undefined || motion === undefined) return this.#refuse(id)
    const source = values[commandField.masterActual] === 1 ? motion.actual : motion.commanded
    const { tracks, switches } = unpackCamSwitch(data)
    if (tracks.some(({ device }) => this.#ios[device] === undefined)) return this.#refuse(id)
    try {
      const cams = new DigitalCamSwitch(this.#cycleS, source, tracks, switches)
      this.#release(index)
      this.#switched[index] = { cams, tracks }
    } catch (error) {
      if (error instanceof DualportError) return this.#refuse(id)
      throw error
    }
    this.#any = true
    this.#end(id, done, axisError.none)
    return true
  }

  /** Not cyclic. */
  switchOff(id: number, index: number): true {
    this.#release(index)
    this.#switched[index] = undefined
    this.#any = this.#switched.some((one) => one !== undefined)
    this.#end(id, done, axisError.none)
    return true
  }

  /** The machine is in its safe state, or being closed: the outputs are others' affair, and stay so. Cyclic. */
  forget(): void {
    if (!this.#any) return
    this.#switched.fill(undefined)
    this.#any = false
  }

  /** Once a cycle, after the axes. Cyclic. */
  update(): void {
    if (!this.#any) return
    for (let k = 0; k < this.#switched.length; k++) {
      const switched = this.#switched[k]
      if (switched === undefined) continue
      switched.cams.update()
      this.#write(switched.tracks, switched.cams.outputs)
    }
  }

  #release(index: number): void {
    const before = this.#switched[index]
    if (before !== undefined) this.#write(before.tracks, 0)
  }

  #write(tracks: readonly OutputTrack[], outputs: number): void {
    for (let n = 0; n < tracks.length; n++) {
      const { device, channel } = tracks[n] as OutputTrack
      ;(this.#ios[device] as IoDevice).setDigital(channel, ((outputs >>> n) & 1) === 1)
    }
  }

  #refuse(id: number): true {
    this.#end(id, failed, axisError.argument)
    return true
  }
}
