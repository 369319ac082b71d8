/**
 * A Sercos III card with its ring for a virtual machine:
 *
 *   node cards/sercos3/emulator/serve-pci-card.ts --socket SOCKET --device x:1:drive --device io:5:io
 *   qemu-system-x86_64 ... -device '{"driver":"vfio-user-pci","socket":{"type":"unix","path":"SOCKET"}}'
 *
 * With --msi it offers a message interrupt, with --mappable the host may map its BAR3 (then `trapped` counts the accesses
 * that were not mapped): no real card does either. BAR2 holds a DMA block for tests, see dma-block.ts.
 *
 * The guest's uio_sercos3 or this repository's stub binds to it. Orders: card-orders.ts.
 */
import { parseArgs } from 'node:util'
import { viewMemory } from '../../../uio/system/libc.ts'
import { createMemoryFile, mapOrThrow } from '../../../uio/system/memory.ts'
import { OrderedCard } from '../../emulation/ordered-card.ts'
import { serveCard } from '../../emulation/serve-card.ts'
import { coreSize, pci, registers } from '../registers.ts'
import { obeyCardOrder, PositionTrace } from './card-orders.ts'
import { Sercon100m } from './chip.ts'
import { bars, mappableBar, Sercos3PciCard } from './pci-card.ts'
import type { DeviceSpec } from './slave.ts'
import { createSlave } from './slaves/create-slave.ts'

const { values: options } = parseArgs({
  options: {
    socket: { type: 'string' },
    device: { type: 'string', multiple: true, default: [] },
    msi: { type: 'boolean', default: false },
    mappable: { type: 'boolean', default: false },
    subsystem: { type: 'string', default: String(pci.subsystemDevices[0]) },
  },
})
if (options.socket === undefined) throw new Error('--socket PATH is missing')

const slaves = options.device.map((text) => createSlave(parseDevice(text)))
const chip = new Sercon100m(new ArrayBuffer(coreSize), { slaves, topology: 'ring' })
const trace = new PositionTrace(chip)
const card = new Sercos3PciCard(chip, {
  subsystemDevice: Number(options.subsystem),
  afterCycle: () => trace.add(),
  msi: options.msi,
  mappable: options.mappable ? createMappable() : undefined,
})
const ordered = new OrderedCard(card)
serveCard({
  card: ordered,
  socket: options.socket,
  obey: (line) => obeyCardOrder(line, { chip, card, ordered, trace }),
  observe,
})

function createMappable() {
  const bytes = bars.find(({ index }) => index === mappableBar)?.bytes ?? 0
  const fd = createMemoryFile('bar3', bytes)
  return { fd, memory: viewMemory(mapOrThrow(fd, bytes, 0, 'readWrite'), bytes) }
}

function observe() {
  const word = (register: { readonly offset: number }) => chip.busRead(register.offset, 32)
  const { raised, cycles, skipped } = card
  return {
    ...ordered.observation,
    // how often the line rose, whether a cycle or an order was the reason
    raised,
    merged: card.merged + ordered.merged,
    cycles,
    skipped,
    trapped: card.trapped,
    transmitting: chip.transmitting,
    watchdogAlarm: chip.watchdog.alarm,
    ier0: word(registers.ier0),
    dfcsr: word(registers.dfcsr),
    tcsr: word(registers.tcsr),
    devices: chip.ring.slaves.map(({ name, observation }) => ({ name, ...observation })),
  }
}

/** 'x:1:drive': name, Sercos address, profile. */
function parseDevice(text: string): DeviceSpec {
  const [name = '', address = '', profile] = text.split(':')
  if (profile === 'drive' || profile === 'io') return { name, address: Number(address), profile }
  throw new Error(`--device ${text}: expected NAME:ADDRESS:drive or NAME:ADDRESS:io`)
}
