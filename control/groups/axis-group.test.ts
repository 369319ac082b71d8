import { describe, expect, test } from 'vitest'
import { axis, Bench, cycleS, flat, path } from '../../test/control/group-bench.ts'
import { bufferMode } from '../axis/buffer-mode.ts'
import { AxisGroup } from './axis-group.ts'
import { circleMode } from './circle.ts'
import { groupError } from './group-error.ts'
import { transition } from './group-path.ts'
import { ScaraKinematics } from './kinematics/scara.ts'

describe('motion', () => {
  test('a line takes the time of its S-curve: full speed, acceleration and jerk of the path', () => {
    const bench = flat()
    bench.line('line', [180, 240])
    const cycles = bench.toStandby()
    // 300 units: way / v + v / a + a / j
    expect(cycles * cycleS).toBeCloseTo(300 / 250 + 250 / 2000 + 2000 / 40_000, 2)
    expect(bench.ended).toEqual(['line done'])
    expect([...bench.group.position]).toEqual([180, 240])
  })

  test('a full circle is passed at the speed that centripetal acceleration allows', () => {
    const bench = flat()
    const { command } = bench.group
    command.target.set([0, 0])
    command.aid.set([10, 0])
    command.circleMode = circleMode.centre
    bench.give('circle', (id) => bench.group.moveCircular(id))
    let fastest = 0
    let across = 0
    bench.cycles(20_000, () => {
      fastest = Math.max(fastest, bench.group.pathSpeed)
      across = Math.max(across, Math.hypot(...bench.group.acceleration))
      expect(
        Math.hypot((bench.group.tool[0] as number) - 10, bench.group.tool[1] as number),
      ).toBeCloseTo(10, 9)
      return bench.state === 'groupStandby'
    })
    // jerk, not acceleration, is what binds here: half of it goes to speed^3 / radius^2
    expect(fastest).toBeCloseTo(Math.cbrt(0.5 * 40_000 * 100), 6)
    expect(across).toBeLessThanOrEqual(2000)
  })

  test('buffered motions stop in the corner, blended ones do not', () => {
    const times = [bufferMode.buffered, bufferMode.blendingLow].map((mode) => {
      const bench = flat()
      bench.line('first', [100, 0])
      bench.line('second', [200, 100], {
        bufferMode: mode,
        transition: transition.maxCornerDeviation,
        amount: 1,
      })
      let slowest = Infinity
      let nearest = Infinity
      const cycles = bench.cycles(5000, () => {
        const [x, y] = bench.group.position as unknown as [number, number]
        if (x > 90 && x < 110) slowest = Math.min(slowest, bench.group.pathSpeed)
        nearest = Math.min(nearest, Math.hypot(x - 100, y))
        return bench.state === 'groupStandby'
      })
      expect(bench.ended).toEqual(['first done', 'second done'])
      return { cycles, slowest, nearest }
    })
    expect(times[0]?.slowest).toBeLessThan(1)
    expect(times[1]?.slowest).toBeGreaterThan(80)
    expect(times[0]?.nearest).toBeLessThan(0.01)
    expect(times[1]?.nearest).toBeCloseTo(1, 2)
    expect(times[1]?.cycles ?? 0).toBeLessThan(times[0]?.cycles ?? 0)
  })

  test('a straight line given in pieces is passed as one', () => {
    const pieces = flat()
    for (let n = 1; n <= 6; n++)
      pieces.line(`piece ${n}`, [20 * n, 10 * n], {
        bufferMode: bufferMode.blendingLow,
        transition: transition.none,
      })
    const one = flat()
    one.line('one', [120, 60])
    expect(Math.abs(pieces.toStandby() - one.toStandby())).toBeLessThanOrEqual(30)
    expect(pieces.ended).toEqual([1, 2, 3, 4, 5, 6].map((n) => `piece ${n} done`))
  })

  test.each([
    ['blendingLow', 60, 60],
    ['blendingPrevious', 60, 180],
    ['blendingNext', 180, 60],
    ['blendingHigh', 180, 180],
  ] as const)('%s: from slow to fast and from fast to slow', (mode, rising, falling) => {
    for (const [first, second, at] of [
      [60, 180, rising],
      [180, 60, falling],
    ] as const)
      // straight on, and round a corner that both speeds are allowed in
      for (const to of [
        [200, 0],
        [200, 4],
      ]) {
        const bench = flat()
        bench.line('first', [100, 0], { velocity: first })
        bench.line('second', to, {
          velocity: second,
          bufferMode: bufferMode[mode],
          transition: transition.cornerDistance,
          amount: 10,
        })
        let speed = 0
        bench.cycles(5000, () => {
          const [x] = bench.group.position as unknown as [number]
          if (x < 20 && first < 100) expect(bench.group.pathSpeed).toBeLessThanOrEqual(first + 1e-9)
          if (x < 100) speed = bench.group.pathSpeed
          if (x > 130 && second < 100)
            expect(bench.group.pathSpeed).toBeLessThanOrEqual(second + 1e-9)
          return bench.state === 'groupStandby'
        })
        expect(speed).toBeCloseTo(at, 1)
        expect(bench.ended).toEqual(['first done', 'second done'])
      }
  })

  test('relative motions count from the end of the one before', () => {
    const bench = flat()
    bench.line('there', [10, 20])
    bench.line('on', [5, -5], { relative: true })
    bench.toStandby()
    expect([...bench.group.position]).toEqual([15, 15])
  })

  test('a motion that aborts brakes on the path and goes from there', () => {
    const bench = flat()
    bench.line('first', [200, 0])
    bench.line('second', [200, 100])
    bench.cycles(400)
    bench.line('third', [0, 100], { bufferMode: bufferMode.aborting })
    bench.collect()
    expect(bench.ended).toEqual(['first aborted', 'second aborted'])
    let leftAt = 0
    bench.cycles(5000, () => {
      if (bench.group.position[1] === 0) leftAt = bench.group.position[0] as number
      return bench.state === 'groupStandby'
    })
    expect(bench.ended.at(-1)).toBe('third done')
    expect([...bench.group.position]).toEqual([0, 100])
    expect(leftAt).toBeGreaterThan(50)
    expect(leftAt).toBeLessThan(150)
  })

  test('no way to go is done at once', () => {
    const bench = flat()
    bench.line('nowhere', [0, 0])
    bench.collect()
    expect(bench.ended).toEqual(['nowhere done'])
    expect(bench.state).toBe('groupStandby')
  })
})

