import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CartesianKinematics } from './cartesian.ts'
import { DeltaKinematics } from './delta.ts'
import { kinematicsResult, type Kinematics } from './kinematics.ts'
import { ScaraKinematics } from './scara.ts'

const left = new ScaraKinematics(4, { upper: 300, fore: 200, configuration: 'left' })
const right = new ScaraKinematics(4, { upper: 300, fore: 200, configuration: 'right' })
const delta = new DeltaKinematics({ base: 100, platform: 40, arm: 200, rod: 450 })

function tool(kinematics: Kinematics, ...axes: number[]): number[] {
  const found = new Float64Array(axes.length)
  kinematics.forward(Float64Array.from(axes), found)
  return [...found]
}

function reach(kinematics: Kinematics, ...place: number[]) {
  const axes = new Float64Array(place.length)
  return { result: kinematics.inverse(Float64Array.from(place), axes), axes: [...axes] }
}

function angle(from: number, to: number) {
  return fc.double({ min: from, max: to, noNaN: true })
}

test('Cartesian axes are the coordinates of the tool', () => {
  const kinematics = new CartesianKinematics(3)
  expect(tool(kinematics, 1, 2, 3)).toEqual([1, 2, 3])
  expect(reach(kinematics, 4, 5, 6).axes).toEqual([4, 5, 6])
})

describe('SCARA', () => {
  test('an upper arm along x and a fore arm at a right angle make an L', () => {
    const place = tool(left, 0, 90, 7, 30)
    expect(place[0]).toBeCloseTo(300, 12)
    expect(place[1]).toBeCloseTo(200, 12)
    expect(place.slice(2)).toEqual([7, 120])
  })

  test.each([
    [left, 1],
    [right, -1],
  ] as const)('inverse undoes forward within its configuration', (kinematics, side) => {
    fc.assert(
      fc.property(
        angle(-700, 700),
        angle(6, 174),
        angle(-50, 50),
        angle(-300, 300),
        (shoulder, elbow, z, turn) => {
          const axes = [shoulder, side * elbow, z, turn]
          // from the neighbourhood: the shoulder turns more than once
          const found = Float64Array.from(axes, (value) => value + 20)
          expect(kinematics.inverse(Float64Array.from(tool(kinematics, ...axes)), found)).toBe(
            kinematicsResult.ok,
          )
          for (const [n, value] of axes.entries()) expect(found[n]).toBeCloseTo(value, 7)
        },
      ),
    )
  })

  test('both configurations reach the same place with elbows on either side', () => {
    const a = reach(left, 250, 150, 0, 0).axes
    const b = reach(right, 250, 150, 0, 0).axes
    expect(a[1]).toBeCloseTo(-(b[1] as number), 9)
    expect(tool(left, ...a)[0]).toBeCloseTo(tool(right, ...b)[0] as number, 9)
  })

  test('out of reach and arms in line are told apart', () => {
    expect(reach(left, 501, 0, 0, 0).result).toBe(kinematicsResult.unreachable)
    expect(reach(left, 50, 0, 0, 0).result).toBe(kinematicsResult.unreachable)
    expect(reach(left, 499.9, 0, 0, 0).result).toBe(kinematicsResult.singular)
    expect(reach(left, Number.NaN, 0, 0, 0).result).toBe(kinematicsResult.unreachable)
  })
})

describe('delta', () => {
  test('level arms hold the platform in the middle, as deep as Pythagoras says', () => {
    const place = tool(delta, 0, 0, 0)
    // elbows at 100 + 200, joints of the platform at 40: rods span 260 inwards
    expect(place[0]).toBeCloseTo(0, 9)
    expect(place[1]).toBeCloseTo(0, 9)
    expect(place[2]).toBeCloseTo(-Math.sqrt(450 ** 2 - 260 ** 2), 9)
  })

  test('inverse undoes forward', () => {
    fc.assert(
      fc.property(angle(-20, 60), angle(-20, 60), angle(-20, 60), (a, b, c) => {
        const place = new Float64Array(3)
        fc.pre(delta.forward(Float64Array.of(a, b, c), place) === kinematicsResult.ok)
        const found = reach(delta, ...place)
        fc.pre(found.result === kinematicsResult.ok)
        expect(found.axes[0]).toBeCloseTo(a, 6)
        expect(found.axes[1]).toBeCloseTo(b, 6)
        expect(found.axes[2]).toBeCloseTo(c, 6)
      }),
    )
  })

  test('every rod has its length, wherever the platform is', () => {
    const { result, axes } = reach(delta, 60, -40, -420)
    expect(result).toBe(kinematicsResult.ok)
    for (let arm = 0; arm < 3; arm++) {
      const stand = (arm * 2 * Math.PI) / 3
      const turned = ((axes[arm] as number) * Math.PI) / 180
      const elbow = 100 + 200 * Math.cos(turned)
      const rod = Math.hypot(
        60 + 40 * Math.cos(stand) - elbow * Math.cos(stand),
        -40 + 40 * Math.sin(stand) - elbow * Math.sin(stand),
        -420 + 200 * Math.sin(turned),
      )
      expect(rod).toBeCloseTo(450, 9)
    }
  })

  test('out of reach and stretched arms are told apart', () => {
    expect(reach(delta, 0, 0, -700).result).toBe(kinematicsResult.unreachable)
    expect(reach(delta, 0, 0, -645).result).toBe(kinematicsResult.singular)
  })
})
