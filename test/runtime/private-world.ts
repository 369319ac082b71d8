/** A whole cycle on a private card, for tests of the cycle. Interrupts come as soon as they are waited for. */
import { waitResult } from '../../uio/device.ts'
import type { InterruptLine, WaitResult } from '../../uio/device.ts'
import { allocateMachineTables } from '../../runtime/axis-handles.ts'
import type { MachineFile } from '../../runtime/machine-file/schema.ts'
import { BoundedRingReader, BoundedRingWriter } from '../../runtime/shared/bounded-ring.ts'
import {
  allocateCommandRing,
  allocateEndRing,
  commandEnds,
  commandField,
  commandVerb,
  endField,
} from '../../runtime/shared/command-ring.ts'
import type { CommandValue, CommandVerb } from '../../runtime/shared/command-ring.ts'
import { ControlBlock } from '../../runtime/shared/control-block.ts'
import { allocateEventRing, eventField } from '../../runtime/shared/event-ring.ts'
import { RingBlock } from '../../runtime/shared/ring-block.ts'
import { recordLayout } from '../../runtime/shared/record-layout.ts'
import { allocateRecordRing } from '../../runtime/shared/record-ring.ts'
import type { CyclicTask } from '../../runtime/task.ts'
import { buildCycle } from '../../runtime/worker/build-cycle.ts'
import type { Cycle } from '../../runtime/worker/cycle.ts'
import { PrivateCard } from './private-card.ts'
import type { SharedMemory, WorkerMessage } from '../../runtime/worker/worker-setup.ts'

export class PrivateWorld {
  readonly card: PrivateCard
  readonly interrupt = new PrivateInterrupt()
  readonly cycle: Cycle
  readonly shared: Omit<SharedMemory, 'services'>
  readonly control: ControlBlock
  readonly #commands: BoundedRingWriter
  /** Told how each command ended: id, end and axisError number. */
  onEnd: ((id: number, end: string | undefined, error: number) => void) | undefined
  readonly #ends: BoundedRingReader
  readonly #events: BoundedRingReader
  #nextId = 1

  constructor(
    file: MachineFile,
    task?: CyclicTask,
    tell: (message: WorkerMessage) => void = ignore,
  ) {
    this.card = new PrivateCard(file.devices)
    const layout = recordLayout(file.axes.length, this.card.ios.length)
    this.shared = {
      control: ControlBlock.allocate(file.axes.length + file.groups.length),
      records: allocateRecordRing(layout.fields, 64),
      events: allocateEventRing(),
      commands: allocateCommandRing(),
      ends: allocateEndRing(),
      tables: allocateMachineTables(file),
      ring: RingBlock.allocate(file.devices.length),
    }
    this.control = new ControlBlock(this.shared.control)
    this.#commands = new BoundedRingWriter(this.shared.commands, commandField.fields)
    this.#ends = new BoundedRingReader(this.shared.ends, endField.fields)
    this.#events = new BoundedRingReader(this.shared.events, eventField.fields)
    this.cycle = buildCycle({
      interrupt: this.interrupt,
      events: undefined,
      card: this.card,
      file,
      shared: this.shared,
      task,
      tell,
    })
  }

  turn(): void {
    this.control.countHeartbeat()
    this.cycle.turn()
    this.#takeEnds()
    while (this.#events.take()) this.#events.release()
  }

  #takeEnds(): void {
    const ends = this.#ends
    while (ends.take()) {
      this.onEnd?.(
        ends.get(endField.id),
        commandEnds[ends.get(endField.end)],
        ends.get(endField.error),
      )
      ends.release()
    }
  }

  /** `target`: an axis, or an I/O device for the two write verbs. The other values are as in command-ring.ts. */
  command(verb: CommandVerb, target: number, position = Number.NaN, velocity = Number.NaN): void {
    this.order(verb, target, { position, velocity })
  }

  /** As `command`, with any values. Returns its id. */
  order(
    verb: CommandVerb,
    target: number,
    values: { readonly [name in CommandValue]?: number } = {},
  ): number {
    const commands = this.#commands
    if (!commands.begin()) throw new Error('the ring of commands is full')
    for (let field = 0; field < commandField.fields; field++) commands.set(field, Number.NaN)
    const id = this.#nextId++
    commands.set(commandField.id, id)
    commands.set(commandField.verb, commandVerb[verb])
    commands.set(commandField.target, target)
    for (const [name, value] of Object.entries(values))
      commands.set(commandField[name as CommandValue], value)
    commands.push()
    return id
  }
}

class PrivateInterrupt implements InterruptLine {
  total = 0
  readonly missed = 0
  readonly errno = 0
  readonly failedIn = 'read'
  readonly rearmErrno = 0
  /** Calls of `rearm`. */
  rearmed = 0

  wait(): WaitResult {
    this.total += 1
    return waitResult.interrupt
  }

  control(): void {
    // there is no line to mask
  }

  rearm(): boolean {
    this.rearmed += 1
    return true
  }
}

function ignore(): void {
  // most tests do not listen
}
