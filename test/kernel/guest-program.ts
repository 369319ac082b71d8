/** A program that runs in the guest: its lines as they come, its end, signals to it. */
import { within } from './report.ts'
import type { FromProgram } from './guest/agent-protocol.ts'

export class GuestProgram {
  /** Exit status as a number, or the signal or other reason that ended it. */
  readonly ended: Promise<string>
  readonly #command: string
  readonly #sendSignal: (signal: NodeJS.Signals) => void
  readonly #lines: string[] = []
  readonly #end = Promise.withResolvers<string>()
  #awaited:
    | { readonly wanted: (line: string) => boolean; readonly resolve: (line: string) => void }
    | undefined
  #isEnded = false

  constructor(command: readonly string[], sendSignal: (signal: NodeJS.Signals) => void) {
    this.#command = command.join(' ')
    this.#sendSignal = sendSignal
    this.ended = this.#end.promise
  }

  get output(): string {
    return this.#lines.join('\n')
  }

  /** What the agent tells of this program. */
  take(message: FromProgram): void {
    if ('line' in message) {
      this.#lines.push(message.line)
      if (this.#awaited?.wanted(message.line) === true) this.#awaited.resolve(message.line)
    } else {
      this.#isEnded = true
      this.#end.resolve(message.status)
    }
  }

  /** The first line, past or to come, that starts so; the rest of it. */
  async line(start: string, limitMs: number): Promise<string> {
    const wanted = (line: string) => line.startsWith(start)
    const there = this.#lines.find(wanted)
    if (there !== undefined) return there.slice(start.length)
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.#awaited = { wanted, resolve }
    const end = async () => {
      const status = await this.ended
      reject(new Error(`${this.#command} ended with ${status} and said\n${this.output}`))
    }
    void end()
    return (await within(limitMs, `${this.#command} says '${start}'`, promise)).slice(start.length)
  }

  /** Output of a program that ends well. */
  async finished(): Promise<string> {
    const status = await this.ended
    if (status === '0') return this.output
    throw new Error(`${this.#command} ended with ${status} in the guest:\n${this.output}`)
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.#isEnded) this.#sendSignal(signal)
  }
}
