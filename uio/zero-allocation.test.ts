import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { openEmulatedDevice } from './emulated-device.ts'

test('20,000 warm waits with clock, events and accessors allocate nothing on the JavaScript heap', async () => {
  const { device, backend } = openEmulatedDevice({
    name: 'heap',
    bytes: 4096,
    maps: [{ name: 'registers', offset: 0, size: 0x400 }],
  })
  const worker = new Worker(new URL('../test/uio/count-heap-growth.ts', import.meta.url), {
    workerData: { handle: device.handle, backend },
  })
  const [result] = (await once(worker, 'message')) as [{ bytesPerCycle: number; missed: number }]
  await once(worker, 'exit')
  device.close()
  expect(result.missed).toBe(0)
  expect(result.bytesPerCycle).toBeLessThan(1)
})
