/** A worker for tests: how many bytes the JavaScript heap grows in warm cycles of wait, clock, events, accessors and every way of re-arming. */
import { parentPort, workerData } from 'node:worker_threads'
import { heapGrowthPerCycle } from '../heap-growth.ts'
import { attachDevice } from '../../uio/attach-device.ts'
import { MonotonicClock } from '../../uio/clock.ts'
import type { DeviceHandle } from '../../uio/device.ts'
import { attachBackend, type BackendHandle } from '../../uio/emulated-backend.ts'
import { taken, WaitingLine, type InterruptSource } from '../../uio/interrupt-line.ts'
import { FileRearm, IrqControlRearm, RegisterRearm } from '../../uio/rearm.ts'
import { openFile } from '../../uio/system/file.ts'

export type HeapGrowth = {
  readonly bytesPerCycle: number
  readonly missed: number
  readonly refused: number
}

/** Of lines that are re-armed, and never waited for. */
const silent: InterruptSource = {
  total: 0,
  totalKnown: true,
  errno: 0,
  peek: () => false,
  take: () => taken.nothing,
  control: () => undefined,
}

const { handle, backend } = workerData as { handle: DeviceHandle; backend: BackendHandle }
const device = attachDevice(handle)
const card = attachBackend(backend)
const registers = device.map('registers')
const clock = new MonotonicClock()
const image = new Uint32Array(32)
const fd = openFile('/dev/null', 'readWrite')
const lines = [
  new IrqControlRearm(fd, true),
  new FileRearm({ fd, offset: 4, bytes: 2, value: 7 }),
  new RegisterRearm(registers, 0x20, 8, 1),
  new RegisterRearm(registers, 0x24, 32, 0x8000_0000),
].map((rearmer) => new WaitingLine(silent, fd, fd, rearmer))
const kept = new Float64Array(4)
let refused = 0
const { interrupt, events } = device
if (events === undefined) throw new Error('no events page')
const page = events

function cycle(n: number): void {
  for (let k = 0; k < lines.length; k++) {
    if (!(lines[k] as WaitingLine).rearm()) refused++
  }
  card.raise(1 << (n & 31))
  interrupt.wait(1000)
  clock.sample()
  kept[0] = clock.ns
  page.read((page.count - 3) | 0)
  kept[1] = clock.ns - page.timeNs
  kept[2] = interrupt.missed + interrupt.total
  registers.write32(0x10, n)
  registers.write16(0x14, registers.read16(0x10))
  registers.copyIn32(0, image, 32)
  registers.copyOut32(0x80, image, 32)
}

function cycles(count: number): void {
  for (let n = 0; n < count; n++) cycle(n)
}

cycles(60_000)
const bytesPerCycle = heapGrowthPerCycle(cycles, 20_000)
card.detach()
device.detach()
const told: HeapGrowth = { bytesPerCycle, missed: interrupt.missed, refused }
parentPort?.postMessage(told, [])
