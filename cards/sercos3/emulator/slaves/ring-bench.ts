/**
 * For the devices' tests: a master that builds telegrams byte by byte, sends them around a ring or along a line, and
 * takes the devices from CP0 to CP4 as the protocol says.
 */
import { connectionElement as element, connectionIdn, idn, scpClass } from '../../idn.ts'
import { commandStatus, cp0, cp12, svcElement, telegramAssignment } from '../../telegram.ts'
import { place } from '../../../../uio/bit-field.ts'
import { Ring, type Topology } from '../chip-ring.ts'
import type { DeviceSpec } from '../slave.ts'
import { connectionsOf } from './bench-connections.ts'
import { BenchTelegrams } from './bench-telegrams.ts'
import { type SercosSlave, createSlave } from './create-slave.ts'
import { readLong, readWord, writeLong, writeWord } from './telegram-word.ts'

export type Answer = { readonly error: boolean; readonly info: number }

/** Offsets of one device's fields in MDT0 and AT0 of CP3 and CP4. */
export type Offsets = {
  mdtSvc: number
  atSvc: number
  cDev: number
  sDev: number
  mdt: number
  at: number
}

const mhs = 1

export class RingBench {
  readonly slaves: readonly SercosSlave[]
  readonly offsets: Offsets[] = []
  /** To be set before the first cycle. */
  topology: Topology = 'ring'
  /** The count that S starts with in CP0; behind a break it goes on where that of P ended. */
  countS = 0x8001
  /** C-DEV, per device. */
  readonly cDev: number[]
  /** The words of the hot-plug field in MDT0, and the parameter in its words 2 and 3. */
  readonly hotPlug = { selection: 0, control: 0, info: 0 }
  /** Devices whose connections are fixed. */
  private readonly fixed: readonly boolean[]
  private laid: Ring<BenchTelegrams> | undefined
  private phase = 0
  private phaseSwitch = false
  /** The phase whose layout the telegrams have. */
  private form = 0
  dtS = 0.001
  version = 0
  /** t1, t6, t7 in MDT0 of CP0, ns. */
  times: readonly number[] = []
  /** The master's fields, by topology slot. */
  readonly control: number[]
  readonly info: number[]
  /** Telegrams of the last cycle, as they came back. */
  readonly p = new BenchTelegrams()
  readonly s = new BenchTelegrams()
  mdtBytes = 40
  atBytes = 40
  mstLosses = 3
  allowedLosses = 3
  /** The master's producers are ready and produce in each cycle. */
  producing = true
  /** Command values behind C-CON, per device. */
  private readonly commands = new Map<number, Uint8Array>()
  private toggle = 0

  constructor(devices: readonly ('drive' | 'io' | BenchDevice)[]) {
    const specs: readonly BenchDevice[] = devices.map((device) =>
      typeof device === 'string' ? { profile: device } : device,
    )
    this.slaves = specs.map((spec, n) =>
      createSlave({ name: `${spec.profile} ${n + 1}`, address: n + 1, ...spec }),
    )
    this.fixed = specs.map(({ fixedConnections }) => fixedConnections === true)
    this.control = specs.map(() => 0)
    this.info = specs.map(() => 0)
    this.cDev = specs.map(() => 0x0100)
    this.layOut(specs.map(({ profile }) => profile))
  }

  /** Cables and devices. */
  get ring(): Ring<BenchTelegrams> {
    this.laid ??= new Ring(this.slaves, this.topology, () => new BenchTelegrams())
    return this.laid
  }

  /** What came in on each port in the last cycle: the channel, or nothing. */
  get arrived(): readonly ('P' | 'S' | undefined)[] {
    return this.ring.arrivals.map((set) => set?.channel)
  }

  /** One cycle with telegrams. */
  cycle(count = 1): void {
    for (let k = 0; k < count; k++) {
      this.build(this.p, 'P', 0x0001)
      this.build(this.s, 'S', this.countS)
      this.ring.send(this.p, this.s)
      this.ring.endOfCycle(this.dtS)
      this.toggle ^= 2
    }
  }

