/**
 * What the cyclic runtime asks of any card's driver. A driver lives in the cyclic worker, on regions that the runtime
 * mapped; it waits for nothing and allocates nothing between `beginCycle` and `endCycle`.
 */

/** How a cycle began. Numbers: the cycle throws nothing. */
export const cycleState = {
  /** Valid telegrams in this cycle: process data may be read and written. */
  operational: 0,
  /** The bus is being run up or down: no process data yet. */
  starting: 1,
  /** Operational, but this cycle's telegrams were late, missing or incomplete: the data are the last good ones. */
  stale: 2,
  /** The bus failed: outputs are safe by the bus's own means; see the driver's fault. */
  faulted: 3,
  /** The memory reads all ones: the card is gone. */
  gone: 4,
  /** The bus was left in order, see `leave`: the card is silent. */
  left: 5,
} as const
export type CycleState = (typeof cycleState)[keyof typeof cycleState]

/** Process data of one drive, in the drive's own increments, in place in card memory. */
export interface DriveImage {
  readonly name: string
  /** Drive status word (S-0-0135), unsigned 16 bit. */
  readStatus(): number
  /** Position feedback (S-0-0051), signed 32-bit increments. */
  readPosition(): number
  /** Velocity feedback (S-0-0040), signed 32-bit increments per second. */
  readVelocity(): number
  /** Torque feedback (S-0-0084), signed 16 bit, 0.1 % of rated torque. */
  readTorque(): number
  /** Drive control word (S-0-0134). */
  writeControl(word: number): void
  /** Position command (S-0-0047), signed 32-bit increments. */
  writePosition(increments: number): void
  /** Velocity command (S-0-0036), signed 32-bit increments per second. */
  writeVelocity(incrementsPerS: number): void
}

/** Process data of one I/O device, in place in card memory. */
export interface IoImage {
  readonly name: string
  /** Digital inputs, bit n = channel n. */
  readDigital(): number
  /** Analogue input, signed 16 bit. */
  readAnalog(channel: number): number
  /** Digital outputs, bit n = channel n; the whole word. */
  writeDigital(bits: number): void
  writeAnalog(channel: number, value: number): void
}

/** Counters of a driver, kept in place; every one is visible in the cycle stream. */
export type CardCounters = {
  /** Cycles whose telegrams were missing or incomplete. */
  lostTelegrams: number
  /** Cycles in which the task came too late for its buffers to be exchanged. */
  lateCycles: number
}

/** Progress of a run-up, one value a change. */
export type CardProgress = {
  readonly phase: string
  /** What is being waited for, in a sentence. */
  readonly doing: string
  /** 0..1 within the phase where it can be known. */
  readonly fraction?: number
}

export interface CyclicCard {
  readonly drives: readonly DriveImage[]
  readonly ios: readonly IoImage[]
  readonly counters: CardCounters
  /** Once per interrupt (or time-out tick while starting). Takes this cycle's input buffers and bus state. */
  beginCycle(): CycleState
  /** What beginCycle or an `advance` after it left the card in; a stale cycle counts as operational. Reads no register. */
  readonly state: CycleState
  /** Hands the output buffers over and triggers the card's watchdog: the only place that does. */
  endCycle(): void
  /** Not cyclic: called between beginCycle and endCycle while `starting`; drives the run-up on. Returns what changed, if anything. */
  advance(nowNs: number): CardProgress | undefined
  /** What failed, after `faulted`. */
  readonly fault: Error | undefined
  /** Milliseconds that the runtime waits for an interrupt while the card is `starting` (a tick without one is normal then). */
  readonly startingTickMs: number
  /**
   * Begins to leave an operational bus in order, so that its devices take the silence that follows for no error. The
   * drives ought to be without power. `starting` from then on, `advance` drives it; `left` within half a second whatever
   * the devices do. Nothing in any other state. Not cyclic.
   */
  leave(): void
  /** Starts a drive's reset (S-0-0099) through the service channel; `undefined` while under way. Not cyclic. */
  resetDrive(drive: number): void
  /** 0 idle, 1 under way, 2 done, 3 failed. */
  resetState(drive: number): number
  /** Stops transmission and the interrupt, disarms the watchdog: the silent state. Safe to call in any state, from any thread's own driver or mapping. */
  silence(): void
}
