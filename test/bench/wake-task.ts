/** The task of the wake bench: the real wait, then one write. As flat as the C twin. */
import { parentPort, workerData } from 'node:worker_threads'
import { attachDevice } from '../../uio/attach-device.ts'
import { waitResult, type DeviceHandle } from '../../uio/device.ts'
import { applyRealtime, type RealtimeWish } from '../../uio/realtime.ts'

export type WakeSetup = {
  readonly handle: DeviceHandle
  readonly realtime: RealtimeWish
  /** Interrupts to answer before real-time scheduling, so that the compiler has finished. */
  readonly warmUp: number
  readonly timeoutMs: number
}

const { handle, realtime, warmUp, timeoutMs } = workerData as WakeSetup
const device = attachDevice(handle)
const { interrupt } = device
const registers = device.map('registers')

parentPort?.postMessage('attached')
let going = answer(warmUp)
const { scheduler } = applyRealtime(realtime)
parentPort?.postMessage({ rt: scheduler.refused === undefined })
while (going) going = answer(1_000_000)
device.detach()

/** False when the device was stopped. */
function answer(rounds: number): boolean {
  for (let n = 0; n < rounds; n++) {
    const result = interrupt.wait(timeoutMs)
    if (result === waitResult.interrupt) registers.write32(0, interrupt.total)
    else if (result !== waitResult.timeout) return false
  }
  return true
}
