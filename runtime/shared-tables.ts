/** The cams and profiles that commands name: checked here, placed where the cyclic worker reads them. */
import { CamTable } from '../control/coupling/cam-table.ts'
import { DualportError } from '../errors.ts'
import type { SelectedCam } from './axis-blocks.ts'
import { unknownCam } from './machine-cams.ts'
import { TableWriter } from './shared/table-store.ts'

export class SharedTables {
  readonly #writer: TableWriter
  readonly #cams: ReadonlyMap<string, CamTable>

  /** `cams`: those of the machine file. They stay. */
  constructor(memory: SharedArrayBuffer, cams: ReadonlyMap<string, CamTable>) {
    this.#writer = new TableWriter(memory)
    this.#cams = cams
    for (const cam of cams.values()) this.#writer.keep(this.#writer.place(cam, cam.data))
  }

  /** Throws DP_CAM_UNKNOWN. */
  cam(at: string, cam: string | CamTable): CamTable {
    if (cam instanceof CamTable) return cam
    const found = this.#cams.get(cam)
    if (found !== undefined) return found
    throw unknownCam(at, cam, [...this.#cams.keys()])
  }

  /** Brings it where the worker reads it, and keeps it there until `end` has settled. Throws DP_TABLE_ROOM. */
  async lend<End>(
    at: string,
    source: object,
    data: Float64Array,
    use: (table: number) => Promise<End>,
  ): Promise<End> {
    const table = this.#place(at, source, data)
    this.#writer.keep(table)
    try {
      return await use(table)
    } finally {
      this.#writer.release(table)
    }
  }

  /** Throws DP_TABLE_ROOM. */
  select(at: string, selection: SelectedCam): SelectedCam {
    const cam = this.cam(at, selection.cam)
    this.#place(at, cam, cam.data)
    return { ...selection, cam }
  }

  #place(at: string, source: object, data: Float64Array): number {
    const table = this.#writer.place(source, data)
    if (table >= 0) return table
    throw new DualportError('DP_TABLE_ROOM', { at, actual: `${data.length * 8} bytes` })
  }
}
