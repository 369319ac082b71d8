/**
 * A worker for tests: how many bytes the JavaScript heap grows in warm cycles of a real device's interrupt line, on a
 * packet socket for the node. With our stub's events page, where the read is put off to the next wait, or without.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { attachDevice } from '../../uio/attach-device.ts'
import { waitResult } from '../../uio/device.ts'
import { EventsWriter, eventsPage, startEventsPage } from '../../uio/events-page.ts'
import { createEvent } from '../../uio/system/event.ts'
import { closeFile, write } from '../../uio/system/file.ts'
import { addressOf } from '../../uio/system/libc.ts'
import { CallMemory } from '../../uio/system/memory.ts'
import { createSocketPair } from '../../uio/system/unix-socket.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'
import { standInHandle } from './stand-in-handle.ts'

export type LineGrowth = {
  readonly bytesPerCycle: number
  readonly cycles: number
  /** Waits that ended otherwise than by one interrupt. */
  readonly wrong: number
  readonly total: number
}

const { withPage } = workerData as { withPage: boolean }
const [interruptFd, kernelFd] = createSocketPair('packets')
const stopFd = createEvent()
const page = new ArrayBuffer(eventsPage.bytes)
startEventsPage(page)
const writer = new EventsWriter(page)
const events = {
  index: 0,
  name: 'events',
  address: 0n,
  size: eventsPage.bytes,
  offset: 0,
  pointer: addressOf(page),
}
const name = withPage ? 'dualport_sercos3' : 'Sercos_III_PCI'
const device = attachDevice(
  standInHandle({ interruptFd, stopFd, name, maps: withPage ? [events] : [] }),
)
const { interrupt } = device
const word = new CallMemory(4)
const { pointer } = word
const count = new Int32Array(word.buffer)
const time = { ns: 1.5 }
let cycles = 0
let wrong = 0

/** What the kernel does at an interrupt: the stub's handler, then the UIO core. */
function raise(): void {
  cycles += 1
  if (withPage) writer.record(1, time)
  count[0] = cycles
  write(kernelFd, pointer, 4)
}

function turns(times: number): void {
  for (let n = 0; n < times; n++) {
    raise()
    if (interrupt.wait(1000) !== waitResult.interrupt || interrupt.missed !== 0) wrong += 1
  }
}

turns(60_000)
const bytesPerCycle = heapGrowthPerCycle(turns, 20_000)
const told: LineGrowth = { bytesPerCycle, cycles, wrong, total: interrupt.total }
device.detach()
for (const fd of [interruptFd, kernelFd, stopFd]) closeFile(fd)
parentPort?.postMessage(told, [])
