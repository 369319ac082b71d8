/** The emulated card beside the guest, in a process of its own: started, asked and given faults from here. */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import type { CardOrder } from '../../cards/sercos3/emulator/card-orders.ts'
import { readJsonLines } from './json-lines.ts'
import { say, within } from './report.ts'

/** What the emulator sees of its card; see serve-pci-card.ts. */
export type CardObservation = {
  readonly fired: number
  readonly refired: number
  readonly raised: number
  readonly merged: number
  readonly cycles: number
  readonly skipped: number
  readonly transmitting: boolean
  readonly watchdogAlarm: boolean
  readonly ier0: number
  readonly dfcsr: number
  readonly tcsr: number
  readonly devices: readonly {
    readonly name: string
    readonly phase: number
    readonly operating: boolean
    readonly position: number
    readonly velocity: number
  }[]
  /** The order was not understood. */
  readonly refused?: string
  /** Of the order 'trace': encoder positions, one a cycle, oldest first. */
  readonly trace?: readonly number[]
}

export class EmulatedCard {
  readonly socket: string
  readonly #child: ChildProcess
  readonly #listening: Promise<void>
  #answer: ((observation: CardObservation) => void) | undefined

  constructor(options: {
    readonly repository: string
    readonly socket: string
    readonly name: string
    readonly subsystem: number
    /** As serve-pci-card.ts takes them: 'x:1:drive'. */
    readonly devices: readonly string[]
  }) {
    const { repository, socket, name, subsystem, devices } = options
    this.socket = socket
    const program = join(repository, 'cards/sercos3/emulator/serve-pci-card.ts')
    const args = ['--socket', socket, '--subsystem', String(subsystem)]
    for (const device of devices) args.push('--device', device)
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child = child
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#listening = promise
    readJsonLines(
      child.stdout,
      (value) => {
        const message = value as { event: string; error?: string } & CardObservation
        if (message.event === 'listening') resolve()
        else if (message.event === 'observation') this.#answer?.(message)
        else
          say(
            `${name}: ${message.event}${message.error === undefined ? '' : ` (${message.error})`}`,
          )
      },
      (line) => say(`${name}: ${line}`),
    )
  }

  async ready(): Promise<void> {
    await within(10_000, 'the emulated card starts', this.#listening)
  }

  /** Gives an order; returns what the emulator sees after it. One at a time. */
  async order(order: CardOrder): Promise<CardObservation> {
    const { promise, resolve } = Promise.withResolvers<CardObservation>()
    this.#answer = resolve
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`)
    const seen = await within(10_000, `the emulated card does '${order.do}'`, promise)
    if (seen.refused !== undefined) throw new Error(seen.refused)
    return seen
  }

  async observe(): Promise<CardObservation> {
    return this.order({ do: 'observe' })
  }

  /** Observes again and again until `wanted` holds. */
  async waitFor(
    what: string,
    limitMs: number,
    wanted: (observation: CardObservation) => boolean,
  ): Promise<CardObservation> {
    const endMs = Date.now() + limitMs
    for (;;) {
      const observation = await this.observe()
      if (wanted(observation)) return observation
      if (Date.now() > endMs)
        throw new Error(`${what}: not seen by the emulator: ${JSON.stringify(observation)}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  close(): void {
    this.#child.stdin?.end()
    this.#child.kill('SIGKILL')
  }
}
