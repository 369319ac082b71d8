/** The master where nobody acknowledges the interrupt for it: the card hangs on Linux's own uio_sercos3. */
import { expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import { InProcessRing, onBus, onMemory } from './in-process-ring.ts'

test.each([
  ['plain memory', onMemory],
  ['a trapping host', onBus],
])('the ring comes up and every cycle interrupts once: %s', (_, region) => {
  const ring = new InProcessRing({ stock: true, region })
  ring.runUp()
  expect(ring.state).toBe(cycleState.operational)
  const raised = ring.raised
  for (let n = 0; n < 1000; n++) ring.step()
  expect(ring.raised - raised).toBe(1000)
  expect(ring.state).toBe(cycleState.operational)
  expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
})

test('silence takes the interrupt away through the driver, which keeps it for the next program', () => {
  const ring = new InProcessRing({ stock: true })
  ring.runUp()
  ring.master.silence()
  const raised = ring.raised
  for (let n = 0; n < 10; n++) ring.chipCycle()
  expect(ring.raised).toBe(raised)
  expect(ring.chip.enabledInterrupts).toBe(0)
  ring.restartProgram()
  ring.runUp()
  expect(ring.state).toBe(cycleState.operational)
})

test('a run-up that fails is silent, and says so before the turn ends: nobody may re-arm it', () => {
  const ring = new InProcessRing({ stock: true, present: [] })
  expect(() => ring.runUp()).toThrow('DP_SERCOS3')
  expect(ring.state).toBe(cycleState.starting)
  expect(ring.master.state).toBe(cycleState.faulted)
})

test('the stub acknowledges by itself: the master leaves IRR0 alone', () => {
  const ring = new InProcessRing({ region: onBus })
  ring.runUp()
  ring.chip.tick()
  const pending = ring.chip.pendingInterrupts
  expect(pending).toBe(1)
  ring.driverCycle()
  expect(ring.chip.pendingInterrupts).toBe(pending)
})
