/** Where each value stands in a cycle record. All fields are doubles; their units are those of machine-types.ts. */

export const recordHead = {
  /** Cycles since operational. */
  cycle: 0,
  /** CLOCK_MONOTONIC of the interrupt, ns. */
  timeNs: 1,
  /** Interrupt to worker, ns. */
  latencyNs: 2,
  /** beginCycle to endCycle, ns. */
  executionNs: 3,
  /** cycleState of cards/card.ts. */
  state: 4,
  fields: 5,
} as const

export const recordAxis = {
  position: 0,
  velocity: 1,
  torquePercent: 2,
  setpoint: 3,
  followingError: 4,
  /** Drive status word S-0-0135. */
  status: 5,
  fields: 6,
} as const

/** Words of 16 digital channels, and analogue channels, each way that a record holds of a device. */
export const digitalWords = 4
export const analogChannels = 8

/** Raw words of an I/O device; points scale them. Digital channel n is bit n & 15 of word n >> 4. */
export const recordIo = {
  digitalIn: 0,
  digitalOut: digitalWords,
  analogIn: 2 * digitalWords,
  analogOut: 2 * digitalWords + analogChannels,
  fields: 2 * digitalWords + 2 * analogChannels,
} as const

export type RecordLayout = {
  readonly axes: number
  readonly ios: number
  /** Doubles in a record. */
  readonly fields: number
}

export function recordLayout(axes: number, ios: number): RecordLayout {
  return { axes, ios, fields: recordHead.fields + axes * recordAxis.fields + ios * recordIo.fields }
}

export function axisField(axis: number, field: number): number {
  return recordHead.fields + axis * recordAxis.fields + field
}

export function ioField(layout: RecordLayout, io: number, field: number): number {
  return recordHead.fields + layout.axes * recordAxis.fields + io * recordIo.fields + field
}
