/**
 * The communication of an emulated Sercos III device, from NRT to CP4: it reads MDTs and writes its fields into ATs as
 * they pass. Both channels of a ring bring the same MDTs: the first telegrams of a cycle are evaluated, and both
 * channels' ATs get the same answer. How a device comes into a running ring is in hot-plug.ts.
 */
import { place } from '../../../../uio/bit-field.ts'
import { class1 } from '../../diagnosis.ts'
import { cp0, cp12, cp34, sDev } from '../../telegram.ts'
import { DevicePorts, portMode } from '../device-ports.ts'
import type { DeviceMisdeed } from '../faults.ts'
import type { CycleTelegrams, DeviceSpec, Passage, Slave, SlaveObservation } from '../slave.ts'
import { AddressAllocation } from './address-allocation.ts'
import type { Application, Link } from './application.ts'
import {
  type CommunicationParameters,
  addCommunicationParameters,
} from './communication-parameters.ts'
import { Connections } from './connections.ts'
import { attachCommands } from './device-commands.ts'
import { HotPlug, hotPlugPhase, takeBroadcast } from './hot-plug.ts'
import { fillIdnLists } from './idn-lists.ts'
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

/** A device in NRT is out of its ring when it has received nothing for so long. */
const strandedS = 0.2

const valid = place(1, sDev.slaveValid)

export type SlaveConfig = DeviceSpec

export class SercosSlave implements Slave {
  readonly name: string
  readonly absent: boolean
  readonly ports = new DevicePorts()
  readonly observation: SlaveObservation = newObservation()
  /** The Sercos address set at the device; it counts from the next CP0 on. */
  address: number
  private readonly store = new ParameterStore()
  private readonly parameters: CommunicationParameters
  private readonly connections: Connections
  private readonly serviceChannel: ServiceChannel
  private readonly application: Application
  private readonly commands: readonly Parameter[]
  private readonly tracker = new PhaseTracker()
  private readonly allocation = new AddressAllocation()
  private readonly hotPlug: HotPlug
  private readonly places = newFieldPlaces()
  private readonly link: Link = { operational: false, live: false, fresh: false, lost: false }
  private readonly mdtBytes = new Uint16Array(4)
  private readonly atBytes = new Uint16Array(4)
  private readonly inPhaseS = new Float64Array(1)
  /** In NRT and without telegrams. */
  private readonly outsideS = new Float64Array(1)
  private readonly isReady = (phase: number): boolean => this.readyFor(phase)
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
    this.absent = config.absent ?? false
    this.parameters = addCommunicationParameters(store, config)
    this.showDevice()
    this.application = newApplication(store)
    this.connections = new Connections(this.parameters, store)
    this.hotPlug = new HotPlug(this.parameters, this.ports)
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
    this.parameters.sercosAddress.set(this.address)
    fillIdnLists(this.store, this.parameters)
    this.tracker.reset()
    this.ports.powerOn()
    this.hotPlug.reset()
    this.serviceChannel.reset()
    this.serviceChannel.mend()
    this.connections.mend()
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

  misbehave(misdeed: DeviceMisdeed): void {
    switch (misdeed.does) {
      case 'silent':
        return this.withholdInsertion(misdeed.cycles)
      case 'slowService':
        return this.serviceChannel.delay(misdeed.cycles, true)
      case 'busyService':
        return this.serviceChannel.delay(misdeed.cycles)
      case 'serviceError':
        return this.serviceChannel.refuse(misdeed.idn, misdeed.code)
      case 'wrongLength':
        return this.serviceChannel.lengthen(misdeed.idn)
      case 'diagnosis':
        return this.application.diagnosis.force(misdeed.class, misdeed.bits)
      case 'refuseReset':
        return this.refuseReset()
      case 'disturb':
        return this.disturb(misdeed.torqueNm)
      case 'mains':
        return this.application.switchMains?.(misdeed.on)
      case 'address':
        this.address = misdeed.address
        return
      case 'stuckToggle':
        return this.connections.stickToggle(misdeed.stuck)
    }
  }

