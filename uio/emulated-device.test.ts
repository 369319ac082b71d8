import { readFileSync, readlinkSync, readdirSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { attachDevice } from './attach-device.ts'
import { waitResult } from './device.ts'
import { attachBackend, type EmulatedBackend } from './emulated-backend.ts'
import { openEmulatedDevice, type EmulatedDevice } from './emulated-device.ts'

const layout = {
  name: 'bench-card',
  bytes: 0x10000,
  maps: [
    { name: 'registers', offset: 0, size: 0x400 },
    { name: 'tx', offset: 0x8000, size: 0x2000 },
  ],
}

const opened: { emulated: EmulatedDevice; card: EmulatedBackend }[] = []

function open(): { emulated: EmulatedDevice; card: EmulatedBackend } {
  const emulated = openEmulatedDevice(layout)
  const both = { emulated, card: attachBackend(emulated.backend) }
  opened.push(both)
  return both
}

afterEach(() => {
  for (const { emulated, card } of opened.splice(0)) {
    emulated.device.close()
    card.detach()
  }
})

function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('/memfd:dualport') ? [fd] : []
    } catch {
      return []
    }
  })
}

function mappings(): number {
  return readFileSync('/proc/self/maps', 'utf8').split('memfd:dualport').length - 1
}

test('a window of the card is the map of its name', () => {
  const { emulated, card } = open()
  new Uint32Array(card.memory)[0x8004 / 4] = 0xfeedc0de
  expect(emulated.device.map('tx').read32(4)).toBe(0xfeedc0de)
  expect(emulated.device.map(1)).toBe(emulated.device.map('tx'))
  emulated.device.map('registers').write16(0x3fe, 0xbeef)
  expect(new Uint16Array(card.memory)[0x3fe / 2]).toBe(0xbeef)
})

test('an unknown map is refused with the maps there are', () => {
  const { emulated } = open()
  expect(() => emulated.device.map('svc')).toThrow(
    expect.objectContaining({
      code: 'DP_UIO_NO_MAP',
      actual: 'svc',
      expected: "one of 0 'registers', 1 'tx', 2 'events'",
    }),
  )
})

