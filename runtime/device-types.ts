/** One device on the ring, as an application reaches it through its service channel. Implemented in device-handle.ts. */
import type { IdnAttribute, IdnValue } from '../cards/sercos3/idn-data.ts'
import type { IdnText } from '../cards/sercos3/idn.ts'
import type { DualportError } from '../errors.ts'

/** Elements of an IDN that hold something to read, beside what `info` gathers. */
export type IdnElement = 'name' | 'attribute' | 'unit' | 'minimum' | 'maximum' | 'data'

export type TransferOptions = {
  /** Longest time for all of it, ms. Left out: as long as it goes on. */
  readonly timeoutMs?: number | undefined
  /** Rejects with the signal's reason; the device is told (a command is cleared, a list is closed). */
  readonly signal?: AbortSignal | undefined
}

export type CommandProgress = {
  /** The device's acknowledgement of the command. */
  readonly acknowledgement: 'notSet' | 'set' | 'inProcess' | 'interrupted' | 'done' | 'error'
  /** Since it was given, ms. */
  readonly elapsedMs: number
}

export type CommandOptions = TransferOptions & {
  /** Called with each new acknowledgement, and every second while there is none. */
  readonly onProgress?: ((progress: CommandProgress) => void) | undefined
}

/** What a device says of an IDN. */
export type IdnInfo = {
  readonly idn: IdnText
  readonly name: string
  readonly attribute: IdnAttribute
  /** Left out where it has none. */
  readonly unit?: string
  readonly minimum?: IdnValue
  readonly maximum?: IdnValue
  /** With `describe`: the data, or why it refused them. */
  readonly value?: IdnValue
  readonly refused?: string
}

export type DumpEntry = {
  readonly idn: IdnText
  readonly name: string
  readonly unit?: string
  /** Element 3, see svcAttribute. */
  readonly attribute: number
  /** In `unit`, as `read` gives it; whole numbers of 8 bytes as decimal text. Left out: see `refused`. */
  readonly value?: DumpValue
  /** Why the device gave no data, in words. */
  readonly refused?: string
}

export type DumpValue = number | string | readonly (number | string)[]

/** All parameters of one device, as plain JSON. */
export type DeviceDump = {
  readonly format: 'dualport-idn-dump'
  readonly version: 1
  /** ISO 8601. */
  readonly taken: string
  /** Phase that the ring was in. */
  readonly phase: string
  readonly device: DeviceIdentity
  readonly parameters: readonly DumpEntry[]
}

/** Name and address by the machine file; the rest as the device says, left out where it says nothing. */
export type DeviceIdentity = {
  readonly name: string
  readonly address: number
  /** S-0-0140. */
  readonly controllerType?: string
  /** S-0-0142. */
  readonly applicationType?: string
  /** S-0-1300.0.x. */
  readonly vendor?: string
  readonly model?: string
  readonly serialNumber?: string
}

export type DumpOptions = {
  readonly signal?: AbortSignal | undefined
  /** After each parameter. */
  readonly onProgress?: ((done: number, all: number, idn: IdnText) => void) | undefined
}

/** What became of one parameter of a dump. */
export type RestoreOutcome = {
  readonly idn: IdnText
  readonly name: string
  readonly outcome:
    | 'written'
    /** The device holds that value already. */
    | 'unchanged'
    /** A measured value or a constant, or a procedure command. */
    | 'readOnly'
    /** Not in this phase. */
    | 'protected'
    /** The master sets it itself. */
    | 'ofTheMaster'
    /** The dump holds no value. */
    | 'empty'
    | 'failed'
  readonly error?: DualportError
}

/**
 * A device's parameters. Values are in the unit that the device names: its decimal places and conversion factor are
 * applied; whole numbers of 8 bytes are bigints, raw. Calls wait for their turn, one transfer at a time per device and
 * all devices at once; they never hinder the cycle. Served while the ring is held in CP2 or CP3, and in CP4.
 *
 * Every promise settles. Rejections: DP_SERCOS3_SVC (the device refused, with its code in words), DP_SERCOS3_SVC_TIMEOUT,
 * DP_SERCOS3_SVC_PHASE (the ring is in no phase that serves, or left it meanwhile), DP_SERCOS3_SVC_QUEUE (too many wait),
 * DP_SERCOS3_IDN, DP_SERCOS3_VALUE, DP_SERCOS3_COMMAND, DP_MACHINE_CLOSED, or what made the machine safe.
 * Not for the cyclic task.
 */
export interface Device {
  readonly name: string
  /** Sercos address. */
  readonly address: number
  /** `element`: 'data' where left out; 'attribute' gives the raw word. */
  read(
    idn: IdnText,
    options?: TransferOptions & { readonly element?: IdnElement },
  ): Promise<IdnValue>
  write(idn: IdnText, value: IdnValue, options?: TransferOptions): Promise<void>
  /**
   * Runs a procedure command to its end. Aborted or out of time it is cleared. `timeoutMs` is 60 s where left out.
   */
  command(idn: IdnText, options?: CommandOptions): Promise<void>
  /** Everything but the data, in one transfer. */
  info(idn: IdnText, options?: TransferOptions): Promise<IdnInfo>
  /** As `info`, and the data. */
  describe(idn: IdnText, options?: TransferOptions): Promise<IdnInfo>
  /** All IDNs of the device: S-0-0017. */
  list(options?: TransferOptions): Promise<IdnText[]>
  /** Reads all parameters. One that the device refuses is in the dump with the reason. */
  dump(options?: DumpOptions): Promise<DeviceDump>
  /**
   * Writes back what can be written. What the device refuses for its limits is tried again after the others, since
   * limits may depend on them. Rejects only when the device cannot be reached; outcomes in the order of the dump.
   */
  restore(dump: DeviceDump, options?: DumpOptions): Promise<RestoreOutcome[]>
}