  pass(telegrams: CycleTelegrams, channel: 'P' | 'S', passage: Passage, _last: boolean): void {
    const { tracker, hotPlug } = this
    if (!this.evaluated) {
      this.evaluated = true
      if (tracker.receive(telegrams.mst, this.isReady)) this.enterPhase()
      if (tracker.inserting) this.evaluate(telegrams)
      else if (hotPlug.phase === hotPlugPhase.hp2) this.serveHotPlug(telegrams)
    }
    if (tracker.phase === nrt) this.listen(telegrams, channel, passage)
    if (!tracker.inserting || this.withheldCycles > 0) return
    if (tracker.phase === 0) this.allocation.pass(telegrams, channel, passage, this.address)
    else if (passage === 'out' && this.visible()) this.insert(telegrams.at)
  }

  endOfCycle(received: boolean, dtS: number): void {
    this.inPhaseS[0] = (this.inPhaseS[0] as number) + dtS
    if (received) this.outsideS[0] = 0
    else this.miss(dtS)
    for (let n = 0; n < this.commands.length; n++) this.commands[n]?.command?.advance(dtS)
    this.hotPlug.endOfCycle(dtS)
    if (this.hotPlug.phase === hotPlugPhase.hp2 && this.passedCp4Check) this.finishHotPlug()
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
    if (this.tracker.phase === nrt) this.stayOutside(dtS)
    // A master that announced another phase has left: its silence is no error.
    const cyclic = this.tracker.phase === 4 && this.tracker.inserting
    const { mstErrors, mstLosses } = this.parameters
    if (cyclic) mstErrors.set(Math.min(mstErrors.get() + 1, 0xffff))
    if (!this.tracker.miss(dtS, mstLosses.get())) return
    this.ports.drift()
    this.leaveCyclicOperation()
    if (cyclic) this.application.loseCommunication()
  }

  private stayOutside(dtS: number): void {
    const outsideS = (this.outsideS[0] as number) + dtS
    this.outsideS[0] = outsideS
    if (outsideS > strandedS) this.ports.strand()
  }

  private readyFor(phase: number): boolean {
    if (phase === 3) return this.passedCp3Check
    if (phase === 4) return this.passedCp4Check
    return this.allocation.topologyAddress > 0
  }

  private enterPhase(): void {
    const { phase } = this.tracker
    this.inPhaseS[0] = 0
    if (phase <= 2) this.leaveCyclicOperation()
    if (phase === nrt) this.ports.drift()
    else this.hotPlug.reset()
    if (phase === 0) this.ports.join()
    else if (phase === 1 || phase === 2) {
      this.ports.hold()
      placeBySlot(this.places, this.allocation.topologyAddress)
      this.serviceChannel.reset()
      this.store.forgetWrites()
    } else if (phase === 3) {
      this.parameters.effectiveMtu.set(this.parameters.requestedMtu.get())
      placeByAssignment(this.places, this.parameters)
      this.connections.adopt()
    } else if (phase === 4) this.connections.start()
  }

  private leaveCyclicOperation(): void {
    this.connections.drop()
    this.passedCp3Check = false
    this.passedCp4Check = false
  }

  /** NRT: a ring in CP4 may take us in. Cyclic. */
  private listen(telegrams: CycleTelegrams, channel: 'P' | 'S', passage: Passage): void {
    const { hotPlug } = this
    if (passage === 'back' || !this.ports.outside) return
    if (hotPlug.pass(telegrams, channel, this.address)) {
      this.leaveCyclicOperation()
      this.store.forgetWrites()
      this.serviceChannel.reset()
    }
    if (hotPlug.phase === hotPlugPhase.hp2) this.insertServiceChannel(telegrams.at)
  }

