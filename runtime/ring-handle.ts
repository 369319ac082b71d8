/**
 * The ring as the application sees it. What it asks for goes to the worker one by one, in order; each request is a Promise
 * that settles when the worker has answered, or when the machine stops asking.
 */
import { BehaviorSubject } from 'rxjs'
import { connectionState, portCounters } from '../cards/card.ts'
import type { CardProgress, PortCounter } from '../cards/card.ts'
import { topology } from '../cards/sercos3/driver/chip/cable-topology.ts'
import { DualportError } from '../errors.ts'
import type { Device } from './device-types.ts'
import type {
  ConnectionState,
  ConnectionStatus,
  PhaseName,
  PortStatus,
  Ring,
  RingPhase,
  RingTopology,
} from './ring-types.ts'
import { ringAct } from './shared/ring-block.ts'
import type { RingBlock } from './shared/ring-block.ts'

/** Requests that may wait for the one under way; one more is refused with DP_RING_BUSY. */
const mostWaiting = 16
const phaseNames: readonly PhaseName[] = ['NRT', 'CP0', 'CP1', 'CP2', 'CP3', 'CP4']
/** Number of NRT, the first of them. */
const firstPhase = -1

type Request = {
  readonly act: number
  readonly argument: number
  resolve(): void
  reject(error: DualportError): void
}

export class RingHandle implements Ring {
  readonly phase$
  readonly topology$
  readonly connections$
  readonly ports$
  readonly devices: readonly Device[]
  readonly #names: readonly string[]
  readonly #block: RingBlock
  readonly #phase = new BehaviorSubject<RingPhase>({ phase: 'NRT', doing: 'starting' })
  readonly #topology = new BehaviorSubject<RingTopology>('noLink')
  readonly #connections: BehaviorSubject<readonly ConnectionStatus[]>
  readonly #ports: BehaviorSubject<readonly PortStatus[]>
  readonly #waiting: Request[] = []
  #underWay: Request | undefined
  #number = 0
  #refusal: DualportError | undefined
  #samples = 0

  constructor(names: readonly string[], devices: readonly Device[], block: RingBlock) {
    this.#names = names
    this.devices = devices
    this.#block = block
    this.#connections = new BehaviorSubject<readonly ConnectionStatus[]>(this.#readConnections())
    this.#ports = new BehaviorSubject<readonly PortStatus[]>(this.#readPorts())
    this.phase$ = this.#phase.asObservable()
    this.topology$ = this.#topology.asObservable()
    this.connections$ = this.#connections.asObservable()
    this.ports$ = this.#ports.asObservable()
  }

  get phase(): RingPhase {
    return this.#phase.value
  }

  get topology(): RingTopology {
    return this.#topology.value
  }

  get connections(): readonly ConnectionStatus[] {
    return this.#connections.value
  }

  get ports(): readonly PortStatus[] {
    return this.#ports.value
  }

  sercosTimeNs(monotonicNs?: number): bigint | undefined {
    const aheadNs = this.#block.timeAheadNs
    // who ended without a word left the last one standing
    if (aheadNs === 0n || this.phase.phase !== 'CP4') return undefined
    const atNs = monotonicNs === undefined ? process.hrtime.bigint() : Math.round(monotonicNs)
    return BigInt(atNs) + aheadNs
  }

  device(name: string): Device {
    const device = this.devices.find((one) => one.name === name)
    if (device === undefined) throw this.#unknown(name)
    return device
  }

  async goTo(phase: PhaseName): Promise<void> {
    await this.#ask(ringAct.goToPhase, phaseNumber(phase))
  }

  restart(): Promise<void> {
    return this.#ask(ringAct.restart, 0)
  }

  recover(): Promise<void> {
    return this.#ask(ringAct.recoverRing, 0)
  }

  async open(device: string): Promise<void> {
    await this.#ask(ringAct.openRing, this.#indexOf(device))
  }

  resetPorts(): Promise<void> {
    return this.#ask(ringAct.resetPorts, 0)
  }

  async identify(device: string, on: boolean): Promise<void> {
    await this.#ask(ringAct.identify, 2 * this.#indexOf(device) + (on ? 1 : 0))
  }

  /** Out of the safe state: nothing else is asked for in it. */
  async restartMachine(taskAgain: boolean): Promise<void> {
    this.#refusal = undefined
    await this.#ask(ringAct.restartMachine, taskAgain ? 1 : 0)
  }

