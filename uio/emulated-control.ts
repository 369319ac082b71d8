/**
 * What the kernel knows of a real device, an emulated one keeps in a page of its own, behind the events page in the same
 * memfd: words written by one side and read by the other. Word indexes into an Int32Array.
 */
import { pageSize } from './system/memory.ts'

export const emulatedControl = {
  /** 1: interrupts are let through (irqcontrol). Written by the user. */
  interruptOn: 0,
  /** 1: the device is gone, as after an unbind. Written by the backend. */
  gone: 1,
  /** irqcontrol's newest order: 1 off, 2 on, and 0 once the backend has taken it. Written by the user, cleared by the backend. */
  order: 2,
  bytes: 12,
} as const

/** Events page and control page. */
export const eventsFileBytes = 2 * pageSize
