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

/** Process data of one drive, in the drive's own increments. Words that its telegrams do not carry read 0 and take nothing. */
export interface DriveImage {
  readonly name: string
  /**
   * The drive's data are coming in. False before the first, and from the loss of more productions in a row than its
   * connection tolerates until the connection is taken up anew: what is read then is what came last.
   */
  readonly live: boolean
  /** Whether a word is carried. `idn`: its 32-bit form. Not cyclic. */
  has(idn: number): boolean
  /** Drive status word (S-0-0135), unsigned 16 bit. */
  readStatus(): number
  /** Position feedback (S-0-0051), signed 32-bit increments. */
  readPosition(): number
  /** Velocity feedback (S-0-0040), signed 32-bit increments per second. */
  readVelocity(): number
  /** Torque feedback (S-0-0084), signed 16 bit, 0.1 % of rated torque. */
  readTorque(): number
  /** Following distance (S-0-0189), signed 32-bit increments. */
  readFollowingDistance(): number
  /** Position feedback status (S-0-0403), 16 bit; bit 0: positions refer to the reference point. */
  readHomed(): number
  /** Position at an edge of probe 1, signed 32-bit increments: 0 the rising one (S-0-0130), 1 the falling one (S-0-0131). */
  readProbe(edge: 0 | 1): number
  /** Whether that edge was caught: S-0-0409 or S-0-0410, 16 bit; bit 0. */
  readProbeLatched(edge: 0 | 1): number
  /** Drive control word (S-0-0134). */
  writeControl(word: number): void
  /** Position command (S-0-0047), signed 32-bit increments. */
  writePosition(increments: number): void
  /** Velocity command (S-0-0036), signed 32-bit increments per second. */
  writeVelocity(incrementsPerS: number): void
  /** Torque command (S-0-0080), signed 16 bit, 0.1 % of rated torque. */
  writeTorque(perMille: number): void
  /** Torque limits, 0.1 % of rated torque, not negative: S-0-0092 both ways, S-0-0082 and S-0-0083 each way (this one negative). */
  writeTorqueLimit(perMille: number): void
}

/** Process data of one I/O device. */
export interface IoImage {
  readonly name: string
  /** As DriveImage. */
  readonly live: boolean
  /** Words of 16 digital inputs and outputs, and analogue channels, that its telegrams carry. */
  readonly digitalInputWords: number
  readonly digitalOutputWords: number
  readonly analogInputs: number
  readonly analogOutputs: number
  /** Digital inputs 16 `word` to 16 `word` + 15 from bit 0 on; `word` 0 to 3, 0 when left out. */
  readDigital(word?: number): number
  /** Analogue input, signed 16 bit; channel 0 to 7. */
  readAnalog(channel: number): number
  /** Digital outputs, as readDigital; the whole word. */
  writeDigital(bits: number, word?: number): void
  writeAnalog(channel: number, value: number): void
}

/**
 * What a drive is asked for beside its process data: acts that take many cycles, by numbers, one of each kind at a time for a
 * drive. Others use the drive's service channel in between.
 */
export const driveService = {
  /** Clears errors of class 1 (S-0-0099). */
  reset: 0,
  /** Reads what the drive says of its error, see `diagnosis`. */
  diagnose: 1,
  /** Homing led by the drive (S-0-0148). Argument: position of the reference point, increments; NaN: the drive's own (S-0-0052). */
  home: 2,
  /** Arms a probe and waits for its edge; result: position at the edge, raw. Argument: 0 the rising edge, 1 the falling. */
  probe1: 3,
  probe2: 4,
  /** S-0-0092. Argument: 0.1 % of rated torque. */
  limitTorque: 5,
} as const
export const driveServiceCount = 6

export const driveServiceState = { idle: 0, underWay: 1, done: 2, failed: 3, cancelled: 4 } as const

export interface DriveServices {
  /** False, and nothing happens, while one of this kind is under way or the bus is not operational. May allocate. */
  begin(drive: number, service: number, argument: number): boolean
  /** Ends one that is under way as soon as it can be ended: `cancelled` then. May allocate. */
  cancel(drive: number, service: number): void
  /** One of `driveServiceState`. Cyclic. */
  state(drive: number, service: number): number
  /** After `done`; probes only. Cyclic. */
  result(drive: number, service: number): number
  /** A probe is armed: from now on an edge is caught. Cyclic. */
  armed(drive: number, service: number): boolean
  /** Why it failed. */
  error(drive: number, service: number): Error | undefined
  /** In words, after `diagnose` was done. */
  diagnosis(drive: number): string
  /** Warnings pending then: bits of class 2 (S-0-0012). */
  warnings(drive: number): number
  /** The drive's own scaling, where the run-up was to find it out. */
  scaling(drive: number): DriveScaling | undefined
}

