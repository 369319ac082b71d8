/**
 * How a device comes into a ring that is in CP4 already. CoSeMa CSMD_HOTPLUG.c, seen from the other side.
 *
 * - HP0: the device passes nothing on. It takes cycle time and telegram lengths from the broadcast in MDT0, and then loops
 *   back: the neighbour sees telegrams on its inactive port, by which the master knows.
 * - HP1: the master lets the neighbour forward, asks for addresses until the answer is that there are no more, and tells
 *   the device where its service channel lies.
 * - HP2: the service channel works as in CP2 until S-0-0127 is done and as in CP3 until S-0-0128 is; then it is CP4.
 *
 * Without the enabling bit, or in another phase, it starts anew.
 */
import { extract } from '../../../../uio/bit-field.ts'
import {
  hotPlugAddress,
  hotPlugCode,
  hotPlugControl,
  hotPlugError,
  hotPlugScanned,
  hotPlugSelection,
} from '../../hot-plug.ts'
import { cp34 } from '../../telegram.ts'
import type { DevicePorts } from '../device-ports.ts'
import type { CycleTelegrams } from '../slave.ts'
import type { CommunicationParameters } from './communication-parameters.ts'
import { readLong, readWord, writeLong, writeWord } from './telegram-word.ts'

export const hotPlugPhase = { none: 0, hp0: 1, hp1: 2, hp2: 3 } as const

const errorBit = 0x100
/** Cycle time and eight lengths; the times of the UC channel are optional. */
const allNeeded = 0x1ff
/** Without telegrams the device gives up after this time. */
const silenceS = 0.2

export class HotPlug {
  /** One of `hotPlugPhase`. */
  phase: number = hotPlugPhase.none
  private readonly parameters: CommunicationParameters
  private readonly ports: DevicePorts
  /** The channel that enabled it. */
  private channel: 'P' | 'S' = 'P'
  /** What HP0 brought: bit 0 cycle time, 4..1 MDT lengths, 8..5 AT lengths. */
  private received = 0
  private scanned = false
  private offsets = 0
  /** For AT0 of this cycle. */
  private selection = 0
  private status = 0
  private readonly silentS = new Float64Array(1)
  /** Our channel came in this cycle. The other one may go on where a cable broke between us and who enabled us. */
  private heard = false

  constructor(parameters: CommunicationParameters, ports: DevicePorts) {
    this.parameters = parameters
    this.ports = ports
  }

  reset(): void {
    this.phase = hotPlugPhase.none
    this.received = 0
    this.scanned = false
    this.offsets = 0
    this.status = 0
    this.selection = 0
  }

  /** Telegrams pass a device in NRT on their way out. True at the passage that begins HP0. Cyclic. */
  pass(telegrams: CycleTelegrams, channel: 'P' | 'S', address: number): boolean {
    const { phase } = this
    if (phase !== hotPlugPhase.none && channel !== this.channel) return false
    this.heard = true
    const mdt0 = telegrams.mdt[0] as Uint8Array
    const control = mdt0.length >= cp34.hotPlugBytes ? readWord(mdt0, 2) : 0
    const { mst } = telegrams
    const enabled =
      mst.phase === 4 &&
      !mst.phaseSwitch &&
      extract(control, hotPlugControl.supported) === 1 &&
      extract(control, hotPlugControl.enabled) === 1
    if (!enabled) {
      this.abandon()
      return false
    }
    this.silentS[0] = 0
    if (phase === hotPlugPhase.none) {
      this.phase = hotPlugPhase.hp0
      this.channel = channel
      return true
    }
    if (phase === hotPlugPhase.hp0) this.collect(mdt0)
    else if (phase === hotPlugPhase.hp1) {
      this.obey(mdt0, control, address)
      const at0 = telegrams.at[0] as Uint8Array
      if (at0.length < cp34.hotPlugBytes) return false
      writeWord(at0, 0, this.selection)
      writeWord(at0, 2, this.status)
      writeLong(at0, 4, 0)
    }
    return false
  }

  /** Cyclic. */
  endOfCycle(dtS: number): void {
    if (this.phase === hotPlugPhase.none) return
    if (this.heard) this.heard = false
    else {
      this.silentS[0] = (this.silentS[0] as number) + dtS
      if (this.silentS[0] > silenceS) this.abandon()
    }
    if (this.phase === hotPlugPhase.hp0 && this.received === allNeeded) {
      this.phase = hotPlugPhase.hp1
      this.ports.attach(this.channel)
    }
  }

