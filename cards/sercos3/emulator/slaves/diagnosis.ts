/** Diagnostics that every emulated device has: S-0-0011, S-0-0012, S-0-0013, S-0-0095 and the command S-0-0099. */
import { class1 } from '../../telegram.ts'
import type { Parameter } from './parameter.ts'
import type { ParameterStore } from './parameter-store.ts'

/** Bits of S-0-0013 that a drive shows. General knowledge of the standard. */
export const class3 = { standstill: 1 << 1, torqueLimited: 1 << 4 } as const

const texts: readonly (readonly [bit: number, text: string])[] = [
  [class1.overload, 'Drive overload'],
  [class1.amplifierTemperature, 'Amplifier too hot'],
  [class1.motorTemperature, 'Motor too hot'],
  [class1.feedback, 'Feedback failure'],
  [class1.overcurrent, 'Overcurrent'],
  [class1.overvoltage, 'Overvoltage'],
  [class1.undervoltage, 'Undervoltage'],
  [class1.excessiveDeviation, 'Position deviation too large'],
  [class1.communication, 'Communication lost'],
  [class1.overtravel, 'Position limit passed'],
]

export class Diagnosis {
  /** S-0-0099. */
  readonly reset: Parameter
  /** S-0-0013, set by the application. */
  readonly class3: Parameter
  private readonly class1: Parameter

  /** `stateText`: S-0-0095 while no error is pending. */
  constructor(store: ParameterStore, stateText: () => string) {
    const word = (number: 11 | 12 | 13) =>
      store.add({
        idn: `S-0-00${number}`,
        name: `Class ${number - 10} diagnostics`,
        type: 'u16',
        format: 'binary',
        ...(number === 13 ? { cyclic: 'produce' as const } : {}),
      })
    this.class1 = word(11)
    word(12)
    this.class3 = word(13)
    const message = store.add({ idn: 'S-0-0095', name: 'Diagnostic message', type: 'text' })
    message.beforeRead = () => message.setText(this.text(stateText))
    this.reset = store.add({ idn: 'S-0-0099', name: 'Reset class 1 diagnostics', type: 'command' })
  }

  /** Class 1 errors pending: bits of `class1`. Cyclic. */
  get errors(): number {
    return this.class1.get()
  }

  /** Cyclic. */
  raise(bits: number): void {
    this.class1.set(this.class1.get() | bits)
  }

  clear(): void {
    this.class1.set(0)
  }

  /** Withdraws single errors whose cause is gone. Cyclic. */
  withdraw(bits: number): void {
    this.class1.set(this.class1.get() & ~bits)
  }

  private text(stateText: () => string): string {
    const { errors } = this
    if (errors === 0) return stateText()
    return texts.find(([bit]) => (errors & bit) !== 0)?.[1] ?? 'Manufacturer specific error'
  }
}
