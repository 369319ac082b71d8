/**
 * Diagnostics that every emulated device has: S-0-0011 to S-0-0013 with their masks, the text S-0-0095, the number
 * S-0-0390 and the command S-0-0099. The number is the device's own: F, E or A for error, warning or state in bits
 * 19..16, then the number of the lowest bit (from 1) or of the state.
 */
import { class1, classTexts } from '../../diagnosis.ts'
import type { Parameter } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

/** What a device says while nothing is wrong. */
export type DeviceState = { readonly text: string; readonly number: number }

const kind = { error: 0xf_0000, warning: 0xe_0000, state: 0xa_0000 } as const

export class Diagnosis {
  /** S-0-0099. */
  readonly reset: Parameter
  private readonly class1: Parameter
  private readonly class2: Parameter
  private readonly class3: Parameter
  private readonly class2Mask: Parameter
  private readonly class3Mask: Parameter
  /** What S-0-0012 and S-0-0013 were when they were read. */
  private readWarnings = 0
  private readStates = 0
  /** States that are set from outside. */
  private forcedStates = 0

  /** `state`: S-0-0095 and S-0-0390 while nothing is pending. */
  constructor(store: ParameterStore, state: () => DeviceState) {
    const word = { type: 'u16', format: 'binary' } as const
    const seen = { ...word, cyclic: 'produce' } as const
    this.class1 = store.add({ idn: 'S-0-0011', name: 'Class 1 diagnostics', ...seen })
    this.class2 = store.add({ idn: 'S-0-0012', name: 'Class 2 diagnostics', ...seen })
    this.class3 = store.add({ idn: 'S-0-0013', name: 'Class 3 diagnostics', ...seen })
    const mask = { ...word, value: 0xffff, writable: 'CP2-4' } as const
    this.class2Mask = store.add({ idn: 'S-0-0097', name: 'Mask class 2 diagnostics', ...mask })
    this.class3Mask = store.add({ idn: 'S-0-0098', name: 'Mask class 3 diagnostics', ...mask })
    this.class2.beforeRead = () => {
      this.readWarnings = this.class2.get()
    }
    this.class3.beforeRead = () => {
      this.readStates = this.class3.get()
    }
    const message = store.add({ idn: 'S-0-0095', name: 'Diagnostic message', type: 'text' })
    message.beforeRead = () => message.setText(this.text(state))
    const number = store.add({
      idn: 'S-0-0390',
      name: 'Diagnostic number',
      type: 'u32',
      format: 'hex',
    })
    number.beforeRead = () => number.set(this.number(state))
    this.reset = store.add({ idn: 'S-0-0099', name: 'Reset class 1 diagnostics', type: 'command' })
  }

  /** `states`: those that nobody needs to be told of. */
  powerOn(states = 0): void {
    this.readWarnings = 0
    this.readStates = states
    this.forcedStates = 0
  }

  /** Class 1 errors pending: bits of `class1`. Cyclic. */
  get errors(): number {
    return this.class1.get()
  }

  /** S-0-0012 changed since it was read, as far as its mask says. Cyclic. */
  get warningsChanged(): boolean {
    return ((this.class2.get() ^ this.readWarnings) & this.class2Mask.get()) !== 0
  }

  /** The same of S-0-0013. Cyclic. */
  get statesChanged(): boolean {
    return ((this.class3.get() ^ this.readStates) & this.class3Mask.get()) !== 0
  }

  /** Cyclic. */
  raise(bits: number): void {
    this.class1.set(this.class1.get() | bits)
  }

  /** The bits of S-0-0013 in this cycle. Cyclic. */
  show(states: number): void {
    this.class3.set(states | this.forcedStates)
  }

  /** Fault hook: sets bits of a class for good; errors until they are reset. */
  force(diagnosticClass: 1 | 2 | 3, bits: number): void {
    if (diagnosticClass === 1) this.raise(bits)
    else if (diagnosticClass === 2) this.class2.set(bits)
    else this.forcedStates = bits
  }

  clear(): void {
    this.class1.set(0)
  }

  /** Withdraws single errors whose cause is gone. Cyclic. */
  withdraw(bits: number): void {
    this.class1.set(this.class1.get() & ~bits)
  }

  private text(state: () => DeviceState): string {
    const words = classTexts(1, this.errors)[0] ?? classTexts(2, this.class2.get())[0]
    return words === undefined ? state().text : words.charAt(0).toUpperCase() + words.slice(1)
  }

  private number(state: () => DeviceState): number {
    const { errors } = this
    if (errors !== 0) return kind.error + lowestBit(errors)
    const warnings = this.class2.get()
    return warnings === 0 ? kind.state + state().number : kind.warning + lowestBit(warnings)
  }
}

/** 1 to 16. */
function lowestBit(bits: number): number {
  return 32 - Math.clz32(bits & -bits)
}

/** Errors after which the device cannot control its motor. */
export const uncontrollable = class1.feedback | class1.overcurrent | class1.commutation
