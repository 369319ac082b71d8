/** What the procedure commands of every device do: S-0-0099, S-0-0127, S-0-0128, S-0-1024, S-0-1048. */
import type { CommunicationParameters } from './communication-parameters.ts'
import type { Parameter } from './parameter.ts'
import { type CommandSpec, ProcedureCommand } from './procedure-command.ts'

export type CommandActs = {
  readonly checkCp3: () => boolean
  readonly checkCp4: () => boolean
  readonly clearErrors: () => 'done' | 'pending' | 'error'
}

/** Gives the commands their acts. */
export function attachCommands(
  parameters: CommunicationParameters,
  resetClass1: Parameter,
  acts: CommandActs,
): void {
  attach(parameters.checkCp3, {
    phases: [2],
    durationS: 0.004,
    execute: () => (acts.checkCp3() ? 'done' : 'error'),
  })
  attach(parameters.checkCp4, {
    phases: [3],
    durationS: 0.004,
    execute: () => (acts.checkCp4() ? 'done' : 'error'),
  })
  attach(parameters.measureDelay, {
    phases: [2, 3, 4],
    durationS: 0.01,
    interruptible: true,
    execute: () => 'done',
  })
  attach(parameters.activateNetwork, {
    phases: [2, 3, 4],
    durationS: 0.002,
    execute: () => {
      parameters.effectiveMtu.set(parameters.requestedMtu.get())
      return 'done'
    },
  })
  attach(resetClass1, { phases: [2, 3, 4], durationS: 0.01, execute: acts.clearErrors })
}

function attach(parameter: Parameter, spec: CommandSpec): void {
  parameter.command = new ProcedureCommand(spec)
}
