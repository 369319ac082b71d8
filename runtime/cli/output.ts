/**
 * What the command line writes. Three manners: a table that is redrawn (terminal), plain lines (pipe, journal), and one
 * JSON object per line (--json). Warnings go to standard error, each text once.
 */
import { styleText } from 'node:util'
import type { MachineEvent } from '../machine-types.ts'
import { machineLine, machineTable } from './machine-table.ts'
import type { MachineView } from './machine-watch.ts'

export type Manner = 'table' | 'lines' | 'json'

export function mannerFor(options: { readonly json?: boolean }): Manner {
  if (options.json === true) return 'json'
  return process.stdout.isTTY ? 'table' : 'lines'
}

const refreshMs = { table: 200, lines: 1000, json: 1000 } as const

export class Output {
  readonly #manner: Manner
  readonly #warned = new Set<string>()
  #drawnLines = 0
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(manner: Manner) {
    this.#manner = manner
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.#manner === 'json') return
    this.#erase()
    process.stdout.write(`${text}\n`)
  }

  /** Loud, and once. */
  warn(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.#erase()
    const line = `WARNING ${text.replace(/^WARNING:? */, '')}`
    process.stderr.write(`${styleText(['bold', 'yellow'], line, { stream: process.stderr })}\n`)
  }

  event(event: MachineEvent): void {
    if (this.#manner === 'json') {
      const { error, ...rest } = event
      const told = error && { error: { code: error.code, message: error.message } }
      process.stdout.write(`${JSON.stringify({ event: { ...rest, ...told } })}\n`)
    } else if (event.kind === 'axis' && this.#stopped) {
      // closing takes every axis out of operation: no news, and no warning
    } else if (event.kind === 'realtime') {
      if (event.message.startsWith('WARNING')) this.warn(event.message)
    } else if (event.error !== undefined) {
      this.warn(`${event.kind}: ${event.message}`)
    } else if (event.kind !== 'axis' && event.kind !== 'missed' && event.kind !== 'overrun') {
      // the states of moving axes and the counters are in the table
      this.say(`${event.kind.padEnd(12)} ${event.message}`)
    }
  }

  /** Shows the machine from now on, until `stop`. */
  show(view: () => MachineView): void {
    this.#timer = setInterval(() => this.#draw(view()), refreshMs[this.#manner])
  }

  /** The last table stays on the screen. */
  stop(): void {
    clearInterval(this.#timer)
    this.#drawnLines = 0
    this.#stopped = true
  }

  #draw(view: MachineView): void {
    if (this.#manner === 'json') process.stdout.write(`${JSON.stringify(view)}\n`)
    else if (this.#manner === 'lines') process.stdout.write(`${machineLine(view)}\n`)
    else this.#redraw(machineTable(view))
  }

  #redraw(lines: string[]): void {
    // a terminal that was told no size says 0; a wrapped or scrolled line would break the count
    const columns = process.stdout.columns || 80
    const rows = process.stdout.rows || 24
    const fitting = lines.slice(0, rows - 1).map((line) => line.slice(0, columns - 1))
    this.#erase()
    process.stdout.write(`${fitting.join('\n')}\n`)
    this.#drawnLines = fitting.length
  }

  #erase(): void {
    if (this.#drawnLines > 0) process.stdout.write(`\u001B[${this.#drawnLines}A\u001B[J`)
    this.#drawnLines = 0
  }
}
