/** The cards that scenarios plug in. */
import type { CardPlan } from './emulated-card.ts'

/** The ring of guest/machine.json. */
const ring = ['x:1:drive', 'y:2:drive', 'z:3:drive', 'c:4:drive', 'io:5:io']

type Place = { readonly id: string; readonly slot: number }

/** A Sercos III card; `devices` as serve-pci-card.ts takes them, by default the ring of guest/machine.json. */
export function sercos3Plan(
  options: Place & {
    readonly subsystem?: number
    readonly devices?: readonly string[]
    /** Further arguments of serve-pci-card.ts. */
    readonly args?: readonly string[]
  },
): CardPlan {
  const { id, slot, subsystem = 0x3530, devices = ring, args = [] } = options
  return {
    id,
    slot,
    command: (socket) => [
      'cards/sercos3/emulator/serve-pci-card.ts',
      '--subsystem',
      String(subsystem),
      ...devices.flatMap((device) => ['--device', device]),
      ...args,
      '--socket',
      socket,
    ],
  }
}

/** A card of cards/KIND/emulator. */
export function ownPlan(kind: string, { id, slot }: Place): CardPlan {
  const program = `cards/${kind}/emulator/serve-pci-card.ts`
  return { id, slot, command: (socket) => [program, '--socket', socket] }
}

/** The Python card of test/reference/lab-card: it raises so many interrupts by itself, each after the answer before. */
export function labPlan(profile: string, cycles: number, { id, slot }: Place): CardPlan {
  const program = 'test/reference/lab-card/vfio_user_card.py'
  const pace = ['--cycles', String(cycles), '--period', '3000', '--poll', '0']
  return { id, slot, command: (socket) => ['python3', program, socket, profile, ...pace] }
}

/** The card under test, and a second one with nothing on its ring that shares its interrupt line. */
export const card = sercos3Plan({ id: 'card', slot: 4 })
export const neighbour = sercos3Plan({
  id: 'neighbour',
  slot: 8,
  subsystem: 0x3535,
  devices: [],
})
