/** Chip model, device models and driver in one thread and in lockstep: every cycle is the test's own act. */
import type { CardNews, CardProgress, CycleState } from '../../cards/card.ts'
import { cardRequestState, cycleState } from '../../cards/card.ts'
import { Sercon100m } from '../../cards/sercos3/emulator/chip.ts'
import type { Topology } from '../../cards/sercos3/emulator/chip-ring.ts'
import { injectIntoChip } from '../../cards/sercos3/emulator/faults.ts'
import type { ChipFault } from '../../cards/sercos3/emulator/faults.ts'
import { StockDriver } from '../../cards/sercos3/emulator/stock-driver.ts'
import { createSlave } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import type { SercosSlave, SlaveConfig } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import { Sercos3Master } from '../../cards/sercos3/index.ts'
import type { Sercos3Config } from '../../cards/sercos3/index.ts'
import { coreSize, windows } from '../../cards/sercos3/registers.ts'
import type { EmulatedCard } from '../../cards/emulation/memory-host.ts'
import { waitResult } from '../../uio/device.ts'
import type { AttachedDevice } from '../../uio/device.ts'
import { findKernelDriver, type KernelDriver } from '../../uio/kernel-drivers.ts'
import { Region } from '../../uio/region.ts'
import { nsPerMs } from '../../units.ts'
import { SingleAccessRegion } from './single-access-region.ts'

export const ringConfig: Sercos3Config = {
  cycleNs: 1_000_000,
  topology: 'ring',
  buffers: 'triple',
  watchdogCycles: 20,
  devices: [
    ...['x', 'y', 'z', 'w'].map((name, n) => ({
      name,
      address: n + 1,
      profile: 'drive' as const,
      parameters: [],
    })),
    {
      name: 'io',
      address: 5,
      profile: 'io',
      parameters: [],
      fallback: { digital: 0x8001, analog: [-7, 1234] },
    },
  ],
}

/** How a window of the card becomes a region: a test may watch or trap each access. */
export type MakeRegion = (window: keyof typeof windows, chip: Sercon100m) => Region

/** As a memfd host offers it: plain memory. */
export const onMemory: MakeRegion = (window, { memory }) =>
  new Region(window, memory, windows[window].offset, windows[window].size)

/** As a trapping host offers it: the chip answers each access. */
export const onBus: MakeRegion = (window, chip) => new BusRegion(window, chip)

class BusRegion extends SingleAccessRegion {
  readonly #chip: Sercon100m
  readonly #base: number

  constructor(window: keyof typeof windows, chip: Sercon100m) {
    super(window, new ArrayBuffer(windows[window].size))
    this.#chip = chip
    this.#base = windows[window].offset
  }

  override read16(offset: number): number {
    return this.#chip.busRead(this.#base + offset, 16)
  }

  override read32(offset: number): number {
    return this.#chip.busRead(this.#base + offset, 32)
  }

  override write16(offset: number, value: number): void {
    this.#chip.busWrite(this.#base + offset, 16, value & 0xffff)
  }

  override write32(offset: number, value: number): void {
    this.#chip.busWrite(this.#base + offset, 32, value)
  }
}

/** irqcontrol of a device in this thread: what was last ordered. */
class Orders {
  last: 'on' | 'off' | undefined

  takeOrder(): 'on' | 'off' | undefined {
    const order = this.last
    this.last = undefined
    return order
  }
}

function deviceOn(
  chip: Sercon100m,
  make: MakeRegion,
  driver: KernelDriver | undefined,
  orders: Orders,
): AttachedDevice {
  return {
    name: 'in-process',
    driver,
    dmaAddress: undefined,
    maps: [],
    map: (name) => make(name as keyof typeof windows, chip),
    interrupt: {
      wait: () => waitResult.stopped,
      total: 0,
      missed: 0,
      errno: 0,
      failedIn: 'read',
      rearmErrno: 0,
      control: (on) => {
        orders.last = on ? 'on' : 'off'
      },
      rearm: () => {
        orders.last = 'on'
        return true
      },
    },
    events: undefined,
    detach: () => undefined,
  }
}

export type RingOptions = {
  readonly config?: Partial<Sercos3Config>
  /** The devices that hang on the cables, if others than configured. */
  readonly present?: readonly SlaveConfig[]
  readonly wired?: Topology
  readonly create?: (config: SlaveConfig) => SercosSlave
  readonly region?: MakeRegion
  /** Release of the core. */
  readonly release?: number
  /** The card hangs on Linux's own uio_sercos3 instead of our stub. */
  readonly stock?: boolean
  /** For the users' service-channel transfers. */
  readonly mailboxes?: SharedArrayBuffer
}

