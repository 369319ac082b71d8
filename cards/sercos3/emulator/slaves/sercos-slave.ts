/**
 * The communication of an emulated Sercos III device, from NRT to CP4: it reads MDTs and writes its fields into ATs as
 * they pass. Both channels of a ring bring the same MDTs: the first telegrams of a cycle are evaluated, and both
 * channels' ATs get the same answer. A slave on the S side of a broken ring takes its slot from the S count: two slaves
 * may then share a slot in CP1 and CP2 (how a master keeps them apart is not in our sources).
 */
import { extract, place } from '../../../../uio/bit-field.ts'
import type { deviceProfile } from '../../idn.ts'
import { class1, cp0, cp12, cp34, sDev } from '../../telegram.ts'
import type { CycleTelegrams, Passage, Slave, SlaveObservation } from '../slave.ts'
import type { Application, Link } from './application.ts'
import {
  type CommunicationParameters,
  addCommunicationParameters,
} from './communication-parameters.ts'
import { Connections } from './connections.ts'
import { attachCommands } from './device-commands.ts'
import type { Parameter } from './parameter.ts'
import { ParameterStore } from './parameter-store.ts'
import { PhaseTracker, nrt } from './phase-tracker.ts'
import { ServiceChannel } from './service-channel.ts'
import {
  type FieldPlace,
  newFieldPlaces,
  placeByAssignment,
  placeBySlot,
} from './telegram-layout.ts'
import { readLong, readWord, writeLong, writeWord } from './telegram-word.ts'
import { checkForCp3, checkForCp4 } from './transition-check.ts'

/** A device shows itself valid this long after CP1 began. */
const cp1ReadyS = 0.02

const loopbackP = place(1, sDev.topology)
const loopbackS = place(2, sDev.topology)
const valid = place(1, sDev.slaveValid)

export type SlaveConfig = {
  readonly name: string
  /** 1..511. */
  readonly address: number
  readonly profile: keyof typeof deviceProfile
}

export class SercosSlave implements Slave {
  readonly name: string
  readonly address: number
  readonly observation: SlaveObservation = newObservation()
  private readonly store = new ParameterStore()
  private readonly parameters: CommunicationParameters
  private readonly connections: Connections
  private readonly serviceChannel: ServiceChannel
  private readonly application: Application
  private readonly commands: readonly Parameter[]
  private readonly tracker = new PhaseTracker()
  private readonly places = newFieldPlaces()
  private readonly link: Link = { operational: false, live: false, fresh: false, lost: false }
  private readonly mdtBytes = new Uint16Array(4)
  private readonly atBytes = new Uint16Array(4)
  private readonly inPhaseS = new Float64Array(1)
  private readonly isReady = (phase: number): boolean => this.readyFor(phase)
  /** Learnt in CP0: position on the P channel and on the S channel; 0 none. */
  private positionP = 0
  private positionS = 0
  private passedCp3Check = false
  private passedCp4Check = false
  /** This cycle's telegrams were evaluated. */
  private evaluated = false
  private withheldCycles = 0
  private refusesReset = false

  constructor(config: SlaveConfig, newApplication: (store: ParameterStore) => Application) {
    const { store } = this
    this.name = config.name
    this.address = config.address
    this.parameters = addCommunicationParameters(store, config.profile, config.name)
    this.application = newApplication(store)
    this.connections = new Connections(this.parameters, store)
    attachCommands(this.parameters, this.application.diagnosis.reset, {
      checkCp3: () => (this.passedCp3Check = checkForCp3(this.parameters, store)),
      checkCp4: () =>
        (this.passedCp4Check = checkForCp4(this.parameters, this.mdtBytes, this.atBytes)),
      clearErrors: () => this.clearErrors(),
    })
    this.commands = store.commands()
    this.serviceChannel = new ServiceChannel(store)
    this.powerOn()
  }

  powerOn(): void {
    this.store.restore()
    this.listIdns()
    this.tracker.reset()
    this.serviceChannel.reset()
    this.serviceChannel.delay(0)
    this.evaluated = false
    this.withheldCycles = 0
    this.leaveCyclicOperation()
    this.application.powerOn()
    this.observe()
  }

