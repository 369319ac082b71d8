/** A worker for tests: how many bytes the JavaScript heap grows in warm cycles of wait, clock, events and accessors. */
import { parentPort, workerData } from 'node:worker_threads'
import { heapGrowthPerCycle } from '../heap-growth.ts'
import { attachDevice } from '../../uio/attach-device.ts'
import { MonotonicClock } from '../../uio/clock.ts'
import type { DeviceHandle } from '../../uio/device.ts'
import { attachBackend, type BackendHandle } from '../../uio/emulated-backend.ts'

export type HeapGrowth = { readonly bytesPerCycle: number; readonly missed: number }

const { handle, backend } = workerData as { handle: DeviceHandle; backend: BackendHandle }
const device = attachDevice(handle)
const card = attachBackend(backend)
const registers = device.map('registers')
const clock = new MonotonicClock()
const image = new Uint32Array(32)
const kept = new Float64Array(4)
const { interrupt, events } = device
if (events === undefined) throw new Error('no events page')
const page = events

function cycle(n: number): void {
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

cycles(30_000)
const bytesPerCycle = heapGrowthPerCycle(cycles, 20_000)
card.detach()
device.detach()
const told: HeapGrowth = { bytesPerCycle, missed: interrupt.missed }
parentPort?.postMessage(told, [])
