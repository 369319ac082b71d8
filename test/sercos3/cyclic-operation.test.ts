import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import type { Sercon100m } from '../../cards/sercos3/emulator/chip.ts'
import { silenceCard } from '../../cards/sercos3/index.ts'
import { idn } from '../../cards/sercos3/idn.ts'
import type { IdnText } from '../../cards/sercos3/idn.ts'
import { windows } from '../../cards/sercos3/registers.ts'
import { class1 } from '../../cards/sercos3/diagnosis.ts'
import { createSlave } from './echo-device.ts'
import type { EchoDrive } from './echo-device.ts'
import { InProcessRing, onBus, onMemory, ringConfig } from './in-process-ring.ts'
import type { MakeRegion } from './in-process-ring.ts'
import { SingleAccessRegion } from './single-access-region.ts'

const carrying = (...texts: IdnText[]) => ({ idns: texts.map(idn) })

/** A 32-bit value of equal halves. */
const equalHalves = (n: number) => ((n & 0xffff) * 0x10001) | 0

function echoRing(
  buffers: 'double' | 'triple',
  region: MakeRegion,
  topology: 'ring' | 'line' = 'ring',
) {
  const echoes: EchoDrive[] = []
  const ring = new InProcessRing({
    config: { buffers, topology },
    region,
    create: (config) => createSlave(config, echoes),
  })
  return { ring, echoes }
}

describe('process data', () => {
  test.each([
    ['double', 'ring', 'plain memory', onMemory],
    ['triple', 'ring', 'plain memory', onMemory],
    ['double', 'line', 'a trapping host', onBus],
    ['triple', 'ring', 'a trapping host', onBus],
  ] as const)(
    'what is written in a cycle is read back two cycles later, for 8,000 cycles: %s, %s, %s',
    (buffers, topology, _, region) => {
      const { ring, echoes } = echoRing(buffers, region, topology)
      ring.runUp()
      const { drives, ios, counters } = ring.master
      let n = 0
      let wrong = 0
      let stale = 0
      const task = () => {
        if (ring.state !== cycleState.operational) stale++
        drives.forEach((drive, index) => {
          const sent = n - 2
          if (n > 3) {
            if (drive.readPosition() !== equalHalves(sent + index)) wrong++
            if (drive.readVelocity() !== -sent * 1000) wrong++
            if (drive.readStatus() !== ((sent * 7) & 0xffff)) wrong++
            if (drive.readTorque() !== ((sent + index) << 16) >> 16) wrong++
          }
          drive.writePosition(equalHalves(n + index))
          drive.writeVelocity(-n * 1000)
          drive.writeControl((n * 7) & 0xffff)
        })
        const io = ios[0]
        if (n > 3 && io?.readDigital() !== ((n - 2) & 0xffff)) wrong++
        if (n > 3 && io?.readAnalog(1) !== -((n - 2) & 0x7fff)) wrong++
        io?.writeDigital(n & 0xffff)
        io?.writeAnalog(0, n & 0x7fff)
        io?.writeAnalog(1, -(n & 0x7fff))
        n++
      }
      for (let cycle = 0; cycle < 8000; cycle++) ring.step(task)
      expect({ n, wrong, stale, counters }).toEqual({
        n: 8000,
        wrong: 0,
        stale: 0,
        counters: { lostTelegrams: 0, lateCycles: 0 },
      })
      expect(echoes.map(({ torn, lost }) => torn + lost)).toEqual([0, 0, 0, 0])
    },
  )

  test('an output that is written once keeps its value in every buffer', () => {
    const { ring } = echoRing('triple', onMemory)
    ring.runUp()
    const drive = ring.master.drives[0]
    ring.step(() => drive?.writePosition(-5))
    ring.step(() => drive?.writeControl(0x1234))
    ring.step()
    const seen: unknown[] = []
    for (let n = 0; n < 20; n++)
      ring.step(() => seen.push([drive?.readPosition(), drive?.readStatus()]))
    expect(seen.slice(1)).toEqual(Array.from({ length: 19 }, () => [-5, 0x1234]))
  })

  test('of 53 drives with many words fill two MDTs and two ATs and reach each drive', () => {
    const connections = {
      // oxfmt-ignore
      mdt: carrying('S-0-0134', 'S-0-0047', 'S-0-0036', 'S-0-0080', 'S-0-0092', 'S-0-0082', 'S-0-0083'),
      // oxfmt-ignore
      at: carrying('S-0-0135', 'S-0-0051', 'S-0-0040', 'S-0-0084', 'S-0-0189', 'S-0-0403', 'S-0-0130', 'S-0-0131', 'S-0-0409', 'S-0-0410'),
    }
    const devices = Array.from({ length: 53 }, (_, n) => ({
      name: `d${n + 1}`,
      address: n + 1,
      profile: 'drive' as const,
      parameters: [],
      connections,
    }))
    const ring = new InProcessRing({ config: { devices, buffers: 'double' } })
    ring.runUp()
    const { drives } = ring.master
    ring.run(60, () => {
      for (const drive of drives) {
        drive.writePosition(drive.readPosition())
        drive.writeControl(0xe000)
        drive.writeTorqueLimit(1000)
      }
    })
    expect(drives.map((drive) => drive.readStatus() & 0xe000)).toEqual(drives.map(() => 0xc000))
    expect(ring.slaves.filter(({ observation }) => observation.operating).length).toBe(53)
  })

  test('the chip may run on at any access: no value is torn, late cycles are counted', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('double' as const, 'triple' as const),
        fc.integer(),
        (buffers, seed) => {
          const preemption = { active: false, due: false, next: oneIn(200, seed) }
          const { ring, echoes } = echoRing(
            buffers,
            (window, chip) => new PreemptedRegion(window, chip, preemption),
          )
          ring.runUp()
          preemption.active = true
          let torn = 0
          let n = 0
          const task = () => {
            for (const drive of ring.master.drives) {
              const position = drive.readPosition()
              if ((position & 0xffff) !== position >>> 16) torn++
              drive.writePosition(equalHalves(n))
            }
            n++
          }
          for (let cycle = 0; cycle < 1500; cycle++) {
            // An interrupt that came during the last cycle wakes the driver at once.
            if (!preemption.due) ring.chipCycle()
            preemption.due = false
            ring.driverCycle(task)
          }
          preemption.active = false
          for (let cycle = 0; cycle < 10; cycle++) ring.step(task)
          expect(ring.state).toBe(cycleState.operational)
          expect(torn).toBe(0)
          expect(echoes.map((echo) => echo.torn)).toEqual([0, 0, 0, 0])
          expect(ring.master.counters.lateCycles).toBeGreaterThan(50)
          // And afterwards data flow again as if nothing had been.
          expect(ring.master.drives[0]?.readPosition()).toBe(equalHalves(n - 3))
        },
      ),
      { numRuns: 10 },
    )
  })
})

