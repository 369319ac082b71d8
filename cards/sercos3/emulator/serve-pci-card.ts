/**
 * A Sercos III card with its ring for a virtual machine:
 *
 *   node cards/sercos3/emulator/serve-pci-card.ts --socket SOCKET --device x:1:drive --device io:5:io
 *   qemu-system-x86_64 ... -device '{"driver":"vfio-user-pci","socket":{"type":"unix","path":"SOCKET"}}'
 *
 * Takes orders as JSON lines on standard input (see card-orders.ts) and answers each with a line of what can be seen from
 * outside; tells on standard output who comes and goes. Ends when standard input ends.
 */
import { writeSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { read } from '../../../uio/system/file.ts'
import { CardServer } from '../../emulation/vfio-user/card-server.ts'
import { coreSize, pci, registers } from '../registers.ts'
import { obeyCardOrder, PositionTrace } from './card-orders.ts'
import { Sercon100m } from './chip.ts'
import { Sercos3PciCard } from './pci-card.ts'
import type { DeviceSpec } from './slave.ts'
import { createSlave } from './slaves/create-slave.ts'

const { values: options } = parseArgs({
  options: {
    socket: { type: 'string' },
    device: { type: 'string', multiple: true, default: [] },
    subsystem: { type: 'string', default: String(pci.subsystemDevices[0]) },
  },
})
if (options.socket === undefined) throw new Error('--socket PATH is missing')

const slaves = options.device.map((text) => createSlave(parseDevice(text)))
const chip = new Sercon100m(new ArrayBuffer(coreSize), { slaves, topology: 'ring' })
const trace = new PositionTrace(chip)
const card = new Sercos3PciCard(chip, Number(options.subsystem), () => trace.add())
const input = new Uint8Array(4096)
let rest = ''
const server = new CardServer({
  card,
  path: options.socket,
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
    const answer = obeyCardOrder(line, { chip, card, trace })
    tell({ event: 'observation', ...observe(), ...answer })
  }
  return true
}

function observe() {
  const word = (register: { readonly offset: number }) => chip.busRead(register.offset, 32)
  const { raised, merged, cycles, skipped } = card
  return {
    ...server.interrupts,
    raised,
    merged,
    cycles,
    skipped,
    transmitting: chip.transmitting,
    watchdogAlarm: chip.watchdog.alarm,
    ier0: word(registers.ier0),
    dfcsr: word(registers.dfcsr),
    tcsr: word(registers.tcsr),
    devices: chip.ring.slaves.map(({ name, observation }) => ({ name, ...observation })),
  }
}

function tell(what: object): void {
  writeSync(1, `${JSON.stringify(what)}\n`)
}

/** 'x:1:drive': name, Sercos address, profile. */
function parseDevice(text: string): DeviceSpec {
  const [name = '', address = '', profile] = text.split(':')
  if (profile === 'drive' || profile === 'io') return { name, address: Number(address), profile }
  throw new Error(`--device ${text}: expected NAME:ADDRESS:drive or NAME:ADDRESS:io`)
}
