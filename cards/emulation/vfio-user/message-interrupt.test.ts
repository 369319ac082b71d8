import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageInterrupt } from './message-interrupt.ts'

function connected(): MessageInterrupt {
  const messages = new MessageInterrupt(() => {})
  messages.connect(3)
  return messages
}

test('every rise of the level is a message, and a level that stands says nothing more', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (levels) => {
      const messages = connected()
      for (const level of levels) messages.update(level)
      const rises = levels.filter((level, n) => level && levels[n - 1] !== true).length
      expect(messages.sent).toBe(rises)
    }),
  )
})

test('a level that is up already sends its message once there is a descriptor', () => {
  const messages = new MessageInterrupt(() => {})
  messages.update(true)
  expect({ sent: messages.sent, connected: messages.connected }).toEqual({
    sent: 0,
    connected: false,
  })
  expect(messages.connect(3)).toBeUndefined()
  messages.update(true)
  expect(messages.sent).toBe(1)
  expect(messages.connect(undefined)).toBe(3)
})