describe('trouble in CP4', () => {
  test('a lost AT is counted, the data of the cycle before stand, and operation goes on', () => {
    const { ring } = echoRing('triple', onMemory)
    ring.runUp()
    const drive = ring.master.drives[0]
    for (let n = 0; n < 10; n++) ring.step(() => drive?.writePosition(77))
    ring.chip.losses.at = 2
    const states: number[] = []
    for (let n = 0; n < 5; n++)
      ring.step(() => {
        states.push(ring.state)
        expect(drive?.readPosition()).toBe(77)
      })
    expect(states).toEqual([2, 2, 0, 0, 0])
    expect(ring.master.counters).toEqual({ lostTelegrams: 2, lateCycles: 0 })
  })

  test('more lost cycles than tolerated are a fault, and the chip is silent', () => {
    const ring = operational()
    ring.chip.losses.at = 100
    for (let n = 0; n < 10; n++) ring.step()
    expect(ring.state).toBe(cycleState.faulted)
    expect(ring.master.fault?.message).toMatch(
      /DP_SERCOS3_TELEGRAMS_LOST: CP4.*at most 3 lost cycles/,
    )
    expectSafe(ring)
  })

  test('a drive that goes quiet is no longer live, and the others go on', () => {
    const ring = operational()
    const { master } = ring
    const live = () => master.drives.map((drive) => drive.live)
    ring.slaves[2]?.withholdInsertion(100)
    for (let n = 0; n < 3; n++) ring.step()
    expect(live()).toEqual([true, true, true, true])
    ring.step()
    expect(live()).toEqual([true, true, false, true])
    for (let n = 0; n < 10; n++) ring.step()
    expect(ring.state).toBe(cycleState.operational)
    expect(master.lostDevice).toBe(-1)
  })

  test('a device that misses one cycle is borne', () => {
    const ring = operational()
    ring.slaves[2]?.withholdInsertion(2)
    for (let n = 0; n < 20; n++) ring.step()
    expect(ring.state).toBe(cycleState.operational)
  })

  test.each([
    ['plain memory', onMemory],
    ['a trapping host', onBus],
  ])('a task that comes late is counted and operation goes on: %s', (_, region) => {
    const ring = operational(region)
    for (let late = 1; late <= 3; late++) {
      ring.step(() => {
        for (let n = 0; n < late; n++) ring.chipCycle()
      })
      ring.driverCycle()
      for (let n = 0; n < 5; n++) ring.step()
      expect(ring.state).toBe(cycleState.operational)
    }
    expect(ring.master.counters).toEqual({ lostTelegrams: 0, lateCycles: 6 })
    expect(ring.slaves.every(({ observation }) => !observation.error)).toBe(true)
  })

  test.each([
    ['plain memory', onMemory],
    ['a trapping host', onBus],
  ])('a task that stays away is ended by the watchdog of the chip: %s', (_, region) => {
    const ring = operational(region)
    for (let n = 0; n < ringConfig.watchdogCycles - 1; n++) ring.chipCycle()
    expect(ring.chip.transmitting).toBe(true)
    for (let n = 0; n < 20; n++) ring.chipCycle()
    expect(ring.chip.transmitting).toBe(false)
    ring.driverCycle()
    expect(ring.state).toBe(cycleState.faulted)
    expect(ring.master.fault?.message).toMatch(/DP_SERCOS3_WATCHDOG/)
    expectSafe(ring)
  })

  test.each([
    ['port 1', 0],
    ['port 2', 5],
  ])('a cable pulled out of %s of the card: all data come by the other port', (_, after) => {
    const { ring } = echoRing('triple', onMemory)
    ring.runUp()
    const drive = ring.master.drives[3]
    let n = 0
    let wrong = 0
    const task = () => {
      if (n > 3 && drive?.readPosition() !== n - 2) wrong++
      drive?.writePosition(n++)
    }
    for (let cycle = 0; cycle < 20; cycle++) ring.step(task)
    ring.chip.ring.breakAfter(after)
    for (let cycle = 0; cycle < 20; cycle++) ring.step(task)
    expect({ state: ring.state, wrong }).toEqual({ state: cycleState.operational, wrong: 0 })
  })

  test('a card that died is gone', () => {
    const ring = operational()
    ring.chip.die()
    for (let n = 0; n < 30; n++) ring.step()
    expect(ring.state).toBe(cycleState.gone)
    expect(ring.master.fault?.message).toMatch(/DP_SERCOS3_GONE/)
  })

  test('a drive is reset through its service channel while data flow', () => {
    const ring = operational()
    const { master } = ring
    ring.slaves[1]?.raiseFault(class1.overload)
    for (let n = 0; n < 20; n++) ring.step()
    expect(ring.slaves[1]?.observation.error).toBe(true)
    expect(master.resetState(1)).toBe(0)
    master.resetDrive(1)
    expect(master.resetState(1)).toBe(1)
    for (let n = 0; n < 300 && master.resetState(1) === 1; n++) ring.step()
    expect(master.resetState(1)).toBe(2)
    for (let n = 0; n < 5; n++) ring.step()
    expect(ring.slaves[1]?.observation.error).toBe(false)
    expect(ring.state).toBe(cycleState.operational)
    expect(master.counters).toEqual({ lostTelegrams: 0, lateCycles: 0 })
  })

  test('silenced through another mapping, the card stays silent although the worker goes on', () => {
    const ring = operational()
    silenceCard(onMemory('registers', ring.chip))
    let transmitted = 0
    for (let n = 0; n < 30; n++) {
      ring.chipCycle()
      if (ring.chip.transmitting) transmitted++
      ring.driverCycle()
    }
    expect(transmitted).toBe(0)
    expect(ring.raised).toBeGreaterThan(0)
    expectSafe(ring)
  })

  test('silence() ends everything, at once and in any state', () => {
    for (const steps of [0, 3, 300, 1500]) {
      const ring = new InProcessRing()
      for (let n = 0; n < steps; n++) ring.step()
      ring.master.silence()
      const { raised } = ring
      for (let n = 0; n < 60; n++) {
        ring.step()
        expect(ring.chip.transmitting).toBe(false)
      }
      expect(ring.raised).toBe(raised)
      expect(ring.master.fault?.message).toMatch(/DP_SERCOS3_SILENCED/)
    }
  })
})

