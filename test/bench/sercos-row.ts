/**
 * One row of the sercos bench, in a thread of its own, as the cyclic worker has one: blocks of cycles of the real driver on
 * a ring that was run up, each followed by one of the C twin, a process of its own. A cycle begins with the wait for its
 * interrupt, two system calls; `work` is the same without: registers, telegrams and the task alone.
 *
 * The interrupt is always there: /dev/zero is readable at any time, and the count goes on in the events page.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'
import { cycleState } from '../../cards/card.ts'
import type { Sercos3Config } from '../../cards/sercos3/driver/config/config.ts'
import type { Sercos3Master } from '../../cards/sercos3/driver/master.ts'
import { planRing } from '../../cards/sercos3/driver/plan/ring-plan.ts'
import { coreSize, windows } from '../../cards/sercos3/registers.ts'
import { attachDevice } from '../../uio/attach-device.ts'
import { waitResult } from '../../uio/device.ts'
import { attachBackend } from '../../uio/emulated-backend.ts'
import { eventsFileBytes } from '../../uio/emulated-control.ts'
import { openEmulatedDevice } from '../../uio/emulated-device.ts'
import { eventsPage } from '../../uio/events-page.ts'
import { viewMemory } from '../../uio/system/libc.ts'
import { mapOrThrow, unmap } from '../../uio/system/memory.ts'
import { prepareRing } from './prepared-ring.ts'
import { ReadyChip } from './ready-chip.ts'

export type RowSetup = { readonly program: string; readonly drives: number }
/** What a row is told: to run a block, answered by a BlockResult, or to end. */
export type RowOrder = 'block' | 'end'
/** Nanoseconds per cycle. */
export type BlockResult = {
  readonly ts: number
  readonly c: number
  readonly workTs: number
  readonly workC: number
}

const warmUpCycles = 30_000
/** A block lasts some milliseconds, shorter than what else the machine does. */
const drivesPerBlock = 60_000
const fixedDrives = 8

const { program, drives } = workerData as RowSetup
const cycles = Math.round(drivesPerBlock / (drives + fixedDrives))
const config: Sercos3Config = {
  cycleNs: 1_000_000,
  topology: 'ring',
  buffers: 'double',
  watchdogCycles: 20,
  devices: Array.from({ length: drives }, (_, n) => ({
    name: `drive${n + 1}`,
    address: n + 1,
    profile: 'drive',
    parameters: [],
  })),
}
const { device, backend } = openEmulatedDevice({
  name: 'bench',
  bytes: coreSize,
  maps: (['registers', 'tx', 'rx'] as const).map((name) => ({ name, ...windows[name] })),
})
const alwaysReadable = openSync('/dev/zero', 'r')
const attached = attachDevice({ ...device.handle, interruptFd: alwaysReadable })
const eventsAt = mapOrThrow(backend.eventsFd, eventsFileBytes, 0, 'readWrite')
const events = new Int32Array(viewMemory(eventsAt, eventsFileBytes))
const { interrupt } = attached
const card = attachBackend(backend)
const { master, plan, status } = prepareRing(attached, card.memory, config)
const { layout, plan: ram } = planRing(config)
const chip = new ReadyChip(card.memory, status, layout, ram)

run(master, chip, warmUpCycles, true)
run(master, chip, warmUpCycles, false)
parentPort?.on('message', (order: RowOrder) => {
  if (order === 'block') parentPort?.postMessage(runBlock())
  else end()
})

function runBlock(): BlockResult {
  // what ran in between has left the caches and the predictors to itself
  run(master, chip, cycles, true)
  const ts = timed(master, chip, true)
  run(master, chip, cycles, false)
  const workTs = timed(master, chip, false)
  return { ts, workTs, ...twin() }
}

function end(): void {
  attached.detach()
  card.detach()
  unmap(eventsAt, eventsFileBytes)
  device.close()
  closeSync(alwaysReadable)
  parentPort?.close()
}

function timed(driver: Sercos3Master, ready: ReadyChip, waits: boolean): number {
  const begun = process.hrtime.bigint()
  const unsteady = run(driver, ready, cycles, waits)
  const ns = Number(process.hrtime.bigint() - begun)
  if (unsteady > 0) throw new Error(`${unsteady} of ${cycles} cycles were not operational`)
  return ns / cycles
}

/** Answers how many cycles were not as they ought to be. */
function run(driver: Sercos3Master, ready: ReadyChip, count: number, waits: boolean): number {
  const images = driver.drives
  let unsteady = 0
  for (let n = 0; n < count; n++) {
    ready.answer()
    if (waits) {
      events[eventsPage.count / 4] = ((events[eventsPage.count / 4] as number) + 1) | 0
      if (interrupt.wait(1000) !== waitResult.interrupt) unsteady++
    }
    if (driver.beginCycle() !== cycleState.operational) unsteady++
    for (let k = 0; k < images.length; k++) {
      const drive = images[k]
      if (drive === undefined) break
      const position = drive.readPosition()
      const velocity = drive.readVelocity()
      const torque = drive.readTorque()
      drive.writePosition((position + n) | 0)
      drive.writeVelocity((velocity - torque) | 0)
      drive.writeControl(drive.readStatus() ^ 0xe000)
    }
    driver.endCycle()
  }
  return unsteady
}

function twin(): { c: number; workC: number } {
  const { stdout, status: code } = spawnSync(program, [String(warmUpCycles / 10), String(cycles)], {
    input: plan.join(' '),
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  if (code !== 0) throw new Error(`the C twin ended with ${code}`)
  const [c = Number.NaN, workC = Number.NaN] = stdout.toString().split(' ').map(Number)
  return { c, workC }
}
