/** The memory that a machine's threads share. */
import { allocateServiceMailboxes } from '../cards/sercos3/driver/service/service-mailbox.ts'
import { allocateMachineTables } from './axis-handles.ts'
import type { MachineFile } from './machine-file/schema.ts'
import { allocateCommandRing, allocateEndRing } from './shared/command-ring.ts'
import { ControlBlock } from './shared/control-block.ts'
import { allocateEventRing } from './shared/event-ring.ts'
import { allocateRecordRing } from './shared/record-ring.ts'
import { RingBlock } from './shared/ring-block.ts'
import type { SharedMemory } from './worker/worker-setup.ts'

/** Records that the ring holds at least: one second of the machine's cycles, and never fewer. */
const fewestRecords = 1024

/** `recordFields`: doubles in a record. */
export function allocateShared(file: MachineFile, recordFields: number): SharedMemory {
  const perSecond = 1_000_000 / file.cycleUs
  const records = 2 ** Math.ceil(Math.log2(Math.max(fewestRecords, perSecond)))
  return {
    control: ControlBlock.allocate(file.axes.length + file.groups.length),
    records: allocateRecordRing(recordFields, records),
    events: allocateEventRing(),
    commands: allocateCommandRing(),
    ends: allocateEndRing(),
    tables: allocateMachineTables(file),
    ring: RingBlock.allocate(file.devices.length),
    services: allocateServiceMailboxes(file.devices.length),
  }
}
