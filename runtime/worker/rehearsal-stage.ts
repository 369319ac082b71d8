/**
 * The whole cyclic side of a machine beside an emulated card that lives in the same thread: every cycle of the card is
 * the caller's own act. All classes are those of a real machine.
 */
import { cycleState } from '../../cards/card.ts'
import { Sercos3Master } from '../../cards/sercos3/driver/master.ts'
import { allocateServiceMailboxes } from '../../cards/sercos3/driver/service/service-mailbox.ts'
import { Sercon100m } from '../../cards/sercos3/emulator/chip.ts'
import { createSlave } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import { coreSize, windows } from '../../cards/sercos3/registers.ts'
import { attachDevice } from '../../uio/attach-device.ts'
import { MonotonicClock } from '../../uio/clock.ts'
import type { AttachedDevice, OpenDevice } from '../../uio/device.ts'
import { attachBackend } from '../../uio/emulated-backend.ts'
import type { EmulatedBackend } from '../../uio/emulated-backend.ts'
import { openEmulatedDevice } from '../../uio/emulated-device.ts'
import { nsPerMs, nsPerSecond } from '../../units.ts'
import type { ErrorSnapshot } from '../error-snapshot.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import { sercos3Config } from '../sercos3-config.ts'
import { BoundedRingReader, BoundedRingWriter } from '../shared/bounded-ring.ts'
import {
  allocateCommandRing,
  allocateEndRing,
  commandField,
  commandVerb,
  endField,
} from '../shared/command-ring.ts'
import type { CommandValue, CommandVerb } from '../shared/command-ring.ts'
import { ControlBlock } from '../shared/control-block.ts'
import { allocateEventRing, eventField } from '../shared/event-ring.ts'
import { RingBlock } from '../shared/ring-block.ts'
import { recordLayout } from '../shared/record-layout.ts'
import { allocateRecordRing } from '../shared/record-ring.ts'
import { allocateTableStore } from '../shared/table-store.ts'
import { buildCycle } from './build-cycle.ts'
import type { Cycle } from './cycle.ts'

/** Simulated time. */
const longestRunUpNs = 60 * nsPerSecond
/** Main counts its heartbeat once in several cycles; seldom enough for both cases, often enough for a busy machine. */
const heartbeatTurns = 2

export class RehearsalStage {
  readonly cycle: Cycle
  readonly chip: Sercon100m
  readonly ios: number
  /** Why the machine on the stage went to its safe state. */
  safeReason: ErrorSnapshot | undefined
  readonly #control: ControlBlock
  readonly #commands: BoundedRingWriter
  readonly #ends: BoundedRingReader
  readonly #events: BoundedRingReader
  readonly #opened: OpenDevice
  readonly #attached: AttachedDevice
  readonly #backend: EmulatedBackend
  readonly #master: Sercos3Master
  #turns = 0
  #nextId = 1

  /** Throws DP_SYSTEM_CALL, and what the driver and `buildCycle` throw. */
  constructor(file: MachineFile) {
    const { device, backend } = openEmulatedDevice({
      name: `${file.name}-rehearsal`,
      bytes: coreSize,
      maps: Object.entries(windows).map(([name, { offset, size }]) => ({ name, offset, size })),
    })
    this.#opened = device
    this.#attached = attachDevice(device.handle)
    this.#backend = attachBackend(backend)
    const config = sercos3Config(file)
    this.chip = new Sercon100m(this.#backend.memory, {
      slaves: config.devices.map((one) => createSlave(one)),
      topology: config.topology === 'any' ? 'ring' : config.topology,
    })
    this.#master = new Sercos3Master(
      this.#attached,
      config,
      allocateServiceMailboxes(config.devices.length),
    )
    this.ios = this.#master.ios.length
    const shared = {
      control: ControlBlock.allocate(file.axes.length + file.groups.length),
      records: allocateRecordRing(recordLayout(file.axes.length, this.ios).fields, 64),
      events: allocateEventRing(),
      commands: allocateCommandRing(),
      ends: allocateEndRing(),
      tables: allocateTableStore(0),
      ring: RingBlock.allocate(file.devices.length),
    }
    this.#control = new ControlBlock(shared.control)
    this.#commands = new BoundedRingWriter(shared.commands, commandField.fields)
    this.#ends = new BoundedRingReader(shared.ends, endField.fields)
    this.#events = new BoundedRingReader(shared.events, eventField.fields)
    const { interrupt, events } = this.#attached
    this.cycle = buildCycle({
      interrupt,
      events,
      card: this.#master,
      file,
      shared,
      task: undefined,
      tell: (message) => {
        if (message.kind === 'safe') this.safeReason = message.error
      },
    })
  }

  /** The ring from nothing to CP4, in simulated time: nobody waits for the pauses of the phases. Throws the bus's fault. */
  runUp(): void {
    const { chip } = this
    const master = this.#master
    const startNs = new MonotonicClock().now()
    let nowNs = startNs
    let sinceTickNs = 0
    for (;;) {
      nowNs += chip.periodNs
      sinceTickNs += chip.periodNs
      chip.tick()
      if (chip.acknowledge() === 0 && sinceTickNs < master.startingTickMs * nsPerMs) continue
      sinceTickNs = 0
      const state = master.beginCycle()
      if (state === cycleState.operational) return
      master.advance(nowNs)
      master.endCycle()
      if (master.fault !== undefined) throw master.fault
      if (nowNs - startNs > longestRunUpNs)
        throw new Error('the ring of the rehearsal does not come up')
    }
  }

  /** A turn of the cycle before the bus starts: by an interrupt of ours, or by the time-out as on a chip that stands. */
  idleTurn(interrupted: boolean): void {
    if (interrupted) this.#backend.raise(1)
    this.cycle.turn()
  }

  /** One cycle of the card, and the turn that it wakes. */
  turn(): void {
    this.#tick()
    this.#turns += 1
    if (this.#turns % heartbeatTurns === 0) this.#control.countHeartbeat()
    this.cycle.turn()
    while (this.#ends.take()) this.#ends.release()
    while (this.#events.take()) this.#events.release()
  }

  /** A cycle of the card in which the worker did not get its CPU. */
  missTurn(): void {
    this.#tick()
  }

  /** The machine is asked to close, as by the main thread. */
  requestClose(): void {
    this.#control.requestClose()
  }

  /** `target`: an axis, or an I/O device for the two write verbs. The values are as in command-ring.ts. */
  command(
    verb: CommandVerb,
    target: number,
    values: { readonly [name in CommandValue]?: number },
  ): void {
    const commands = this.#commands
    if (!commands.begin()) return
    for (let field = 0; field < commandField.fields; field++) commands.set(field, Number.NaN)
    commands.set(commandField.id, this.#nextId++)
    commands.set(commandField.verb, commandVerb[verb])
    commands.set(commandField.target, target)
    for (const [name, value] of Object.entries(values))
      commands.set(commandField[name as CommandValue], value)
    commands.push()
  }

  close(): void {
    this.#backend.detach()
    this.#attached.detach()
    this.#opened.close()
  }

  #tick(): void {
    this.chip.tick()
    this.#backend.raise(this.chip.acknowledge())
  }
}
