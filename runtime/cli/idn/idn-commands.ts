/** `dualport idn`: the parameters of the devices on a ring, from the command line. */
import { Option } from 'commander'
import type { Command } from 'commander'
import type { StopSignal } from '../stop-signal.ts'
import { dumpIdns, restoreIdns } from './dump-restore.ts'
import type { DumpFileOptions, RestoreOptions } from './dump-restore.ts'
import { idnPhases } from './idn-session.ts'
import type { IdnOptions } from './idn-session.ts'
import { listIdns } from './list.ts'
import { idnElements, readIdn, writeIdn } from './read-write.ts'
import type { ReadOptions } from './read-write.ts'

const help = `
The ring is run up to CP2 and held there, or to the phase that --phase names; no drive gets power, and the
machine's own task does not run. Values are in the unit that the device names. Lists stand between commas, words
of bits may be written as 0x8001 or 0b1001.

Examples:
  dualport idn list machine.json x
  dualport idn read machine.json x S-0-0051
  dualport idn read machine.json x S-0-0092 --element maximum
  dualport idn write machine.json x S-0-0092 150
  dualport idn dump machine.json -o machine.dump.json
  dualport idn restore machine.json machine.dump.json`

/** Adds the commands. `done` takes the exit code. */
export function idnCommands(
  program: Command,
  stop: StopSignal,
  done: (code: number) => void,
): void {
  const idn = program
    .command('idn')
    .description('read, write, list, dump and restore the parameters of devices')
    .addHelpText('after', help)
  const command = (name: string, about: string): Command =>
    idn
      .command(name)
      .description(about)
      .argument('<machine>', 'machine file')
      .addOption(
        new Option('--phase <phase>', 'communication phase to work in')
          .choices(idnPhases)
          .default('CP2'),
      )
      .option('--json', 'print JSON')

  command('read', 'one parameter: name, data and unit, or one of its elements')
    .argument('<device>', 'name in the machine file')
    .argument('<idn>', 'such as S-0-0051 or S-0-1050.2.3')
    .addOption(new Option('--element <element>', 'print this alone').choices(idnElements))
    .action(async (machine: string, device: string, text: string, options: ReadOptions) => {
      done(await readIdn(machine, device, text, options, stop))
    })
  command('write', 'write one parameter and read it back')
    .argument('<device>', 'name in the machine file')
    .argument('<idn>', 'such as S-0-0092')
    .argument('<value>', 'in the unit of the parameter')
    .action(
      async (machine: string, device: string, text: string, value: string, options: IdnOptions) => {
        done(await writeIdn(machine, device, text, value, options, stop))
      },
    )
  command('list', 'all parameters with their form, unit and name')
    .argument('[device]', 'name in the machine file; left out: all devices')
    .action(async (machine: string, device: string | undefined, options: IdnOptions) => {
      done(await listIdns(machine, device, options, stop))
    })
  command('dump', 'all parameters with their data, as JSON')
    .argument('[device]', 'name in the machine file; left out: all devices')
    .option('-o, --output <file>', 'write to this file in place of standard output')
    .action(async (machine: string, device: string | undefined, options: DumpFileOptions) => {
      done(await dumpIdns(machine, device, options, stop))
    })
  command('restore', 'write a dump back: what is writable in this phase and differs')
    .argument('<file>', 'as dump wrote it')
    .option('--device <name>', 'only the dump of this device')
    .action(async (machine: string, file: string, options: RestoreOptions) => {
      done(await restoreIdns(machine, file, options, stop))
    })
}
