/** The commands of `dualport`, their options and their help. */
import { Command, CommanderError } from 'commander'
import { DualportError } from '../../errors.ts'
import { machineJsonSchema } from '../machine-file/json-schema.ts'
import { MachineFileError } from '../machine-file/machine-file-error.ts'
import { check } from './check.ts'
import { demo } from './demo.ts'
import { devices } from './devices.ts'
import { addEmulateCommand } from './emulate.ts'
import { exitCode } from './exit-code.ts'
import { idnCommands } from './idn/idn-commands.ts'
import { runSession } from './machine-session.ts'
import type { SessionOptions } from './machine-session.ts'
import { packageVersion } from './package-root.ts'
import { addRingCommands } from './ring-plan.ts'
import { doubleMs } from './stop-signal.ts'
import type { StopSignal } from './stop-signal.ts'

const exits = `
Exit codes:
  0    done, or stopped by Ctrl-C with the drives disabled
  1    the machine could not be opened, or went to its safe state; a device refused; an idn command was
       stopped before its end
  2    wrong command line or machine file
  130  a second Ctrl-C, ${doubleMs / 1000} s or more after the first: ends at once, without waiting for the
       drives; the card is silenced, and they stop by themselves`

const examples = `
Examples:
  dualport demo                     an emulated ring of four drives, with MQTT
  dualport check machine.json       every error of a machine file at once
  dualport run machine.json --json  one JSON object per line, for other programs
  dualport idn read machine.json drive-x S-0-0051
                                    a parameter of a device, in the unit that it names
  dualport ring plan machine.json   the telegrams and their times, without a card
  dualport schema > machine.schema.json`

const runsMachine: ReadonlySet<string> = new Set(['run', 'demo', 'sercos3'])

/** Runs one command line; resolves with the exit code. `stop` ends a machine in order, other commands let signals kill them. */
export async function runCommandLine(argv: readonly string[], stop: StopSignal): Promise<number> {
  let code: number = exitCode.done
  const program = new Command('dualport')
    .description("A fieldbus runtime: cyclic tasks in a card's dual-port memory, streams and MQTT")
    .version(packageVersion(), '-v, --version', 'print the version')
    .addHelpText('after', `${examples}\n${exits}`)
    .showHelpAfterError('dualport --help shows the commands and their options')
    .exitOverride()
    .hook('preAction', (_, command) => {
      if (!runsMachine.has(command.name()) && command.parent?.name() !== 'idn') stop.release()
    })

  program
    .command('run')
    .description('run a machine until Ctrl-C; it closes with outputs safe and drives disabled')
    .argument('<machine>', 'machine file: JSON, or a module with a default export')
    .option('--json', 'print events and statistics as one JSON object per line')
    .option('--no-mqtt', 'leave MQTT out, whatever the machine file says')
    .option('--user <name>', 'started as root: become this user once the card is open')
    .action(async (machine: string, options: SessionOptions) => {
      code = await runSession(machine, options, stop)
    })
  program
    .command('demo')
    .description('run the emulated demo machine: four axes in motion, I/O, MQTT')
    .option('--json', 'print events and statistics as one JSON object per line')
    .option('--no-mqtt', 'leave MQTT out')
    .action(async (options: SessionOptions) => {
      code = await demo(options, stop)
    })
  program
    .command('devices')
    .description('list the UIO devices of this computer with their maps')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => console.log(devices(options)))
  program
    .command('check')
    .description('check a machine file and print every error with its place')
    .argument('<machine>', 'machine file')
    .option('--json', 'print the findings as JSON')
    .action(async (machine: string, options: { json?: boolean }) => {
      code = await check(machine, options)
    })
  addEmulateCommand(program, stop, (emulateCode) => {
    code = emulateCode
  })
  idnCommands(program, stop, (idnCode) => {
    code = idnCode
  })
  addRingCommands(program)
  program
    .command('schema')
    .description('print the JSON Schema of the machine file')
    .action(() => console.log(JSON.stringify(machineJsonSchema(), null, 2)))

  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    return told(error)
  }
}

/** Says what went wrong, in one place for all commands. */
function told(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
  if (error instanceof MachineFileError) {
    for (const line of error.lines) console.error(line)
    return exitCode.usage
  }
  if (!(error instanceof DualportError)) throw error
  console.error(error.message)
  return error.code === 'DP_MACHINE_FILE_READ' ? exitCode.usage : exitCode.failed
}
