/**
 * `serve-lockstep-card.ts --socket PATH [--bell]`: the card in a process of its own. The order {do: 'begin', image} tells
 * the size of the next task's images, in bytes.
 */
import { parseArgs } from 'node:util'
import { serveCard } from '../../../cards/emulation/serve-card.ts'
import { LockstepCard } from './lockstep-card.ts'

const { values } = parseArgs({
  options: { socket: { type: 'string' }, bell: { type: 'boolean', default: false } },
})
if (values.socket === undefined) throw new Error('--socket PATH is missing')
const card = new LockstepCard(values.bell)

serveCard({
  card,
  socket: values.socket,
  obey(line) {
    const order = JSON.parse(line) as { readonly do?: unknown; readonly image?: unknown }
    if (order.do === 'observe') return {}
    if (order.do !== 'begin' || typeof order.image !== 'number') return { refused: line }
    card.begin(order.image)
    return {}
  },
  observe: () => ({ raised: card.raised, merged: 0, wrong: card.wrong }),
})
