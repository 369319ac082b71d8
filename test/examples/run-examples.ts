/**
 * Runs every program in examples/ as a reader would, one after the other. Each says in its opening comment what it
 * prints (`Prints: <regular expression>`): that line must come, and the program must end by itself with exit code 0.
 */
import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../examples/', import.meta.url))
const timeLimitMs = 60_000

type Ended = { readonly code: number | null; readonly output: string; readonly tookMs: number }

const examples = (await readdir(folder)).filter((name) => name.endsWith('.ts')).toSorted()
let failed = 0
for (const name of examples) {
  const expected = /^ ?\*? ?Prints: (.+)$/m.exec(await readFile(path.join(folder, name), 'utf8'))
  const ended = await run(path.join(folder, name))
  const fault = faultOf(ended, expected?.[1])
  const seconds = (ended.tookMs / 1000).toFixed(1)
  console.log(`${fault === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)${fault ?? ''}`)
  if (fault === undefined) continue
  failed++
  console.log(ended.output.replaceAll(/^/gm, '  | '))
}
console.log(`${examples.length - failed} passed, ${failed} failed`)
if (failed > 0 || examples.length === 0) process.exitCode = 1

function faultOf({ code, output }: Ended, expected: string | undefined): string | undefined {
  if (code === null) return `: did not end within ${timeLimitMs / 1000} s`
  if (code !== 0) return `: exit code ${code}`
  if (expected === undefined) return ': its opening comment has no line "Prints: ..."'
  return new RegExp(`^${expected}$`, 'm').test(output) ? undefined : `: never printed ${expected}`
}

async function run(file: string): Promise<Ended> {
  const started = performance.now()
  // a group of its own, so that the time limit also ends what the example started
  const child = spawn(process.execPath, [file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  const hear = (data: Buffer): void => {
    output += data.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  }, timeLimitMs)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output, tookMs: performance.now() - started })
    })
  })
}
