/**
 * A procedure command: what the master wrote to it, how far it is, and what it does at its end. The acknowledgement is
 * the data status that opening the IDN answers.
 */
import { commandStatus, commandWrite } from '../../telegram.ts'

export type CommandSpec = {
  /** Phases in which it may be executed. */
  readonly phases: readonly number[]
  /** How long it takes, s. */
  readonly durationS: number
  readonly interruptible?: boolean
  /** At the end of the duration: done, failed, or `pending` to be asked again in the next cycle. */
  readonly execute: () => 'done' | 'error' | 'pending'
}

export class ProcedureCommand {
  /** One of `commandStatus`. */
  status: number = commandStatus.notSet
  private readonly spec: CommandSpec
  private readonly remainingS = new Float64Array(1)

  constructor(spec: CommandSpec) {
    this.spec = spec
  }

  clear(): void {
    this.status = commandStatus.notSet
  }

  /** What the master wrote as its data. Returns 0 or the service channel's error code. */
  write(word: number, phase: number): number {
    const request = word & commandWrite.setAndEnable
    const running = this.status === commandStatus.inProcess
    if ((request & commandWrite.set) === 0) {
      this.clear()
      return 0
    }
    if (request === commandWrite.set) return this.set(running)
    if (running || this.status === commandStatus.done || this.status === commandStatus.error)
      return 0x7010
    if (!this.spec.phases.includes(phase)) return 0x7013
    if (this.status !== commandStatus.interrupted) this.remainingS[0] = this.spec.durationS
    this.status = commandStatus.inProcess
    return 0
  }

  /** Cyclic. */
  advance(dtS: number): void {
    if (this.status !== commandStatus.inProcess) return
    this.remainingS[0] = (this.remainingS[0] as number) - dtS
    if (this.remainingS[0] > 0) return
    const outcome = this.spec.execute()
    if (outcome === 'done') this.status = commandStatus.done
    else if (outcome === 'error') this.status = commandStatus.error
  }

  /** Set without enable: before the start it only announces the command, later it interrupts it. */
  private set(running: boolean): number {
    if (running) {
      if (this.spec.interruptible !== true) return 0x7011
      this.status = commandStatus.interrupted
    } else if (this.status === commandStatus.notSet) this.status = commandStatus.set
    return 0
  }
}