  /** Cycles without telegrams. */
  silence(count: number): void {
    for (let k = 0; k < count; k++) {
      this.ring.silent()
      this.ring.endOfCycle(this.dtS)
    }
  }

  /** The master leaves the phase: MST of the new one with the phase-switch bit, telegrams in the old form. */
  announce(phase: number): void {
    this.phase = phase
    this.phaseSwitch = true
  }

  /** Telegrams of `phase` from the next cycle on. */
  enter(phase: number): void {
    this.phase = phase
    this.form = phase
    this.phaseSwitch = false
  }

  /** By the book: announcement, pause (not before CP4), `cycles` of the new phase. */
  switchTo(phase: number, cycles = 30): void {
    this.announce(phase)
    this.cycle(5)
    if (phase !== 4) this.silence(120)
    this.enter(phase)
    this.cycle(cycles)
  }

  runUp(to: number): void {
    this.enter(0)
    this.cycle(10)
    if (to >= 1) this.switchTo(1)
    if (to >= 2) this.switchTo(2)
    if (to < 3) return
    const present = this.slaves.map((_, n) => n).filter((n) => this.ring.present(n))
    for (const n of present) this.configure(n)
    for (const n of present) this.command(n, idn('S-0-0127'))
    this.switchTo(3)
    if (to < 4) return
    for (const n of present) this.command(n, idn('S-0-0128'))
    this.switchTo(4)
  }

  /** Writes all that S-0-0127 asks for. */
  configure(n: number): void {
    const at = this.offsets[n] as Offsets
    const write = (text: Parameters<typeof idn>[0], value: number) =>
      this.write(n, idn(text), value)
    const fixed = this.fixed[n] === true
    const configuration = fixed ? scpClass.fixCfg1 : scpClass.varCfg1
    this.writeList(n, idn('S-0-1000.0.1'), [configuration, scpClass.sync1], 2)
    write('S-0-1002', Math.round(this.dtS * 1e9))
    write('S-0-1003', this.mstLosses)
    write('S-0-1006', 9_580)
    write('S-0-1007', 901_540)
    write('S-0-1008', 14_040)
    write('S-0-1009', at.cDev)
    this.writeList(n, idn('S-0-1010'), [this.mdtBytes, 0, 0, 0], 2)
    write('S-0-1011', at.sDev)
    this.writeList(n, idn('S-0-1012'), [this.atBytes, 0, 0, 0], 2)
    write('S-0-1013', at.mdtSvc)
    write('S-0-1014', at.atSvc)
    write('S-0-1015', 13_640)
    this.writeList(n, idn('S-0-1017'), [600_000, 900_000], 4)
    write('S-0-1023', 1_340)
    write('S-0-1036', 21)
    const content = this.contentOf(n)
    this.configureConnection(n, 0, 0x8000, content.mdt, at.mdt | place(1, telegramAssignment.inMdt))
    this.configureConnection(n, 1, 0xc000, content.at, at.at)
  }

  contentOf(n: number): (typeof connectionsOf)['drive'] {
    return this.slaves[n]?.name.startsWith('drive') === true
      ? connectionsOf.drive
      : connectionsOf.io
  }

  /** Opens `target` and reads its 2- or 4-byte data. */
  read(n: number, target: number, what: number = svcElement.data): number {
    this.expectOk(this.open(n, target), target)
    return this.expectOk(this.step(n, what, { last: true }), target)
  }

  /** Reads a list or text as bytes. */
  readList(n: number, target: number, what: number = svcElement.data): Uint8Array {
    this.expectOk(this.open(n, target), target)
    const length = this.expectOk(this.step(n, what, {}), target) & 0xffff
    const bytes = new Uint8Array(length + 4)
    for (let k = 0; k < length; k += 4) {
      writeLong(bytes, k, this.expectOk(this.step(n, what, { last: k + 4 >= length }), target))
    }
    return bytes.subarray(0, length)
  }

  readText(n: number, target: number, what: number = svcElement.data): string {
    return Buffer.from(this.readList(n, target, what)).toString('latin1')
  }

  write(n: number, target: number, value: number): void {
    this.expectOk(this.open(n, target), target)
    this.expectOk(this.step(n, svcElement.data, { write: true, last: true, info: value }), target)
  }

