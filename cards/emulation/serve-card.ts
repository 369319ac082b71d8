/**
 * The loop of a program that serves one emulated card to a virtual machine: orders come as JSON lines on standard input,
 * each is answered by a line of what can be seen from outside; who comes and goes is told on standard output. Ends when
 * standard input ends.
 */
import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { read } from '../../uio/system/file.ts'
import { parseInterruptOrder } from './interrupt-orders.ts'
import { OrderedCard, type InterruptingCard } from './ordered-card.ts'
import { CardServer } from './vfio-user/card-server.ts'
import type { PciCard } from './vfio-user/pci-card.ts'

export type ServedCard = {
  readonly card: PciCard
  /** Path of the Unix socket. */
  readonly socket: string
  /** Carries a line out; what it returns goes into the answer. Never throws for what the line holds. */
  readonly obey: (line: string) => object
  /** What every answer holds beside the server's own counts. */
  readonly observe: () => object
}

/** Blocks until standard input ends. */
export function serveCard({ card, socket, obey, observe }: ServedCard): void {
  const input = new Uint8Array(4096)
  let rest = ''
  const server = new CardServer({
    card,
    path: socket,
    watch: { fd: 0, onReadable: takeOrders },
    onConnected: () => tell({ event: 'connected' }),
    onDisconnected: (error) => tell({ event: 'disconnected', error: error?.message }),
  })
  tell({ event: 'listening' })
  server.run()

  /** False at the end of standard input: whoever started this is gone. */
  function takeOrders(): boolean {
    const bytes = read(0, input, input.length)
    if (bytes <= 0) return false
    const lines = (rest + Buffer.from(input.subarray(0, bytes)).toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const answer = obey(line)
      tell({ event: 'observation', ...server.interrupts, ...observe(), ...answer })
    }
    return true
  }
}

/** Serves a card that takes the interrupt orders alone. */
export function serveInterruptingCard(
  model: InterruptingCard,
  socket: string,
  observe: () => object = () => ({}),
): void {
  const card = new OrderedCard(model)
  serveCard({
    card,
    socket,
    obey(line) {
      const parsed = parseInterruptOrder(line)
      if ('refused' in parsed) return parsed
      card.obey(parsed.order)
      return {}
    },
    observe: () => ({ ...card.observation, ...observe() }),
  })
}

/** Of `--socket PATH`, the one option of most of these programs. Throws where it is missing. */
export function socketOption(): string {
  const { values } = parseArgs({ options: { socket: { type: 'string' } } })
  if (values.socket === undefined) throw new Error('--socket PATH is missing')
  return values.socket
}

function tell(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`)
}
