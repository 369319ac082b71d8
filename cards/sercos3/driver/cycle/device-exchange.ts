/**
 * What can be seen of each device and be told to it, beside its process data: its words in the telegrams, the state of its
 * connection, where it is, the hot-plug field. The part of the exchange that knows devices one by one. Not cyclic.
 */
import type { Region } from '../../../../uio/region.ts'
import { connectionState } from '../../../card.ts'
import type { CardConnections } from '../../../card.ts'
import { DeviceInputs } from './device-inputs.ts'
import { DeviceOutputs } from './device-outputs.ts'
import { FieldPlaces } from '../plan/field-places.ts'
import type { MasterChip } from '../chip/master-chip.ts'
import type { PortCounters } from '../chip/port-counters.ts'
import type { ChannelActivity, ServiceChannel } from '../service/service-channel.ts'

export abstract class DeviceExchange implements CardConnections {
  readonly channels: readonly ServiceChannel[]
  /** By device; 0: an optional one that is absent and is not judged, see setPresent. */
  readonly present: Uint8Array<ArrayBuffer>
  /** This cycle brought valid telegrams, and the driver owns the buffer that holds them. */
  fresh = false
  protected readonly rx: Region
  protected readonly ports: PortCounters
  protected readonly places: FieldPlaces
  protected readonly inputs: DeviceInputs
  protected readonly outputs: DeviceOutputs
  /** Rx buffers of this cycle's telegrams, by port; -1: none. */
  protected rxBase1 = -1
  protected rxBase2 = -1

  /** `activity`: that of all channels together. */
  constructor(chip: MasterChip, channels: readonly ServiceChannel[], activity: ChannelActivity) {
    const devices = channels.length
    this.channels = channels
    this.rx = chip.rx
    this.ports = chip.ports
    this.places = new FieldPlaces(devices)
    this.inputs = new DeviceInputs(chip.rx, this.places, devices)
    this.outputs = new DeviceOutputs(chip.tx, this.places, channels, activity)
    this.present = this.inputs.present
  }

  /** Connections carry data. */
  protected abstract get producing(): boolean

  /** S-DEV of a device. Only while `fresh`. */
  deviceStatus(device: number): number {
    return this.#field(this.places.sDev, device)
  }

  /** Service-channel status word of a device. Only while `fresh`. */
  svcStatus(device: number): number {
    return this.#field(this.places.svcIn, device)
  }

  /** C-CON of a device's AT connection. Only while `fresh`. */
  connectionControl(device: number): number {
    return this.#field(this.places.atConnection, device)
  }

  /** The port from which a device is read, 1 or 2: the side of a break on which it is. */
  portOf(device: number): number {
    return this.inputs.portOf(device)
  }

  connectionState(device: number): number {
    if (this.present[device] === 0) return connectionState.absent
    return this.inputs.watch.states[device] as number
  }

  losses(device: number): number {
    return this.inputs.watch.losses[device] as number
  }

  lossesInARow(device: number): number {
    return this.inputs.watch.lossesInARow[device] as number
  }

  /** A device that has come is waited for; an optional one that has gone is not missed. Not cyclic. */
  setPresent(device: number, present: boolean): void {
    this.present[device] = present ? 1 : 0
    if (!present) this.inputs.leaveOut(device)
    else if (this.producing) this.inputs.takeUp(device)
  }

  /** From which port a device is read first. Not cyclic. */
  setPort(device: number, port: number): void {
    this.inputs.setPort(device, port)
  }

  /** A lost connection is waited for anew. Not cyclic. */
  clearConnectionError(device: number): void {
    if (this.connectionState(device) === connectionState.error) this.inputs.takeUp(device)
  }

  /** A connection that was cleared and does not come is lost again. Not cyclic. */
  giveUpConnection(device: number): void {
    this.inputs.watch.giveUp(device)
  }

  /** C-DEV of a device, in every telegram from the next on. */
  setDeviceControl(device: number, word: number): void {
    this.outputs.setDeviceControl(device, word)
  }

  /** The hot-plug field of MDT0, in CP3 and CP4. `info`: 32 bits. */
  setHotPlug(selection: number, control: number, info: number): void {
    this.outputs.setHotPlug(selection, control, info)
  }

  /** Word 0 to 3 of the hot-plug field in AT0 as it came in on a port in this cycle; 0 where none did. Only in CP3 and CP4. */
  readHotPlug(port: number, word: number): number {
    const base = port === 1 ? this.rxBase1 : this.rxBase2
    return this.fresh && base >= 0 ? this.rx.read16(base + 2 * word) : 0
  }

  #field(places: Int32Array, device: number): number {
    const at = places[device] as number
    if (at < 0) return 0
    const base = this.inputs.locate(device, this.rxBase1, this.rxBase2)
    return this.rx.read16(base + at)
  }
}
