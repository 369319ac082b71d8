/**
 * The real device's interrupt without a device: a packet socket keeps 4-byte messages apart as /dev/uioN does, and
 * /proc/self/mem answers a read at address 0 with the EIO of an unbound device.
 */
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { standInHandle } from '../test/uio/stand-in-handle.ts'
import { attachDevice } from './attach-device.ts'
import { waitResult, type AttachedDevice, type MappedMap, type RearmFile } from './device.ts'
import { eventsPage, EventsWriter, startEventsPage } from './events-page.ts'
import { createEvent, signalEvent } from './system/event.ts'
import { addressOf } from './system/libc.ts'
import { createSocketPair } from './system/unix-socket.ts'
import { waitError } from './wait-error.ts'

const cleanups: (() => void)[] = []
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup()
})

function keep(fd: number): number {
  cleanups.push(() => {
    closeSync(fd)
  })
  return fd
}

function attach(
  interruptFd: number,
  {
    hasInterrupt = true,
    eventCount = '',
    name = 'stand-in',
    rearmFile,
    maps = [],
  }: {
    hasInterrupt?: boolean
    eventCount?: string
    name?: string
    rearmFile?: RearmFile | { errno: number }
    maps?: MappedMap[]
  } = {},
): { device: AttachedDevice; stop: () => void } {
  const stopFd = keep(createEvent())
  const folder = mkdtempSync(join(tmpdir(), 'dualport-'))
  const eventCountPath = join(folder, 'event')
  if (eventCount !== '') writeFileSync(eventCountPath, `${eventCount}\n`)
  const device = attachDevice(
    standInHandle({ interruptFd, stopFd, name, maps, eventCountPath, hasInterrupt, rearmFile }),
  )
  rmSync(folder, { recursive: true })
  return { device, stop: () => signalEvent(stopFd) }
}

function line(eventCount = ''): ReturnType<typeof attach> & { count: (total: number) => void } {
  const [user, kernel] = createSocketPair('packets')
  keep(user)
  keep(kernel)
  const count = (total: number): void => {
    writeSync(kernel, new Uint8Array(new Int32Array([total]).buffer))
  }
  return { ...attach(user, { eventCount }), count }
}

