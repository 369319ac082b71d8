/** The kernel's own style checker on C sources. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Tools } from './get-tools.ts'
import { run } from './run-command.ts'

const cAndBuildFiles = /\.[ch]$|^Kbuild$|^Makefile$/

/** Rejects with what checkpatch finds in those files of a folder, at its strictest and with no rule left out. */
export async function checkStyle(
  source: string,
  { checkpatch }: Pick<Tools, 'checkpatch'>,
  pattern = cAndBuildFiles,
): Promise<void> {
  const files = readdirSync(source).filter((name) => pattern.test(name))
  if (files.length === 0) throw new Error(`${source} has no such files`)
  const paths = files.map((name) => join(source, name))
  await run('perl', [checkpatch, '--no-tree', '--strict', '--quiet', '--file', ...paths])
}