describe('commands to the group', () => {
  test('halt brakes on the path; a motion that was waiting is aborted', () => {
    const bench = flat()
    bench.line('first', [200, 0])
    bench.line('second', [200, 100])
    bench.cycles(300)
    bench.give('halt', (id) => bench.group.halt(id))
    bench.toStandby()
    expect(bench.ended).toEqual(['first aborted', 'second aborted', 'halt done'])
    expect(bench.group.position[1]).toBe(0)
    expect(bench.group.pathSpeed).toBe(0)
  })

  test('stop lets no motion take over until it is at rest', () => {
    const bench = flat()
    bench.line('first', [200, 0])
    bench.cycles(300)
    bench.give('stop', (id) => bench.group.stop(id))
    bench.line('second', [0, 0], { bufferMode: bufferMode.aborting })
    expect(bench.state).toBe('groupStopping')
    bench.toStandby()
    expect(bench.ended).toEqual(['first aborted', `second error ${groupError.state}`, 'stop done'])
  })

  test('interrupt stands on the path and keeps it, continue goes on', () => {
    const bench = flat()
    bench.line('line', [200, 0])
    bench.cycles(300)
    bench.give('interrupt', (id) => bench.group.interrupt(id))
    bench.cycles(500)
    expect(bench.ended).toEqual(['interrupt done'])
    expect(bench.state).toBe('groupMoving')
    expect(bench.group.interrupted).toBe(true)
    expect([...bench.group.velocity]).toEqual([0, 0])
    bench.give('continue', (id) => bench.group.continue(id))
    bench.toStandby()
    expect(bench.ended.slice(1)).toEqual(['continue done', 'line done'])
    expect([...bench.group.position]).toEqual([200, 0])
  })

  test('an override of 0 pauses, one of a half goes at half the speed', () => {
    const bench = flat()
    bench.line('line', [400, 0])
    bench.cycles(400)
    bench.group.setOverride(0, 0, 1, 1)
    bench.cycles(400)
    expect(bench.group.pathSpeed).toBe(0)
    bench.group.setOverride(0, 0.5, 1, 1)
    bench.cycles(400)
    expect(bench.group.pathSpeed).toBeCloseTo(125, 9)
    bench.toStandby()
    expect(bench.ended).toEqual(['line done'])
  })

  test('a failure brakes on the path, and only a reset leads out of it', () => {
    const bench = flat()
    bench.line('first', [200, 0])
    bench.line('second', [200, 100])
    bench.cycles(300)
    bench.group.fail(groupError.axis)
    expect(bench.state).toBe('groupErrorStop')
    expect(bench.group.commanding).toBe(true)
    bench.give('reset', (id) => bench.group.reset(id))
    bench.line('third', [0, 0])
    bench.cycles(1)
    expect(bench.ended).toEqual([
      `first error ${groupError.axis}`,
      'second aborted',
      `third error ${groupError.state}`,
    ])
    bench.toStandby()
    expect(bench.ended.at(-1)).toBe('reset done')
    expect(bench.group.error).toBe(groupError.none)
  })

  test('homing keeps the group until the axes are home', () => {
    const bench = flat()
    bench.give('home', (id) => bench.group.home(id))
    bench.cycles(10)
    expect(bench.state).toBe('groupHoming')
    bench.group.actual.set([7, 8])
    bench.group.endHoming(true)
    bench.collect()
    expect(bench.ended).toEqual(['home done'])
    bench.group.actual.set([7, 8])
    bench.line('on', [1, 1], { relative: true })
    bench.toStandby()
    expect([...bench.group.position]).toEqual([8, 9])
  })

  test('disabled, it takes no motion', () => {
    const bench = flat()
    bench.give('disable', (id) => bench.group.disable(id))
    bench.line('line', [1, 1])
    bench.collect()
    expect(bench.ended).toEqual(['disable done', `line error ${groupError.disabled}`])
  })
})

