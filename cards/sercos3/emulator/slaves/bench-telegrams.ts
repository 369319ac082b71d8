/** Telegrams as the devices' tests send them: plain arrays, new in each cycle. */
import type { CopyableTelegrams } from '../ring-passage.ts'

export class BenchTelegrams implements CopyableTelegrams {
  channel: 'P' | 'S' = 'P'
  readonly mst = { phase: 0, phaseSwitch: false, cycleCount: 0 }
  readonly mdt: Uint8Array[] = [0, 0, 0, 0].map(() => new Uint8Array(0))
  readonly at: Uint8Array[] = [0, 0, 0, 0].map(() => new Uint8Array(0))

  copyFrom(other: BenchTelegrams): void {
    this.channel = other.channel
    Object.assign(this.mst, other.mst)
    for (let t = 0; t < 4; t++) {
      this.mdt[t] = (other.mdt[t] as Uint8Array).slice()
      this.at[t] = (other.at[t] as Uint8Array).slice()
    }
  }
}
