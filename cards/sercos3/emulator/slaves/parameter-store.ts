/** All IDNs of one device. */
import { DualportError } from '../../../../errors.ts'
import { Parameter, type ParameterSpec } from './parameter.ts'

export class ParameterStore {
  /** Largest number of bytes that one IDN's data take. */
  largest = 0
  /** Keys are IDNs as signed 32 bit, so that a look-up makes no heap number of them. */
  private readonly byIdn = new Map<number, Parameter>()

  add(spec: ParameterSpec): Parameter {
    const parameter = new Parameter(spec)
    const key = parameter.idn | 0
    if (this.byIdn.has(key))
      throw new DualportError('DP_INTERNAL', { at: parameter.text, actual: 'added twice' })
    this.byIdn.set(key, parameter)
    this.largest = Math.max(this.largest, parameter.bytes.length)
    return parameter
  }

  find(idn: number): Parameter | undefined {
    return this.byIdn.get(idn | 0)
  }

  all(): IterableIterator<Parameter> {
    return this.byIdn.values()
  }

  /** Values and commands as at power-on. */
  restore(): void {
    for (const parameter of this.all()) {
      parameter.restore()
      parameter.command?.clear()
    }
  }

  /** CP2 begins: the master has written nothing yet. */
  forgetWrites(): void {
    for (const parameter of this.all()) {
      parameter.written = false
      parameter.command?.clear()
    }
  }

  /** Cyclic part: the commands under way. */
  commands(): readonly Parameter[] {
    return [...this.all()].filter((parameter) => parameter.command !== undefined)
  }
}
