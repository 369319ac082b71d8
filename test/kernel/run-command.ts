/** Runs a program of the host to its end: time-limited, its output kept for the error that a failure becomes. */
import { spawn } from 'node:child_process'

/** The kernel test cannot run here: something is missing that it could not get. Not a failed check. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun'
}

export type CommandOptions = {
  readonly limitMs?: number
  readonly env?: NodeJS.ProcessEnv
  readonly input?: Uint8Array
  readonly cwd?: string
}

/** Standard output and error together. Rejects when the program ends with an error or takes longer than its limit (60 s). */
export async function run(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  return (await runForBytes(program, args, options)).toString()
}

export async function runForBytes(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<Buffer> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.limitMs ?? 60_000,
    killSignal: 'SIGKILL',
  })
  const output: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => output.push(bytes))
  child.stdin.on('error', () => {})
  child.stdin.end(options.input)
  const status = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message))
    child.on('close', (code, signal) => resolve(code === 0 ? '' : `ended with ${signal ?? code}`))
  })
  const bytes = Buffer.concat(output)
  if (status === '') return bytes
  throw new Error(`${program} ${args.join(' ')}: ${status}\n${bytes.subarray(-4000).toString()}`)
}

/** Path of a program, or undefined where the machine has none of that name. */
export async function findProgram(name: string): Promise<string | undefined> {
  try {
    return (await run('sh', ['-c', `command -v ${name}`])).trim()
  } catch {
    return undefined
  }
}
