/**
 * An emulated I/O device: 16 digital and 2 analogue outputs, wired back to as many inputs. The terminals carry what the
 * master sends while its connection is served, and the fallback values at all other times.
 */
import { ioProfile } from '../../idn.ts'
import { class1 } from '../../telegram.ts'
import type { SlaveObservation } from '../slave.ts'
import type { Application, Link } from './application.ts'
import { Diagnosis } from './diagnosis.ts'
import type { Parameter, ParameterSpec } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

const digital = { type: 'u16', format: 'binary' } as const
/** Two signed 16-bit channels, channel 0 in the low half. */
const analog = { type: 'u32', format: 'hex' } as const

export class IoDevice implements Application {
  readonly diagnosis: Diagnosis
  private readonly digitalOutputs: Parameter
  private readonly digitalInputs: Parameter
  private readonly analogOutputs: Parameter
  private readonly analogInputs: Parameter
  private readonly fallbackDigital: Parameter
  private readonly fallbackAnalog: Parameter
  /** What is on the terminals: digital outputs, analogue outputs of both channels. */
  private readonly terminals = new Int32Array(3)
  private driven = false

  constructor(store: ParameterStore) {
    const add = (spec: ParameterSpec) => store.add(spec)
    this.digitalOutputs = add({
      idn: ioProfile.digitalOutputs,
      name: 'Digital outputs',
      ...digital,
      cyclic: 'consume',
    })
    this.digitalInputs = add({
      idn: ioProfile.digitalInputs,
      name: 'Digital inputs',
      ...digital,
      cyclic: 'produce',
    })
    this.analogOutputs = add({
      idn: ioProfile.analogOutputs,
      name: 'Analogue outputs',
      ...analog,
      cyclic: 'consume',
    })
    this.analogInputs = add({
      idn: ioProfile.analogInputs,
      name: 'Analogue inputs',
      ...analog,
      cyclic: 'produce',
    })
    this.fallbackDigital = add({
      idn: ioProfile.fallbackDigitalOutputs,
      name: 'Fallback value of digital outputs',
      ...digital,
      writable: 'CP2-4',
    })
    this.fallbackAnalog = add({
      idn: ioProfile.fallbackAnalogOutputs,
      name: 'Fallback values of analogue outputs',
      ...analog,
      writable: 'CP2-4',
    })
    this.diagnosis = new Diagnosis(store, () =>
      this.driven ? 'Outputs active' : 'Fallback values',
    )
  }

  powerOn(): void {
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

  observe(observation: SlaveObservation): void {
    observation.operating = this.driven
    observation.error = this.diagnosis.errors !== 0
    observation.digitalOutputs = this.terminals[0] as number
    observation.analogOutput0 = this.terminals[1] as number
    observation.analogOutput1 = this.terminals[2] as number
    observation.digitalInputs = this.digitalInputs.get()
  }

  /** Sets the terminals and, through the wires, the inputs that the next AT carries. */
  private drive(driven: boolean): void {
    this.driven = driven
    const { terminals } = this
    const bits = driven ? this.digitalOutputs : this.fallbackDigital
    const words = driven ? this.analogOutputs : this.fallbackAnalog
    terminals[0] = bits.view.getUint16(0, true)
    terminals[1] = words.view.getInt16(0, true)
    terminals[2] = words.view.getInt16(2, true)
    this.digitalInputs.view.setUint16(0, terminals[0], true)
    this.analogInputs.view.setInt16(0, terminals[1], true)
    this.analogInputs.view.setInt16(2, terminals[2], true)
  }
}
