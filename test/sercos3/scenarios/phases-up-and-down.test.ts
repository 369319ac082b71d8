/**
 * The engineer holds the ring in a phase, goes up and down at will, and starts again after a fault without leaving the
 * program: each step is named while it lasts, and a device that does not come along is named with it.
 */
import { describe, expect, test } from 'vitest'
import { cardRequest, cardRequestState, cycleState } from '../../../cards/card.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'
import type { RingOptions } from '../in-process-ring.ts'

const { goToPhase, restart, identify } = cardRequest

function operational(options: RingOptions = {}): InProcessRing {
  const ring = new InProcessRing(options)
  ring.runUp()
  return ring
}

const phasesOf = (ring: InProcessRing) => ring.slaves.map(({ observation }) => observation.phase)

describe('a ring is held', () => {
  test.each([0, 1, 2, 3])('in CP%i on its way up, then goes on', (phase) => {
    const ring = new InProcessRing()
    ring.ask(goToPhase, phase)
    ring.run(500)
    expect(ring.master.phase).toBe(phase)
    expect(ring.state).toBe(cycleState.starting)
    expect(ring.progress?.doing).toBe(`held in CP${phase}`)
    expect(phasesOf(ring)).toEqual([phase, phase, phase, phase, phase])
    ring.ask(goToPhase, 4)
    expect(ring.state).toBe(cycleState.operational)
    expect(phasesOf(ring)).toEqual([4, 4, 4, 4, 4])
  })

  test.each([2, 0])('in CP%i on its way down, which leads over CP0', (phase) => {
    const ring = operational()
    ring.phases.length = 0
    ring.ask(goToPhase, phase)
    const way = ['CP4', 'NRT', 'CP0', 'CP1', 'CP2'].slice(0, phase + 3)
    expect(ring.phases).toEqual(way)
    expect(phasesOf(ring)).toEqual([phase, phase, phase, phase, phase])
    expect(ring.slaves.some(({ observation }) => observation.error)).toBe(false)
    ring.ask(goToPhase, 4)
    ring.run(100)
    expect(ring.state).toBe(cycleState.operational)
    expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
  })

  test('silent in NRT, and comes back from there', () => {
    const ring = operational()
    ring.ask(goToPhase, -1)
    ring.run(100)
    expect(ring.master.phase).toBe(-1)
    expect(ring.chip.transmitting).toBe(false)
    ring.ask(goToPhase, 4)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('while it still runs up to another phase, which it leaves again', () => {
    const ring = new InProcessRing()
    ring.until(() => ring.master.phase === 2)
    ring.ask(goToPhase, 1)
    expect(ring.master.phase).toBe(1)
    expect(ring.progress?.doing).toBe('held in CP1')
  })
})

test('a drive that had power keeps none when the ring comes back', () => {
  const ring = operational()
  const power = () => ring.master.drives.forEach((drive) => drive.writeControl(0xe000))
  ring.run(500, power)
  expect(ring.slaves[0]?.observation.operating).toBe(true)
  ring.ask(goToPhase, 2)
  ring.ask(goToPhase, 4)
  ring.run(500)
  expect(ring.slaves[0]?.observation.operating).toBe(false)
})

describe('after a fault the same program starts the ring again', () => {
  test('when the telegrams were lost', () => {
    const ring = operational()
    ring.inject({ kind: 'lostTelegram', what: 'at', cycles: 10 })
    ring.run(20)
    expect(ring.master.fault?.message).toMatch(/DP_SERCOS3_TELEGRAMS_LOST/)
    expect(ring.chip.transmitting).toBe(false)
    ring.ask(restart)
    expect(ring.master.fault).toBeUndefined()
    expect(ring.state).toBe(cycleState.operational)
    ring.run(100)
    expect(phasesOf(ring)).toEqual([4, 4, 4, 4, 4])
  })

  test('when the run-up failed, again and again until the cause is gone', () => {
    const ring = new InProcessRing()
    ring.inject({ kind: 'device', device: 2, does: 'address', address: 9 })
    const failing = () => ring.runUp()
    expect(failing).toThrow(/DP_SERCOS3_DEVICE_MISSING: z \(address 3\)/)
    expect(() => ring.ask(restart)).toThrow(/DP_SERCOS3_DEVICE_MISSING: z \(address 3\)/)
    ring.inject({ kind: 'device', device: 2, does: 'address', address: 3 })
    ring.ask(restart)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('when the ring was silenced', () => {
    const ring = operational()
    ring.master.silence()
    ring.run(20)
    ring.ask(restart)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('from any cycle of a run-up', () => {
    const ring = new InProcessRing()
    for (const cycles of [3, 150, 340, 420, 700, 800]) {
      ring.run(cycles)
      ring.master.request(restart, 0)
    }
    ring.runUp()
    expect(ring.master.requestState).toBe(cardRequestState.done)
  })
})

describe('the pause of a phase switch', () => {
  test('is left out where every device allows it', () => {
    const quick = new InProcessRing().runUp()
    const slow = new InProcessRing({ config: { fastPhaseSwitch: false } }).runUp()
    // three switches: to CP1, CP2 and CP3
    expect(slow - quick).toBeGreaterThan(0.3)
  })
})

describe('who is waited for', () => {
  test('is named while the ring waits, and in the error', () => {
    const ring = new InProcessRing()
    const said: string[] = []
    const watch = () => {
      if (ring.phases.at(-1) === 'CP1') ring.slaves[3]?.withholdInsertion(1e6)
      const doing = ring.progress?.doing ?? ''
      if (said.at(-1) !== doing) said.push(doing)
      return false
    }
    expect(() => ring.until(watch)).toThrow(/DP_SERCOS3_PHASE_START: w \(address 4\), CP1/)
    expect(said).toContain('waiting until all devices take part: w (address 4)')
  })

  test('is named where its service channel takes its time', () => {
    const ring = new InProcessRing()
    ring.inject({ kind: 'device', device: 1, does: 'busyService', cycles: 20 })
    const doing = () => ring.progress?.doing ?? ''
    ring.until(() => /^reading what the devices can.*: y \(address 2\)$/.test(doing()))
    ring.inject({ kind: 'device', device: 1, does: 'busyService', cycles: 0 })
    ring.runUp()
    expect(ring.state).toBe(cycleState.operational)
  })
})

describe('a request', () => {
  test('for a phase that there is not is refused', () => {
    const ring = operational()
    expect(() => ring.ask(goToPhase, 5)).toThrow(/DP_SERCOS3_REQUEST.*expected a phase from -1/)
    expect(ring.state).toBe(cycleState.operational)
  })

  test('for a light is carried out from CP1 on', () => {
    const ring = operational()
    const light = (n: number) => ring.slaves[n]?.ports?.identify
    ring.ask(identify, 2 * 3 + 1)
    ring.run(5)
    expect([light(2), light(3)]).toEqual([false, true])
    ring.ask(identify, 2 * 3)
    ring.run(5)
    expect(light(3)).toBe(false)
    expect(() => ring.ask(identify, 2 * ringConfig.devices.length)).toThrow(/DP_SERCOS3_REQUEST/)
  })

  test('is not taken while another is under way', () => {
    const ring = new InProcessRing()
    expect(ring.master.request(goToPhase, 2)).toBe(true)
    expect(ring.master.request(cardRequest.recoverRing, 0)).toBe(false)
    ring.until(() => ring.master.requestState === cardRequestState.done)
    expect(ring.master.phase).toBe(2)
  })
})
