import { describe, expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import { class1 } from '../../cards/sercos3/diagnosis.ts'
import { consumerState } from '../../cards/sercos3/emulator/slaves/connection.ts'
import { InProcessRing, onBus, onMemory } from './in-process-ring.ts'
import type { MakeRegion } from './in-process-ring.ts'

/** What the emulator keeps to itself. */
type Consumers = { readonly consumers: readonly { readonly state: number }[] }

const worlds = [
  ['plain memory', onMemory],
  ['a trapping host', onBus],
] as const

function operational(region: MakeRegion = onMemory, cycleNs = 1_000_000): InProcessRing {
  const ring = new InProcessRing({ region, config: { cycleNs } })
  ring.runUp()
  for (let n = 0; n < 100; n++) ring.step()
  return ring
}

/** Takes the ring down in order; simulated milliseconds to the last telegram. */
function leave(ring: InProcessRing): number {
  const startNs = ring.nowNs
  let lastNs = startNs
  ring.master.leave()
  do {
    ring.step()
    if (ring.chip.transmitting) lastNs = ring.nowNs
  } while (ring.state === cycleState.starting && ring.nowNs - startNs < 5e9)
  return (lastNs - startNs) / 1e6
}

const errors = (ring: InProcessRing) => ring.slaves.map(({ observation }) => observation.error)
const none = [false, false, false, false, false]

/** Devices as a dead master leaves them behind, and a new master. */
function died(): InProcessRing {
  const ring = operational()
  for (let n = 0; n < 200; n++) ring.chipCycle()
  expect(ring.chip.transmitting).toBe(false)
  expect(errors(ring).slice(0, 4)).toEqual([true, true, true, true])
  ring.restartProgram()
  return ring
}

describe('an operational ring that is left', () => {
  test.each(worlds)(
    'is silent within some cycles, and no device takes it for an error, however long it lasts: %s',
    (_, region) => {
      const ring = operational(region)
      expect(leave(ring)).toBeLessThan(20)
      expect(ring.state).toBe(cycleState.left)
      expect(ring.master.fault).toBeUndefined()
      const { raised } = ring
      for (let n = 0; n < 20_000; n++) {
        ring.step()
        if (n > 1) expect(ring.chip.transmitting).toBe(false)
      }
      expect(ring.raised).toBe(raised)
      expect(errors(ring)).toEqual(none)
      expect(ring.slaves[4]?.observation).toMatchObject({ digitalOutputs: 0x8001 })
    },
  )

  test.each([0, 15_000])('after %i ms the next master finds every drive ready', (pauseMs) => {
    const ring = operational()
    leave(ring)
    for (let n = 0; n < pauseMs; n++) ring.step()
    ring.restartProgram()
    ring.runUp()
    for (let n = 0; n < 100; n++) ring.step()
    expect(errors(ring)).toEqual(none)
    for (const drive of ring.master.drives) expect(drive.readStatus() >>> 13).toBe(0b100)
  })

  test.each([1_000_000, 65_000_000])(
    'is silent within half a second even when no telegram comes back any more, cycle %i ns',
    (cycleNs) => {
      const ring = operational(onMemory, cycleNs)
      ring.chip.losses.at = 10_000
      expect(leave(ring)).toBeLessThan(550)
      expect(ring.state).toBe(cycleState.left)
    },
  )

  test.each([1, 20, 37, 38, 65].flatMap((ms) => [[ms, true] as const, [ms, false] as const]))(
    'has sent flow control and is left within half a second or 12 cycles: %i ms, answers %s',
    (cycleMs, answers) => {
      const cycleNs = Math.round(cycleMs * 4) * 250_000
      const ring = new InProcessRing({ config: { cycleNs } })
      ring.runUp()
      ring.run(20)
      if (!answers) ring.chip.losses.at = 10_000
      const startNs = ring.nowNs
      const stopped = new Set<string>()
      ring.master.leave()
      while (ring.state === cycleState.starting || ring.nowNs === startNs) {
        ring.step()
        for (const slave of ring.slaves) {
          const { consumers } = Reflect.get(slave, 'connections') as Consumers
          if (consumers.some(({ state }) => state === consumerState.stopped))
            stopped.add(slave.name)
        }
        if (ring.nowNs - startNs > 5e9) break
      }
      expect(ring.state).toBe(cycleState.left)
      expect((ring.nowNs - startNs) / 1e6).toBeLessThanOrEqual(Math.max(500, 12 * cycleMs))
      expect(stopped.size).toBe(5)
    },
  )

  test('silence() while it is being left ends it at once', () => {
    const ring = operational()
    ring.master.leave()
    ring.step()
    ring.master.silence()
    for (let n = 0; n < 10; n++) {
      ring.step()
      expect(ring.chip.transmitting).toBe(false)
    }
  })

  test('a master that does nothing any more while leaving is ended by the watchdog', () => {
    const ring = operational()
    ring.master.leave()
    ring.step()
    for (let n = 0; n < 50; n++) ring.chipCycle()
    expect(ring.chip.transmitting).toBe(false)
  })

  test.each([0, 150, 500, 700])(
    'a ring that is still run up is left, too, after %i cycles',
    (cycles) => {
      const ring = new InProcessRing()
      ring.run(cycles)
      ring.master.leave()
      expect(ring.runUp()).toBeLessThan(0.5)
      expect(ring.state).toBe(cycleState.left)
      expect(ring.chip.transmitting).toBe(false)
    },
  )
})

describe('after a master that died', () => {
  test('the run-up clears the communication errors that it left behind', () => {
    const ring = died()
    ring.runUp()
    for (let n = 0; n < 100; n++) ring.step()
    expect(errors(ring)).toEqual(none)
    for (const drive of ring.master.drives) expect(drive.readStatus() >>> 13).toBe(0b100)
  })

  test('an error of another kind stays, and the communication error beside it', () => {
    const ring = died()
    ring.slaves[1]?.raiseFault(class1.overload)
    ring.runUp()
    for (let n = 0; n < 100; n++) ring.step()
    expect(errors(ring)).toEqual([false, true, false, false, false])
    expect(ring.master.drives[1]?.readStatus()).toBe(0x2000)
    expect(ring.slaves[1]?.pendingErrors).toBe(class1.overload | class1.communication)
  })

  test('a drive that refuses the reset keeps its error, and the ring reaches CP4', () => {
    const ring = died()
    for (const slave of ring.slaves) slave.refuseReset()
    ring.runUp()
    for (let n = 0; n < 100; n++) ring.step()
    expect(errors(ring)).toEqual([true, true, true, true, false])
    expect(ring.state).toBe(cycleState.operational)
  })
})
