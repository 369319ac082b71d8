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
