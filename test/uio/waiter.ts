/** A worker for tests: waits until it is stopped and tells how each wait ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { attachDevice } from '../../uio/attach-device.ts'
import { waitResult, type DeviceHandle } from '../../uio/device.ts'

const device = attachDevice(workerData as DeviceHandle)
parentPort?.postMessage('attached', [])
let count = 0
for (;;) {
  const result = device.interrupt.wait(-1)
  device.events?.read(count)
  count = device.events?.count ?? 0
  parentPort?.postMessage(
    {
      result,
      total: device.interrupt.total,
      bits: device.events?.bits,
    },
    [],
  )
  if (result !== waitResult.interrupt) break
}
device.detach()
