/**
 * The two probe inputs: an edge latches the position at which it came, whatever the cycle. An edge is caught while the
 * command S-0-0170 runs, S-0-0169 names the edge and the probe's enable (S-0-0405, S-0-0406) is set; once per enable.
 * General knowledge of the drive profile.
 */
import { extract } from '../../../../../uio/bit-field.ts'
import { probeControl } from '../../../drive-words.ts'
import { commandStatus } from '../../../telegram.ts'
import type { Parameter } from '../parameter.ts'
import type { ParameterStore } from '../parameter-store.ts'
import { ProcedureCommand } from '../procedure-command.ts'
import { homeSwitchBelow, probeTargetFrom } from './mechanics.ts'
import { type Track, track } from './track.ts'

type Edge = {
  readonly selected: readonly [high: number, low: number]
  readonly value: Parameter
  readonly latched: Parameter
}

class Probe {
  readonly enable: Parameter
  private readonly status: Parameter
  private readonly rising: Edge
  private readonly falling: Edge
  private wasEnabled = false

  constructor(enable: Parameter, status: Parameter, rising: Edge, falling: Edge) {
    this.enable = enable
    this.status = status
    this.rising = rising
    this.falling = falling
  }

  /** A cycle: a new enable forgets what was latched. */
  arm(running: boolean): void {
    const enabled = running && (this.enable.get() & 1) === 1
    if (enabled !== this.wasEnabled) {
      this.rising.latched.set(0)
      this.falling.latched.set(0)
    }
    this.wasEnabled = enabled
  }

  /** The input had one level and has another, or the same. The edge to be latched, if any. */
  edge(before: boolean, after: boolean, control: number): Edge | undefined {
    this.status.set(after ? 1 : 0)
    if (before === after || !this.wasEnabled) return undefined
    const edge = after ? this.rising : this.falling
    const wanted = extract(control, edge.selected) === 1 && edge.latched.get() === 0
    return wanted ? edge : undefined
  }
}

export class TouchProbes {
  readonly command: ProcedureCommand
  private readonly control: Parameter
  private readonly probe1: Probe
  private readonly probe2: Probe

  private readonly track: Track

  // oxfmt-ignore
  constructor(store: ParameterStore, where: Track) {
    this.track = where
    const bit = { type: 'u16', format: 'binary' } as const
    const edge = (selected: Edge['selected'], value: 'S-0-0130' | 'S-0-0131' | 'S-0-0132' | 'S-0-0133', latched: 'S-0-0409' | 'S-0-0410' | 'S-0-0411' | 'S-0-0412', what: string): Edge => ({
      selected,
      value: store.add({ idn: value, name: `Probe value ${what}`, type: 'i32', unit: 'mm', decimals: 4, cyclic: 'produce' }),
      latched: store.add({ idn: latched, name: `Probe ${what} latched`, ...bit, cyclic: 'produce' }),
    })
    this.control = store.add({ idn: 'S-0-0169', name: 'Probe control', ...bit, max: 0b1111, writable: 'CP2-4' })
    const command = store.add({ idn: 'S-0-0170', name: 'Probing cycle', type: 'command' })
    this.probe1 = new Probe(
      store.add({ idn: 'S-0-0405', name: 'Probe 1 enable', ...bit, max: 1, cyclic: 'consume', writable: 'CP2-4' }),
      store.add({ idn: 'S-0-0401', name: 'Probe 1', ...bit, cyclic: 'produce' }),
      edge(probeControl.probe1Positive, 'S-0-0130', 'S-0-0409', '1 positive edge'),
      edge(probeControl.probe1Negative, 'S-0-0131', 'S-0-0410', '1 negative edge'),
    )
    this.probe2 = new Probe(
      store.add({ idn: 'S-0-0406', name: 'Probe 2 enable', ...bit, max: 1, cyclic: 'consume', writable: 'CP2-4' }),
      store.add({ idn: 'S-0-0402', name: 'Probe 2', ...bit, cyclic: 'produce' }),
      edge(probeControl.probe2Positive, 'S-0-0132', 'S-0-0411', '2 positive edge'),
      edge(probeControl.probe2Negative, 'S-0-0133', 'S-0-0412', '2 negative edge'),
    )
    // runs until it is cleared
    this.command = new ProcedureCommand({ phases: [4], durationS: 0, interruptible: true, execute: () => 'pending' })
    command.command = this.command
  }

  /** A cycle begins. Cyclic. */
  arm(): void {
    const running = this.command.status === commandStatus.inProcess
    this.probe1.arm(running)
    this.probe2.arm(running)
  }

  /** A step of the motion. Cyclic. */
  watch(): void {
    const { values } = this.track
    const control = this.control.get()
    const before = values[track.before] as number
    const after = values[track.after] as number
    const touched = this.probe1.edge(before >= probeTargetFrom, after >= probeTargetFrom, control)
    // the edge comes where the target is: between two steps, and between two cycles
    if (touched !== undefined) this.latch(touched, probeTargetFrom)
    const switched = this.probe2.edge(before <= homeSwitchBelow, after <= homeSwitchBelow, control)
    if (switched !== undefined) this.latch(switched, homeSwitchBelow)
  }

  private latch(edge: Edge, physical: number): void {
    edge.value.set(Math.floor(physical + (this.track.values[track.offset] as number)) | 0)
    edge.latched.set(1)
  }
}
