/** An emulated card beside the guest, in a process of its own: started, asked and given faults from here. */
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { readJsonLines } from './json-lines.ts'
import { say, within } from './report.ts'

/** A card and the slot of the root bus that it is plugged into. */
export type CardPlan = {
  readonly id: string
  /**
   * 2..31. Slots that differ by a multiple of four share an interrupt line; others may share one too, as the guest
   * finds fit.
   */
  readonly slot: number
  /** Program and arguments; a program that ends in .ts runs in this Node. It says 'listening' once it can be plugged in. */
  readonly command: (socket: string) => readonly [program: string, ...args: string[]]
}

/** What every emulator sees of its card. */
export type Observation = {
  /** Interrupts sent to the guest, and how many of them again because the level did not fall. */
  readonly fired: number
  readonly refired: number
  /** Interrupts that the card meant, and how many of them came while one still stood. */
  readonly raised: number
  readonly merged: number
  /** The order was not understood. */
  readonly refused?: string
}

/** What cards/sercos3/emulator/serve-pci-card.ts sees. */
export type Sercos3Observation = Observation & {
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
  /** Accesses to the mappable BAR that were not made by a mapping; of a card that has one. */
  readonly trapped?: number
  /** Of the order 'trace': encoder positions, one a cycle, oldest first. */
  readonly trace?: readonly number[]
}

const endLimitMs = 10_000

export class EmulatedCard<Seen extends Observation = Observation> {
  readonly plan: CardPlan
  readonly socket: string
  readonly #child: ChildProcess
  readonly #listening: Promise<void>
  readonly #closed: Promise<unknown>
  readonly #lines: string[] = []
  #answer: ((observation: Observation) => void) | undefined

  constructor(plan: CardPlan, at: { readonly repository: string; readonly work: string }) {
    this.plan = plan
    this.socket = join(at.work, `${plan.id}.sock`)
    const [program, ...args] = plan.command(this.socket)
    const isOurs = program.endsWith('.ts')
    const child = spawn(isOurs ? process.execPath : program, isOurs ? [program, ...args] : args, {
      cwd: at.repository,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    this.#child = child
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#listening = promise
    promise.catch(() => {})
    this.#closed = new Promise((resolveClosed) => {
      child.once('close', resolveClosed)
    })
    child.on('error', reject)
    child.on('exit', (code, signal) => reject(new Error(`${plan.id} ended: ${signal ?? code}`)))
    readJsonLines(
      child.stdout,
      (value) => {
        const message = value as Observation & { event: string; error?: string }
        if (message.event === 'listening') resolve()
        else if (message.event === 'observation') this.#answer?.(message)
        else if (message.error !== undefined) say(`${plan.id}: ${message.event} (${message.error})`)
      },
      (line) => {
        this.#lines.push(line)
        if (line === 'listening') resolve()
      },
    )
  }

  async ready(): Promise<void> {
    await within(10_000, `the emulated card ${this.plan.id} starts`, this.#listening)
  }

  /** Gives an order; returns what the emulator sees after it. One at a time. */
  async order(order: { readonly do: string; readonly [field: string]: unknown }): Promise<Seen> {
    const { promise, resolve } = Promise.withResolvers<Observation>()
    this.#answer = resolve
    const text = JSON.stringify(order)
    this.#child.stdin?.write(`${text}\n`)
    const seen = await within(10_000, `${this.plan.id} obeys ${text}`, promise)
    if (seen.refused !== undefined) throw new Error(seen.refused)
    // each kind of card is known by what its program is written to tell
    return seen as Seen
  }

  async observe(): Promise<Seen> {
    return this.order({ do: 'observe' })
  }

  /** Observes again and again until `wanted` holds. */
  async waitFor(
    what: string,
    limitMs: number,
    wanted: (observation: Seen) => boolean,
  ): Promise<Seen> {
    const endMs = Date.now() + limitMs
    for (;;) {
      const observation = await this.observe()
      if (wanted(observation)) return observation
      if (Date.now() > endMs)
        throw new Error(`${what}: not seen by the emulator: ${JSON.stringify(observation)}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** Lets the program end by itself, now that its card is unplugged; what it said beside its answers. */
  async end(): Promise<string> {
    this.#child.stdin?.end()
    try {
      await within(endLimitMs, `${this.plan.id} ends`, this.#closed)
    } finally {
      this.close()
    }
    return this.#lines.join('\n')
  }

  close(): void {
    this.#child.stdin?.end()
    this.#child.kill('SIGKILL')
  }
}

export type Sercos3Card = EmulatedCard<Sercos3Observation>
