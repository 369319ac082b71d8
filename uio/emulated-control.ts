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
  bytes: 8,
} as const

/** Events page and control page. */
export const eventsFileBytes = 2 * pageSize
