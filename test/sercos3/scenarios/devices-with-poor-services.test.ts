/**
 * A device answers late, is busy, or tells nonsense through its service channel: the ring comes up slower and says on whom it
 * waits, or the message names device, phase, IDN and what was wrong. Nobody else is held up for good.
 */
import { expect, test } from 'vitest'
import { cardRequest, cycleState } from '../../../cards/card.ts'
import type { DeviceMisdeed } from '../../../cards/sercos3/emulator/faults.ts'
import { idn } from '../../../cards/sercos3/index.ts'
import { InProcessRing } from '../in-process-ring.ts'

function withMisdeed(misdeed: DeviceMisdeed): InProcessRing {
  const ring = new InProcessRing()
  ring.inject({ kind: 'device', device: 1, ...misdeed })
  return ring
}

test.each(['slowService', 'busyService'] as const)(
  'a channel that is some cycles late at each step makes the start longer: %s',
  (does) => {
    const usualS = new InProcessRing().runUp()
    const seconds = withMisdeed({ does, cycles: 5 }).runUp()
    expect(seconds).toBeGreaterThan(1.5 * usualS)
  },
)

test('while one device is busy it is said on whom the others wait', () => {
  const ring = withMisdeed({ does: 'busyService', cycles: 50 })
  const said: string[] = []
  ring.until(() => {
    const { doing = '' } = ring.progress ?? {}
    if (said.at(-1) !== doing) said.push(doing)
    return ring.state === cycleState.operational
  }, 30)
  expect(said.some((doing) => doing.endsWith(': y (address 2)'))).toBe(true)
})

test.each([
  ['slowService', 50, 'handshake time-out'],
  ['busyService', 100_000, 'busy time-out'],
] as const)('a channel that does not answer in time is named: %s', (does, cycles, words) => {
  const ring = withMisdeed({ does, cycles })
  expect(() => ring.runUp()).toThrow(
    new RegExp(`SVC_TIMEOUT: y \\(address 2\\), CP2, S-0-\\d+: .* is ${words}`),
  )
  ring.inject({ kind: 'device', device: 1, does, cycles: 0 })
  ring.ask(cardRequest.restart)
  expect(ring.state).toBe(cycleState.operational)
})

test('data longer than the device says they are end the transfer in error', () => {
  const ring = withMisdeed({ does: 'wrongLength', idn: idn('S-0-1005') })
  expect(() => ring.runUp()).toThrow(/SERCOS3_SVC\w*: y \(address 2\), CP2, S-0-1005: /)
})

test.each([
  ['S-0-1002', 0x7007, /y \(address 2\), CP2, S-0-1002 = 1000000: .*above the maximum \(7007\)/],
  ['S-0-0127', 0x7013, /y \(address 2\), CP2, S-0-0127: .*cannot be executed.* \(7013\)/],
  ['S-0-0128', 0x7015, /y \(address 2\), CP3, S-0-0128: .*\(7015\)/],
] as const)('what a device refuses is told in its words: %s', (text, code, message) => {
  const ring = withMisdeed({ does: 'serviceError', idn: idn(text), code })
  expect(() => ring.runUp()).toThrow(message)
  ring.inject({ kind: 'device', device: 1, does: 'serviceError', idn: idn(text), code: 0 })
  ring.ask(cardRequest.restart)
  expect(ring.state).toBe(cycleState.operational)
})
