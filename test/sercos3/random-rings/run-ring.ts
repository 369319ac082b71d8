/**
 * Runs a random ring: up, through its script of faults, and up again once they have ended. Throws when it hangs, when a telegram
 * is not what it ought to be, or when a failure has no name.
 */
import { cardRequest, connectionState, cycleState } from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import { checkScript } from '../../../cards/sercos3/emulator/script.ts'
import { ScriptPlayer } from '../../../cards/sercos3/emulator/script-player.ts'
import type { EmulatorFault } from '../../../cards/sercos3/emulator/faults.ts'
import { DualportError } from '../../../errors.ts'
import { nsPerUs } from '../../../units.ts'
import { InProcessRing } from '../in-process-ring.ts'
import { disagreements } from './agreement.ts'
import { endFaults } from './end-faults.ts'
import { isRefused } from './expected-refusals.ts'
import { ProcessData } from './process-data.ts'
import type { RandomRing } from './random-ring.ts'
import { SigningDevices } from './signing-device.ts'

export type Outcome = {
  /** What the first run-up, or CP4, ended with; undefined: CP4 lasted. */
  readonly first: string | undefined
  /** The run-up after all faults had ended: a code, or CP4. */
  readonly last: string
  readonly simulatedS: number
}

/** CP4 is watched this long: all steps of a script come in it, and what follows them. */
const operationalCycles = 450
const settlingCycles = 2000
/** Attempts that fail are repeated after a rest of five seconds. */
const settlingS = 30
const calmCycles = 40
/** A device that was switched off is on again, and every device has lost the master. */
const restCycles = 400
/** A run-up takes fewer cycles of CP0 to CP2, with service channels that answer at once, and seconds beside them. */
const runUpCycles = 4000
const runUpS = 60
const longestBearableStep = 12

export function runRing(random: RandomRing): Outcome {
  let run: RingRun
  try {
    run = new RingRun(random)
  } catch (error) {
    const isNamed = error instanceof DualportError && isRefused(random, error.code)
    if (!isNamed) throw error
    return { first: error.code, last: error.code, simulatedS: 0 }
  }
  return run.run()
}

class RingRun {
  readonly #random: RandomRing
  readonly #devices: SigningDevices
  readonly #ring: InProcessRing
  readonly #data: ProcessData
  readonly #player: ScriptPlayer
  #playing = true
  /** What the chip writes may be torn until then. */
  #tornUntil = 0
  #calm = false

