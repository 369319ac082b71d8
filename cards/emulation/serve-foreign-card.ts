/**
 * Somebody else's card on a shared interrupt line, for a virtual machine:
 *
 *   node cards/emulation/serve-foreign-card.ts --socket SOCKET
 *
 * In the guest: echo 1234 5679 > /sys/bus/pci/drivers/uio_pci_generic/new_id; its owner reads /dev/uioN, writes 1 to BAR0,
 * clears bit 10 of the command register. Orders: interrupt-orders.ts, and
 *
 *   {"do":"annoy","seed":1,"meanUs":3000,"holdUs":1000,"count":200}
 *
 * which makes it interrupt at random times from then on.
 */
import { z } from 'zod'
import { ForeignCard } from './foreign-card.ts'
import { interruptOrders, parseOrder } from './interrupt-orders.ts'
import { OrderedCard } from './ordered-card.ts'
import { serveCard, socketOption } from './serve-card.ts'

const order = z.discriminatedUnion('do', [
  ...interruptOrders,
  z.strictObject({
    do: z.literal('annoy'),
    seed: z.int(),
    meanUs: z.number().min(10),
    holdUs: z.number().min(1),
    count: z.int().min(0),
  }),
])

export type ForeignCardOrder = z.input<typeof order>

const card = new ForeignCard()
const ordered = new OrderedCard(card)

serveCard({
  card: ordered,
  socket: socketOption(),
  obey(line) {
    const parsed = parseOrder(order, line)
    if ('refused' in parsed) return parsed
    if (parsed.order.do === 'annoy') card.begin(parsed.order)
    else ordered.obey(parsed.order)
    return {}
  },
  observe() {
    const { events, cleared, left } = card
    return { ...ordered.observation, events, cleared, left: left + ordered.observation.left }
  },
})
