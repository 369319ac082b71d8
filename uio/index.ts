/** dualport/uio: Linux devices from user space. */
export { DualportError, errorTable } from '../errors.ts'
export type { ErrorCode } from '../errors.ts'
export { attachDevice } from './attach-device.ts'
export { extract, maskOf, place, shiftOf } from './bit-field.ts'
export { MonotonicClock } from './clock.ts'
export { waitResult } from './device.ts'
export type {
  AttachedDevice,
  DeviceHandle,
  FailedIn,
  InterruptLine,
  MapInfo,
  OpenDevice,
  WaitResult,
} from './device.ts'
export { attachBackend } from './emulated-backend.ts'
export type { BackendHandle, EmulatedBackend } from './emulated-backend.ts'
export { openEmulatedDevice } from './emulated-device.ts'
export type { EmulatedDevice, EmulatedLayout } from './emulated-device.ts'
export { eventsPage } from './events-page.ts'
export type { EventsReader } from './events-page.ts'
export type { CyclicMemory } from './memory-lock.ts'
export { openUioDevice } from './open-device.ts'
export type { DeviceSelector } from './open-device.ts'
export { applyRealtime } from './realtime.ts'
export type { Grant, RealtimeReport, RealtimeWish } from './realtime.ts'
export { Region } from './region.ts'
export type {
  BitField,
  Register,
  RegisterAccess,
  RegisterTable,
  WritableRegister,
} from './register-table.ts'
export { findKernelDriver } from './kernel-drivers.ts'
export type { KernelDriver, Rearm } from './kernel-drivers.ts'
export { listUioDevices } from './uio-devices.ts'
export type { PciIdentity, PortInfo, SystemRoots, UioDevice } from './uio-devices.ts'
export { waitError } from './wait-error.ts'
