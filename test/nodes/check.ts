/**
 * A device's whole life on the Node that runs this: opened on the main thread, waited for in a worker, stopped, detached
 * in every thread, closed, and accessed once more. Plain `node check.ts`, no test runner: a crash is an exit code.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { attachDevice } from '../../uio/attach-device.ts'
import { MonotonicClock } from '../../uio/clock.ts'
import { waitResult, type DeviceHandle } from '../../uio/device.ts'
import { attachBackend } from '../../uio/emulated-backend.ts'
import { openEmulatedDevice } from '../../uio/emulated-device.ts'

const interrupts = 2000

/** Takes interrupts until it is stopped, answers each in memory, and touches everything again after its detach. */
function wait(handle: DeviceHandle): void {
  const device = attachDevice(handle)
  const registers = device.map('registers')
  const { interrupt, events } = device
  parentPort?.postMessage('waiting', [])
  let missed = 0
  let result = interrupt.wait(-1)
  while (result === waitResult.interrupt) {
    missed += interrupt.missed
    registers.write32(4, interrupt.total)
    result = interrupt.wait(-1)
  }
  const total = interrupt.total
  device.detach()
  registers.write32(4, 99)
  const after = [registers.read32(4), interrupt.wait(-1), events?.read(0), events?.count]
  parentPort?.postMessage({ result, total, missed, after }, [])
}

async function live(round: number): Promise<void> {
  const { device, backend } = openEmulatedDevice({
    name: `round${round}`,
    bytes: 8192,
    maps: [{ name: 'registers', offset: 4096, size: 256 }],
  })
  const card = attachBackend(backend)
  const memory = new Int32Array(card.memory)
  const worker = new Worker(new URL(import.meta.url), { workerData: device.handle })
  const ended = once(worker, 'exit')
  await once(worker, 'message')

  const clock = new MonotonicClock()
  for (let n = 1; n <= interrupts; n++) {
    card.raise(1)
    const deadlineNs = clock.now() + 5e9
    // now and then several at once, so that some are missed
    if (n % 10 === 0) while (memory[1025] !== n) assert(clock.now() < deadlineNs, 'no answer')
  }
  const told = once(worker, 'message')
  device.stop()
  const [last] = (await told) as [{ result: number; total: number; missed: number; after: unknown }]
  assert.equal(last.result, waitResult.stopped)
  assert.equal(last.total, interrupts)
  assert.deepEqual(last.after, [0, waitResult.stopped, true, 0])
  assert.deepEqual(await ended, [0])

  const registers = device.map('registers')
  assert.equal(registers.read32(4), interrupts)
  card.detach()
  device.close()
  registers.write32(4, 99)
  assert.equal(registers.read32(4), 0)
  assert.equal(device.interrupt.wait(-1), waitResult.stopped)
  assert.throws(() => attachDevice(device.handle), { code: 'DP_UIO_CLOSED' })
  assert(!readFileSync('/proc/self/maps', 'utf8').includes('memfd:dualport'), 'memory still mapped')
}

if (isMainThread) {
  for (let round = 0; round < 5; round++) await live(round)
  console.log(`node ${process.version}: ok`)
} else {
  wait(workerData as DeviceHandle)
}