  constructor(random: RandomRing) {
    this.#random = random
    this.#devices = new SigningDevices(random.devices)
    this.#devices.signing = true
    this.#ring = new InProcessRing({
      config: random.config,
      present: random.present,
      wired: random.card.wired,
      create: this.#devices.create,
    })
    this.#data = new ProcessData(this.#ring, this.#devices, random.devices)
    this.#player = new ScriptPlayer(checkScript({ steps: random.script }, random.devices.length))
  }

  run(): Outcome {
    const first = this.#runUp('the run-up') ?? this.#operate(operationalCycles)
    this.#playing = false
    const { steps } = checkScript({ steps: this.#random.script }, this.#random.devices.length)
    for (const fault of endFaults(this.#random.devices, steps)) this.#ring.inject(fault)
    if (first === undefined) this.#settle()
    else for (let n = 0; n < restCycles; n++) this.#step()
    const last = this.#restart()
    return { first, last, simulatedS: this.#ring.nowNs / 1e9 }
  }

  /** The code with which it ended; undefined: CP4. */
  #runUp(what: string): string | undefined {
    const { card } = this.#random
    const cycleNs = Math.max(1_000_000, card.cycleUs * nsPerUs)
    const limitNs = runUpS * 1e9 + runUpCycles * (1 + this.#stepDelay) * cycleNs
    const startNs = this.#ring.nowNs
    for (;;) {
      this.#step()
      const code = this.#failure()
      if (code !== undefined) return code
      if (this.#ring.state !== cycleState.starting && this.#ring.master.state === this.#ring.state)
        return undefined
      if (this.#ring.nowNs - startNs > limitNs)
        throw this.#flaw(`${what} hangs: not in CP4 after ${limitNs / 1e9} s, and no error`)
    }
  }

  get #stepDelay(): number {
    const delays = this.#random.script.map(({ fault }) =>
      fault.kind === 'device' && 'cycles' in fault && fault.does !== 'silent' ? fault.cycles : 0,
    )
    return Math.max(0, ...delays.filter((cycles) => cycles <= longestBearableStep))
  }

  #operate(cycles: number): string | undefined {
    for (let n = 0; n < cycles; n++) {
      this.#step()
      const code = this.#failure()
      if (code !== undefined) return code
      if (this.#ring.state === cycleState.starting || this.#ring.state === cycleState.left)
        throw this.#flaw('the ring has left CP4 by itself')
    }
    return undefined
  }

  #step(): void {
    const ring = this.#ring
    this.#devices.cycle++
    if (this.#playing) this.#player.beforeCycle(ring.chip.sentPhase, this.#inject)
    ring.step(this.#task)
    if (this.#calm || this.#devices.cycle % 8 === 0)
      this.#expect(this.#data.flawsOfOutputs(this.#calm))
  }

  readonly #inject = (fault: EmulatorFault): void => {
    if (fault.kind === 'tornWrite') this.#tornUntil = this.#devices.cycle + fault.cycles + 4
    this.#ring.inject(fault as Parameters<InProcessRing['inject']>[0])
  }

  readonly #task = (): void => {
    const { state } = this.#ring
    if (state !== cycleState.operational && state !== cycleState.stale) return
    if (this.#calm && state === cycleState.stale) throw this.#flaw('a cycle brought no telegrams')
    if (this.#devices.cycle > this.#tornUntil) this.#expect(this.#data.flawsOfInputs(this.#calm))
    this.#data.write()
  }

  /** The code of the fault, which has to be one for people. */
  #failure(): string | undefined {
    const { fault } = this.#ring.master
    if (fault === undefined) return undefined
    if (!(fault instanceof DualportError) || fault.code === 'DP_INTERNAL')
      throw this.#flaw(`an error without a name: ${fault.stack}`)
    const ofDevice = codesOfDevices.some((code) => fault.code === `DP_SERCOS3_${code}`)
    if (ofDevice && !/d\d+ \(address \d+\)(?: and \d+ more)?, (?:NRT|CP[0-4])/.test(fault.message))
      throw this.#flaw(`an error that names no device and phase: ${fault.message}`)
    return fault.code
  }

  /** All faults have ended: lost connections stay so, but nothing stays half done. */
  #settle(): void {
    const limitNs = this.#ring.nowNs + settlingS * 1e9 + settlingCycles * this.#ring.chip.periodNs
    while (this.#operate(1) === undefined) {
      const open = this.#unsettled()
      if (open.length === 0) return
      if (this.#ring.nowNs > limitNs) this.#expect(open)
    }
  }

  #unsettled(): string[] {
    const { master } = this.#ring
    const { card, devices } = this.#random
    const { consuming, error, absent } = connectionState
    const states = devices.map((_, n) => master.connections.connectionState(n))
    const open = states.flatMap((state, n) =>
      state === consuming || state === error || state === absent
        ? []
        : [`the connection of ${devices[n]?.name} stays in state ${state}`],
    )
    // who is behind a lost device is out of reach
    if (states.includes(error) || open.length > 0) return open
    const out = devices.filter((_, n) => states[n] === absent)
    if (out.length > 0) return out.map(({ name }) => `${name} is plugged in and not taken in`)
    const heals = card.healing === 'automatic' && ['ring', 'any'].includes(card.topology)
    return heals && card.wired === 'ring' && master.topology !== topology.ring
      ? ['all cables are in and the ring stays open']
      : []
  }

  #restart(): string {
    const { master } = this.#ring
    const isGone = master.state === cycleState.gone
    if (master.request(cardRequest.restart, 0) === isGone)
      throw this.#flaw(isGone ? 'a card that is gone takes a restart' : 'no restart is taken')
    if (isGone) return 'DP_SERCOS3_GONE'
    const code = this.#runUp('the restart after all faults have ended')
    if (code !== undefined) {
      if (!isRefused(this.#random, code))
        throw this.#flaw(`all faults have ended, but: ${master.fault?.message}`)
      return code
    }
    this.#expectCalm()
    return 'CP4'
  }

  #expectCalm(): void {
    const names = this.#random.devices.map(({ name }) => name)
    this.#operate(calmCycles)
    this.#expect(disagreements(this.#devices, names))
    const { counters, connections } = this.#ring.master
    const before = counters.lostTelegrams + counters.lateCycles
    const losses = names.map((_, n) => connections.losses(n))
    this.#calm = true
    const code = this.#operate(calmCycles)
    if (code !== undefined) throw this.#flaw(`CP4 ends though nothing is wrong: ${code}`)
    if (counters.lostTelegrams + counters.lateCycles !== before)
      throw this.#flaw('telegrams are lost though nothing is wrong')
    names.forEach((name, n) => {
      if (connections.losses(n) !== losses[n])
        throw this.#flaw(`data of ${name} are lost though nothing is wrong`)
    })
  }

  #expect(flaws: readonly string[]): void {
    if (flaws.length > 0) throw this.#flaw(flaws.slice(0, 6).join('\n'))
  }

  #flaw(what: string): Error {
    return new Error(`${what}\n${this.#ring.dump()}`)
  }
}

const codesOfDevices = [
  'PHASE_LEAVE',
  'PHASE_START',
  'SVC',
  'SVC_TIMEOUT',
  'SVC_DATA',
  'PARAMETER',
  'COMMAND',
  'CLASSES',
  'CONNECTION',
  'WORD_LENGTH',
]