  writeList(n: number, target: number, items: readonly number[], itemBytes: 2 | 4): void {
    const bytes = new Uint8Array(items.length * itemBytes + 4)
    items.forEach((item, k) =>
      itemBytes === 2 ? writeWord(bytes, 2 * k, item) : writeLong(bytes, 4 * k, item),
    )
    const length = items.length * itemBytes
    const send = (info: number, last: boolean) =>
      this.expectOk(this.step(n, svcElement.data, { write: true, last, info }), target)
    this.expectOk(this.open(n, target), target)
    send(length | (length << 16), length === 0)
    for (let k = 0; k < length; k += 4) send(readLong(bytes, k), k + 4 >= length)
  }

  /** Sets a procedure command, waits for its end and clears it. Returns the last acknowledgement. */
  command(n: number, target: number): number {
    this.write(n, target, 3)
    let status: number = commandStatus.inProcess
    for (let k = 0; k < 5000 && status === commandStatus.inProcess; k++)
      status = this.expectOk(this.open(n, target), target)
    this.write(n, target, 0)
    return status
  }

  open(n: number, target: number): Answer {
    return this.step(n, svcElement.idn, { write: true, last: true, info: target })
  }

  /** One service-channel step: toggles the handshake bit and waits for the answer, 50 cycles at most. */
  step(
    n: number,
    what: number,
    { write = false, last = false, info = 0 }: { write?: boolean; last?: boolean; info?: number },
  ): Answer {
    const handshake = ((this.control[n] as number) & mhs) ^ mhs
    this.control[n] = handshake | (write ? 2 : 0) | (last ? 4 : 0) | (what << 3)
    this.info[n] = info
    for (let k = 0; k < 50; k++) {
      this.cycle()
      const status = this.svcStatus(n)
      if ((status & 0b1001) === (8 | handshake) && (status & 2) === 0)
        return { error: (status & 4) !== 0, info: this.svcInfo(n) }
    }
    throw new Error(`device ${n} does not answer on its service channel`)
  }

  svcStatus(n: number): number {
    return this.statusWord(this.svcOffset(n, 'atSvc'))
  }

  svcInfo(n: number): number {
    const offset = this.svcOffset(n, 'atSvc')
    return readLong(this.atWith(offset), offset + 2)
  }

  sDev(n: number): number {
    return this.statusWord(this.deviceOffset(n, 'sDev'))
  }

  /** The hot-plug field of AT0: selection and status. */
  get hotPlugAnswer(): readonly [selection: number, status: number] {
    const at = this.atWith(2)
    return [readWord(at, 0), readWord(at, 2)]
  }

  /** A command value of the next cycles at `offset` behind C-CON. */
  setCommand(n: number, offset: number, value: number, bytes: 2 | 4): void {
    const image = this.commands.get(n) ?? new Uint8Array(32)
    this.commands.set(n, image)
    if (bytes === 2) writeWord(image, offset, value)
    else writeLong(image, offset, value)
  }

  private expectOk(answer: Answer, target: number): number {
    if (answer.error)
      throw new Error(`IDN ${target.toString(16)}: error ${answer.info.toString(16)}`)
    return answer.info
  }

  private configureConnection(
    n: number,
    instance: number,
    setup: number,
    content: readonly number[],
    assignment: number,
  ): void {
    const write = (se: number, value: number) => this.write(n, connectionIdn(instance, se), value)
    write(element.setup, setup)
    if (this.fixed[n] !== true)
      this.writeList(n, connectionIdn(instance, element.idnList), content, 4)
    write(element.assignment, assignment)
    write(element.number, n * 2 + instance)
    write(element.producerCycleNs, Math.round(this.dtS * 1e9))
    write(element.allowedLosses, this.allowedLosses)
  }

