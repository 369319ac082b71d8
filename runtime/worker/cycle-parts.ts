/** What a turn of the cycle works on. */
import type { CyclicCard } from '../../cards/card.ts'
import type { DualportError } from '../../errors.ts'
import type { InterruptLine, WaitResult } from '../../uio/device.ts'
import type { EventsReader } from '../../uio/events-page.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import type { ControlBlock } from '../shared/control-block.ts'
import type { RingBlock } from '../shared/ring-block.ts'
import type { CyclicTask } from '../task.ts'
import type { AxisDrive } from './axis-drive.ts'
import type { CommandIntake } from './command-intake.ts'
import type { CycleRecorder } from './cycle-recorder.ts'
import type { IoDevice } from './io-device.ts'
import type { TaskInterface } from './task-io.ts'
import type { WorkerMessage } from './worker-setup.ts'

/** Tests give stand-ins for the first three. */
export type CycleParts = {
  readonly interrupt: InterruptLine
  readonly events: EventsReader | undefined
  readonly card: CyclicCard
  readonly file: MachineFile
  readonly control: ControlBlock
  readonly ring: RingBlock
  readonly axes: readonly AxisDrive[]
  readonly ios: readonly IoDevice[]
  readonly commands: CommandIntake
  readonly recorder: CycleRecorder
  readonly taskInterface: TaskInterface
  /** `undefined`: the built-in motion. */
  readonly task: CyclicTask | undefined
  readonly tell: (message: WorkerMessage) => void
  /** Words for a wait that ended badly. */
  readonly explain: (waited: WaitResult) => DualportError | undefined
}
