/** Where each device's fields lie in the buffers of a phase: bytes from the start of a buffer, in typed arrays for the cycle. */
import type { RamPlan } from './ram-plan.ts'
import type { FieldPlace, TelegramLayout } from './telegram-layout.ts'

export class FieldPlaces {
  /** In a Tx buffer. */
  readonly svcOut: Int32Array
  readonly cDev: Int32Array
  readonly mdtConnection: Int32Array
  /** In an Rx buffer. */
  readonly svcIn: Int32Array
  readonly sDev: Int32Array
  readonly atConnection: Int32Array

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
      this.mdtConnection[n] = inTx(device.mdtConnection)
      this.svcIn[n] = inRx(device.atSvc)
      this.sDev[n] = inRx(device.sDev)
      this.atConnection[n] = inRx(device.atConnection)
    })
  }
}
