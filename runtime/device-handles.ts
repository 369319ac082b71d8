/** All devices of a machine, as its ring gives them out. */
import { ServiceMailboxes } from '../cards/sercos3/driver/service/service-mailbox.ts'
import type { DualportError } from '../errors.ts'
import { DeviceHandle } from './device-handle.ts'
import type { MachineFile } from './machine-file/schema.ts'

export type DeviceHandles = {
  /** In the order of the machine file. */
  readonly devices: readonly DeviceHandle[]
  /** Takes what the worker answered: with every drain of the rings. */
  settle(): void
  /** Nobody answers any more: everything rejects with `error` from now on, what is under way as well. */
  refuse(error: DualportError): void
}

/** `mailboxes`: of allocateServiceMailboxes, the one that the worker's card was given. `now`: ms of a steady clock. */
export function createDeviceHandles(
  file: MachineFile,
  mailboxes: SharedArrayBuffer,
  now?: () => number,
): DeviceHandles {
  const boxes = new ServiceMailboxes(mailboxes)
  const devices = file.devices.map((device, index) => new DeviceHandle(boxes, index, device, now))
  return {
    devices,
    settle: () => devices.forEach((device) => device.settle()),
    refuse: (error) => devices.forEach((device) => device.refuse(error)),
  }
}
