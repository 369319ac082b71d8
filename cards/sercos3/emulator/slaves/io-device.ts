/**
 * An emulated I/O device: digital and analogue outputs in groups of 16 and 2, wired back to as many inputs. The terminals
 * carry what the master sends while its connection is served, and the fallback values at all other times. A group that no
 * connection carries keeps the value of its IDN.
 */
import { ioGroup, ioGroups } from '../../idn.ts'
import { class1 } from '../../diagnosis.ts'
import type { SlaveObservation } from '../slave.ts'
import type { Application, Link } from './application.ts'
import { Diagnosis } from './diagnosis.ts'
import type { Parameter, ParameterSpec } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

/** Channels each way: up to 64 digital and 8 analogue ones. */
export type IoChannels = { readonly digital: number; readonly analog: number }

export const defaultChannels: IoChannels = { digital: 16, analog: 2 }

const digitalWord = { type: 'u16', format: 'binary' } as const
/** Two signed 16-bit channels, the lower one in the low half. */
const analogPair = { type: 'u32', format: 'hex' } as const

/** One group of channels of a kind: 16 digital or 2 analogue ones, each way. */
class Group {
  private readonly outputs: Parameter
  private readonly inputs: Parameter
  private readonly fallback: Parameter

  constructor(outputs: Parameter, inputs: Parameter, fallback: Parameter) {
    this.outputs = outputs
    this.inputs = inputs
    this.fallback = fallback
  }

  /** Sets the terminals and, through the wires, the inputs that the next AT carries. Cyclic. */
  drive(driven: boolean): void {
    const from = (driven ? this.outputs : this.fallback).bytes
    const { bytes } = this.inputs
    for (let k = 0; k < bytes.length; k++) bytes[k] = from[k] as number
  }

  /** Terminal or terminals, by the loop. */
  get word(): DataView {
    return this.inputs.view
  }
}

export class IoDevice implements Application {
  readonly diagnosis: Diagnosis
  private readonly digital: readonly Group[]
  private readonly analog: readonly Group[]
  private driven = false

  constructor(store: ParameterStore, channels: IoChannels = defaultChannels) {
    this.digital = groups(Math.ceil(channels.digital / 16), (group) => {
      const { digitalOutputs, digitalInputs, fallbackDigitalOutputs } = ioGroup(group)
      const kind = { what: `digital outputs ${16 * group} to ${16 * group + 15}`, ...digitalWord }
      return newGroup(store, kind, digitalOutputs, digitalInputs, fallbackDigitalOutputs)
    })
    this.analog = groups(Math.ceil(channels.analog / 2), (group) => {
      const { analogOutputs, analogInputs, fallbackAnalogOutputs } = ioGroup(group)
      const kind = { what: `analogue outputs ${2 * group} and ${2 * group + 1}`, ...analogPair }
      return newGroup(store, kind, analogOutputs, analogInputs, fallbackAnalogOutputs)
    })
    this.diagnosis = new Diagnosis(store, () =>
      this.driven ? { text: 'Outputs active', number: 1 } : { text: 'Fallback values', number: 0 },
    )
  }

  powerOn(): void {
    this.diagnosis.powerOn()
    this.drive(false)
  }

  loseCommunication(): void {
    this.diagnosis.raise(class1.communication)
  }

  clearErrors(): 'done' {
    this.diagnosis.clear()
    return 'done'
  }

  advance(link: Link, _dtS: number): void {
    if (link.lost) this.diagnosis.raise(class1.communication)
    // Unlike a drive, the device goes on by itself as soon as it is served again.
    else if (link.live) this.diagnosis.withdraw(class1.communication)
    this.drive(link.live && this.diagnosis.errors === 0)
  }

  /** The first group of each kind. */
  observe(observation: SlaveObservation): void {
    observation.operating = this.driven
    observation.error = this.diagnosis.errors !== 0
    const [digital] = this.digital
    const [analog] = this.analog
    const bits = digital === undefined ? 0 : digital.word.getUint16(0, true)
    observation.digitalOutputs = bits
    observation.digitalInputs = bits
    observation.analogOutput0 = analog === undefined ? 0 : analog.word.getInt16(0, true)
    observation.analogOutput1 = analog === undefined ? 0 : analog.word.getInt16(2, true)
  }

  private drive(driven: boolean): void {
    this.driven = driven
    for (let k = 0; k < this.digital.length; k++) (this.digital[k] as Group).drive(driven)
    for (let k = 0; k < this.analog.length; k++) (this.analog[k] as Group).drive(driven)
  }
}

function groups(count: number, make: (group: number) => Group): Group[] {
  return Array.from({ length: Math.min(count, ioGroups) }, (_, group) => make(group))
}

function newGroup(
  store: ParameterStore,
  kind: Pick<ParameterSpec, 'type' | 'format'> & { readonly what: string },
  outputs: number,
  inputs: number,
  fallback: number,
): Group {
  const { what, ...type } = kind
  const name = what.charAt(0).toUpperCase() + what.slice(1)
  return new Group(
    store.add({ idn: outputs, name, ...type, cyclic: 'consume' }),
    store.add({ idn: inputs, name: name.replace('outputs', 'inputs'), ...type, cyclic: 'produce' }),
    store.add({ idn: fallback, name: `Fallback of ${what}`, ...type, writable: 'CP2-4' }),
  )
}
