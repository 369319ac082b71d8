/** What the scenarios run in: a guest, the card under test, and a neighbour on the same interrupt line. */
import { join } from 'node:path'
import { Guest } from './boot-guest.ts'
import { EmulatedCard } from './emulated-card.ts'
import { say } from './report.ts'

export type World = {
  readonly guest: Guest
  /** The card under test: a ring of four drives and an I/O device. */
  readonly card: EmulatedCard
  /** A second card, on the same interrupt line, with nothing on its ring. */
  readonly neighbour: EmulatedCard
  readonly close: () => void
}

export type WorldOptions = {
  readonly repository: string
  /** Folder for sockets and logs. */
  readonly work: string
  readonly kernel: string
  readonly initramfs: string
  readonly qemu: readonly string[]
}

/** The ring of guest/machine.json. */
const ring = ['x:1:drive', 'y:2:drive', 'z:3:drive', 'c:4:drive', 'io:5:io']

export async function startWorld(options: WorldOptions): Promise<World> {
  const { repository, work } = options
  const closing: (() => void)[] = []
  const close = () => {
    for (const one of closing.splice(0).toReversed()) one()
  }
  // a run that is cut short leaves no process behind
  process.on('exit', close)
  try {
    const plugIn = (name: string, subsystem: number, devices: readonly string[]) => {
      const socket = join(work, `${name}.sock`)
      const plugged = new EmulatedCard({ repository, name, subsystem, socket, devices })
      closing.push(() => plugged.close())
      return plugged
    }
    const card = plugIn('card', 0x3530, ring)
    const neighbour = plugIn('neighbour', 0x3535, [])
    await Promise.all([card.ready(), neighbour.ready()])
    const cards = [
      { socket: card.socket, slot: 4 },
      { socket: neighbour.socket, slot: 8 },
    ]
    const guest = new Guest({ ...options, cards })
    closing.push(() => guest.close())
    await guest.booted().catch((error: unknown) => {
      say(`the console's last lines:\n${guest.consoleTail(30)}`)
      throw error
    })
    return { guest, card, neighbour, close }
  } catch (error) {
    close()
    throw error
  }
}
