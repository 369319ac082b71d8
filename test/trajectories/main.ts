/** `npm run check:trajectories -- FILE.csv`: a file of cases with reference durations against control/trajectory. */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { checkFile } from './check-file.ts'
import { readCases } from './read-cases.ts'

const help = `npm run check:trajectories -- FILE.csv [--interface position|velocity]

  Plans each case of the file (1 to 6 axes, synchronised in time; test/reference/trajectories/README.md tells the form):
  durations within 1e-8 of the reference, end state within 1e-8, limits kept by samples and at the extremes. Prints one
  JSON line; failures go to the standard error, the first of them in words. Ends with 1 when a case failed, with 2 when
  the file cannot be read.`

const mostTold = 20

process.exitCode = main()

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      interface: { type: 'string', default: 'position' },
      help: { type: 'boolean', default: false },
    },
  })
  const kind = values.interface
  const [file] = positionals
  if (values.help) {
    console.log(help)
    return 0
  }
  if (
    file === undefined ||
    positionals.length > 1 ||
    (kind !== 'position' && kind !== 'velocity')
  ) {
    console.error(help)
    return 2
  }
  let cases
  try {
    cases = readCases(readFileSync(file, 'utf8'))
  } catch (error) {
    console.error(`${file}: ${error instanceof Error ? error.message : String(error)}`)
    return 2
  }
  let told = 0
  const report = checkFile(cases, kind, (failure) => {
    told++
    if (told <= mostTold) console.error(failure)
  })
  if (told > mostTold) console.error(`and ${told - mostTold} more`)
  console.log(JSON.stringify(report))
  return report.failures === 0 ? 0 : 1
}