  /** HP2: the service channel alone. Cyclic. */
  private serveHotPlug(telegrams: CycleTelegrams): void {
    placeByAssignment(this.places, this.parameters)
    this.noteLengths(telegrams)
    this.exchangeServiceChannel(telegrams.mdt, this.passedCp3Check ? 3 : 2)
  }

  /** S-0-0128 is done: on as after a phase switch. */
  private finishHotPlug(): void {
    this.hotPlug.reset()
    this.tracker.join(4)
    this.inPhaseS[0] = 0
    placeByAssignment(this.places, this.parameters)
    this.connections.adopt()
    this.connections.start()
  }

  /** The first telegrams of the cycle. Cyclic. */
  private evaluate(telegrams: CycleTelegrams): void {
    const { phase } = this.tracker
    if (phase === 0) {
      this.takeVersion(telegrams)
      return
    }
    this.takeDeviceControl(telegrams.mdt)
    if (this.visible()) this.exchangeServiceChannel(telegrams.mdt, phase)
    if (phase === 3) this.noteLengths(telegrams)
    if (phase >= 3) takeBroadcast(telegrams.mdt[0] as Uint8Array, this.parameters)
    if (phase === 4) this.connections.serve(telegrams.mdt)
  }

  private takeVersion(telegrams: CycleTelegrams): void {
    const { allocation, parameters } = this
    allocation.begin(telegrams)
    this.tracker.fastSwitch = allocation.fastSwitch
    this.ports.forwardsInLoopback = !allocation.stopsForwarding
    if (!allocation.timesInMdt0) return
    const mdt0 = telegrams.mdt[0] as Uint8Array
    parameters.t1.set(readLong(mdt0, cp0.times.t1))
    parameters.ucWindow.setItem(0, readLong(mdt0, cp0.times.t6), 2)
    parameters.ucWindow.setItem(1, readLong(mdt0, cp0.times.t7), 2)
  }

  private takeDeviceControl(mdt: readonly Uint8Array[]): void {
    const { cDev } = this.places
    if (!fits(mdt, cDev, cp34.deviceBytes)) return
    const word = readWord(mdt[cDev.telegram] as Uint8Array, cDev.offset)
    this.parameters.deviceControl.set(word)
    this.ports.command(word)
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
  private insert(at: readonly Uint8Array[]): void {
    const { sDev: device } = this.places
    if (fits(at, device, cp34.deviceBytes))
      writeWord(at[device.telegram] as Uint8Array, device.offset, valid | this.ports.status)
    this.insertServiceChannel(at)
    if (this.tracker.phase === 4) this.connections.insert(at)
  }

  private insertServiceChannel(at: readonly Uint8Array[]): void {
    const { atSvc } = this.places
    if (!fits(at, atSvc, cp34.svcBytes)) return
    const payload = at[atSvc.telegram] as Uint8Array
    writeWord(payload, atSvc.offset, this.serviceChannel.status)
    writeLong(payload, atSvc.offset + 2, this.serviceChannel.info)
  }

  /** What is worked out when it is read; an address that the master writes counts from the next CP0 on. */
  private showDevice(): void {
    const { sercosAddress, topologyAddress, deviceStatus } = this.parameters
    sercosAddress.afterWrite = () => (this.address = sercosAddress.get())
    topologyAddress.beforeRead = () => topologyAddress.set(this.allocation.topologyAddress)
    deviceStatus.beforeRead = () => deviceStatus.set(valid | this.ports.status)
  }

  private observe(): void {
    const { observation, ports } = this
    observation.phase = this.tracker.phase
    observation.topology = ports.mode
    observation.inactivePort = ports.inactive
    observation.identify = ports.identify
    this.application.observe(observation)
  }
}

function fits(telegrams: readonly Uint8Array[], field: FieldPlace, bytes: number): boolean {
  return (telegrams[field.telegram] as Uint8Array).length >= field.offset + bytes
}

function newObservation(): SlaveObservation {
  return {
    phase: nrt,
    topology: portMode.storeAndForward,
    inactivePort: 0,
    identify: false,
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
