import { afterEach, expect, test, vi } from 'vitest'
import { listenForStop } from './stop-signal.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

test('the first signal stops; a copy of it that npm hands on changes nothing; a second one forces', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
  const now = vi.spyOn(performance, 'now').mockReturnValue(1000)
  const stop = listenForStop()
  process.emit('SIGINT', 'SIGINT')
  expect(await stop.stopped).toBe('SIGINT')
  now.mockReturnValue(1100)
  process.emit('SIGINT', 'SIGINT')
  expect(exit).not.toHaveBeenCalled()
  now.mockReturnValue(2000)
  process.emit('SIGINT', 'SIGINT')
  expect(exit).toHaveBeenCalledWith(130)
  stop.release()
  expect(process.listenerCount('SIGINT')).toBe(0)
})

test('a reader that goes away stops, and later writes that fail do no harm', async () => {
  const stop = listenForStop()
  expect(stop.isStopped).toBe(false)
  process.stdout.emit('error', new Error('write EPIPE'))
  expect(stop.isStopped).toBe(true)
  expect(await stop.stopped).toBe('closed')
  stop.release()
  process.stdout.emit('error', new Error('write EPIPE'))
})

test('warnings that nobody can read stop nothing', () => {
  const stop = listenForStop()
  process.stderr.emit('error', new Error('write EPIPE'))
  expect(stop.isStopped).toBe(false)
  stop.release()
})
