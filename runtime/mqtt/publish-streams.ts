/** From the machine's streams to topics and payloads. Runs on the main thread, behind the record ring: never in the cycle. */
import { isDeepStrictEqual } from 'node:util'
import { distinctUntilChanged, map, Subscription } from 'rxjs'
import type { Observable } from 'rxjs'
import type { DualportError } from '../../errors.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import type { Axis, AxisBatch, AxisStatus, Machine, MachineEvent, Point } from '../machine-types.ts'
import type { ConnectionStatus, PortStatus, Ring } from '../ring-types.ts'
import type { Message } from './bounded-queue.ts'
import { PublishGate } from './publish-gate.ts'
import type { GateSample } from './publish-gate.ts'
import { Topics } from './topics.ts'
import type { Quantity } from './topics.ts'
import { WallClock } from './wall-clock.ts'

export type StreamSink = {
  publish(message: Message): void
  /** Messages dropped so far: goes out with the counters of the cycle. */
  readonly dropped: number
}

export type PublishedStreams = {
  /** Publishes everything retained again. */
  republish(): void
  /** Publishes the values that wait for their interval's end, then nothing more. */
  close(): void
}

export function publishStreams(
  machine: Machine,
  file: MachineFile,
  sink: StreamSink,
): PublishedStreams {
  const publication = new Publication(file, sink)
  for (const axis of machine.axes) publication.addAxis(axis)
  for (const point of machine.io.points) publication.addPoint(point)
  publication.addRing(machine.ring)
  publication.addEvents(machine)
  publication.addCycle(machine)
  return publication
}

class Publication implements PublishedStreams {
  readonly #file: MachineFile
  readonly #sink: StreamSink
  readonly #topics: Topics
  readonly #clock = new WallClock()
  readonly #subscription = new Subscription()
  readonly #gates: { close(): void }[] = []
  readonly #republish: (() => void)[] = []

  constructor(file: MachineFile, sink: StreamSink) {
    this.#file = file
    this.#sink = sink
    this.#topics = new Topics(file)
  }

  republish(): void {
    for (const again of this.#republish) again()
  }

  close(): void {
    for (const gate of this.#gates) gate.close()
    this.#subscription.unsubscribe()
  }

  addAxis(axis: Axis): void {
    const { name, unit } = axis
    const position = this.#axisGate(name, 'position', unit)
    const velocity = this.#axisGate(name, 'velocity', `${unit}/s`)
    const torque = this.#axisGate(name, 'torque', '%')
    const followingError = this.#axisGate(name, 'followingError', unit)
    this.#subscription.add(
      axis.samples$.subscribe((batch) => {
        // the policy's intervals are longer than a batch: the newest sample is the one to tell
        if (batch.length === 0) return
        offerLast(position, batch, batch.position)
        offerLast(velocity, batch, batch.velocity)
        offerLast(torque, batch, batch.torquePercent)
        offerLast(followingError, batch, batch.followingError)
      }),
    )
    this.#addStatus(axis)
  }

  addPoint(point: Point): void {
    const unit = point.unit === undefined ? {} : { unit: point.unit }
    const gate = this.#gate<boolean | number>(`io/${point.name}`, ({ value, timeNs }) =>
      this.#publish(
        this.#topics.point(point.name),
        { value: shown(value), ...unit, timeMs: this.#clock.toUnixMs(timeNs) },
        true,
      ),
    )
    this.#subscription.add(point.value$.subscribe((value) => gate.offer(value, -1, nowNs())))
  }