  private abandon(): void {
    if (this.phase === hotPlugPhase.none) return
    this.reset()
    this.ports.leave()
  }

  private collect(mdt0: Uint8Array): void {
    const code = takeBroadcast(mdt0, this.parameters)
    if (code === hotPlugCode.tScyc) this.received |= 1
    else if (code >= hotPlugCode.mdt0Length && code < hotPlugCode.mdt0Length + 4)
      this.received |= 2 << (code - hotPlugCode.mdt0Length)
    else if (code >= hotPlugCode.at0Length && code < hotPlugCode.at0Length + 4)
      this.received |= 32 << (code - hotPlugCode.at0Length)
  }

  private obey(mdt0: Uint8Array, control: number, own: number): void {
    const selected = readWord(mdt0, 0)
    const index = extract(selected, hotPlugSelection.index)
    const address = extract(selected, hotPlugSelection.address)
    const code = extract(control, hotPlugControl.code)
    this.selection = selected
    this.status = 0
    // the broadcast goes on until the master has seen us
    if (address === hotPlugAddress.broadcast) this.collect(mdt0)
    else if (extract(control, hotPlugControl.serviceChannel) === 1) this.openServiceChannel()
    else if (code === hotPlugCode.none && address === hotPlugAddress.none) {
      // One slave in this device: the second question ends the scan.
      if (index > 0) this.scanned = true
      this.selection = (index << 12) | (index === 0 ? own : hotPlugAddress.endOfScan)
      this.status = hotPlugScanned
    } else if (code === hotPlugCode.mdtSvcOffset || code === hotPlugCode.atSvcOffset) {
      if (address === hotPlugAddress.none) this.status = errorBit | hotPlugError.noAddress
      else if (address === own) this.takeOffset(code, readWord(mdt0, 4))
    }
  }

  private takeOffset(code: number, offset: number): void {
    if (!this.scanned) {
      this.status = errorBit | hotPlugError.scan
      return
    }
    const inMdt = code === hotPlugCode.mdtSvcOffset
    const parameter = inMdt ? this.parameters.mdtSvcOffset : this.parameters.atSvcOffset
    parameter.set(offset)
    parameter.written = true
    this.offsets |= inMdt ? 1 : 2
    this.status = code
  }

  private openServiceChannel(): void {
    if (this.offsets === 3) this.phase = hotPlugPhase.hp2
    else this.status = errorBit | hotPlugError.serviceChannel
  }
}

/** Takes the parameter of a broadcast. Returns its code; `none` when it is no broadcast. Cyclic. */
export function takeBroadcast(mdt0: Uint8Array, parameters: CommunicationParameters): number {
  if (mdt0.length < cp34.hotPlugBytes) return hotPlugCode.none
  // each device asks this in every cycle: no bit field is taken apart for it
  if ((readWord(mdt0, 0) & hotPlugAddress.broadcast) !== hotPlugAddress.broadcast)
    return hotPlugCode.none
  const code = extract(readWord(mdt0, 2), hotPlugControl.code)
  const value = readLong(mdt0, 4)
  if (code === hotPlugCode.tScyc) parameters.tScyc.set(value)
  else if (code === hotPlugCode.t6 || code === hotPlugCode.t7)
    parameters.ucWindow.setItem(code - hotPlugCode.t6, value, 2)
  else if (code === hotPlugCode.mtu) takeMtu(parameters, value)
  else if (code >= hotPlugCode.mdt0Length && code < hotPlugCode.mdt0Length + 4)
    parameters.mdtLengths.setItem(code - hotPlugCode.mdt0Length, value, 4)
  else if (code >= hotPlugCode.at0Length && code < hotPlugCode.at0Length + 4)
    parameters.atLengths.setItem(code - hotPlugCode.at0Length, value, 4)
  return code
}

/** 0: there is no channel. */
function takeMtu({ requestedMtu }: CommunicationParameters, value: number): void {
  const { min = 0, max = 0 } = requestedMtu.spec
  if (value >= min && value <= max) requestedMtu.set(value)
}
