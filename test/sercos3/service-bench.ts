/**
 * Service channels from the application's promise to the device and back, in simulated time: the real handles, mailboxes,
 * channels and emulated devices' ends in one thread, cycle by cycle, without the telegrams that carry them.
 */
import { setImmediate } from 'node:timers/promises'
import { ServiceChannel } from '../../cards/sercos3/driver/service/service-channel.ts'
import { ServiceDesk } from '../../cards/sercos3/driver/service/service-desk.ts'
import {
  ServiceMailboxes,
  allocateServiceMailboxes,
} from '../../cards/sercos3/driver/service/service-mailbox.ts'
import type { ServiceJob } from '../../cards/sercos3/driver/service/service-job.ts'
import type { ParameterSpec } from '../../cards/sercos3/emulator/slaves/parameter.ts'
import { ParameterStore } from '../../cards/sercos3/emulator/slaves/parameter-store.ts'
import { ProcedureCommand } from '../../cards/sercos3/emulator/slaves/procedure-command.ts'
import type { CommandSpec } from '../../cards/sercos3/emulator/slaves/procedure-command.ts'
import { ServiceChannel as SlaveChannel } from '../../cards/sercos3/emulator/slaves/service-channel.ts'
import { createDeviceHandles } from '../../runtime/device-handles.ts'
import type { DeviceHandles } from '../../runtime/device-handles.ts'
import type { DeviceHandle } from '../../runtime/device-handle.ts'
import type { MachineFile } from '../../runtime/machine-file/schema.ts'

/** What the master sees of a device in one cycle. A test may change it. */
export type SvcAnswer = { status: number; info: number }
export type Tamper = (answer: SvcAnswer, control: number) => void

export type BenchDevice = {
  readonly parameters: readonly ParameterSpec[]
  readonly commands?: { readonly [idn: string]: CommandSpec }
}

const settleEvery = 10

export class ServiceBench {
  readonly stores: ParameterStore[]
  readonly slaves: SlaveChannel[]
  readonly channels: ServiceChannel[]
  readonly jobs: ServiceJob[]
  readonly desk: ServiceDesk
  readonly mailboxes: ServiceMailboxes
  readonly present: Uint8Array
  readonly handles: DeviceHandles
  /** Devices whose answers are changed on their way. */
  readonly tampers = new Map<number, Tamper>()
  phase = 4
  /** One cycle is one millisecond. */
  cycles = 0

  constructor(devices: readonly BenchDevice[]) {
    const memory = allocateServiceMailboxes(devices.length)
    this.mailboxes = new ServiceMailboxes(memory)
    this.stores = devices.map(storeOf)
    this.slaves = this.stores.map((store) => new SlaveChannel(store))
    this.jobs = devices.map((_, n) => this.mailboxes.job(n))
    this.channels = this.jobs.map((job) => new ServiceChannel(job))
    this.present = new Uint8Array(devices.length).fill(1)
    this.desk = new ServiceDesk(this.mailboxes, this.channels, this.jobs, this.present)
    const file = {
      devices: devices.map((_, n) => ({
        name: `d${n}`,
        address: n + 1,
        profile: 'drive',
        parameters: [],
      })),
    }
    this.handles = createDeviceHandles(file as unknown as MachineFile, memory, () => this.cycles)
    this.desk.open(this.phase)
  }

  device(n: number): DeviceHandle {
    return this.handles.devices[n] as DeviceHandle
  }

  /** One Sercos cycle: the devices see what the master sent before, the master what they answered. */
  cycle(): void {
    this.cycles++
    this.channels.forEach((channel, n) => {
      const slave = this.slaves[n] as SlaveChannel
      slave.exchange(channel.control, (channel.infoHigh << 16) | channel.infoLow, this.phase)
      for (const parameter of this.stores[n]?.commands() ?? []) parameter.command?.advance(0.001)
      if (!channel.running || this.present[n] === 0) return
      const answer = { status: slave.status, info: slave.info }
      this.tampers.get(n)?.(answer, channel.control)
      channel.advance(answer.status, answer.info & 0xffff, answer.info >>> 16)
    })
    this.desk.serve()
  }

  async run(cycles: number): Promise<void> {
    for (let n = 0; n < cycles; n++) {
      this.cycle()
      if (this.cycles % settleEvery !== 0) continue
      this.handles.settle()
      // what a settled transfer leads to is posted before the next cycle
      await setImmediate()
    }
  }

  /** Runs cycles until `work` has settled; a hang is a failure that tells the state. */
  async until<Result>(work: Promise<Result>, mostCycles = 100_000): Promise<Result> {
    const progress = { settled: false }
    const noted = work.finally(() => {
      progress.settled = true
    })
    noted.catch(() => undefined)
    const end = this.cycles + mostCycles
    while (!progress.settled) {
      if (this.cycles > end) throw new Error(`hang after ${mostCycles} cycles: ${this.dump()}`)
      await this.run(settleEvery)
    }
    return noted
  }

  /** As `until`, the code of the error that it rejected with. */
  async refusal(work: Promise<unknown>, mostCycles?: number): Promise<Error> {
    try {
      await this.until(work, mostCycles)
    } catch (error) {
      if (error instanceof Error && !error.message.startsWith('hang')) return error
      throw error
    }
    throw new Error('it was not refused')
  }

  dump(): string {
    return JSON.stringify({
      phase: this.phase,
      open: this.mailboxes.open,
      devices: this.channels.map((channel, n) => ({
        mailbox: this.mailboxes.state(n),
        running: channel.running,
        owner: channel.owner,
        control: channel.control.toString(16),
        status: this.slaves[n]?.status.toString(16),
        job: this.jobs[n],
      })),
    })
  }
}

function storeOf({ parameters, commands = {} }: BenchDevice): ParameterStore {
  const store = new ParameterStore()
  for (const spec of parameters) {
    const parameter = store.add(spec)
    const command = commands[parameter.text]
    if (command !== undefined) parameter.command = new ProcedureCommand(command)
  }
  const list = [...store.all()].map(({ idn }) => idn)
  store.add({
    idn: 'S-0-0017',
    name: 'IDN list of all operation data',
    type: 'u32[]',
    format: 'idn',
    capacity: 65_532,
    value: [...list, 17],
  })
  return store
}
