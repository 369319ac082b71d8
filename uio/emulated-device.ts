/**
 * A whole device in memory, behind the interface of a real one: a memfd for the card's address space, another for the
 * events page (which the user maps read-only), an eventfd for the interrupt. Needs no rights and no hardware.
 */
import type { DeviceHandle, MappedMap, OpenDevice } from './device.ts'
import { emulatedControl, eventsFileBytes } from './emulated-control.ts'
import type { BackendHandle } from './emulated-backend.ts'
import { eventsPage, startEventsPage } from './events-page.ts'
import { dropUser, oneUser } from './holdings.ts'
import { findKernelDriver } from './kernel-drivers.ts'
import { OpenedDevice } from './opened-device.ts'
import { createEvent, signalEvent } from './system/event.ts'
import { viewMemory } from './system/libc.ts'
import { createMemoryFile, mapOrThrow, pageSize, pagesOf, unmap } from './system/memory.ts'

export type EmulatedLayout = {
  readonly name: string
  /** Size of the card's address space. */
  readonly bytes: number
  /** UIO name of the kernel driver that it poses as, see kernel-drivers.ts; left out: our own stub. */
  readonly kernelDriver?: string
  /** The windows of it that are maps, in order; our own stub adds the `events` map behind them. */
  readonly maps: readonly {
    readonly name: string
    readonly offset: number
    readonly size: number
  }[]
}

const ownDriver = 'dualport_emulated'
const ownModule = findKernelDriver(ownDriver, [])?.module

export type EmulatedDevice = {
  readonly device: OpenDevice
  /** For `attachBackend`, in the emulator's thread. */
  readonly backend: BackendHandle
  /** Ends the backend's waits for good. Not part of `device.stop`: a card runs on when its user has stopped. */
  stopBackend(): void
}

/** Throws DP_SYSTEM_CALL. Memory and descriptors are given back when device and backend have both let go. */
export function openEmulatedDevice(layout: EmulatedLayout): EmulatedDevice {
  const driver = findKernelDriver(layout.kernelDriver ?? ownDriver, layout.maps)
  const mappings: { pointer: bigint; bytes: number }[] = []
  const descriptors: number[] = []
  const held = { name: layout.name, users: oneUser(), holdings: { mappings, descriptors } }
  const keep = (fd: number): number => {
    descriptors.push(fd)
    return fd
  }
  const map = (fd: number, bytes: number, offset: number, access: 'read' | 'readWrite'): bigint => {
    const pointer = mapOrThrow(fd, bytes, offset, access)
    mappings.push({ pointer, bytes })
    return pointer
  }
  try {
    const memoryFd = keep(createMemoryFile(`dualport-${layout.name}`, pagesOf(layout.bytes)))
    const eventsFd = keep(createMemoryFile(`dualport-${layout.name}-events`, eventsFileBytes))
    initialise(eventsFd)
    const memory = map(memoryFd, pagesOf(layout.bytes), 0, 'readWrite')
    const events = map(eventsFd, pageSize, 0, 'read')
    const interruptFd = keep(createEvent())
    const handle: DeviceHandle = {
      ...held,
      kind: 'emulated',
      driver,
      path: `emulated:${layout.name}`,
      interruptFd,
      stopFd: keep(createEvent()),
      maps: [
        ...windows(layout, memory),
        ...(driver?.module === ownModule ? [eventsMap(layout.maps.length, events)] : []),
      ],
      events,
      control: map(eventsFd, pageSize, pageSize, 'readWrite'),
    }
    const stopFd = keep(createEvent())
    const backend = { ...held, memoryFd, bytes: layout.bytes, eventsFd, interruptFd, stopFd }
    const users = new Int32Array(held.users)
    return {
      device: new OpenedDevice(handle),
      backend,
      stopBackend: () => {
        // without users the descriptor is closed and its number may be another file's
        if (Atomics.load(users, 0) > 0) signalEvent(stopFd)
      },
    }
  } catch (error) {
    dropUser(held)
    throw error
  }
}

function windows(layout: EmulatedLayout, memory: bigint): MappedMap[] {
  return layout.maps.map(({ name, offset, size }, index) => {
    const pointer = memory + BigInt(offset)
    return { index, name, address: pointer, size, offset: 0, pointer }
  })
}

function eventsMap(index: number, pointer: bigint): MappedMap {
  return { index, name: 'events', address: pointer, size: eventsPage.bytes, offset: 0, pointer }
}

/** The page's magic, and interrupts on, through a mapping of its own that is gone again at once. */
function initialise(eventsFd: number): void {
  const pointer = mapOrThrow(eventsFd, eventsFileBytes, 0, 'readWrite')
  const memory = viewMemory(pointer, eventsFileBytes)
  startEventsPage(memory)
  new Int32Array(memory, pageSize)[emulatedControl.interruptOn] = 1
  memory.transfer(0)
  unmap(pointer, eventsFileBytes)
}