describe('refusals', () => {
  test.each([
    ['not a number', [Number.NaN, 0], {}, groupError.argument],
    ['too fast for the path', [10, 0], { velocity: 251 }, groupError.pathLimit],
    ['a negative velocity', [10, 0], { velocity: -1 }, groupError.argument],
    ['beyond an axis', [0, 501], {}, groupError.positionLimit],
  ])('%s', (_, to, set, error) => {
    const bench = flat()
    bench.line('line', to, set)
    bench.collect()
    expect(bench.ended).toEqual([`line error ${error}`])
    expect(bench.state).toBe('groupStandby')
  })

  test('an arc that bulges over a position limit between two good ends', () => {
    const bench = flat()
    const { command } = bench.group
    bench.line('to the edge', [490, 0])
    command.target.set([490, 40])
    command.aid.set([511, 20])
    command.circleMode = circleMode.border
    bench.give('arc', (id) => bench.group.moveCircular(id))
    bench.collect()
    expect(bench.ended).toEqual([`arc error ${groupError.positionLimit}`])
    bench.toStandby()
    expect(bench.ended.at(-1)).toBe('to the edge done')
  })

  test('axes that are not ready', () => {
    const bench = flat()
    bench.group.axesReady = false
    bench.line('line', [10, 0])
    bench.collect()
    expect(bench.ended).toEqual([`line error ${groupError.axis}`])
  })

  test('more motions than the buffer holds, and those that it holds are done', () => {
    const bench = flat()
    for (let n = 1; n <= 20; n++) bench.line(`${n}`, [n, n % 2])
    bench.collect()
    const refused = bench.ended.length
    expect(refused).toBeGreaterThan(0)
    expect(bench.ended.every((end) => end.endsWith(`error ${groupError.full}`))).toBe(true)
    bench.toStandby()
    expect(bench.ended.filter((end) => end.endsWith('done'))).toHaveLength(20 - refused)
  })

  test('a line of a SCARA through where its arms cannot reach; its axes can go round', () => {
    const kinematics = new ScaraKinematics(2, { upper: 300, fore: 200, configuration: 'left' })
    const group = new AxisGroup({ cycleS, kinematics, axes: [axis, axis], path })
    kinematics.inverse(Float64Array.of(200, 100), group.actual)
    const bench = new Bench(group)
    bench.line('through the middle', [-200, -100])
    bench.line('out of reach', [600, 0])
    bench.line('too near to the edge', [499.9, 0])
    bench.collect()
    expect(bench.ended).toEqual([
      `through the middle error ${groupError.singular}`,
      `out of reach error ${groupError.unreachable}`,
      `too near to the edge error ${groupError.singular}`,
    ])
    bench.ended.length = 0
    const there = Float64Array.from(group.actual)
    kinematics.inverse(Float64Array.of(-200, -100), there)
    bench.line('by the axes', [...there], { ofAxes: true })
    bench.line('on by the tool', [-250, -100], { bufferMode: bufferMode.blendingLow })
    bench.toStandby()
    expect(bench.ended).toEqual(['by the axes done', 'on by the tool done'])
    expect(group.tool[0]).toBeCloseTo(-250, 9)
  })
})