  private layOut(profiles: readonly ('drive' | 'io')[]): void {
    const count = profiles.length
    let mdt = 14 + 8 * count
    let at = 8 + 8 * count
    profiles.forEach((profile, n) => {
      this.offsets.push({
        mdtSvc: 14 + 6 * n,
        atSvc: 8 + 6 * n,
        cDev: 14 + 6 * count + 2 * n,
        sDev: 8 + 6 * count + 2 * n,
        mdt,
        at,
      })
      mdt += connectionsOf[profile].mdtBytes
      at += connectionsOf[profile].atBytes
    })
    this.mdtBytes = Math.max(40, mdt)
    this.atBytes = Math.max(40, at)
  }

  private statusWord(offset: number): number {
    return readWord(this.atWith(offset), offset)
  }

  /** AT0 of the channel that brought something at `offset`. */
  private atWith(offset: number): Uint8Array {
    const arrived = this.ring.arrivals.filter((set) => set !== undefined)
    const found = arrived.find((set) => readWord(set.at[0] as Uint8Array, offset) !== 0)
    return (found ?? this.p).at[0] as Uint8Array
  }

  /** Topology address; no device is missing before device `n`. */
  private slot(n: number): number {
    return this.topology === 'linePort2' ? this.slaves.length - n : n + 1
  }

  private deviceOffset(n: number, field: 'cDev' | 'sDev'): number {
    if (this.form < 3) return cp12.deviceOffset + this.slot(n) * cp12.deviceBytes
    return (this.offsets[n] as Offsets)[field]
  }

  private svcOffset(n: number, field: 'mdtSvc' | 'atSvc'): number {
    return this.form < 3 ? this.slot(n) * cp12.svcBytes : (this.offsets[n] as Offsets)[field]
  }

  private build(telegrams: BenchTelegrams, channel: 'P' | 'S', counter: number): void {
    const { form } = this
    telegrams.channel = channel
    telegrams.mst.phase = this.phase
    telegrams.mst.phaseSwitch = this.phaseSwitch
    telegrams.mst.cycleCount = (telegrams.mst.cycleCount + 1) & 7
    const mdtBytes = form === 0 ? cp0.mdtBytes : form < 3 ? cp12.bytes : this.mdtBytes
    const atBytes = form === 0 ? cp0.atBytes : form < 3 ? cp12.bytes : this.atBytes
    for (let t = 0; t < 4; t++) {
      const used = t === 0 || (t === 1 && (form === 1 || form === 2))
      telegrams.mdt[t] = new Uint8Array(used ? mdtBytes : 0)
      telegrams.at[t] = new Uint8Array(used ? atBytes : 0)
    }
    if (form === 0) {
      const mdt0 = telegrams.mdt[0] as Uint8Array
      writeLong(mdt0, 0, this.version)
      this.times.forEach((time, n) => writeLong(mdt0, cp0.times.t1 + 4 * n, time))
      ;(telegrams.at[0] as Uint8Array).fill(0xff)
      writeWord(telegrams.at[0] as Uint8Array, 0, counter)
    } else this.slaves.forEach((_, n) => this.fill(telegrams.mdt[0] as Uint8Array, n, form))
    if (form >= 3) this.fillHotPlug(telegrams.mdt[0] as Uint8Array)
  }

  private fillHotPlug(mdt: Uint8Array): void {
    writeWord(mdt, 0, this.hotPlug.selection)
    writeWord(mdt, 2, this.hotPlug.control)
    writeLong(mdt, 4, this.hotPlug.info)
  }

  private fill(mdt: Uint8Array, n: number, form: number): void {
    const offset = this.svcOffset(n, 'mdtSvc')
    writeWord(mdt, offset, this.control[n] as number)
    writeLong(mdt, offset + 2, this.info[n] as number)
    writeWord(mdt, this.deviceOffset(n, 'cDev'), this.cDev[n] as number)
    if (form !== 4 || this.phaseSwitch) return
    const at = (this.offsets[n] as Offsets).mdt
    writeWord(mdt, at, this.producing ? 1 | (this.toggle ^ 2) : 0)
    const image = this.commands.get(n)
    if (image !== undefined) mdt.set(image.subarray(0, this.contentOf(n).mdtBytes - 2), at + 2)
  }
}

/** What may differ from a usual device. */
export type BenchDevice = Partial<DeviceSpec> & Pick<DeviceSpec, 'profile'>
