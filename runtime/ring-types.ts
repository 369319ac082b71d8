/** What an application sees of the ring below its machine: phases, cables, devices, connections. Implemented in ring-handle.ts. */
import type { Observable } from 'rxjs'
import type { PortCounter } from '../cards/card.ts'
import type { Device } from './device-types.ts'

/** NRT: no telegrams; CP0 finds the devices, CP1 and CP2 speak to them, CP3 prepares and CP4 is cyclic operation. */
export type PhaseName = 'NRT' | 'CP0' | 'CP1' | 'CP2' | 'CP3' | 'CP4'

export type RingPhase = {
  readonly phase: PhaseName
  /** What is being done or waited for, in a sentence. */
  readonly doing: string
  /** 0..1 within the phase, where it can be known. */
  readonly fraction?: number
}

/** How the cables lie, by what came in on which port. */
export type RingTopology =
  | 'noLink'
  | 'linePort1'
  | 'linePort2'
  | 'brokenRing'
  | 'ring'
  /** Telegrams pass in one direction only. */
  | 'defectiveRing'

/** What the master sees of a device's cyclic data (consumer states of the standard; `absent`: an optional device that is not there). */
export type ConnectionState =
  | 'init'
  | 'prepare'
  | 'waiting'
  | 'consuming'
  | 'stopped'
  | 'warning'
  | 'error'
  | 'absent'

export type ConnectionStatus = {
  readonly device: string
  readonly state: ConnectionState
  /** Cycles without the data that were expected: since the run-up, and in a row up to now. */
  readonly losses: number
  readonly lossesInARow: number
}

/**
 * What a port of the card has carried since the card was opened, or since `resetPorts`, and what went wrong there. See
 * `portCounters` in cards/card.ts for what each counts.
 */
export type PortStatus = {
  readonly port: 1 | 2
  readonly link: boolean
} & { readonly [counter in PortCounter]: number }

/**
 * The ring below a machine. Promises settle always: they reject with DP_MACHINE_CLOSED, DP_MACHINE_SAFE or with what
 * went wrong when the machine is closed, the ring fails or the worker dies meanwhile. Requests are carried out one after the
 * other; DP_RING_BUSY: too many wait, or the ring is busy with something of its own.
 */
export interface Ring {
  /** The present phase, then every change of phase or of what is being waited for. */
  readonly phase$: Observable<RingPhase>
  readonly phase: RingPhase
  /** The present topology, then every change. */
  readonly topology$: Observable<RingTopology>
  readonly topology: RingTopology
  /** Every device's connection, once per second; 'init' while the ring is not in CP4. */
  readonly connections$: Observable<readonly ConnectionStatus[]>
  /** The newest of `connections$`. */
  readonly connections: readonly ConnectionStatus[]
  /** Port 1 and port 2 of the card, once per second; errors that rise are an event of kind 'port', too. */
  readonly ports$: Observable<readonly PortStatus[]>
  /** The newest of `ports$`. */
  readonly ports: readonly PortStatus[]
  /**
   * The Sercos time, which the ring carries in CP4, at a time of CLOCK_MONOTONIC in ns (`timeNs` of samples and events; left
   * out: now): ns since 1970-01-01 UTC, as the wall clock had it when CP4 began, gone on by the ring's own clock since.
   * A bigint: so many nanoseconds are beyond a double's 2^53. Undefined where there is none: outside of CP4, or before its
   * first sample. The two clocks are compared once per second, within some microseconds (with an emulated card: within a
   * cycle); in between they drift apart by some 10 us.
   */
  sercosTimeNs(monotonicNs?: number): bigint | undefined
  /** In the order of the machine file. */
  readonly devices: readonly Device[]
  /** Throws DP_RING_DEVICE. */
  device(name: string): Device
  /**
   * Goes up or down to `phase` and holds the ring there; `goTo('CP4')` ends the hold. Below CP4 there are no process data:
   * axes are disabled and refuse commands (DP_RING_HELD), outputs have their safe values, and a cyclic task is not called.
   * Rejects with DP_RING_POWER while an axis has power.
   */
  goTo(phase: PhaseName): Promise<void>
  /** Down to NRT and up to CP4 again. Rejects with DP_RING_POWER while an axis has power. After a fault: `machine.restart()`. */
  restart(): Promise<void>
  /**
   * Closes a ring whose cables are whole again, also one that was opened on purpose; resolves at once where it is closed.
   * Rejects with DP_SERCOS3_RING while a cable is open. A card whose `healing` is automatic (the default) does it by itself.
   */
  recover(): Promise<void>
  /**
   * Opens a closed ring behind a device, so that a cable can be changed there: data go on from both ends. It stays open
   * until `recover`. Rejects with DP_RING_DEVICE, DP_SERCOS3_RING.
   */
  open(device: string): Promise<void>
  /** Counts of both ports from 0 on; `ports` shows it with its next sample. */
  resetPorts(): Promise<void>
  /** A device's identification light. Rejects with DP_RING_DEVICE. */
  identify(device: string, on: boolean): Promise<void>
}
