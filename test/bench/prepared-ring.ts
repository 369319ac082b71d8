/**
 * A ring that was run up to CP4 on a device's memory, by the real driver and the chip model in turns, and then left to
 * the bench's card, which goes on from the words it finds there.
 */
import { cycleState } from '../../cards/card.ts'
import type { Sercos3Config } from '../../cards/sercos3/driver/config/config.ts'
import { Sercos3Master } from '../../cards/sercos3/driver/master.ts'
import { bytesOf } from '../../cards/sercos3/driver/config/connections.ts'
import { planRing } from '../../cards/sercos3/driver/plan/ring-plan.ts'
import type { FieldPlace } from '../../cards/sercos3/driver/plan/telegram-layout.ts'
import { Sercon100m } from '../../cards/sercos3/emulator/chip.ts'
import { createSlave } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import { bufferCount, registers, windows } from '../../cards/sercos3/registers.ts'
import type { ChipStatus } from './ready-chip.ts'
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
  readonly status: ChipStatus
}

/** `memory`: the card's own view of the device's memory. */
export function prepareRing(
  device: AttachedDevice,
  memory: ArrayBuffer,
  config: Sercos3Config,
): PreparedRing {
  const chip = new Sercon100m(memory, {
    slaves: config.devices.map((one) => createSlave(one)),
    topology: config.topology === 'ring' ? 'ring' : 'line',
  })
  const master = new Sercos3Master(device, config)
  const view = new Region('registers', memory, 0, windows.registers.size)
  let status = chipStatus(view)
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
  const { tx, rx, valid, tgsr1, tgsr2, phasecr } = status
  const words = [tx, rx, valid, tgsr1, tgsr2, phasecr]
  return { master, plan: [...places(config), ...words, ...devicePlaces(config)], status }
}

function chipStatus(view: Region) {
  return {
    tx: view.read(registers.txbufcsrA),
    rx: view.read(registers.rxbufcsrA),
    valid: view.read(registers.rxbuftvA),
    tgsr1: view.read(registers.tgsr1),
    tgsr2: view.read(registers.tgsr2),
    phasecr: view.read(registers.phasecr),
  }
}

function places(config: Sercos3Config): number[] {
  const { plan } = planRing(config)
  const buffers = bufferCount[config.buffers]
  return [
    windows.tx.offset,
    windows.rx.offset,
    buffers,
    ...three(plan.txBuffers),
    ...three(plan.rxBuffersP1),
    ...three(plan.rxBuffersP2),
    plan.txBufferBytes,
    plan.rxBufferBytes,
  ]
}

/** Places of buffers that there are not are 0. */
function three(offsets: readonly number[]): number[] {
  return Array.from({ length: 3 }, (_, n) => offsets[n] ?? 0)
}

function devicePlaces(config: Sercos3Config): number[] {
  const { layout, plan } = planRing(config)
  const inTx = ({ telegram, offset }: FieldPlace) => (plan.mdtStart[telegram] ?? 0) + offset
  const inRx = ({ telegram, offset }: FieldPlace) => (plan.atStart[telegram] ?? 0) + offset
  return [
    layout.devices.length,
    ...layout.devices.flatMap((one) => [
      inTx(one.mdtSvc),
      inTx(one.cDev),
      inTx(one.mdtConnection),
      bytesOf(one.mdtWords),
      inRx(one.atSvc),
      inRx(one.sDev),
      inRx(one.atConnection),
      bytesOf(one.atWords),
    ]),
  ]
}
