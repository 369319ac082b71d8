/** What the scenarios of a group run in: a guest of their own and its cards. */
import { mkdirSync } from 'node:fs'
import { Guest } from './boot-guest.ts'
import { EmulatedCard, type CardPlan, type Sercos3Card } from './emulated-card.ts'
import type { PreparedGuest } from './prepare-guest.ts'
import { say } from './report.ts'

export type WorldOptions = {
  readonly repository: string
  /** A folder of its own for sockets and logs. */
  readonly work: string
  readonly prepared: PreparedGuest
  readonly cards: readonly CardPlan[]
}

export class World {
  readonly guest: Guest
  readonly #options: WorldOptions
  readonly #cards = new Map<string, EmulatedCard>()
  readonly #closeAtExit = () => this.close()

  private constructor(options: WorldOptions) {
    mkdirSync(options.work, { recursive: true })
    this.#options = options
    this.guest = new Guest({ ...options.prepared, work: options.work })
    // a run that is cut short leaves no process behind
    process.on('exit', this.#closeAtExit)
  }

  static async start(options: WorldOptions): Promise<World> {
    const world = new World(options)
    try {
      await world.guest.booted()
      for (const plan of options.cards) await world.plug(plan)
      return world
    } catch (error) {
      say(`the console's last lines:\n${world.guest.consoleTail(30)}`)
      world.close()
      throw error
    }
  }

  /** Starts an emulated card and plugs it in. */
  async plug(plan: CardPlan): Promise<EmulatedCard> {
    if (this.#cards.has(plan.id)) throw new Error(`a card ${plan.id} is plugged in already`)
    const started = new EmulatedCard(plan, this.#options)
    this.#cards.set(plan.id, started)
    try {
      await started.ready()
      await this.guest.plug({ ...plan, socket: started.socket })
      return started
    } catch (error) {
      started.close()
      this.#cards.delete(plan.id)
      throw error
    }
  }

  /** Pulls a card out of the guest and ends its emulator; returns what that said beside its answers. */
  async unplug(id: string): Promise<string> {
    const pulled = this.card(id)
    await this.guest.unplug(id)
    this.#cards.delete(id)
    return pulled.end()
  }

  card(id: string): EmulatedCard {
    const found = this.#cards.get(id)
    if (found === undefined) throw new Error(`no card ${id} is plugged in`)
    return found
  }

  /** The Sercos III card 'card', or another. */
  sercos3(id = 'card'): Sercos3Card {
    return this.card(id) as Sercos3Card
  }

  close(): void {
    process.off('exit', this.#closeAtExit)
    this.guest.close()
    for (const one of this.#cards.values()) one.close()
  }
}
