import { afterEach, expect, test, vi } from 'vitest'
import { ServiceManager } from './service-manager.ts'

afterEach(() => {
  vi.useRealTimers()
})

function telling(environment: Record<string, string>) {
  const told: string[] = []
  const service = new ServiceManager(environment, (socket, text) => {
    told.push(`${socket} ${text}`)
    return 0
  })
  return { service, told }
}

test('systemd is told when the machine is ready and when it stops, at the socket that it named', () => {
  const { service, told } = telling({ NOTIFY_SOCKET: '/run/notify' })
  service.ready('CP4')
  service.stopping()
  service.close()
  expect(told).toEqual(['/run/notify READY=1\nSTATUS=CP4', '/run/notify STOPPING=1'])
})

test('the watchdog is fed twice in its time, until the service is closed', () => {
  vi.useFakeTimers()
  const environment = { NOTIFY_SOCKET: '@n', WATCHDOG_USEC: '10000000' }
  const { service, told } = telling({ ...environment, WATCHDOG_PID: String(process.pid) })
  vi.advanceTimersByTime(10_000)
  expect(told).toEqual(['@n WATCHDOG=1', '@n WATCHDOG=1'])
  service.close()
  vi.advanceTimersByTime(60_000)
  expect(told).toHaveLength(2)
})

test('outside a service, for another process, or without a time, nothing is told', () => {
  vi.useFakeTimers()
  const outside = telling({ WATCHDOG_USEC: '10000000' })
  const other = telling({ NOTIFY_SOCKET: '@n', WATCHDOG_USEC: '10000000', WATCHDOG_PID: '1' })
  const timeless = telling({ NOTIFY_SOCKET: '@n', WATCHDOG_USEC: 'soon' })
  outside.service.ready('CP4')
  vi.advanceTimersByTime(60_000)
  for (const { service, told } of [outside, other, timeless]) {
    expect(told).toEqual([])
    service.close()
  }
})
