/** Attaching a thread to an opened device: views on its memory and an interrupt line of its own. */
import { DualportError } from '../errors.ts'
import type { AttachedDevice, DeviceHandle, MapInfo, MappedMap } from './device.ts'
import { emulatedControl } from './emulated-control.ts'
import { EmulatedInterrupt } from './emulated-interrupt.ts'
import { EventsReader, isEventsPage } from './events-page.ts'
import { addUser, dropUser } from './holdings.ts'
import { WaitingLine, type InterruptSource } from './interrupt-line.ts'
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
  readonly maps: readonly MapInfo[]
  readonly events: EventsReader | undefined
  readonly handle: DeviceHandle
  readonly #line: WaitingLine
  readonly #buffers: ArrayBuffer[] = []
  readonly #regions = new Map<number, Region>()
  #detached = false

  constructor(handle: DeviceHandle) {
    this.handle = handle
    this.name = handle.name
    this.maps = handle.maps
    for (const map of handle.maps) {
      if (map.pointer === undefined) continue
      this.#regions.set(map.index, new Region(map.name, this.#view(map.pointer, map.size)))
    }
    const events = handle.maps.find((map) => map.name === 'events')
    const page = events === undefined ? undefined : this.#regions.get(events.index)
    this.events = page !== undefined && isEventsPage(page) ? new EventsReader(page) : undefined
    this.#line = new WaitingLine(this.#source(events), handle.interruptFd, handle.stopFd)
  }

  get interrupt(): WaitingLine {
    return this.#line
  }

  map(nameOrIndex: string | number): Region {
    const map = this.handle.maps.find(
      (one) => one.name === nameOrIndex || one.index === nameOrIndex,
    )
    if (map === undefined) {
      const expected = this.handle.maps.map((one) => `${one.index} '${one.name}'`).join(', ')
      throw new DualportError('DP_UIO_NO_MAP', {
        at: this.handle.path,
        actual: nameOrIndex,
        expected: `one of ${expected}`,
      })
    }
    const region = this.#regions.get(map.index)
    if (region === undefined) {
      throw new DualportError('DP_UIO_MAP', {
        at: `${this.handle.path} map${map.index} '${map.name}'`,
        actual: map.refused,
      })
    }
    return region
  }

  detach(): void {
    if (this.#detached) return
    this.#detached = true
    this.#line.end()
    for (const buffer of this.#buffers) buffer.transfer(0)
    dropUser(this.handle)
  }

  #view(pointer: bigint, bytes: number): ArrayBuffer {
    const buffer = viewMemory(pointer, bytes)
    this.#buffers.push(buffer)
    return buffer
  }

  #source(events: MappedMap | undefined): InterruptSource {
    const handle = this.handle
    if (handle.kind === 'uio') {
      return new UioInterrupt(
        handle.interruptFd,
        handle.path,
        handle.eventCountPath,
        handle.hasInterrupt,
      )
    }
    if (events?.pointer === undefined) throw new DualportError('DP_INTERNAL', { at: handle.path })
    return new EmulatedInterrupt(
      handle.interruptFd,
      this.#view(events.pointer, events.size),
      this.#view(handle.control, emulatedControl.bytes),
    )
  }
}
