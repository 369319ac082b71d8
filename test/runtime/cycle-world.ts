/** A cycle on a private card with four axes x, y, z, a and an I/O device, and what tests want to see of it. */
import { machineSchema } from '../../runtime/machine-file/schema.ts'
import type { MachineFile, MachineInput } from '../../runtime/machine-file/schema.ts'
import { unpackAxisStatus } from '../../runtime/shared/axis-status-word.ts'
import type { UnpackedAxisStatus } from '../../runtime/shared/axis-status-word.ts'
import { counterNames } from '../../runtime/shared/control-block.ts'
import { axisField, ioField, recordIo, recordLayout } from '../../runtime/shared/record-layout.ts'
import { RecordReader } from '../../runtime/shared/record-ring.ts'
import type { CyclicTask } from '../../runtime/task.ts'
import { PrivateWorld } from './private-world.ts'
import type { WorkerMessage } from '../../runtime/worker/worker-setup.ts'

const layout = recordLayout(4, 1)

export function machine(changes: Partial<MachineInput> = {}): MachineFile {
  const drives = [1, 2, 3, 4].map((n) => ({
    name: `drive${n}`,
    address: n,
    profile: 'drive' as const,
  }))
  const limits = { velocity: 300, acceleration: 3000, jerk: 30_000, followingError: 50 }
  return machineSchema.parse({
    name: 'test',
    card: { type: 'sercos3' },
    devices: [...drives, { name: 'io', address: 5, profile: 'io' }],
    axes: ['x', 'y', 'z', 'a'].map((name, k) => ({
      name,
      device: `drive${k + 1}`,
      unit: 'mm',
      limits: { positionMin: -1000, positionMax: 1000, ...limits },
    })),
    io: [
      { kind: 'digitalOutput', name: 'lamp', device: 'io', channel: 0 },
      { kind: 'digitalOutput', name: 'brake', device: 'io', channel: 3, safe: true },
    ],
    ...changes,
  })
}

export class World extends PrivateWorld {
  readonly messages: WorkerMessage[]
  readonly records: RecordReader

  constructor(task?: CyclicTask, changes: Partial<MachineInput> = {}) {
    const messages: WorkerMessage[] = []
    super(machine(changes), task, (message) => messages.push(message))
    this.messages = messages
    this.records = new RecordReader(this.shared.records, layout.fields)
  }

  turns(count: number): void {
    for (let k = 0; k < count; k++) this.turn()
  }

  axis(index: number, field: number): number {
    return this.records.newest().get(0, axisField(index, field))
  }

  get digitalOut(): number {
    return this.records.newest().get(0, ioField(layout, 0, recordIo.digitalOut))
  }

  counter(name: (typeof counterNames)[number]): number {
    return this.control.counter(counterNames.indexOf(name))
  }

  get safeCodes(): string[] {
    return this.messages.flatMap((message) => (message.kind === 'safe' ? [message.error.code] : []))
  }

  status(index: number): UnpackedAxisStatus {
    return unpackAxisStatus(this.control.axisStatus(index))
  }
}
