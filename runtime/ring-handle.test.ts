import { beforeEach, describe, expect, test } from 'vitest'
import { connectionState } from '../cards/card.ts'
import { topology } from '../cards/sercos3/driver/chip/cable-topology.ts'
import { DualportError } from '../errors.ts'
import { RingHandle } from './ring-handle.ts'
import type { PhaseName } from './ring-types.ts'
import { ringAct, RingBlock } from './shared/ring-block.ts'

let block: RingBlock
let ring: RingHandle

beforeEach(() => {
  block = new RingBlock(RingBlock.allocate(2))
  ring = new RingHandle(['left', 'right'], [], block)
})

/** Settled or not, and how. */
function outcomeOf(promise: Promise<void>): { value: unknown } {
  const outcome: { value: unknown } = { value: 'open' }
  promise.then(
    () => (outcome.value = 'done'),
    (error: unknown) => (outcome.value = error),
  )
  return outcome
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

const closed = new DualportError('DP_MACHINE_CLOSED')

describe('requests', () => {
  test('go to the worker one by one, in the order in which they were made', async () => {
    const first = outcomeOf(ring.goTo('CP2'))
    const second = outcomeOf(ring.identify('right', true))
    expect([block.asked, block.act, block.argument]).toEqual([1, ringAct.goToPhase, 2])
    ring.settle(1, undefined)
    await turn()
    expect([first.value, second.value]).toEqual(['done', 'open'])
    expect([block.asked, block.act, block.argument]).toEqual([2, ringAct.identify, 3])
    const busy = new DualportError('DP_RING_BUSY')
    ring.settle(2, busy)
    await turn()
    expect(second.value).toBe(busy)
  })

  test('all reject when the machine refuses, waiting or under way, and later answers are dropped', async () => {
    const outcomes = [ring.goTo('CP2'), ring.recover(), ring.restart()].map(outcomeOf)
    expect([ring.awaits(0), ring.awaits(1), ring.awaits(2)]).toEqual([false, true, false])
    ring.refuse(closed)
    expect(ring.awaits(1)).toBe(false)
    await turn()
    expect(outcomes.map(({ value }) => value)).toEqual([closed, closed, closed])
    await expect(ring.open('left')).rejects.toBe(closed)
    ring.settle(1, undefined)
  })

  test('that waited for one that failed for good are never asked', async () => {
    const outcomes = [ring.restartMachine(false), ring.restart()].map(outcomeOf)
    const failure = new DualportError('DP_CARD_FAULT')
    ring.end(failure, closed)
    await turn()
    expect(outcomes.map(({ value }) => value)).toEqual([failure, closed])
    expect(block.asked).toBe(1)
    await expect(ring.restart()).rejects.toBe(closed)
  })

  test('beyond the bound are refused', async () => {
    const asked = Array.from({ length: 20 }, async () => ring.recover())
    const refused = await Promise.race([
      Promise.any(asked.slice(17)).catch(() => 'refused'),
      turn(),
    ])
    expect(refused).toBe('refused')
    await expect(asked[19]).rejects.toMatchObject({ code: 'DP_RING_BUSY' })
    ring.refuse(closed)
    await Promise.allSettled(asked)
  })

  test('with a phase or a device that does not exist are refused with what there is', async () => {
    await expect(ring.goTo('CP9' as PhaseName)).rejects.toMatchObject({
      code: 'DP_RING_PHASE',
      expected: 'NRT, CP0, CP1, CP2, CP3, CP4',
    })
    await expect(ring.identify('middle', true)).rejects.toMatchObject({
      code: 'DP_RING_DEVICE',
      expected: 'left, right',
    })
    expect(block.asked).toBe(0)
  })
})

test('phases, cables and connections come as streams that begin with the present state', () => {
  const seen: unknown[] = []
  ring.phase$.subscribe(({ phase, doing }) => seen.push(`${phase}: ${doing}`))
  ring.topology$.subscribe((cables) => seen.push(cables))
  ring.takeProgress({ phase: 'CP1', doing: 'waiting for right', fraction: 0.5 })
  block.show(4, topology.brokenRing)
  ring.drain()
  ring.drain()
  ring.noteSilence('the worker ended')
  expect(seen).toEqual([
    'NRT: starting',
    'noLink',
    'CP1: waiting for right',
    'brokenRing',
    'NRT: the worker ended',
  ])
  block.setConnection(1, connectionState.warning, 7, 2)
  block.countSample()
  ring.drain()
  expect(ring.connections).toEqual([
    { device: 'left', state: 'init', losses: 0, lossesInARow: 0 },
    { device: 'right', state: 'warning', losses: 7, lossesInARow: 2 },
  ])
  ring.noteSilence('the worker ended')
  expect(ring.connections.map(({ state }) => state)).toEqual(['init', 'init'])
})
