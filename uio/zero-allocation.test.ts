import { expect, test } from 'vitest'
import type { HeapGrowth } from '../test/uio/count-heap-growth.ts'
import type { LineGrowth } from '../test/uio/count-line-growth.ts'
import { runWorker } from '../test/uio/run-worker.ts'
import { openEmulatedDevice } from './emulated-device.ts'

test('20,000 warm waits with clock, events, accessors and every way of re-arming allocate nothing on the JavaScript heap', async () => {
  const { device, backend } = openEmulatedDevice({
    name: 'heap',
    bytes: 4096,
    maps: [{ name: 'registers', offset: 0, size: 0x400 }],
  })
  const url = new URL('../test/uio/count-heap-growth.ts', import.meta.url)
  const result = (await runWorker(url, { handle: device.handle, backend })) as HeapGrowth
  device.close()
  expect(result.missed).toBe(0)
  expect(result.refused).toBe(0)
  expect(result.bytesPerCycle).toBeLessThan(1)
})

test.each([
  ["from our stub's page, its read put off", true],
  ['from the read', false],
])(
  "20,000 warm waits for a real device's interrupt allocate nothing: the count %s",
  async (_, withPage) => {
    const url = new URL('../test/uio/count-line-growth.ts', import.meta.url)
    const result = (await runWorker(url, { withPage })) as LineGrowth
    expect(result.wrong).toBe(0)
    expect(result.total).toBe(result.cycles)
    expect(result.bytesPerCycle).toBeLessThan(1)
  },
)
