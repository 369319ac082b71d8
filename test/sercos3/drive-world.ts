/**
 * Axes of a machine file on emulated drives, in simulated time: ring, driver, the cycle's own parts and the application's
 * handles in one thread. Every cycle is the test's own act; nothing waits for a clock.
 */
import { setImmediate } from 'node:timers/promises'
import type { AxisHandle } from '../../runtime/axis-handle.ts'
import { allocateMachineTables, createAxisHandles } from '../../runtime/axis-handles.ts'
import { CommandDesk } from '../../runtime/command-desk.ts'
import { restoreError } from '../../runtime/error-snapshot.ts'
import { machineSchema } from '../../runtime/machine-file/schema.ts'
import type { MachineFile, MachineInput } from '../../runtime/machine-file/schema.ts'
import { sercos3Config } from '../../runtime/sercos3-config.ts'
import { allocateCommandRing, allocateEndRing } from '../../runtime/shared/command-ring.ts'
import type { CyclicTask, Tick } from '../../runtime/task.ts'
import { AxisDrive } from '../../runtime/worker/axis-drive.ts'
import { CommandIntake } from '../../runtime/worker/command-intake.ts'
import { IoDevice } from '../../runtime/worker/io-device.ts'
import { TaskInterface } from '../../runtime/worker/task-io.ts'
import type { WorkerMessage } from '../../runtime/worker/worker-setup.ts'
import { InProcessRing } from './in-process-ring.ts'

/** Words beyond the profile's own, so that modes, limits and probes travel in the telegrams. */
export const richConnections = {
  mdt: { idns: ['S-0-0134', 'S-0-0036', 'S-0-0047', 'S-0-0080', 'S-0-0092'] },
  at: {
    idns: [
      'S-0-0135',
      'S-0-0040',
      'S-0-0051',
      'S-0-0084',
      'S-0-0130',
      'S-0-0409',
      'S-0-0403',
      'S-0-0189',
    ],
  },
}

type Device = NonNullable<MachineInput['devices']>[number]

/** `names`: one drive and one axis each. */
export function driveMachine(
  names: readonly string[],
  device: Partial<Device> = {},
  axis: Partial<NonNullable<MachineInput['axes']>[number]> = {},
): MachineFile {
  return machineSchema.parse({
    name: 'test',
    card: { type: 'sercos3' },
    devices: names.map((name, k) => ({
      name: `drive-${name}`,
      address: k + 1,
      profile: 'drive',
      ...device,
    })),
    axes: names.map((name) => ({
      name,
      device: `drive-${name}`,
      unit: 'mm',
      limits: {
        positionMin: -1000,
        positionMax: 1000,
        velocity: 300,
        acceleration: 3000,
        jerk: 30_000,
        followingError: 5,
      },
      ...axis,
    })),
  })
}

export class DriveWorld {
  readonly ring: InProcessRing
  readonly axes: readonly AxisHandle[]
  readonly drives: readonly AxisDrive[]
  readonly ios: readonly IoDevice[]
  readonly taskIo: TaskInterface
  /** What the axes said of errors. */
  readonly told: string[] = []
  readonly warnings: string[] = []
  readonly #desk: CommandDesk
  readonly #commands: CommandIntake
  readonly #task: CyclicTask | undefined
  readonly #tick: { -readonly [field in keyof Tick]: Tick[field] } = {
    cycle: 0,
    timeS: 0,
    timeLeftS: 0,
  }

  constructor(file: MachineFile, task?: CyclicTask) {
    const config = sercos3Config(file)
    this.ring = new InProcessRing({ config })
    const card = this.ring.master
    const cycleS = config.cycleNs / 1e9
    this.drives = file.axes.map((axis) => {
      const index = card.drives.findIndex(({ name }) => name === axis.device)
      const image = card.drives[index]
      if (image === undefined) throw new Error(`no ${axis.device}`)
      return new AxisDrive(axis, index, image, cycleS, card.services)
    })
    this.ios = card.ios.map((image) => new IoDevice(file, image))
    const commands = allocateCommandRing()
    const ends = allocateEndRing()
    const tell = (message: WorkerMessage) => this.#hear(message)
    const tables = allocateMachineTables(file)
    this.#commands = new CommandIntake(
      card,
      this.drives,
      this.ios,
      commands,
      ends,
      tables,
      cycleS,
      tell,
    )
    this.taskIo = new TaskInterface(file, this.drives, this.#commands, this.ios)
    this.#desk = new CommandDesk(commands, ends)
    this.axes = createAxisHandles(file, this.#desk, tables, task !== undefined)
    this.#task = task
    task?.setup?.(this.taskIo)
  }

  /** To CP4, and some cycles on. */
  runUp(): this {
    this.ring.runUp()
    this.run(100)
    return this
  }

  axis(index = 0): AxisHandle {
    return this.axes[index] as AxisHandle
  }

  drive(index = 0): AxisDrive {
    return this.drives[index] as AxisDrive
  }

  run(cycles: number): void {
    for (let k = 0; k < cycles; k++) this.ring.step(() => this.#operate())
  }

  /** Runs until `promise` has settled, `limit` cycles at most; answers what it became. */
  async settled<Result>(promise: Promise<Result>, limit = 20_000): Promise<Result> {
    const state = { open: true }
    const end = (): void => {
      state.open = false
    }
    promise.then(end, end)
    for (let cycle = 0; state.open; cycle += 5) {
      if (cycle > limit) throw new Error(`nothing after ${limit} cycles\n${this.ring.dump()}`)
      this.run(5)
      // promises of several steps settle between two cycles
      await setImmediate()
    }
    return promise
  }

  /** Runs until `met`, `limit` cycles at most. */
  until(met: () => boolean, limit = 20_000): void {
    for (let cycle = 0; !met(); cycle++) {
      if (cycle > limit) throw new Error(`nothing after ${limit} cycles\n${this.ring.dump()}`)
      this.run(1)
    }
  }

  /** A cycle as the worker runs it. */
  #operate(): void {
    const { drives, ios } = this
    for (const drive of drives) drive.readFeedback()
    for (const io of ios) io.readInputs()
    this.#commands.take(false, 1)
    this.#tick.cycle++
    this.#task?.cycle(this.taskIo, this.#tick)
    this.#commands.advance(false)
    for (const io of ios) io.writeOutputs()
    this.#commands.settle()
    this.axes.forEach((axis, k) => axis.takeStatus(drives[k]?.packedStatus ?? 0))
    this.#desk.settle()
  }

  #hear(message: WorkerMessage): void {
    if (message.kind !== 'axisWords') return
    const { axis, error, words, cause } = message
    if (error === 0) this.warnings.push(words ?? '')
    const reason = cause === undefined ? { actual: words } : { cause: restoreError(cause) }
    const status = this.axes[axis]?.takeReason(error, reason)
    if (status?.error !== undefined) this.told.push(status.error.message)
  }
}