  takeProgress({ phase, ...progress }: CardProgress): void {
    const name = phaseNames.find((one) => one === phase)
    if (name !== undefined) this.#phase.next({ phase: name, ...progress })
  }

  /** Whether the request of this number is the one that waits for its answer. */
  awaits(number: number): boolean {
    return this.#underWay !== undefined && number === this.#number
  }

  /** The worker's answer. One that nobody waits for any more is dropped. */
  settle(number: number, error: DualportError | undefined): void {
    const request = this.#underWay
    if (request === undefined || !this.awaits(number)) return
    this.#underWay = undefined
    if (error === undefined) request.resolve()
    else request.reject(error)
    this.#next()
  }

  /** What is under way rejects with `error`; what waits for it is never asked, and rejects with `refusal` as what comes. */
  end(error: DualportError, refusal: DualportError): void {
    this.#underWay?.reject(error)
    this.#underWay = undefined
    this.refuse(refusal)
  }

  /** Takes what the worker shows of cables, ports and connections. */
  drain(): void {
    const block = this.#block
    const seen = topologyNames.get(block.topology) ?? 'noLink'
    if (seen !== this.#topology.value) this.#topology.next(seen)
    const { samples } = block
    if (samples === this.#samples) return
    this.#samples = samples
    this.#connections.next(this.#readConnections())
    this.#ports.next(this.#readPorts())
  }

  /** No telegrams any more, and why. */
  noteSilence(doing: string): void {
    this.#phase.next({ phase: 'NRT', doing })
    const silent = this.connections.map((one) => ({ ...one, state: 'init' as const }))
    this.#connections.next(silent)
  }

  /** What is under way and what waits rejects with `error`, and so does what comes. */
  refuse(error: DualportError): void {
    this.#refusal = error
    const requests = [...(this.#underWay === undefined ? [] : [this.#underWay]), ...this.#waiting]
    this.#underWay = undefined
    this.#waiting.length = 0
    for (const request of requests) request.reject(error)
  }

  complete(): void {
    this.#phase.complete()
    this.#topology.complete()
    this.#connections.complete()
    this.#ports.complete()
  }

  #ask(act: number, argument: number): Promise<void> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    if (this.#waiting.length >= mostWaiting)
      return Promise.reject(
        new DualportError('DP_RING_BUSY', { expected: `at most ${mostWaiting} that wait` }),
      )
    return new Promise((resolve, reject) => {
      this.#waiting.push({ act, argument, resolve, reject })
      this.#next()
    })
  }

  #next(): void {
    if (this.#underWay !== undefined) return
    this.#underWay = this.#waiting.shift()
    if (this.#underWay === undefined) return
    this.#number += 1
    this.#block.ask(this.#number, this.#underWay.act, this.#underWay.argument)
  }

  #indexOf(name: string): number {
    const index = this.#names.indexOf(name)
    if (index < 0) throw this.#unknown(name)
    return index
  }

  #unknown(name: string): DualportError {
    return new DualportError('DP_RING_DEVICE', { actual: name, expected: this.#names.join(', ') })
  }

  #readPorts(): PortStatus[] {
    return [portOf(this.#block, 1), portOf(this.#block, 2)]
  }

  #readConnections(): ConnectionStatus[] {
    const block = this.#block
    return this.#names.map((name, device) => ({
      device: name,
      state: stateNames.get(block.state(device)) ?? 'init',
      losses: block.losses(device),
      lossesInARow: block.lossesInARow(device),
    }))
  }
}

function portOf(block: RingBlock, port: 1 | 2): PortStatus {
  const counts = portCounters.map((name) => [name, block.count(port, name)] as const)
  const counted = Object.fromEntries(counts) as Record<PortCounter, number>
  return { port, link: block.link(port), ...counted }
}

/** -1 (NRT) to 4. Throws DP_RING_PHASE. */
export function phaseNumber(phase: PhaseName): number {
  const index = phaseNames.indexOf(phase)
  if (index < 0)
    throw new DualportError('DP_RING_PHASE', { actual: phase, expected: phaseNames.join(', ') })
  return firstPhase + index
}

const topologyNames = byNumber<RingTopology>(topology)
const stateNames = byNumber<ConnectionState>(connectionState)

function byNumber<Name extends string>(
  table: Readonly<Record<Name, number>>,
): ReadonlyMap<number, Name> {
  return new Map(Object.entries<number>(table).map(([name, number]) => [number, name as Name]))
}