test('coalesced interrupts are counted as missed exactly', () => {
  const { emulated, card } = open()
  const { interrupt } = emulated.device
  expect(interrupt.wait(0)).toBe(waitResult.timeout)
  card.raise(1)
  expect(interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([interrupt.total, interrupt.missed]).toEqual([1, 0])
  for (let n = 0; n < 4; n++) card.raise(1)
  expect(interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([interrupt.total, interrupt.missed]).toEqual([5, 3])
  expect(interrupt.wait(0)).toBe(waitResult.timeout)
})

test('a new attachment does not see old interrupts', () => {
  const { emulated, card } = open()
  card.raise(1)
  card.raise(1)
  const later = attachDevice(emulated.device.handle)
  expect(later.interrupt.total).toBe(2)
  expect(later.interrupt.wait(0)).toBe(waitResult.timeout)
  card.raise(1)
  card.raise(1)
  expect(later.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([later.interrupt.total, later.interrupt.missed]).toEqual([4, 1])
  later.detach()
})

test('the count wraps as a signed 32-bit number', () => {
  const emulated = openEmulatedDevice(layout)
  const first = attachBackend(emulated.backend)
  opened.push({ emulated, card: first })
  // a backend that attaches goes on from the page's count: set it just below the wrap
  setEventsCount(emulated, 0x7fffffff)
  const card = attachBackend(emulated.backend)
  const user = attachDevice(emulated.device.handle)
  expect(user.interrupt.total).toBe(0x7fffffff)
  card.raise(1)
  card.raise(1)
  expect(user.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([user.interrupt.total, user.interrupt.missed]).toEqual([-0x7fffffff, 1])
  user.detach()
  card.detach()
})

function setEventsCount(emulated: EmulatedDevice, count: number): void {
  const page = attachBackend({
    ...emulated.backend,
    memoryFd: emulated.backend.eventsFd,
    bytes: 4096,
  })
  new Uint32Array(page.memory)[3] = count
  page.detach()
}

test('irqcontrol holds interrupts off, and the card can raise again once they are on', () => {
  const { emulated, card } = open()
  const { interrupt } = emulated.device
  interrupt.control(false)
  expect(card.raise(1)).toBe(false)
  expect(interrupt.wait(0)).toBe(waitResult.timeout)
  interrupt.control(true)
  expect(card.raise(1)).toBe(true)
  expect(interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect(interrupt.total).toBe(1)
})

test('a vanished card ends the wait of every attachment with gone, for good, and reads all ones', () => {
  const { emulated, card } = open()
  const other = attachDevice(emulated.device.handle)
  card.vanish()
  for (let n = 0; n < 2; n++) {
    expect(emulated.device.interrupt.wait(-1)).toBe(waitResult.gone)
    expect(other.interrupt.wait(-1)).toBe(waitResult.gone)
  }
  expect(other.map('tx').read32(0)).toBe(0xffffffff)
  expect(() => other.interrupt.control(true)).toThrow(
    expect.objectContaining({ code: 'DP_UIO_GONE' }),
  )
  other.detach()
})

test('stop ends every wait for good and goes before a pending interrupt', () => {
  const { emulated, card } = open()
  const other = attachDevice(emulated.device.handle)
  card.raise(1)
  emulated.device.stop()
  expect(emulated.device.interrupt.wait(-1)).toBe(waitResult.stopped)
  expect(other.interrupt.wait(-1)).toBe(waitResult.stopped)
  expect(other.interrupt.wait(-1)).toBe(waitResult.stopped)
  other.detach()
})

test('stopping the user does not stop the card', () => {
  const { emulated, card } = open()
  emulated.device.stop()
  expect(card.waitUntil(card.clock.now() + 1e6)).toBe(true)
  emulated.stopBackend()
  expect(card.waitUntil(card.clock.now() + 3600e9)).toBe(false)
})

test('waitUntil never returns early and returns at once for a past time', () => {
  const { card } = open()
  const until = card.clock.now() + 3e6
  expect(card.waitUntil(until)).toBe(true)
  expect(card.clock.now()).toBeGreaterThanOrEqual(until)
  expect(card.waitUntil(0)).toBe(true)
})

test('after detach accesses read 0, waits are stopped and nothing crashes', () => {
  const { emulated, card } = open()
  const user = attachDevice(emulated.device.handle)
  const region = user.map('registers')
  region.write32(0, 7)
  user.detach()
  user.detach()
  expect(region.read32(0)).toBe(0)
  expect(() => {
    region.write32(0, 9)
  }).not.toThrow()
  expect(user.interrupt.wait(-1)).toBe(waitResult.stopped)
  expect(new Uint32Array(card.memory)[0]).toBe(7)
})

test.each(['device first', 'backend first', 'thread last'])(
  'memory and descriptors go back with the last user: %s',
  (order) => {
    const before = { descriptors: descriptors().length, mappings: mappings() }
    const emulated = openEmulatedDevice(layout)
    const card = attachBackend(emulated.backend)
    const user = attachDevice(emulated.device.handle)
    if (order === 'backend first') card.detach()
    if (order !== 'thread last') user.detach()
    emulated.device.close()
    emulated.device.close()
    card.detach()
    // where this thread is the last, the memory is still there under its view
    user.map('tx').write32(0, 1)
    const read = user.map('tx').read32(0)
    user.detach()
    expect(read).toBe(order === 'thread last' ? 1 : 0)
    expect(() => attachDevice(emulated.device.handle)).toThrow(
      expect.objectContaining({ code: 'DP_UIO_CLOSED' }),
    )
    emulated.stopBackend()
    emulated.device.stop()
    expect({ descriptors: descriptors().length, mappings: mappings() }).toEqual(before)
  },
)

test('a thread that ended without detaching can be counted out', () => {
  const before = mappings()
  const emulated = openEmulatedDevice(layout)
  attachDevice(emulated.device.handle)
  emulated.device.threadEnded()
  emulated.device.close()
  expect(mappings()).toBe(before)
})

test('a worker blocked in wait is woken by an interrupt and ended by stop', async () => {
  const { emulated, card } = open()
  const worker = new Worker(new URL('../test/uio/waiter.ts', import.meta.url), {
    workerData: emulated.device.handle,
  })
  const ended = once(worker, 'exit')
  await once(worker, 'message')
  const woken = once(worker, 'message')
  card.raise(4)
  expect(await woken).toEqual([{ result: waitResult.interrupt, total: 1, bits: 4 }])
  const told = once(worker, 'message')
  emulated.device.stop()
  expect(await told).toEqual([{ result: waitResult.stopped, total: 1, bits: 0 }])
  await ended
})
