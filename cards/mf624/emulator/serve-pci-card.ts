/**
 * An MF624 for a virtual machine:
 *
 *   node cards/mf624/emulator/serve-pci-card.ts --socket SOCKET
 *
 * The guest's uio_mf624 binds to it. Orders: cards/emulation/interrupt-orders.ts; their event is a conversion of the
 * ADC's chosen channels (channel 0 if none is). The host enables it with write(1) to /dev/uioN, acknowledges by reading
 * as many results as there are channels (16 bit, 0 of BAR2 = map1), and lets the next interrupt come with write(1).
 */
import { serveInterruptingCard, socketOption } from '../../emulation/serve-card.ts'
import { Mf624PciCard } from './pci-card.ts'

serveInterruptingCard(new Mf624PciCard(), socketOption())