export class InProcessRing {
  readonly memory = new SharedArrayBuffer(coreSize)
  readonly slaves: SercosSlave[]
  readonly chip: Sercon100m
  master: Sercos3Master
  readonly phases: string[] = []
  /** What was said last, and all that happened. */
  progress: CardProgress | undefined
  readonly news: CardNews[] = []
  nowNs = 0
  raised = 0
  state: CycleState = cycleState.starting
  #sinceTickNs = 0
  readonly #newMaster: () => Sercos3Master
  readonly #card: EmulatedCard
  readonly #device: AttachedDevice

  constructor(options: RingOptions = {}) {
    const config = { ...ringConfig, ...options.config }
    const create = options.create ?? createSlave
    this.slaves = (options.present ?? config.devices).map((device) => create(device))
    const topology = options.wired ?? (config.topology === 'any' ? 'ring' : config.topology)
    this.chip = new Sercon100m(this.memory, {
      slaves: this.slaves,
      topology,
      release: options.release ?? 9,
    })
    const orders = new Orders()
    const stock = options.stock === true
    const driver = stock ? findKernelDriver('Sercos_III_PCI', []) : undefined
    this.#card = stock ? new StockDriver(this.chip, orders) : this.chip
    this.#device = deviceOn(this.chip, options.region ?? onMemory, driver, orders)
    this.#newMaster = () => new Sercos3Master(this.#device, config, options.mailboxes)
    this.master = this.#newMaster()
  }

  /** The program was killed and started again: chip and devices are as they are. */
  restartProgram(): void {
    this.master = this.#newMaster()
    this.state = cycleState.starting
    this.phases.length = 0
  }

  /** One period of the chip; then the driver, when an interrupt or its time-out wakes it. */
  step(task?: () => void): void {
    if (this.chipCycle()) this.driverCycle(task)
  }

  /** True when the driver is due. */
  chipCycle(): boolean {
    this.nowNs += this.chip.periodNs
    this.#sinceTickNs += this.chip.periodNs
    this.#card.tick()
    const interrupt = this.#card.acknowledge() !== 0
    if (interrupt) this.raised++
    const due = interrupt || this.#sinceTickNs >= this.master.startingTickMs * nsPerMs
    if (due) this.#sinceTickNs = 0
    return due
  }

  driverCycle(task?: () => void): void {
    const { master } = this
    this.state = master.beginCycle()
    if (this.state === cycleState.starting) this.#note(master.advance(this.nowNs))
    else task?.()
    master.endCycle()
    master.nowNs = this.nowNs
    if (master.needsAttention) this.#note(master.attend())
    for (let news = master.takeNews(); news !== undefined; news = master.takeNews())
      this.news.push(news)
    this.#device.interrupt.rearm()
  }

  inject(fault: ChipFault): void {
    injectIntoChip(this.chip, fault)
  }

  run(cycles: number, task?: () => void): void {
    for (let n = 0; n < cycles; n++) this.step(task)
  }

  /** Runs until the state is no longer `starting`; answers the simulated seconds it took. */
  runUp(limitS = 30): number {
    return this.until(() => this.state !== cycleState.starting, limitS)
  }

  /** Runs until `met`; answers the simulated seconds it took. What never comes ends with a dump of where everybody stands. */
  until(met: () => boolean, limitS = 10, task?: () => void): number {
    const startNs = this.nowNs
    while (this.nowNs - startNs < limitS * 1e9) {
      this.step(task)
      if (this.master.fault !== undefined) throw this.master.fault
      if (met()) return (this.nowNs - startNs) / 1e9
    }
    throw new Error(`nothing came of it in ${limitS} s\n${this.dump()}`)
  }

  /** Asks the ring for something and runs until it is done; answers the simulated seconds it took. */
  ask(what: number, argument = 0, limitS = 10): number {
    if (!this.master.request(what, argument)) throw new Error(`not taken\n${this.dump()}`)
    const { underWay } = cardRequestState
    // what was done within a cycle shows in the state of the next one
    const ended = () => this.master.requestState !== underWay && this.state === this.master.state
    const seconds = this.until(ended, limitS)
    if (this.master.requestError !== undefined) throw this.master.requestError
    return seconds
  }

  /** For a test that hangs. */
  dump(): string {
    const devices = this.slaves.map(
      ({ name, observation }) => `  device ${name} itself: phase ${observation.phase}`,
    )
    const said = this.progress === undefined ? 'nothing said' : this.progress.doing
    return [
      `state ${this.state}, ${said}`,
      `phases ${this.phases.join(' ')}`,
      this.master.describe(),
      ...devices,
      ...this.news.map(({ text }) => `  news: ${text}`),
    ].join('\n')
  }

  #note(progress: CardProgress | undefined): void {
    if (progress === undefined) return
    this.progress = progress
    if (this.phases.at(-1) !== progress.phase) this.phases.push(progress.phase)
  }
}
