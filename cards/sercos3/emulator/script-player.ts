/** Plays a script of faults: asked before each cycle of the card, it gives the faults whose time has come. */
import type { EmulatorFault } from './faults.ts'
import type { CheckedScript } from './script.ts'

/** Without a phase: counted from the start. */
const anyPhase = -2

export class ScriptPlayer {
  readonly #faults: readonly EmulatorFault[]
  readonly #phases: Int32Array
  readonly #cycles: Int32Array
  readonly #played: Uint8Array
  #sinceStart = 0
  #phase = anyPhase
  #inPhase = 0

  constructor({ steps }: CheckedScript) {
    this.#faults = steps.map(({ fault }) => fault)
    this.#phases = Int32Array.from(steps, ({ at }) => phaseNumber(at.phase))
    this.#cycles = Int32Array.from(steps, ({ at }) => at.cycle)
    this.#played = new Uint8Array(steps.length)
  }

  /**
   * Before a cycle. `phase`: the one whose telegrams the card sent last, -1 none. `give` is called for each fault that is due, in
   * the order of the script; each step is played once. Cyclic.
   */
  beforeCycle(phase: number, give: (fault: EmulatorFault) => void): void {
    if (phase !== this.#phase) {
      this.#phase = phase
      this.#inPhase = 0
    }
    for (let n = 0; n < this.#played.length; n++) {
      if (this.#played[n] === 1) continue
      const wanted = this.#phases[n] as number
      const count = wanted === anyPhase ? this.#sinceStart : this.#inPhase
      if ((wanted !== anyPhase && wanted !== phase) || count < (this.#cycles[n] as number)) continue
      this.#played[n] = 1
      give(this.#faults[n] as EmulatorFault)
    }
    this.#sinceStart++
    this.#inPhase++
  }
}

function phaseNumber(phase: CheckedScript['steps'][number]['at']['phase']): number {
  if (phase === undefined) return anyPhase
  return phase === 'NRT' ? -1 : Number(phase.slice(2))
}
