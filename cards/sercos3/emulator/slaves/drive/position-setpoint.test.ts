import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PositionSetpoint } from './position-setpoint.ts'

const fastest = 2e7
const dtS = 0.001

describe('position setpoint', () => {
  test('runs in a straight line from command to command', () => {
    const setpoint = new PositionSetpoint()
    expect(setpoint.start(500, 500, 500)).toBe(0)
    expect(setpoint.take(600, true, fastest, dtS)).toBe(true)
    const seen = [0, 0.25, 0.5, 1].map((fraction) => {
      setpoint.advance(fraction)
      return setpoint.value
    })
    expect(seen).toEqual([500, 525, 550, 600])
  })

  test('goes on at the last speed while a command is missing, and meets the next one', () => {
    const setpoint = new PositionSetpoint()
    setpoint.start(0, 0, 0)
    const at = [10, 20, undefined, undefined, 50].map((raw) => {
      setpoint.take(raw ?? 0, raw !== undefined, fastest, dtS)
      setpoint.advance(1)
      return setpoint.value
    })
    expect(at).toEqual([10, 20, 30, 40, 50])
  })

  test('a step is as long as the time since the last command allows', () => {
    const setpoint = new PositionSetpoint()
    setpoint.start(0, 0, 0)
    expect(setpoint.take(20_001, true, fastest, dtS)).toBe(false)
    setpoint.advance(1)
    expect(setpoint.value).toBe(0)
    setpoint.start(0, 0, 0)
    setpoint.take(0, false, fastest, dtS)
    expect(setpoint.take(40_000, true, fastest, dtS)).toBe(true)
  })

  test('commands wrap as 32 bit, the setpoint does not; the start tells how far the command is away', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -1000, max: 1000 }),
        fc.array(fc.integer({ min: -20_000, max: 20_000 }), { maxLength: 50 }),
        (raw, away, steps) => {
          const setpoint = new PositionSetpoint()
          let command = (raw + away) | 0
          let exact = 1e10 + away
          expect(setpoint.start(1e10, raw, command)).toBe(Math.abs(away))
          for (const step of steps) {
            command = (command + step) | 0
            exact += step
            expect(setpoint.take(command, true, fastest, dtS)).toBe(true)
            setpoint.advance(1)
            expect(setpoint.value).toBe(exact)
          }
        },
      ),
    )
  })
})