/** A drive's own scaling, as it told it in the run-up. Increments per unit of its kind: mm when linear, degrees when rotary. */
export type DriveScaling = {
  readonly kind: 'linear' | 'rotary'
  readonly incrementsPerUnit: number
  readonly velocityIncrementsPerUnit: number
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

/** What can be asked of a bus, see `CyclicCard.request`. */
export const cardRequest = {
  none: 0,
  /** Argument: -1 (NRT, silent) to 4; the bus is held there. */
  goToPhase: 1,
  /** Runs the bus up to CP4 anew, from any state but `gone`: also after a fault. */
  restart: 2,
  /** Closes a ring whose cable is back. */
  recoverRing: 3,
  /** Opens a closed ring behind the device of the argument. */
  openRing: 4,
  /** Argument: 2 * device + 1 to light the device's identification, 2 * device to end it. */
  identify: 5,
  /** All counters of the ports are 0 again. */
  resetPorts: 6,
} as const

export const cardRequestState = { idle: 0, underWay: 1, done: 2, failed: 3 } as const

/** What happened to the bus beside the process data. */
export type CardNews = {
  readonly kind: 'topology' | 'deviceCame' | 'deviceGone' | 'warning'
  /** A clause for people, device and place named. */
  readonly text: string
  /** Name of the device that came or went. */
  readonly device?: string
  /** `topology`: the code now, see CyclicCard.topology. */
  readonly topology?: number
}

/** Consumer states of a connection, as CyclicCard.connections tells them. */
export const connectionState = {
  init: 0,
  prepare: 1,
  waiting: 2,
  consuming: 3,
  stopped: 4,
  warning: 5,
  /** More losses in a row than its device tolerates. */
  error: 7,
  /** An optional device that is not there. */
  absent: 8,
} as const

/** What the card sees of each device's cyclic data; devices in the order of the bus. Cyclic. */
export interface CardConnections {
  /** One of connectionState. */
  connectionState(device: number): number
  /** Cycles without data that were expected: since the run-up, and in a row up to now. */
  losses(device: number): number
  lossesInARow(device: number): number
}

/** What a card counts on each port. */
export const portCounters = [
  'framesReceived',
  'framesSent',
  /** Frames with a wrong check sequence, or whose length is no whole number of bytes. */
  'fcsErrors',
  'alignmentErrors',
  /** Frames discarded for want of a receive buffer, and in the collision buffer. */
  'discardedNoBuffer',
  'discardedCollision',
  /** Violations of the channel's order or time. */
  'violations',
  /** Sercos frames that came in damaged. */
  'sercosErrors',
  /** Cycles without the master's synchronisation telegram, of those the ones after another such cycle, and cycles in which it came outside of its window. */
  'mstMisses',
  'mstDoubleMisses',
  'mstWindowErrors',
  /** Cycles without AT0. */
  'at0Misses',
] as const
export type PortCounter = (typeof portCounters)[number]

/** Since the driver began, or `cardRequest.resetPorts`. Not cyclic. */
export interface CardPorts {
  link(port: 1 | 2): boolean
  count(port: 1 | 2, counter: PortCounter): number
}

/** The clock of the bus. */
export interface CardTime {
  /** Takes its present time into the fields; false while the bus has none. Not cyclic: several registers are accessed. */
  take(): boolean
  /** Since 1970-01-01 UTC. */
  readonly seconds: number
  readonly ns: number
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
   * Begins to leave the bus in order, so that its devices take the silence that follows for no error. The drives ought to
   * be without power. `starting` from then on, `advance` drives it; `left` within half a second, or 12 cycles where
   * those last longer, whatever the devices do.
   * Nothing after `faulted`, `gone` or `left`. Not cyclic.
   */
  leave(): void
  /**
   * Asks the bus for something beside the process data, one of `cardRequest`. One at a time: while another is under way
   * only a goToPhase or a restart is taken, which ends it. Answers whether it was taken. Drives ought to be without power
   * for a phase below CP4. Not cyclic.
   */
  request(what: number, argument: number): boolean
  /** One of `cardRequestState`: of the request taken last. */
  readonly requestState: number
  /** Why it failed. */
  readonly requestError: Error | undefined
  /**
   * Once per operational cycle, after endCycle: runs on what goes beside cyclic operation. Returns at once, without
   * allocation, when there is nothing to do. Returns what changed, if anything.
   */
  attend(): CardProgress | undefined
  /** CLOCK_MONOTONIC of this cycle, ns, set before `attend`: a double handed to a method would be boxed on the heap. */
  nowNs: number
  /** What happened since, oldest first, one per call; undefined when that was all. Also while `starting`. */
  takeNews(): CardNews | undefined
  /** `attend` has something to do, or there is news. Cyclic. */
  readonly needsAttention: boolean
  readonly connections: CardConnections
  /** Left out: the card counts nothing. */
  readonly ports?: CardPorts
  /** Left out: the bus has no time. */
  readonly time?: CardTime
  /** An I/O device that was lost (its number among all devices), or -1. A lost drive shows in its image. */
  readonly lostDevice: number
  /** From the interrupt to the start of the next telegrams, ns; 0 while it is not known. Not cyclic. */
  readonly taskNs: number
  /** Communication phase: -1 NRT, 0 to 4. */
  readonly phase: number
  /** How the cables lie, by the card's own codes. */
  readonly topology: number
  /** Left out: its drives can be reset and nothing more. */
  readonly services?: DriveServices
  /** Starts a drive's reset (S-0-0099) through the service channel; `undefined` while under way. Not cyclic. */
  resetDrive(drive: number): void
  /** 0 idle, 1 under way, 2 done, 3 failed. */
  resetState(drive: number): number
  /** Stops transmission and the interrupt, disarms the watchdog: the silent state. Safe to call in any state, from any thread's own driver or mapping. */
  silence(): void
}
