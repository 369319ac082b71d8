/**
 * A cifX (netX) card for a virtual machine:
 *
 *   node cards/netx/emulator/serve-pci-card.ts --socket SOCKET
 *
 * The guest's uio_netx binds to it. Orders: cards/emulation/interrupt-orders.ts; their event is bit 0 (cell of the
 * system channel) of IRQState_0 (0xFFE0 of BAR0). The host enables it by writing 0x80000001 to IRQEnable_0
 * (0xFFF0), acknowledges by writing 1 to IRQState_0, and lets the next interrupt come by setting bit 31 of
 * IRQEnable_0, which the kernel's handler cleared.
 */
import { serveInterruptingCard, socketOption } from '../../emulation/serve-card.ts'
import { NetxPciCard } from './pci-card.ts'

serveInterruptingCard(new NetxPciCard(), socketOption())