/** A ring in CP4, some cycles old. */
function operational(region = onMemory): InProcessRing {
  const ring = new InProcessRing({ region })
  ring.runUp()
  for (let n = 0; n < 10; n++) ring.step()
  return ring
}

/** True once in `n` calls on average. */
function oneIn(n: number, seed: number): () => boolean {
  let state = seed | 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return (state >>> 8) % n === 0
  }
}

/** No telegram goes out any more; the outputs of the I/O device have their fallback values. */
function expectSafe(ring: InProcessRing): void {
  for (let n = 0; n < 50; n++) {
    ring.chipCycle()
    expect(ring.chip.transmitting).toBe(false)
  }
  expect(ring.slaves[4]?.observation).toMatchObject({ digitalOutputs: 0x8001, analogOutput0: -7 })
}

/** `due`: an interrupt came meanwhile. */
type Preemption = { active: boolean; due: boolean; readonly next: () => boolean }

/** Between any two accesses of the driver the chip may do whole cycles. */
class PreemptedRegion extends SingleAccessRegion {
  readonly #chip: Sercon100m
  readonly #preemption: Preemption

  constructor(window: keyof typeof windows, chip: Sercon100m, preemption: Preemption) {
    super(window, chip.memory, windows[window].offset, windows[window].size)
    this.#chip = chip
    this.#preemption = preemption
  }

  override read16(offset: number): number {
    this.#preempt()
    return super.read16(offset)
  }

  override read32(offset: number): number {
    this.#preempt()
    return super.read32(offset)
  }

  override write16(offset: number, value: number): void {
    this.#preempt()
    super.write16(offset, value)
  }

  override write32(offset: number, value: number): void {
    this.#preempt()
    super.write32(offset, value)
  }

  #preempt(): void {
    if (!this.#preemption.active || !this.#preemption.next()) return
    this.#chip.tick()
    if (this.#chip.acknowledge() !== 0) this.#preemption.due = true
  }
}
