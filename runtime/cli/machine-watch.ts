/** Keeps the newest of everything that a view shows. */
import { Subscription } from 'rxjs'
import type { MqttLink, MqttState } from '../mqtt/connect-mqtt.ts'
import type { ConnectionStatus, PortStatus, RingTopology } from '../ring-types.ts'
import type { AxisBatch, AxisStatus, CycleReport, Machine, Point } from '../machine-types.ts'

export type AxisView = {
  readonly name: string
  readonly unit: string
  readonly status: AxisStatus
  readonly position: number
  readonly velocity: number
  readonly torquePercent: number
  readonly followingError: number
}

export type PointView = Pick<Point, 'name' | 'kind' | 'unit' | 'value'>

export type MachineView = {
  readonly name: string
  /** What the bus does or did last: `CP3: ...`, `operational`. */
  readonly phase: string
  readonly topology: RingTopology
  /** Every device's connection, in the order of the cables. */
  readonly devices: readonly ConnectionStatus[]
  /** Port 1 and port 2 of the card. */
  readonly ports: readonly PortStatus[]
  readonly report: CycleReport | undefined
  readonly axes: readonly AxisView[]
  readonly points: readonly PointView[]
  readonly mqtt: (MqttState & { readonly url: string; readonly dropped: number }) | undefined
}

export class MachineWatch {
  readonly #machine: Machine
  readonly #link: MqttLink | undefined
  readonly #subscription = new Subscription()
  readonly #newest = new Map<string, AxisBatch>()
  #report: CycleReport | undefined
  #phase = 'starting'
  #mqtt: MqttState = { connected: false, problem: undefined }

  constructor(machine: Machine, link: MqttLink | undefined) {
    this.#machine = machine
    this.#link = link
    for (const axis of machine.axes)
      this.#subscription.add(
        axis.samples$.subscribe((batch) => {
          if (batch.length > 0) this.#newest.set(axis.name, batch)
        }),
      )
    this.#subscription.add(
      machine.cycle$.subscribe((report) => {
        this.#report = report
      }),
    )
    this.#subscription.add(
      machine.events$.subscribe(({ kind, message }) => {
        if (kind === 'phase' || kind === 'operational' || kind === 'safe') this.#phase = message
      }),
    )
    this.#subscription.add(
      link?.state$.subscribe((state) => {
        this.#mqtt = state
      }),
    )
  }

  get view(): MachineView {
    return {
      name: this.#machine.name,
      phase: this.#phase,
      topology: this.#machine.ring.topology,
      devices: this.#machine.ring.connections,
      ports: this.#machine.ring.ports,
      report: this.#report,
      axes: this.#machine.axes.map((axis) => {
        const batch = this.#newest.get(axis.name)
        const last = (column: Float64Array | undefined): number =>
          column?.[(batch?.length ?? 0) - 1] ?? 0
        return {
          name: axis.name,
          unit: axis.unit,
          status: axis.status,
          position: last(batch?.position),
          velocity: last(batch?.velocity),
          torquePercent: last(batch?.torquePercent),
          followingError: last(batch?.followingError),
        }
      }),
      points: this.#machine.io.points.map(({ name, kind, unit, value }) => ({
        name,
        kind,
        unit,
        value,
      })),
      mqtt: this.#link && { ...this.#mqtt, url: this.#link.url, dropped: this.#link.dropped },
    }
  }

  close(): void {
    this.#subscription.unsubscribe()
  }
}
