/**
 * A ring that was run up to CP4 on a device's memory, by the real driver and the chip model in turns, and then left to
 * the bench's card, which goes on from the words it finds there.
 */
import { cycleState } from '../../cards/card.ts'
import type { Sercos3Config } from '../../cards/sercos3/driver/config.ts'
import { Sercos3Master } from '../../cards/sercos3/driver/master.ts'
import { profileConnections } from '../../cards/sercos3/driver/profile-connections.ts'
import { planRam } from '../../cards/sercos3/driver/ram-plan.ts'
import { layoutCp34, type FieldPlace } from '../../cards/sercos3/driver/telegram-layout.ts'
import { Sercon100m } from '../../cards/sercos3/emulator/chip.ts'
import { createSlave } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import { bufferCount, registers, windows } from '../../cards/sercos3/registers.ts'
import type { AttachedDevice } from '../../uio/device.ts'
import { Region } from '../../uio/region.ts'
import { nsPerMs, nsPerSecond } from '../../units.ts'

const longestRunUpNs = 60 * nsPerSecond
/** Cycles in CP4 before the card takes over, so that every buffer was in use. */
const settlingCycles = 20

export type PreparedRing = {
  readonly master: Sercos3Master
  /** The numbers that native/sercon.h reads as its `struct plan`. */
  readonly plan: readonly number[]
}

/** `memory`: the card's own view of the device's memory. */
export function prepareRing(
  device: AttachedDevice,
  memory: ArrayBuffer,
  config: Sercos3Config,
): PreparedRing {
  const chip = new Sercon100m(memory, {
    slaves: config.devices.map((one) => createSlave(one)),
    topology: config.topology,
  })
  const master = new Sercos3Master(device, config)
  const view = new Region('registers', memory, 0, windows.registers.size)
  let status: number[] = []
  let nowNs = 0
  let sinceTickNs = 0
  let cyclesLeft = settlingCycles
  while (cyclesLeft > 0) {
    nowNs += chip.periodNs
    sinceTickNs += chip.periodNs
    chip.tick()
    if (chip.acknowledge() === 0 && sinceTickNs < master.startingTickMs * nsPerMs) continue
    sinceTickNs = 0
    status = chipStatus(view)
    const state = master.beginCycle()
    if (state === cycleState.starting) master.advance(nowNs)
    else if (state === cycleState.operational) cyclesLeft--
    master.endCycle()
    if (master.fault !== undefined) throw master.fault
    if (nowNs > longestRunUpNs) throw new Error('the ring of the bench did not come up')
  }
  return { master, plan: [...places(config), ...status] }
}

function chipStatus(view: Region): number[] {
  const { txbufcsrA, rxbufcsrA, rxbuftvA, tgsr1, tgsr2, phasecr } = registers
  return [txbufcsrA, rxbufcsrA, rxbuftvA, tgsr1, tgsr2, phasecr].map((row) => view.read(row))
}

function places(config: Sercos3Config): number[] {
  const layout = layoutCp34(
    config.devices.map(({ profile }) => ({
      mdt: profileConnections[profile].mdt.bytes,
      at: profileConnections[profile].at.bytes,
    })),
  )
  const plan = planRam(layout, bufferCount[config.buffers])
  const inTx = ({ telegram, offset }: FieldPlace) => (plan.mdtStart[telegram] ?? 0) + offset
  const inRx = ({ telegram, offset }: FieldPlace) => (plan.atStart[telegram] ?? 0) + offset
  return [
    windows.tx.offset,
    windows.rx.offset,
    ...plan.txBuffers,
    ...plan.rxBuffersP1,
    ...plan.rxBuffersP2,
    plan.rxBufferBytes,
    ...layout.devices.flatMap((one) => [
      inTx(one.mdtSvc),
      inTx(one.mdtConnection),
      inRx(one.atSvc),
      inRx(one.sDev),
      inRx(one.atConnection),
    ]),
  ]
}
