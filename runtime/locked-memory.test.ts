import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { openEmulatedMachine, testRealtime } from '../test/runtime/emulated-machine.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'

let world: EmulatedMachine | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

/** KiB that are locked in this process's mappings of memory files: the emulated card is one. */
function lockedCardKib(): number {
  let locked = 0
  let isCard = false
  for (const line of readFileSync('/proc/self/smaps', 'utf8').split('\n')) {
    if (/^[0-9a-f]+-[0-9a-f]+ /.test(line)) isCard = line.includes('/memfd:')
    else if (isCard && line.startsWith('Locked:')) locked += Number.parseInt(line.slice(7), 10)
  }
  return locked
}

test.for([true, false])(
  "the card's memory is locked while the machine is open: lockMemory %s",
  async (lockMemory) => {
    world = await openEmulatedMachine({ realtime: { ...testRealtime, lockMemory } })
    const { events, until } = world
    await until('the settings are told', () =>
      events.some(({ message }) => /memory: /.test(message)),
    )
    if (lockMemory) expect(lockedCardKib()).toBeGreaterThan(0)
    else expect(lockedCardKib()).toBe(0)
  },
)
