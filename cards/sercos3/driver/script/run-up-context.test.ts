import { expect, test } from 'vitest'
import { together } from './run-up-context.ts'
import type { RunUpContext, Script } from './run-up-context.ts'

test('of scripts side by side the first that throws ends the others, with what they held', () => {
  const ended: number[] = []
  function* script(device: number): Script {
    try {
      yield
      if (device === 1) throw new Error('refused')
      yield
    } finally {
      ended.push(device)
    }
  }
  const context = { nowNs: 0 } as unknown as RunUpContext
  const running = together(context, script, [0, 1, 2])
  running.next()
  expect(ended).toEqual([])
  expect(() => running.next()).toThrow('refused')
  expect(ended).toEqual([1, 0, 2])
})
