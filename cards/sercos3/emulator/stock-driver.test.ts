/** In lockstep: what Linux's uio_sercos3 lets through, by what its user does. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { waitResult } from '../../../uio/device.ts'
import { attachBackend, type EmulatedBackend } from '../../../uio/emulated-backend.ts'
import { openEmulatedDevice, type EmulatedDevice } from '../../../uio/emulated-device.ts'
import type { Region } from '../../../uio/region.ts'
import { MemoryHost } from '../../emulation/memory-host.ts'
import { coreSize, registers as r } from '../registers.ts'
import { Sercon100m } from './chip.ts'
import { StockDriver } from './stock-driver.ts'

const allSources = 0x3ff

let emulated: EmulatedDevice
let backend: EmulatedBackend
let card: StockDriver
let registers: Region

beforeEach(() => {
  const kernelDriver = 'Sercos_III_PCI'
  const size = coreSize
  const page = { name: '', offset: 0, size: 0x1000 }
  const maps = [page, page, page, { name: '', offset: 0, size }, page]
  emulated = openEmulatedDevice({ name: 'stock', kernelDriver, bytes: size, maps })
  backend = attachBackend(emulated.backend)
  const chip = new Sercon100m(backend.memory, { slaves: [], topology: 'ring' })
  card = new StockDriver(chip, backend)
  registers = emulated.device.map('registers')
  // the main timer runs, TINT0 interrupts
  registers.write(r.tcntcycr, 1_000_000)
  registers.write(r.tcsr, 1)
  registers.write(r.ier0, 1)
})

afterEach(() => {
  emulated.device.close()
  backend.detach()
})

/** One cycle of the card, and its handler. */
function cycle(): void {
  card.tick()
  const bits = card.acknowledge()
  if (bits !== 0) backend.raise(bits)
}

function interrupts(cycles: number, serve: () => void): number {
  const { interrupt } = emulated.device
  let count = 0
  for (let n = 0; n < cycles; n++) {
    cycle()
    if (interrupt.wait(0) === waitResult.interrupt) {
      count += 1 + interrupt.missed
      serve()
    }
  }
  return count
}

test('500 cycles, acknowledged and re-armed, are 500 interrupts', () => {
  const count = interrupts(500, () => {
    registers.write(r.irr0, allSources)
    emulated.device.interrupt.rearm()
  })
  expect(count).toBe(500)
})

test('without re-arming there is one, and one re-arming later the next', () => {
  expect(interrupts(50, () => registers.write(r.irr0, allSources))).toBe(1)
  registers.write(r.irr0, allSources)
  emulated.device.interrupt.rearm()
  expect(interrupts(50, () => undefined)).toBe(1)
})

test('a status that still stands interrupts again at once, without a cycle of its own', () => {
  cycle()
  expect(emulated.device.interrupt.wait(0)).toBe(waitResult.interrupt)
  // the card stands: nothing new comes
  registers.write(r.tcsr, 0)
  emulated.device.interrupt.rearm()
  cycle()
  expect(emulated.device.interrupt.wait(0)).toBe(waitResult.interrupt)
  registers.write(r.irr0, allSources)
  emulated.device.interrupt.rearm()
  cycle()
  expect(emulated.device.interrupt.wait(0)).toBe(waitResult.timeout)
})

test('what was enabled comes back by write(1) however often it was taken away', () => {
  const { interrupt } = emulated.device
  interrupt.control(false)
  cycle()
  interrupt.control(false)
  cycle()
  expect(registers.read(r.ier0)).toBe(0)
  expect(interrupt.wait(0)).toBe(waitResult.timeout)
  interrupt.control(true)
  cycle()
  expect(interrupt.wait(0)).toBe(waitResult.interrupt)
})

test('the host counts what its user was told', () => {
  const host = new MemoryHost(card, backend)
  let served = 0
  host.run(
    () => {
      if (emulated.device.interrupt.wait(0) !== waitResult.interrupt) return
      served += 1
      registers.write(r.irr0, allSources)
      emulated.device.interrupt.rearm()
      if (served === 20) emulated.stopBackend()
    },
    () => undefined,
  )
  expect(served).toBe(20)
  expect(host.raised).toBeGreaterThanOrEqual(served)
  expect(host.raised).toBeLessThanOrEqual(served + 1)
})
