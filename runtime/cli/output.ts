/**
 * What the command line writes. Three manners: a table that is redrawn (terminal), plain lines (pipe, journal), and one
 * JSON object per line (--json). Warnings go to standard error, each text once. When standard output fails (its reader
 * went away, which also ends the machine: stop-signal.ts), nothing more is written to it.
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
  #mute = false

  constructor(manner: Manner) {
    this.#manner = manner
    process.stdout.once('error', () => {
      this.#mute = true
    })
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.#manner === 'json') return
    this.#erase()
    this.#write(`${text}\n`)
  }

  /** Loud, and once. */
  warn(text: string): void {
    if (this.#warned.has(text)) return
    this.#warned.add(text)
    this.#erase()
    const line = styleText(['bold', 'yellow'], `WARNING ${text}`, { stream: process.stderr })
    process.stderr.write(`${line}\n`)
  }

  /** The warning's cause is over: when it comes back, it is said again. */
  forget(text: string): void {
    this.#warned.delete(text)
  }

  event(event: MachineEvent): void {
    if (this.#manner === 'json') {
      const { error, ...rest } = event
      const told = error && { error: { code: error.code, message: error.message } }
      this.#write(`${JSON.stringify({ event: { ...rest, ...told } })}\n`)
    } else if (event.kind === 'axis' && this.#stopped) {
      // closing takes every axis out of operation: no news, and no warning
    } else if (event.severity === 'warning' && !counted.has(event.kind)) {
      // a ring that breaks twice at the same place broke twice
      if (event.kind === 'topology' || event.kind === 'device') this.forget(event.message)
      this.warn(event.message)
    } else if (event.kind === 'realtime') {
      // what was granted is as it should be
    } else if (event.error !== undefined && event.kind !== 'safe') {
      if (!followUps.has(event.error.code)) this.warn(`${event.kind}: ${event.message}`)
    } else if (event.kind !== 'axis' && !counted.has(event.kind)) {
      // the states of moving axes and the counters are in the table; why the machine is safe was said by its own event
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
    if (this.#manner === 'json') this.#write(`${JSON.stringify(view)}\n`)
    else if (this.#manner === 'lines') this.#write(`${machineLine(view)}\n`)
    else this.#redraw(machineTable(view))
  }

  #redraw(lines: string[]): void {
    // a terminal that was told no size says 0; a wrapped or scrolled line would break the count
    const columns = process.stdout.columns || 80
    const rows = process.stdout.rows || 24
    const fitting = lines.slice(0, rows - 1).map((line) => line.slice(0, columns - 1))
    this.#erase()
    this.#write(`${fitting.join('\n')}\n`)
    this.#drawnLines = fitting.length
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#write(`\u001B[${this.#drawnLines}A\u001B[J`)
    this.#drawnLines = 0
  }

  #write(text: string): void {
    if (!this.#mute) process.stdout.write(text)
  }
}

/** Their counters are in the table. */
const counted: ReadonlySet<MachineEvent['kind']> = new Set(['missed', 'overrun', 'port'])

/** What each axis reports when the machine has failed as a whole, which an event of its own tells. */
const followUps: ReadonlySet<string> = new Set(['DP_AXIS_SAFE', 'DP_AXIS_CARD'])
