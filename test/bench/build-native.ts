/** Builds the C side of a bench with `gcc -O2`, once per version of its sources. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const sources = new URL('native/', import.meta.url)
const cache = new URL('../../node_modules/.cache/dualport-bench/', import.meta.url)
// no contraction: a product and a sum in one rounding would give other bits than JavaScript
const flags = ['-O2', '-std=gnu17', '-ffp-contract=off', '-D_GNU_SOURCE', '-Wall', '-Wextra']

/** Path of the program, or `undefined` where there is no compiler. Throws when the sources do not compile. */
export function buildNative(program: string): string | undefined {
  if (!hasCompiler()) return undefined
  const hash = createHash('sha256').update(flags.join(' '))
  for (const file of readdirSync(sources).toSorted()) {
    if (file === `${program}.c` || file.endsWith('.h'))
      hash.update(readFileSync(new URL(file, sources)))
  }
  const path = fileURLToPath(new URL(`${program}-${hash.digest('hex').slice(0, 16)}`, cache))
  if (existsSync(path)) return path
  mkdirSync(cache, { recursive: true })
  // under another name first: a build that was interrupted must not look finished
  const part = `${path}.${process.pid}`
  const source = fileURLToPath(new URL(`${program}.c`, sources))
  execFileSync('gcc', [...flags, '-o', part, source, '-lm'], { stdio: 'inherit' })
  renameSync(part, path)
  return path
}

function hasCompiler(): boolean {
  try {
    execFileSync('gcc', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
