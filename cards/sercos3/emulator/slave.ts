/**
 * Where the emulated chip meets the emulated devices: telegrams on the wire, as payload bytes without header and FCS.
 * The chip builds them from its Tx RAM, sends them through the slaves in ring order, and puts what comes back in Rx RAM.
 */

import type { DevicePorts } from './device-ports.ts'
import type { DeviceMisdeed } from './faults.ts'

/** A device of the ring, as the emulator is asked for it. */
export type DeviceSpec = {
  readonly name: string
  /** Sercos address, 1 to 511. */
  readonly address: number
  readonly profile: 'drive' | 'io'
  /** Not on its cables at the start; the fault `plug` puts it there. */
  readonly absent?: boolean | undefined
  /** Its connections are fixed (SCP class FIXCFG): what they carry is the device's own choice. Default: the master's. */
  readonly fixedConnections?: boolean | undefined
  /** Drive: its motor moves the load through a shaft that twists and rings. Default `rigid`. */
  readonly shaft?: 'rigid' | 'elastic' | undefined
  /** I/O device: channels each way, up to 64 digital and 8 analogue ones. Default 16 and 2. */
  readonly channels?: { readonly digital: number; readonly analog: number } | undefined
}

/** What a device module exports as `createSlave`. */
export type CreateSlave = (device: DeviceSpec) => Slave

/** The MST that starts a cycle, and which of the two channels carries it. */
export type Mst = {
  /** 0..4. */
  phase: number
  /** CPS: the master is leaving a phase; `phase` is the new one. */
  phaseSwitch: boolean
  /** 0..7. */
  cycleCount: number
}

/** The telegrams of one cycle on one channel. Unused ones have length 0. Buffers are reused from cycle to cycle. */
export type CycleTelegrams = {
  readonly mst: Mst
  /** Payloads of MDT0..3: read by the slaves. */
  readonly mdt: readonly Uint8Array[]
  /** Payloads of AT0..3: written by the slaves in place. */
  readonly at: readonly Uint8Array[]
}

/** How a telegram passes a slave: `out` away from the master's sending port, `back` on the return way of a line. */
export type Passage = 'out' | 'back'

export interface Slave {
  readonly name: string
  /** The Sercos address set at the device. */
  readonly address: number
  /** Its ports; left out: it goes by the cables, and the master has no say. */
  readonly ports?: DevicePorts
  /** Not on its cables at the start. */
  readonly absent?: boolean
  /**
   * One channel's telegrams pass this slave. In a ring a slave sees P once (`out`) and S once (`out`, from the other
   * side), never as `last`. In a line, or in what a break leaves of a ring, it sees the one channel that reaches it
   * `out` and `back`, but the slave at which the loop closes (`last`) sees it `out` alone.
   * The buffers are the chip's: they may be other objects in the next cycle, so keep none.
   */
  pass(telegrams: CycleTelegrams, channel: 'P' | 'S', passage: Passage, last: boolean): void
  /**
   * The end of a Sercos cycle. `received`: an MST came on either channel. Devices advance their models by `dtS`. Called with
   * `false` while nothing is sent, too: a device measures the telegram pause of a phase switch by it.
   */
  endOfCycle(received: boolean, dtS: number): void
  /** Power-on state: NRT, no configuration. */
  powerOn(): void
  /** A fault of the device itself, as its own monitoring finds it: error class 1, cleared by S-0-0099 or powerOn. */
  fail(): void
  /** Fault: see `DeviceMisdeed`; left out: it knows none. */
  misbehave?(misdeed: DeviceMisdeed): void
  /** What a person standing beside the device could see; fields reused. */
  readonly observation: SlaveObservation
}

export type SlaveObservation = {
  /** Phase the device is in: -1 NRT, 0..4. */
  phase: number
  /** As in S-DEV: 0 forwards both ways, 1 loops P back, 2 loops S back, 3 passes nothing on (NRT); -1: not on its cables. */
  topology: number
  /** As in S-DEV: 0 no link or no inactive port, 1 link, 2 P telegrams, 3 S telegrams. */
  inactivePort: number
  /** The master asks for the device's identification light. */
  identify: boolean
  /** Drive: power on (AF). I/O device: outputs driven by the master. */
  operating: boolean
  /** Error class 1 pending. */
  error: boolean
  /** Drive: encoder position, increments. */
  position: number
  /** Drive: S-0-0040, 1/1000 unit per second. */
  velocity: number
  /** Drive: 0.1 % of rated torque. */
  torque: number
  /** I/O device: state of the output terminals. */
  digitalOutputs: number
  analogOutput0: number
  analogOutput1: number
  digitalInputs: number
}
