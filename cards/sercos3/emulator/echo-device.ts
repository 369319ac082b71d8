/** A device module for tests of the emulator's host: sends MDT0 back in AT0 and counts the torn values in it. */
import { EchoSlave } from './chip-bench.ts'
import type { CreateSlave, CycleTelegrams, Passage, SlaveObservation } from './slave.ts'

/** Words of a telegram that the pattern fills: values of 32 bits, each on a 2-byte boundary. */
export const patternWords = { from: 1, to: 19 } as const

/** The two words of a value. A torn one has words that do not belong together. */
export function patternWord(value: number, word: number): number {
  return (word & 1) === 1 ? value & 0xffff : ~value & 0xffff
}

class PatternSlave extends EchoSlave {
  #torn = 0
  #checked = 0

  override pass(
    telegrams: CycleTelegrams,
    channel: 'P' | 'S',
    passage: Passage,
    last: boolean,
  ): void {
    super.pass(telegrams, channel, passage, last)
    this.passages.length = 0
    const value = this.mdt0[patternWords.from] ?? 0
    if (this.mdt0.length <= patternWords.to || value === 0) return
    this.#checked++
    for (let word: number = patternWords.from; word < patternWords.to; word++) {
      if (this.mdt0[word] !== patternWord(value, word)) this.#torn++
    }
  }

  override get observation(): SlaveObservation {
    return {
      ...super.observation,
      torque: this.#torn,
      digitalInputs: this.#checked,
      velocity: this.simulatedS,
    }
  }
}

/** `address` 511 does not start: for the test of what opening says then. */
export const createSlave: CreateSlave = ({ address }) => {
  if (address === 511) throw new Error('this device does not start')
  return new PatternSlave(address, 20)
}