  addRing(ring: Ring): void {
    this.#addRetained(this.#topics.phase, ring.phase$)
    this.#addRetained(this.#topics.topology, ring.topology$.pipe(map((topology) => ({ topology }))))
    for (const [index, { device }] of ring.connections.entries())
      this.#addRetained(
        this.#topics.device(device),
        ring.connections$.pipe(map((connections) => connectionPayload(connections[index]))),
      )
    for (const [index, { port }] of ring.ports.entries())
      this.#addRetained(
        this.#topics.port(port),
        ring.ports$.pipe(map((ports) => portPayload(ports[index]))),
      )
  }

  addEvents(machine: Machine): void {
    this.#subscription.add(
      machine.events$.subscribe((event) =>
        this.#publish(this.#topics.events, this.#eventPayload(event), false),
      ),
    )
  }

  addCycle(machine: Machine): void {
    this.#subscription.add(
      machine.cycle$.subscribe(({ timeNs, ...report }) => {
        this.#clock.follow()
        const counters = { ...report.counters, droppedMessages: this.#sink.dropped }
        const timeMs = this.#clock.toUnixMs(timeNs)
        this.#publish(this.#topics.cycle, { timeMs, ...report, counters }, false)
      }),
    )
  }

  #addStatus(axis: Axis): void {
    this.#addRetained(this.#topics.axis(axis.name, 'status'), axis.status$.pipe(map(statusPayload)))
  }

  /** Published on every change, with its time. */
  #addRetained(topic: string, payload$: Observable<object>): void {
    let told: object | undefined
    this.#subscription.add(
      payload$
        .pipe(distinctUntilChanged((a, b) => isDeepStrictEqual(a, b)))
        .subscribe((payload) => {
          told = { ...payload, timeMs: this.#clock.toUnixMs(nowNs()) }
          this.#publish(topic, told, true)
        }),
    )
    this.#republish.push(() => {
      if (told !== undefined) this.#publish(topic, told, true)
    })
  }

  #axisGate(name: string, quantity: Quantity, unit: string): PublishGate<number> {
    const topic = this.#topics.axis(name, quantity)
    return this.#gate<number>(`axis/${name}/${quantity}`, ({ value, cycle, timeNs }) =>
      this.#publish(
        topic,
        { value: shown(value), unit, cycle, timeMs: this.#clock.toUnixMs(timeNs) },
        true,
      ),
    )
  }

  #gate<Value extends number | boolean>(
    signal: string,
    publish: (sample: GateSample<Value>) => void,
  ): PublishGate<Value> {
    const rules = this.#file.mqtt.publish
    const gate = new PublishGate(rules.signals[signal] ?? rules.default, publish)
    this.#republish.push(() => gate.republish())
    this.#gates.push(gate)
    return gate
  }

  #eventPayload({ timeNs, error, ...event }: MachineEvent): object {
    const timeMs = this.#clock.toUnixMs(timeNs)
    return { timeMs, ...event, ...(error && { error: errorPayload(error) }) }
  }

  #publish(topic: string, payload: object, retain: boolean): void {
    this.#sink.publish({ topic, payload: JSON.stringify(payload), retain })
  }
}

function offerLast(gate: PublishGate<number>, batch: AxisBatch, column: Float64Array): void {
  const last = batch.length - 1
  gate.offer(column[last] as number, batch.cycle[last] as number, batch.timeNs[last] as number)
}

/** How errors look in payloads. */
export function errorPayload(error: DualportError): { code: string; message: string } {
  return { code: error.code, message: error.message }
}

function connectionPayload(status: ConnectionStatus | undefined): object {
  const { state = 'init', losses = 0, lossesInARow = 0 } = status ?? {}
  return { state, losses, lossesInARow }
}

/** The topic says which port it is. */
function portPayload(status: PortStatus | undefined): object {
  const { port: _, ...rest } = status ?? {}
  return rest
}

function statusPayload(status: AxisStatus): object {
  const { state, power, homed, error } = status
  return { state, power, homed, error: error === undefined ? null : errorPayload(error) }
}

/** Increments are far coarser than this; a double's last digits only cost bytes. */
function shown(value: number | boolean): number | boolean {
  return typeof value === 'number' ? Math.round(value * 1e6) / 1e6 : value
}

function nowNs(): number {
  return Number(process.hrtime.bigint())
}
