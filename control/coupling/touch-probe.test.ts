import fc from 'fast-check'
import { expect, test } from 'vitest'
import { axisError } from '../axis/axis-error.ts'
import { driveProbe, probeState, TouchProbe } from './touch-probe.ts'

/** A drive that takes two cycles to arm, and one to let go. */
class Drive {
  readonly probe = new TouchProbe()
  #wantedFor = 0

  /** `edge`: where an edge comes in this cycle. What is caught stays until it is let go. */
  cycle(edge?: number): void {
    const { probe } = this
    this.#wantedFor = probe.wanted ? this.#wantedFor + 1 : 0
    if (!probe.wanted) probe.drive = driveProbe.off
    else if (probe.drive !== driveProbe.latched)
      probe.drive = this.#wantedFor < 3 ? driveProbe.arming : driveProbe.armed
    if (edge !== undefined && probe.drive === driveProbe.armed) {
      probe.drive = driveProbe.latched
      probe.latchedPosition = edge
    }
    probe.update()
  }

  cycles(count: number): void {
    for (let n = 0; n < count; n++) this.cycle()
  }
}

test('the first edge is recorded, and the drive is let go', () => {
  const drive = new Drive()
  const { probe } = drive
  expect(probe.begin()).toBe(true)
  expect(probe.begin()).toBe(false)
  drive.cycle(1)
  drive.cycles(5)
  expect(probe.state).toBe(probeState.waiting)
  drive.cycle(42.5)
  expect(probe.state).toBe(probeState.done)
  expect(probe.recorded).toBe(42.5)
  drive.cycles(2)
  drive.cycle(50)
  expect(probe.wanted).toBe(false)
  expect(probe.recorded).toBe(42.5)
})

test('an edge outside of the window is passed over, and the next one may count', () => {
  const drive = new Drive()
  const { probe } = drive
  probe.windowOnly = true
  probe.first = 10
  probe.last = 20
  probe.begin()
  drive.cycles(6)
  drive.cycle(9.9)
  expect(probe.state).toBe(probeState.arming)
  drive.cycles(6)
  drive.cycle(20)
  expect([probe.state, probe.recorded, probe.passedOver]).toEqual([probeState.done, 20, 1])
})

test('a window of an endless axis leads over the end of a turn', () => {
  const drive = new Drive()
  const { probe } = drive
  probe.windowOnly = true
  probe.firstOnly = false
  probe.first = 350
  probe.last = 10
  expect(probe.check()).toBe(axisError.argument)
  probe.modulo = 360
  expect(probe.check()).toBe(axisError.none)
  probe.begin()
  for (const edge of [355, 5, 725, 11, -9, -11, 349]) {
    drive.cycles(6)
    drive.cycle(edge)
  }
  expect([probe.count, probe.passedOver]).toEqual([4, 3])
  expect(probe.recorded).toBe(-9)
})

test('an aborted probe records nothing more, and can be begun again', () => {
  const drive = new Drive()
  const { probe } = drive
  expect(probe.abort()).toBe(false)
  probe.begin()
  drive.cycles(6)
  expect(probe.abort()).toBe(true)
  drive.cycle(7)
  expect([probe.state, probe.count]).toEqual([probeState.aborted, 0])
  probe.begin()
  drive.cycles(6)
  drive.cycle(8)
  expect([probe.state, probe.recorded]).toEqual([probeState.done, 8])
})

test('a drive that refuses its probe, or loses it, fails it', () => {
  for (const [asked, then] of [
    [driveProbe.arming, driveProbe.failed],
    [driveProbe.armed, driveProbe.off],
  ] as const) {
    const probe = new TouchProbe()
    probe.begin()
    probe.update()
    probe.drive = asked
    probe.update()
    probe.drive = then
    probe.update()
    expect([probe.state, probe.error, probe.wanted]).toEqual([
      probeState.failed,
      axisError.probe,
      false,
    ])
  }
})

test('whatever drive and user do, an edge counts at most once for each time that the drive was armed', () => {
  const act = fc.constantFrom('begin', 'abort', 'edge', 'off', 'arming', 'armed', 'failed')
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.boolean(), (acts, firstOnly) => {
      const probe = new TouchProbe()
      probe.firstOnly = firstOnly
      let requests = 0
      let counted = 0
      for (const each of acts) {
        const { wanted, count } = probe
        if (each === 'begin') probe.begin()
        else if (each === 'abort') probe.abort()
        else {
          const says = each === 'edge' ? 'latched' : each
          probe.drive = driveProbe[says]
          probe.update()
        }
        if (!wanted && probe.wanted) requests += 1
        if (probe.count > count) counted += probe.count - count
        expect(probe.wanted && !probe.isBusy).toBe(false)
        expect(probe.error !== axisError.none).toBe(probe.state === probeState.failed)
      }
      expect(counted).toBeLessThanOrEqual(requests)
    }),
    { numRuns: 300 },
  )
})
