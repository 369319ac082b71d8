#!/usr/bin/env node
/**
 * The first file of the command line, small on purpose: before the many modules behind `program.ts` are loaded, it looks
 * at the version of Node (an older one fails in them with a SyntaxError) and listens for Ctrl-C.
 */
import { exitCode } from './exit-code.ts'
import { nodeFault } from './node-version.ts'
import { listenForStop } from './stop-signal.ts'

const fault = nodeFault(process.versions.node)
if (fault === undefined) {
  const stop = listenForStop()
  const { runCommandLine } = await import('./program.ts')
  process.exitCode = await runCommandLine(process.argv.slice(2), stop)
} else {
  console.error(fault)
  process.exitCode = exitCode.usage
}
