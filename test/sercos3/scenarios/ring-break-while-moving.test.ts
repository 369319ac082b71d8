/**
 * The engineer pulls any cable of a ring while the drives move and sees nothing of it in the drives' positions: no value is
 * old, none is another drive's, and putting the cable back is as quiet.
 */
import { describe, expect, test } from 'vitest'
import { cycleState } from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import { createSlave } from '../echo-device.ts'
import { InProcessRing, onBus, onMemory } from '../in-process-ring.ts'
import type { MakeRegion } from '../in-process-ring.ts'

const commanded = (cycle: number, drive: number) => cycle * 1000 + drive

/** Each drive is sent a value of its own in every cycle and sends it back. */
function movingRing(drives: number, buffers: 'double' | 'triple', region: MakeRegion) {
  const ring = new InProcessRing({
    config: {
      buffers,
      devices: Array.from({ length: drives }, (_, n) => ({
        name: `d${n + 1}`,
        address: n + 1,
        profile: 'drive' as const,
        parameters: [],
      })),
    },
    create: createSlave,
    region,
  })
  ring.runUp()
  let n = 0
  let judged = false
  let late = 0
  const worst: number[] = ring.master.drives.map(() => 0)
  const task = () => {
    ring.master.drives.forEach((drive, k) => {
      const came = drive.readPosition()
      // what is written in a cycle is read back two cycles later
      if (judged && came !== commanded(n - 2, k)) {
        late++
        worst[k] = (worst[k] as number) + 1
      }
      drive.writePosition(commanded(n, k))
    })
    n++
  }
  ring.run(20, task)
  judged = true
  return { ring, task, worst, wrong: () => late }
}

describe('a cable that comes out', () => {
  test.each([
    ['double', onMemory],
    ['triple', onMemory],
    ['triple', onBus],
  ] as const)('anywhere in a ring costs no drive a cycle: %s buffers', (buffers, region) => {
    const { ring, task, wrong } = movingRing(5, buffers, region)
    for (let after = 0; after <= 5; after++) {
      ring.inject({ kind: 'ringBreak', after })
      ring.run(10, task)
      expect({ after, wrong: wrong(), state: ring.state }).toEqual({
        after,
        wrong: 0,
        state: cycleState.operational,
      })
      ring.inject({ kind: 'ringClosed' })
      ring.until(() => ring.master.topology === topology.ring, 5, task)
      expect({ after, wrong: wrong() }).toEqual({ after, wrong: 0 })
      ring.until(() => !ring.master.needsAttention, 5, task)
    }
    expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
  })

  test('and cuts off the telegrams under way costs each drive one cycle', () => {
    const { ring, task, worst } = movingRing(5, 'triple', onMemory)
    ring.inject({ kind: 'lostTelegram', what: 'at', cycles: 1 })
    ring.inject({ kind: 'ringBreak', after: 3 })
    ring.run(10, task)
    expect(worst).toEqual([1, 1, 1, 1, 1])
    expect(ring.state).toBe(cycleState.operational)
    expect(ring.master.drives.map((drive) => drive.live)).not.toContain(false)
    expect(ring.master.drives.map((_, n) => ring.master.connections.losses(n))).toEqual([
      1, 1, 1, 1, 1,
    ])
  })

  test('in a ring of 64 drives leaves every drive where it was', () => {
    const { ring, task, wrong } = movingRing(64, 'double', onMemory)
    for (const after of [1, 40]) {
      ring.inject({ kind: 'ringBreak', after })
      ring.run(5, task)
      ring.inject({ kind: 'ringClosed' })
      ring.until(() => ring.master.topology === topology.ring, 5, task)
      ring.until(() => !ring.master.needsAttention, 5, task)
    }
    expect(wrong()).toBe(0)
  })
})
