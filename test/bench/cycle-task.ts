/**
 * The task of the cycle bench: the runtime's own turn on a ring that was run up, four axes in motion; then one word that
 * says done. What the cyclic worker does around its turns is done here in the same order.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { MachineFile } from '../../runtime/machine-file/schema.ts'
import { sercos3Config } from '../../runtime/sercos3-config.ts'
import { BoundedRingReader, BoundedRingWriter } from '../../runtime/shared/bounded-ring.ts'
import { commandField, commandVerb, endField } from '../../runtime/shared/command-ring.ts'
import { recordHead, recordLayout } from '../../runtime/shared/record-layout.ts'
import { RecordReader } from '../../runtime/shared/record-ring.ts'
import { buildCycle } from '../../runtime/worker/build-cycle.ts'
import { rehearse } from '../../runtime/worker/rehearsal.ts'
import type { SharedMemory } from '../../runtime/worker/worker-setup.ts'
import { attachDevice } from '../../uio/attach-device.ts'
import type { DeviceHandle } from '../../uio/device.ts'
import { attachBackend, type BackendHandle } from '../../uio/emulated-backend.ts'
import { applyRealtime, type RealtimeWish } from '../../uio/realtime.ts'
import { motion } from './cycle-machine.ts'
import { prepareRing } from './prepared-ring.ts'
import { heapGrowthPerCycle } from '../heap-growth.ts'

export type CycleSetup = {
  readonly handle: DeviceHandle
  readonly backend: BackendHandle
  readonly file: MachineFile
  readonly shared: Omit<SharedMemory, 'services'>
  readonly realtime: RealtimeWish
  /** Turns with this task alone: to get under way, and then those in which the heap is watched. */
  readonly first: number
  readonly heapCycles: number
  /** Turns of which the execution time is noted, after those. */
  readonly executions: SharedArrayBuffer
}

const setup = workerData as CycleSetup
/** Fewer than the ring holds; reading a batch allocates a little. */
const recordsAtOnce = 105
/** Turns until every axis has its power. */
const enabling = 500
rehearse(setup.file)
const device = attachDevice(setup.handle)
const card = attachBackend(setup.backend)
const { master, plan } = prepareRing(device, card.memory, sercos3Config(setup.file))
card.detach()
const { file, shared } = setup
const { interrupt, events } = device
const done = device.map('done')
const cycle = buildCycle({
  interrupt,
  events,
  card: master,
  file,
  shared,
  task: undefined,
  tell: (message) => parentPort?.postMessage(message),
})
const commands = new BoundedRingWriter(shared.commands, commandField.fields)
const ends = new BoundedRingReader(shared.ends, endField.fields)
const layout = recordLayout(file.axes.length, file.devices.length - file.axes.length)
const records = new RecordReader(shared.records, layout.fields)
const executions = new Int32Array(setup.executions)

const { scheduler } = applyRealtime(setup.realtime)
parentPort?.postMessage({ kind: 'ready', plan, rt: scheduler.refused === undefined })

for (let axis = 0; axis < file.axes.length; axis++) command('enable', axis, 0, 0)
turns(enabling)
for (let axis = 0; axis < file.axes.length; axis++) {
  if (axis % 2 === 0) command('moveAbsolute', axis, motion.travel, motion.velocity)
  else command('moveVelocity', axis, 0, motion.velocity)
}
turns(setup.first - enabling)
const heapBytesPerCycle = heapGrowthPerCycle(turns, setup.heapCycles)
parentPort?.postMessage({ kind: 'heap', heapBytesPerCycle })
measured()
device.detach()

function turns(count: number): void {
  for (let n = 0; n < count && !cycle.ended; n++) {
    cycle.turn()
    done.write32(0, interrupt.total)
    while (ends.take()) ends.release()
  }
}

/** Until the device is stopped. Execution times are taken from the records now and then, after the card has seen `done`. */
function measured(): void {
  let noted = 0
  records.skip()
  for (let n = 1; !cycle.ended; n++) {
    cycle.turn()
    done.write32(0, interrupt.total)
    if (n % recordsAtOnce !== 0) continue
    const batch = records.read()
    for (let k = 0; k < batch.length && noted < executions.length; k++)
      executions[noted++] = batch.get(k, recordHead.executionNs)
  }
}

function command(
  verb: keyof typeof commandVerb,
  axis: number,
  position: number,
  velocity: number,
): void {
  commands.begin()
  for (let field = 0; field < commandField.fields; field++) commands.set(field, Number.NaN)
  commands.set(commandField.id, axis + 1)
  commands.set(commandField.verb, commandVerb[verb])
  commands.set(commandField.target, axis)
  commands.set(commandField.position, position)
  commands.set(commandField.velocity, velocity)
  commands.push()
}