  fail(): void {
    this.raiseFault(class1.overload)
  }

  /** Fault hook: raises bits of S-0-0011, see `class1`. A drive stops and drops power; S-0-0099 clears them. */
  raiseFault(bits: number): void {
    this.application.diagnosis.raise(bits)
  }

  /** Bits of S-0-0011, see `class1`. */
  get pendingErrors(): number {
    return this.application.diagnosis.errors
  }

  /** Fault hook: from now on S-0-0099 ends with an error. */
  refuseReset(): void {
    this.refusesReset = true
  }

  /** Fault hook: torque on a drive's shaft from outside, N m, from now on. */
  disturb(torqueNm: number): void {
    this.application.disturb?.(torqueNm)
  }

  /** Fault hook: nothing is inserted into ATs in the next `cycles` cycles; MDTs are still evaluated. */
  withholdInsertion(cycles: number): void {
    this.withheldCycles = cycles
  }

  /** Fault hook: every service-channel step shows busy for this many cycles; 0 ends it. */
  delayServiceChannel(cycles: number): void {
    this.serviceChannel.delay(cycles)
  }

  pass(telegrams: CycleTelegrams, channel: 'P' | 'S', passage: Passage, last: boolean): void {
    const { tracker } = this
    if (!this.evaluated) {
      this.evaluated = true
      if (tracker.receive(telegrams.mst, this.isReady)) this.enterPhase()
      if (tracker.inserting) this.evaluate(telegrams)
    }
    if (!tracker.inserting || this.withheldCycles > 0) return
    if (tracker.phase === 0) this.allocateAddress(telegrams, channel, passage)
    else if (passage === 'out' && this.visible()) this.insert(telegrams.at, channel, last)
  }

  endOfCycle(received: boolean, dtS: number): void {
    this.inPhaseS[0] = (this.inPhaseS[0] as number) + dtS
    if (!received) this.miss(dtS)
    for (let n = 0; n < this.commands.length; n++) this.commands[n]?.command?.advance(dtS)
    this.connections.sumUp(this.link, this.tracker.phase === 4 && this.tracker.inserting)
    this.application.advance(this.link, dtS)
    if (this.withheldCycles > 0) this.withheldCycles--
    this.evaluated = false
    this.observe()
  }

  private clearErrors(): 'done' | 'pending' | 'error' {
    if (this.refusesReset) return 'error'
    const outcome = this.application.clearErrors()
    if (outcome === 'done') this.connections.clearErrors()
    return outcome
  }

  private miss(dtS: number): void {
    // A master that announced another phase has left: its silence is no error.
    const cyclic = this.tracker.phase === 4 && this.tracker.inserting
    if (!this.tracker.miss(dtS, this.parameters.mstLosses.get())) return
    this.leaveCyclicOperation()
    if (cyclic) this.application.loseCommunication()
  }

  private readyFor(phase: number): boolean {
    if (phase === 3) return this.passedCp3Check
    if (phase === 4) return this.passedCp4Check
    return this.positionP + this.positionS > 0
  }

  private enterPhase(): void {
    const { phase } = this.tracker
    this.inPhaseS[0] = 0
    if (phase <= 2) this.leaveCyclicOperation()
    if (phase === 0) {
      this.positionP = 0
      this.positionS = 0
    } else if (phase === 1 || phase === 2) {
      placeBySlot(this.places, this.positionP || this.positionS)
      this.serviceChannel.reset()
      this.store.forgetWrites()
    } else if (phase === 3) {
      placeByAssignment(this.places, this.parameters)
      this.connections.adopt()
    } else if (phase === 4) this.connections.start()
  }

  private leaveCyclicOperation(): void {
    this.connections.drop()
    this.passedCp3Check = false
    this.passedCp4Check = false
  }

