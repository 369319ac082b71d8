/** Where each device's fields lie in the buffers of a phase: bytes from the start of a buffer, in typed arrays for the cycle. */
import { bytesOf } from '../config/connections.ts'
import type { RamPlan } from './ram-plan.ts'
import type { FieldPlace, TelegramLayout } from './telegram-layout.ts'

/** Of a device without a connection in this phase. */
const noPlaceInBuffer = -1

export class FieldPlaces {
  /** In a Tx buffer. */
  readonly svcOut: Int32Array
  readonly cDev: Int32Array
  /** -1 where there is none; so in atConnection. */
  readonly mdtConnection: Int32Array
  /** In an Rx buffer. */
  readonly svcIn: Int32Array
  readonly sDev: Int32Array
  readonly atConnection: Int32Array
  /** From the first connection in a Tx buffer to the end of the last. */
  firstOut = 0
  endOut = 0
  /** Some device has a connection. */
  anyConnection = false

  constructor(devices: number) {
    this.svcOut = new Int32Array(devices)
    this.cDev = new Int32Array(devices)
    this.mdtConnection = new Int32Array(devices)
    this.svcIn = new Int32Array(devices)
    this.sDev = new Int32Array(devices)
    this.atConnection = new Int32Array(devices)
  }

  take(plan: RamPlan, layout: TelegramLayout): void {
    const inTx = ({ telegram, offset }: FieldPlace) => (plan.mdtStart[telegram] ?? 0) + offset
    const inRx = ({ telegram, offset }: FieldPlace) => (plan.atStart[telegram] ?? 0) + offset
    layout.devices.forEach((device, n) => {
      this.svcOut[n] = inTx(device.mdtSvc)
      this.cDev[n] = inTx(device.cDev)
      this.mdtConnection[n] = isPlace(device.mdtConnection)
        ? inTx(device.mdtConnection)
        : noPlaceInBuffer
      this.svcIn[n] = inRx(device.atSvc)
      this.sDev[n] = inRx(device.sDev)
      this.atConnection[n] = isPlace(device.atConnection)
        ? inRx(device.atConnection)
        : noPlaceInBuffer
    })
    this.anyConnection =
      this.mdtConnection.some((at) => at >= 0) || this.atConnection.some((at) => at >= 0)
    const out = layout.devices
      .filter((device) => isPlace(device.mdtConnection))
      .map((device) => ({ at: inTx(device.mdtConnection), bytes: bytesOf(device.mdtWords) }))
    this.firstOut = out.reduce((first, { at }) => Math.min(first, at), out[0]?.at ?? 0)
    this.endOut = out.reduce((end, { at, bytes }) => Math.max(end, at + bytes), this.firstOut)
  }
}

/** At the start of the first telegram lies the hot-plug field, so that no connection does. */
function isPlace({ telegram, offset }: FieldPlace): boolean {
  return telegram !== 0 || offset !== 0
}