test('the total is what read gives, and what lies between two totals was missed', () => {
  const { device, count } = line('41')
  count(42)
  expect(device.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([device.interrupt.total, device.interrupt.missed]).toEqual([42, 0])
  count(50)
  expect(device.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([device.interrupt.total, device.interrupt.missed]).toEqual([50, 7])
})

test('missed interrupts are right across the wrap of the count', () => {
  const { device, count } = line('2147483646')
  count(-2147483647)
  expect(device.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([device.interrupt.total, device.interrupt.missed]).toEqual([-2147483647, 2])
})

test('a count that was there before the attach is not an interrupt', () => {
  const { device, count } = line('9')
  count(9)
  expect(device.interrupt.wait(5)).toBe(waitResult.timeout)
  expect(device.interrupt.total).toBe(9)
})

test('without a readable count in sysfs the first interrupt sets it and none is missed', () => {
  const { device, count } = line()
  count(1000)
  expect(device.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([device.interrupt.total, device.interrupt.missed]).toEqual([1000, 0])
})

test('stop goes before a pending interrupt', () => {
  const { device, count, stop } = line('0')
  count(1)
  stop()
  expect(device.interrupt.wait(-1)).toBe(waitResult.stopped)
})

test('EIO from a device that had an interrupt is gone, from one that never had is a failure', () => {
  const unbound = keep(openSync('/proc/self/mem', 'r+'))
  const gone = attach(unbound).device
  expect(gone.interrupt.wait(-1)).toBe(waitResult.gone)
  expect(waitError(waitResult.gone, gone, '/dev/uio7')).toMatchObject({
    code: 'DP_UIO_GONE',
    at: 'read(/dev/uio7)',
    actual: 'EIO',
  })
  expect(() => {
    gone.interrupt.control(true)
  }).toThrow(expect.objectContaining({ code: 'DP_UIO_GONE', at: 'write(/dev/uio7)' }))

  const silent = attach(unbound, { hasInterrupt: false }).device
  expect(silent.interrupt.wait(-1)).toBe(waitResult.failed)
  expect(silent.interrupt.errno).toBe(5)
  expect(waitError(waitResult.failed, silent, '/dev/uio7')).toMatchObject({
    code: 'DP_UIO_NO_INTERRUPT',
  })
  expect(() => {
    silent.interrupt.control(true)
  }).toThrow(expect.objectContaining({ code: 'DP_UIO_NO_INTERRUPT' }))
})

test('irqcontrol writes a 32-bit 1 or 0', () => {
  const [user, kernel] = createSocketPair('packets')
  keep(user)
  keep(kernel)
  const { device } = attach(user)
  const reader = attach(kernel).device
  device.interrupt.control(true)
  expect(reader.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect(reader.interrupt.total).toBe(1)
  device.interrupt.control(false)
  expect(reader.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect(reader.interrupt.total).toBe(0)
})

test('other refusals of irqcontrol name the call, the path and errno', () => {
  const readOnly = keep(openSync('/proc/self/status', 'r'))
  const { device } = attach(readOnly)
  expect(() => {
    device.interrupt.control(true)
  }).toThrow(
    expect.objectContaining({ code: 'DP_SYSTEM_CALL', at: 'write(/dev/uio7)', actual: 'EBADF' }),
  )
})

test('a wait that ended well has no error', () => {
  const { device } = line('0')
  expect(waitError(device.interrupt.wait(0), device, '/dev/uio7')).toBeUndefined()
})

test('re-arming by irqcontrol writes a 32-bit 1', () => {
  const [user, kernel] = createSocketPair('packets')
  keep(user)
  keep(kernel)
  const { device } = attach(user, { name: 'Sercos_III_PCI' })
  const reader = attach(kernel).device
  expect(device.interrupt.rearm()).toBe(true)
  expect(reader.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect(reader.interrupt.total).toBe(1)
})

test('re-arming a device that is gone ends the next wait with gone, without blocking', () => {
  const unbound = keep(openSync('/proc/self/mem', 'r+'))
  const { device } = attach(unbound, { name: 'Sercos_III_PCI' })
  expect(device.interrupt.rearm()).toBe(false)
  expect(device.interrupt.wait(-1)).toBe(waitResult.gone)
  // it was a write that found it out
  expect(waitError(waitResult.gone, device, '/dev/uio7')).toMatchObject({
    code: 'DP_UIO_GONE',
    at: '/dev/uio7, uio_sercos3 (re-armed by irqcontrol, write(1))',
    actual: undefined,
  })
})

test('a failure after a refused re-arming is told as what it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dualport-'))
  // neither re-arming through a file that is not there nor a read of a folder succeeds
  const unreadable = keep(openSync(folder, 'r'))
  const { device } = attach(unreadable, { name: 'uio_pci_generic', rearmFile: { errno: 13 } })
  rmSync(folder, { recursive: true })
  expect(device.interrupt.rearm()).toBe(false)
  expect(device.interrupt.wait(-1)).toBe(waitResult.failed)
  expect(waitError(waitResult.failed, device, '/dev/uio7')).toMatchObject({
    code: 'DP_UIO_REARM',
    actual: 'EACCES',
  })
  expect(device.interrupt.wait(-1)).toBe(waitResult.failed)
  expect(waitError(waitResult.failed, device, '/dev/uio7')).toMatchObject({
    code: 'DP_SYSTEM_CALL',
    at: 'read(/dev/uio7)',
    actual: 'EISDIR',
  })
})

test('re-arming through a file writes the whole register at its place', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dualport-'))
  const path = join(folder, 'config')
  writeFileSync(path, new Uint8Array(8))
  const fd = keep(openSync(path, 'r+'))
  const [user, kernel] = createSocketPair('packets')
  keep(user)
  keep(kernel)
  const rearmFile = { fd, offset: 4, bytes: 2, value: 0x0107 } as const
  const { device } = attach(user, { name: 'uio_pci_generic', rearmFile })
  expect(device.interrupt.rearm()).toBe(true)
  expect([...readFileSync(path)]).toEqual([0, 0, 0, 0, 0x07, 0x01, 0, 0])
  rmSync(folder, { recursive: true })
})

test("with the stub's page the count comes from memory, exactly, and a wake-up that was told is not told again", () => {
  const [user, kernel] = createSocketPair('packets')
  keep(user)
  keep(kernel)
  const page = new ArrayBuffer(eventsPage.bytes)
  startEventsPage(page)
  const writer = new EventsWriter(page)
  let total = 41
  const interrupt = (): void => {
    writer.record(1, { ns: 1.5 })
    total += 1
    writeSync(kernel, new Uint8Array(new Int32Array([total]).buffer))
  }
  const pointer = addressOf(page)
  const map = { index: 0, name: 'events', address: 0n, size: eventsPage.bytes, offset: 0, pointer }
  writer.record(1, { ns: 1.5 })
  const { device } = attach(user, { name: 'dualport_sercos3', eventCount: '41', maps: [map] })
  const { interrupt: waiting } = device
  expect(waiting.wait(0)).toBe(waitResult.timeout)
  interrupt()
  expect(waiting.wait(1000)).toBe(waitResult.interrupt)
  expect([waiting.total, waiting.missed]).toEqual([42, 0])
  expect(waiting.wait(5)).toBe(waitResult.timeout)
  // three while nobody waits: one wait tells them all, and their wake-ups are spent with it
  for (let n = 0; n < 3; n++) interrupt()
  expect(waiting.wait(1000)).toBe(waitResult.interrupt)
  expect([waiting.total, waiting.missed]).toEqual([45, 2])
  expect(waiting.wait(5)).toBe(waitResult.timeout)
  // one that comes after the wake-up, before the next wait empties the descriptor
  interrupt()
  expect(waiting.wait(1000)).toBe(waitResult.interrupt)
  interrupt()
  expect(waiting.wait(-1)).toBe(waitResult.interrupt)
  expect([waiting.total, waiting.missed]).toEqual([47, 0])
  expect(waiting.wait(5)).toBe(waitResult.timeout)
})

test("a stub's page that turned to ones in the moment of an interrupt is no count", () => {
  const [user, kernel] = createSocketPair('packets')
  keep(user)
  keep(kernel)
  const page = new ArrayBuffer(eventsPage.bytes)
  startEventsPage(page)
  const pointer = addressOf(page)
  const map = { index: 0, name: 'events', address: 0n, size: eventsPage.bytes, offset: 0, pointer }
  const { device } = attach(user, { name: 'dualport_sercos3', eventCount: '7', maps: [map] })
  new Uint8Array(page).fill(0xff)
  writeSync(kernel, new Uint8Array(new Int32Array([8]).buffer))
  expect(device.interrupt.wait(1000)).toBe(waitResult.interrupt)
  expect([device.interrupt.total, device.interrupt.missed]).toEqual([8, 0])
})
