/**
 * Memory of our own for the words of all connections: inputs by device, outputs as they lie in a telegram buffer. One
 * block, because every array that a loop touches costs V8 its checks anew.
 */

/** Byte of a word that no connection has: reads 0. */
export const nowhereIn = 0
/** What is written there goes to no device. */
export const nowhereOut = 8
/** Index of a long word for what is looked at and not kept. */
export const passing = 1
const reservedBytes = 16

const noInputs: readonly number[] = []

export class ProcessWords {
  readonly longs: Int32Array
  /** The same memory, for who needs words on 2-byte boundaries. Little endian. */
  readonly view: DataView
  /** Byte at which the outputs begin: the start of a Tx buffer. */
  readonly outputs: number

  /** Index of the first word of each device's inputs. */
  readonly inputs: readonly number[]

  /** `inputLongs`: of each device, words of 32 bits that hold its connection. */
  constructor(inputLongs = noInputs, outputBytes = 0) {
    let longs = reservedBytes >> 2
    this.inputs = inputLongs.map((count) => {
      const index = longs
      longs += count
      return index
    })
    this.outputs = 4 * longs
    const buffer = new ArrayBuffer(this.outputs + ((outputBytes + 3) & ~3))
    this.longs = new Int32Array(buffer)
    this.view = new DataView(buffer)
  }
}
