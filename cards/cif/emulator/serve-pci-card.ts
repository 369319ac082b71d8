/**
 * A CIF card for a virtual machine:
 *
 *   node cards/cif/emulator/serve-pci-card.ts --socket SOCKET [--fieldbus profibus|devicenet]
 *
 * The guest's uio_cif binds to it. Orders: cards/emulation/interrupt-orders.ts. The host acknowledges by copying the
 * 32-bit cell at 0 of BAR2 (map1) to the one at 0x100, and lets the next interrupt come by setting bit 0 of INTCSR
 * (BAR0 + 0x4C).
 */
import { parseArgs } from 'node:util'
import { serveInterruptingCard } from '../../emulation/serve-card.ts'
import { CifPciCard } from './pci-card.ts'

const { values: options } = parseArgs({
  options: { socket: { type: 'string' }, fieldbus: { type: 'string', default: 'profibus' } },
})
const { socket, fieldbus } = options
if (socket === undefined) throw new Error('--socket PATH is missing')
if (fieldbus !== 'profibus' && fieldbus !== 'devicenet')
  throw new Error(`--fieldbus ${fieldbus}: expected profibus or devicenet`)

serveInterruptingCard(new CifPciCard(fieldbus), socket)
