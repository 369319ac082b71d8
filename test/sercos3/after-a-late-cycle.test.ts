/** One late cycle must not leave the inputs one cycle old for good: a real bus answers a late request with what it missed. */
import { expect, test } from 'vitest'
import { createSlave } from './echo-device.ts'
import type { EchoDrive } from './echo-device.ts'
import { InProcessRing, onBus, onMemory } from './in-process-ring.ts'

test.each([
  ['double', 'plain memory', onMemory],
  ['triple', 'plain memory', onMemory],
  ['double', 'a trapping host', onBus],
  ['triple', 'a trapping host', onBus],
] as const)('after a late cycle the inputs are fresh again: %s, %s', (buffers, _, region) => {
  const echoes: EchoDrive[] = []
  const ring = new InProcessRing({
    config: { buffers },
    region,
    create: (config) => createSlave(config, echoes),
  })
  ring.runUp()
  const drive = ring.master.drives[0]
  let n = 0
  /** How many turns lie between writing a value and reading it back. */
  let delay = 0
  const turn = () => {
    delay = n - (drive?.readPosition() ?? 0)
    drive?.writePosition(n)
    n++
  }
  for (let cycle = 0; cycle < 10; cycle++) ring.step(turn)
  const usual = delay
  // late by one cycle: the chip's next interrupt comes before this turn's endCycle
  ring.step(() => {
    turn()
    ring.chipCycle()
  })
  ring.driverCycle(turn)
  for (let cycle = 0; cycle < 10; cycle++) ring.step(turn)
  expect(delay).toBe(usual)
  expect(ring.master.counters.lateCycles).toBeGreaterThan(0)
})
