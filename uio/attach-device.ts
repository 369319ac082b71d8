/** Attaching a thread to an opened device: views on its memory and an interrupt line of its own. */
import { DualportError } from '../errors.ts'
import { chooseRearmer } from './choose-rearmer.ts'
import type { AttachedDevice, DeviceHandle, MapInfo, MappedMap } from './device.ts'
import { emulatedControl } from './emulated-control.ts'
import { EmulatedInterrupt, EmulatedRearm } from './emulated-interrupt.ts'
import { EventsReader, eventsPage, isEventsPage } from './events-page.ts'
import { addUser, dropUser } from './holdings.ts'
import { WaitingLine, type InterruptSource } from './interrupt-line.ts'
import type { KernelDriver } from './kernel-drivers.ts'
import { Region } from './region.ts'
import { viewMemory } from './system/libc.ts'
import { UioInterrupt } from './uio-interrupt.ts'

/** Attaches this thread. Throws DP_UIO_CLOSED once the device is closed. Not cyclic. */
export function attachDevice(handle: DeviceHandle): AttachedDevice {
  addUser(handle)
  try {
    return new Attachment(handle)
  } catch (error) {
    dropUser(handle)
    throw error
  }
}

/** One thread's use of a device. The handle must count it as a user already. */
export class Attachment implements AttachedDevice {
  readonly name: string
  readonly driver: KernelDriver | undefined
  readonly dmaAddress: bigint | undefined
  readonly maps: readonly MapInfo[]
  readonly events: EventsReader | undefined
  readonly handle: DeviceHandle
  readonly #line: WaitingLine
  readonly #buffers: ArrayBuffer[] = []
  /** By index, and the windows by name. */
  readonly #regions = new Map<number | string, Region>()
  #detached = false

  constructor(handle: DeviceHandle) {
    this.handle = handle
    this.name = handle.name
    this.driver = handle.driver
    this.dmaAddress = handle.kind === 'uio' ? handle.dmaAddress : undefined
    this.maps = handle.maps
    for (const map of handle.maps) {
      if (map.pointer === undefined) continue
      this.#regions.set(map.index, new Region(map.name, this.#view(map.pointer, map.size)))
    }
    this.#makeWindows()
    const events = handle.maps.find((map) => map.name === 'events')
    const page = events === undefined ? undefined : this.#regions.get(events.index)
    const known = page !== undefined && isEventsPage(page) ? page : undefined
    this.events = known && new EventsReader(known)
    this.#line = handle.kind === 'uio' ? this.#realLine(handle, known) : this.#emulatedLine(handle)
  }

  get interrupt(): WaitingLine {
    return this.#line
  }

  get detached(): boolean {
    return this.#detached
  }

  map(nameOrIndex: string | number): Region {
    const map = this.handle.maps.find(
      (one) =>
        one.name === nameOrIndex ||
        one.index === nameOrIndex ||
        (one.bar !== undefined && `bar${one.bar}` === nameOrIndex),
    )
    return map === undefined ? this.#window(nameOrIndex) : this.#whole(map)
  }

  detach(): void {
    if (this.#detached) return
    this.#detached = true
    this.#line.end()
    for (const buffer of this.#buffers) buffer.transfer(0)
    dropUser(this.handle)
  }

  #whole(map: MappedMap): Region {
    const region = this.#regions.get(map.index)
    if (region !== undefined) return region
    throw new DualportError('DP_UIO_MAP', {
      at: `${this.handle.path} map${map.index} '${map.name}'`,
      actual: map.refused,
    })
  }

  /** Now, not when they are asked for: once detached, there is nothing left to make them of. */
  #makeWindows(): void {
    for (const { name, map: index, offset, size } of this.driver?.windows ?? []) {
      const region = this.#regions.get(index)
      if (region === undefined) continue
      const bytes = size ?? region.byteLength - offset
      if (offset + bytes > region.byteLength) continue
      this.#regions.set(name, region.window(name, offset, bytes))
    }
  }

  /** A part of a map, or the whole of one, that has its name from the table of kernel drivers. */
  #window(name: string | number): Region {
    const region = typeof name === 'string' ? this.#regions.get(name) : undefined
    if (region !== undefined) return region
    const window = this.driver?.windows.find((one) => one.name === name)
    const map = this.handle.maps.find(({ index }) => index === window?.map)
    // that of a map which was refused is refused with it
    if (map !== undefined && map.pointer === undefined) return this.#whole(map)
    throw this.#noMap(name)
  }

  #noMap(name: string | number): DualportError {
    const windows = this.driver?.windows ?? []
    const names = [
      ...this.handle.maps.map((one) => `${one.index} '${one.name}'`),
      ...windows.map((one) => `'${one.name}' (map${one.map} at 0x${one.offset.toString(16)})`),
    ]
    return new DualportError('DP_UIO_NO_MAP', {
      at: this.handle.path,
      actual: name,
      expected: `one of ${names.join(', ')}`,
    })
  }

  #view(pointer: bigint, bytes: number): ArrayBuffer {
    const buffer = viewMemory(pointer, bytes)
    this.#buffers.push(buffer)
    return buffer
  }

  #realLine(
    handle: DeviceHandle & { readonly kind: 'uio' },
    page: Region | undefined,
  ): WaitingLine {
    const { interruptFd, path, eventCountPath, hasInterrupt } = handle
    const source = new UioInterrupt(interruptFd, path, eventCountPath, hasInterrupt, page)
    return new WaitingLine(source, interruptFd, handle.stopFd, chooseRearmer(handle, this.#regions))
  }

  #emulatedLine(handle: DeviceHandle & { readonly kind: 'emulated' }): WaitingLine {
    const control = new Int32Array(this.#view(handle.control, emulatedControl.bytes))
    const events = this.#view(handle.events, eventsPage.bytes)
    const source: InterruptSource = new EmulatedInterrupt(handle.interruptFd, events, control)
    const rearmer =
      handle.driver?.rearm.by === 'irqcontrol' ? new EmulatedRearm(control) : undefined
    return new WaitingLine(source, handle.interruptFd, handle.stopFd, rearmer)
  }
}
