/**
 * Changes of axis status from the worker to the main thread, each one with its time. Bounded: when the main thread
 * does not read for long, changes are dropped and counted; the newest status is in the control block all the same.
 */
import { allocateBoundedRing } from './bounded-ring.ts'

export const eventField = { timeNs: 0, axis: 1, status: 2, fields: 3 } as const

export function allocateEventRing(): SharedArrayBuffer {
  return allocateBoundedRing(eventField.fields, 1024)
}
