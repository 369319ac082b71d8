/** The opener's side of a device, real or emulated: an attachment that can also stop and close it. */
import { Attachment } from './attach-device.ts'
import type { OpenDevice } from './device.ts'
import { dropUser } from './holdings.ts'
import { signalEvent } from './system/event.ts'

export class OpenedDevice extends Attachment implements OpenDevice {
  #closed = false

  get path(): string {
    return this.handle.path
  }

  stop(): void {
    // detached, this thread may have been the last: the descriptor is closed then, and its number may be another file's
    if (!this.#closed && !this.detached) signalEvent(this.handle.stopFd)
  }

  close(): void {
    this.stop()
    this.#closed = true
    this.detach()
  }

  threadEnded(): void {
    dropUser(this.handle)
  }
}
