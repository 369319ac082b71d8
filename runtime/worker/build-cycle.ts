/** Puts a cycle together: the card's process data, the axes and outputs on it, the rings. */
import type { CyclicCard } from '../../cards/card.ts'
import { DualportError } from '../../errors.ts'
import type { InterruptLine, WaitResult } from '../../uio/device.ts'
import type { EventsReader } from '../../uio/events-page.ts'
import { nsPerSecond } from '../../units.ts'
import type { GroupFile } from '../machine-file/group-schema.ts'
import type { AxisFile, MachineFile } from '../machine-file/schema.ts'
import { ControlBlock } from '../shared/control-block.ts'
import { RingBlock } from '../shared/ring-block.ts'
import { recordLayout } from '../shared/record-layout.ts'
import type { CyclicTask } from '../task.ts'
import { AxisDrive } from './axis-drive.ts'
import { CommandIntake } from './command-intake.ts'
import { CycleRecorder } from './cycle-recorder.ts'
import { Cycle } from './cycle.ts'
import { fitMechanics } from './fit-mechanics.ts'
import { GroupDrive } from './group-drive.ts'
import { IoDevice } from './io-device.ts'
import { TaskInterface } from './task-io.ts'
import type { SharedMemory, WorkerMessage } from './worker-setup.ts'

export type CycleWorld = {
  readonly interrupt: InterruptLine
  readonly events: EventsReader | undefined
  readonly card: CyclicCard
  readonly file: MachineFile
  readonly shared: Omit<SharedMemory, 'services'>
  /** `undefined`: the built-in motion. */
  readonly task: CyclicTask | undefined
  readonly tell: (message: WorkerMessage) => void
  /** Words for a wait that ended badly; left out: there are none. */
  readonly explain?: (waited: WaitResult) => DualportError | undefined
}

/** Calls the task's `setup`; what that throws comes out as DP_TASK_MODULE. */
export function buildCycle(world: CycleWorld): Cycle {
  const { card, file, shared, task } = world
  const cycleS = (file.cycleUs * 1000) / nsPerSecond
  const axes = file.axes.map((axis) => axisDrive(axis, card, cycleS))
  const ios = card.ios.map((image) => new IoDevice(file, image))
  const control = new ControlBlock(shared.control)
  const layout = recordLayout(axes.length, ios.length)
  const { commands: ring, ends, tables } = shared
  const commands = new CommandIntake(card, axes, ios, ring, ends, tables, cycleS, world.tell)
  const groups = file.groups.map((group, k) =>
    groupDrive(group, file, cycleS, axes, (status) =>
      control.setAxisStatus(axes.length + k, status),
    ),
  )
  commands.takeGroups(groups)
  fitMechanics(file, cycleS, axes, ios, commands, world.tell)
  const taskInterface = new TaskInterface(file, axes, commands, ios)
  return new Cycle({
    interrupt: world.interrupt,
    events: world.events,
    card,
    file,
    control,
    ring: new RingBlock(shared.ring),
    axes,
    ios,
    commands,
    recorder: new CycleRecorder(control, axes, ios, layout, shared.records, shared.events),
    taskInterface,
    task,
    tell: world.tell,
    explain: world.explain ?? (() => undefined),
  })
}

function groupDrive(
  group: GroupFile,
  file: MachineFile,
  cycleS: number,
  axes: readonly AxisDrive[],
  show: (status: number) => void,
): GroupDrive {
  const members = group.axes.flatMap((name) => {
    const index = file.axes.findIndex((axis) => axis.name === name)
    const drive = axes[index]
    const limits = file.axes[index]?.limits
    return drive === undefined || limits === undefined ? [] : [{ drive, limits }]
  })
  return new GroupDrive(
    cycleS,
    group,
    members.map(({ drive }) => drive),
    members.map(({ limits }) => limits),
    show,
  )
}

function axisDrive(axis: AxisFile, card: CyclicCard, cycleS: number): AxisDrive {
  const { drives, services } = card
  const index = drives.findIndex(({ name }) => name === axis.device)
  const image = drives[index]
  if (image === undefined)
    throw new DualportError('DP_MACHINE_FILE', {
      at: `axes.${axis.name}.device`,
      actual: axis.device,
      expected: 'a device of profile drive',
    })
  return new AxisDrive(axis, index, image, cycleS, services)
}
