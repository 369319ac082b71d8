import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { InterruptLine, refireNs } from './interrupt-line.ts'

function connected(): InterruptLine {
  const line = new InterruptLine(() => {})
  line.connect(3)
  return line
}

test('an unmask while the level is high does not fire at once: the handler is only beginning', () => {
  const line = connected()
  line.update(true, 0)
  line.unmask(true, 10)
  line.update(true, 11)
  expect(line.fired).toBe(1)
})

test('a level that stays high fires again when the handler had its time', () => {
  const line = connected()
  line.update(true, 0)
  line.unmask(true, 10)
  expect(line.dueNs).toBe(10 + refireNs)
  line.update(true, 10 + refireNs - 1)
  expect(line.fired).toBe(1)
  line.update(true, 10 + refireNs)
  expect({ fired: line.fired, refired: line.refired }).toEqual({ fired: 2, refired: 1 })
})

test('a level that falls and rises again fires at once', () => {
  const line = connected()
  line.update(true, 0)
  line.unmask(true, 10)
  line.update(false, 20)
  line.update(true, 30)
  expect({ fired: line.fired, refired: line.refired }).toEqual({ fired: 2, refired: 0 })
  expect(line.dueNs).toBe(Infinity)
})

test('nothing fires without an eventfd, and what was pending fires once there is one', () => {
  const line = new InterruptLine(() => {})
  line.update(true, 0)
  expect(line.fired).toBe(0)
  line.connect(3)
  line.update(true, 1)
  expect(line.fired).toBe(1)
})

test('a guest that acknowledges within the time gets exactly one interrupt a rise', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ unmaskUs: fc.nat(900), ackUs: fc.nat(900) }), { maxLength: 30 }),
      (cycles) => {
        const line = connected()
        let nowNs = 0
        for (const { unmaskUs, ackUs } of cycles) {
          line.update(true, nowNs)
          nowNs += unmaskUs * 1000
          line.unmask(true, nowNs)
          line.update(true, nowNs)
          nowNs += ackUs * 1000
          line.update(false, nowNs)
          nowNs += 1
        }
        expect({ fired: line.fired, refired: line.refired }).toEqual({
          fired: cycles.length,
          refired: 0,
        })
      },
    ),
  )
})
