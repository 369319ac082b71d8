/**
 * The whole runtime on a card that hangs on Linux's own uio_sercos3: the interrupt is masked at each occurrence, nobody
 * but this process clears it, and there is no events page. What the emulated driver does is in emulator/stock-driver.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmulatedMachine } from '../test/runtime/emulated-machine.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'

let world: EmulatedMachine

beforeAll(async () => {
  world = await openEmulatedMachine({}, {}, { kernelDriver: 'Sercos_III_PCI' })
})

afterAll(async () => {
  await world.close()
})

test('the ring comes up to CP4 and an axis moves', async () => {
  const { machine, emulator } = world
  await machine.operational
  expect(emulator.device.events).toBeUndefined()
  expect(emulator.device.maps.map(({ name }) => name)).toEqual(['', '', '', '', ''])
  const x = machine.axis('x', 'mm')
  await x.enable()
  await x.home({ position: 0 })
  expect(await x.moveAbsolute({ position: 5, velocity: 100 })).toEqual({ end: 'done' })
  expect(x.status.state).toBe('standstill')
  expect(machine.safeReason).toBeUndefined()
})

test('the card goes on interrupting: none is left masked, and none comes of a status that still stands', async () => {
  const { emulator, until } = world
  const before = emulator.observe()
  await until('300 interrupts have come', () => emulator.observe().raised >= before.raised + 300)
  const after = emulator.observe()
  // fewer where this machine's worker did not get its CPU: the card was still masked then
  expect(after.raised - before.raised).toBeLessThanOrEqual(after.cycles - before.cycles)
})

test('last of all the card vanishes: the machine says that it is gone, and it closes', async () => {
  const { machine, emulator, until, events } = world
  emulator.inject({ kind: 'unplugged' })
  await until('main knows', () => machine.safeReason !== undefined)
  expect(machine.safeReason).toMatch(/DP_CARD_GONE/)
  expect(events.map(({ kind }) => kind)).toContain('gone')
})
