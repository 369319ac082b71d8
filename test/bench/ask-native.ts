/** A C program that answers each line with a line, so that C and TypeScript take turns in one run. */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

export class NativeTwin {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  constructor(program: string, args: readonly string[] = []) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdin.on('error', () => undefined) // one that ended early is told by the missing answer
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** A line that is not answered. */
  tell(line: string): void {
    this.#child.stdin.write(`${line}\n`)
  }

  /** Throws when the program ends instead. */
  async ask(line: string): Promise<string> {
    this.tell(line)
    const answer = await this.#lines.next()
    if (answer.done === true) throw new Error('the C side of the bench ended without an answer')
    return answer.value
  }

  close(): void {
    this.#child.stdin.end()
  }
}

/** Of an uneven or even count. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? high)) / 2
}