  /** CP0: the counter in the AT names the word for our address. Cyclic. */
  private allocateAddress(telegrams: CycleTelegrams, channel: 'P' | 'S', passage: Passage): void {
    const at = telegrams.at[0] as Uint8Array
    if (at.length < cp0.atBytes) return
    const counter = readWord(at, 0)
    const position = counter & cp0.counterMask
    writeWord(at, 0, counter + 1)
    if (passage === 'back' || position < 1 || position > cp0.addressWords) return
    writeWord(at, 2 * position, this.address)
    if (channel === 'P') this.positionP = position
    else this.positionS = position
  }

  /** The first telegrams of the cycle. Cyclic. */
  private evaluate(telegrams: CycleTelegrams): void {
    const { phase } = this.tracker
    if (phase === 0) this.noteVersion(telegrams.mdt[0] as Uint8Array)
    else if (this.visible()) this.exchangeServiceChannel(telegrams.mdt, phase)
    if (phase === 3) this.noteLengths(telegrams)
    if (phase === 4) this.connections.serve(telegrams.mdt)
  }

  private noteVersion(mdt0: Uint8Array): void {
    this.tracker.fastSwitch =
      mdt0.length >= cp0.mdtBytes && extract(readLong(mdt0, 0), cp0.version.fastPhaseSwitch) === 1
  }

  private noteLengths(telegrams: CycleTelegrams): void {
    for (let n = 0; n < 4; n++) {
      this.mdtBytes[n] = (telegrams.mdt[n] as Uint8Array).length
      this.atBytes[n] = (telegrams.at[n] as Uint8Array).length
    }
  }

  private visible(): boolean {
    return this.tracker.phase !== 1 || (this.inPhaseS[0] as number) >= cp1ReadyS
  }

  private exchangeServiceChannel(mdt: readonly Uint8Array[], phase: number): void {
    const { mdtSvc } = this.places
    if (!fits(mdt, mdtSvc, cp12.svcBytes)) return
    const payload = mdt[mdtSvc.telegram] as Uint8Array
    const control = readWord(payload, mdtSvc.offset)
    if (phase === 1) this.serviceChannel.acknowledge(control)
    else this.serviceChannel.exchange(control, readLong(payload, mdtSvc.offset + 2), phase)
  }

  /** Cyclic. */
  private insert(at: readonly Uint8Array[], channel: 'P' | 'S', last: boolean): void {
    const { sDev: device, atSvc } = this.places
    const topology = last ? (channel === 'P' ? loopbackP : loopbackS) : 0
    if (fits(at, device, cp34.deviceBytes))
      writeWord(at[device.telegram] as Uint8Array, device.offset, valid | topology)
    if (fits(at, atSvc, cp34.svcBytes)) {
      const payload = at[atSvc.telegram] as Uint8Array
      writeWord(payload, atSvc.offset, this.serviceChannel.status)
      writeLong(payload, atSvc.offset + 2, this.serviceChannel.info)
    }
    if (this.tracker.phase === 4) this.connections.insert(at)
  }

  /** S-0-0017, S-0-0187 and S-0-0188 from what the device has. */
  private listIdns(): void {
    const all = [...this.store.all()].toSorted((a, b) => a.idn - b.idn)
    const { allIdns, producible, consumable } = this.parameters
    const idns = (cyclic: 'produce' | 'consume') =>
      all.filter(({ spec }) => spec.cyclic === cyclic).map(({ idn }) => idn)
    allIdns.setList(all.map(({ idn }) => idn))
    producible.setList(idns('produce'))
    consumable.setList(idns('consume'))
  }

  private observe(): void {
    this.observation.phase = this.tracker.phase
    this.application.observe(this.observation)
  }
}

function fits(telegrams: readonly Uint8Array[], field: FieldPlace, bytes: number): boolean {
  return (telegrams[field.telegram] as Uint8Array).length >= field.offset + bytes
}

function newObservation(): SlaveObservation {
  return {
    phase: nrt,
    operating: false,
    error: false,
    position: 0,
    velocity: 0,
    torque: 0,
    digitalOutputs: 0,
    analogOutput0: 0,
    analogOutput1: 0,
    digitalInputs: 0,
  }
}
