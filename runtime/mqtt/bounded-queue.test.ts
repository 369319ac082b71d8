import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedQueue } from './bounded-queue.ts'
import type { Message } from './bounded-queue.ts'

test('equals an array that drops its oldest entry at the bound, and counts it', () => {
  const operations = fc.array(fc.constantFrom('push', 'push', 'shift'))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), operations, (bound, acts) => {
      const queue = new BoundedQueue(bound)
      const model: Message[] = []
      let dropped = 0
      for (const [index, act] of acts.entries()) {
        if (act === 'shift') {
          const [first, expected] = [queue.shift(), model.shift()]
          if (first !== expected) throw new Error(`shift ${index} gave ${first?.topic}`)
        } else {
          const message = { topic: String(index), payload: '', retain: false }
          queue.push(message)
          if (model.push(message) > bound) {
            model.shift()
            dropped++
          }
        }
        expect(queue.size).toBe(model.length)
        expect(queue.dropped).toBe(dropped)
      }
    }),
  )
})
