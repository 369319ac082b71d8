import fc from 'fast-check'
import { expect, test } from 'vitest'
import { camLaws, type CamSection } from './cam-sections.ts'
import { lawPieces, restLaws, type RestLaw } from './cam-laws.ts'
import { CamReader } from './cam-reader.ts'
import { type CamDescription, CamTable, makeCam } from './cam-table.ts'

function law(name: CamSection['law']): CamReader {
  const sections = [{ law: name, master: 1, slave: 1 }]
  return new CamReader(makeCam({ from: { master: 0, slave: 0 }, sections }))
}

function read(cam: CamReader, at: number): [value: number, slope: number, curvature: number] {
  cam.at = at
  cam.read()
  return [cam.value, cam.slope, cam.curvature]
}

const { PI } = Math
// VDI 2143 sheet 1: greatest velocity and acceleration of the normalised laws
const characteristic: Record<RestLaw | 'polynomial5', [velocity: number, acceleration: number]> = {
  parabola: [2, 4],
  simpleSine: [PI / 2, (PI * PI) / 2],
  inclinedSine: [2, 2 * PI],
  modifiedTrapezoid: [2, (8 * PI) / (PI + 2)],
  modifiedSine: [1.7596, (4 * PI * PI) / (PI + 4)],
  polynomial5: [1.875, 10 / Math.sqrt(3)],
}

test.each(Object.entries(characteristic))(
  'the law %s has the greatest velocity and acceleration of VDI 2143',
  (name, [velocity, acceleration]) => {
    const cam = law(name as RestLaw)
    const places = Array.from({ length: 20_001 }, (_, n) => read(cam, n / 20_000))
    expect(Math.max(...places.map(([, slope]) => slope))).toBeCloseTo(velocity, 4)
    expect(Math.max(...places.map(([, , bend]) => bend))).toBeCloseTo(acceleration, 4)
    expect(read(cam, 0).slice(0, 2)).toEqual([expect.closeTo(0, 14), expect.closeTo(0, 13)])
    expect(read(cam, 1).slice(0, 2)).toEqual([expect.closeTo(1, 14), expect.closeTo(0, 13)])
    expect(read(cam, 0.5)[0]).toBeCloseTo(0.5, 14)
  },
)

test('the closed forms of the simple and the inclined sine', () => {
  for (const z of [0.1, 0.3, 0.77]) {
    expect(read(law('simpleSine'), z)[0]).toBeCloseTo((1 - Math.cos(PI * z)) / 2, 14)
    expect(read(law('inclinedSine'), z)[0]).toBeCloseTo(z - Math.sin(2 * PI * z) / (2 * PI), 14)
  }
})

test('no law has a jump inside', () => {
  for (const name of restLaws)
    for (const { begin } of lawPieces(name).slice(1)) {
      const cam = law(name)
      const [before, after] = [read(cam, begin - 1e-12), read(cam, begin)]
      expect(before[0]).toBeCloseTo(after[0], 10)
      expect(before[1]).toBeCloseTo(after[1], 9)
      // the parabola alone has steps of acceleration
      if (name !== 'parabola') expect(before[2]).toBeCloseTo(after[2], 8)
    }
})

test('a section takes its slopes from the rest and the line beside it', () => {
  const cam = new CamReader(
    makeCam({
      from: { master: 0, slave: 5 },
      sections: [
        { law: 'rest', master: 90, slave: 5 },
        { law: 'polynomial5', master: 180, slave: 50 },
        { law: 'line', master: 200, slave: 70 },
        { law: 'modifiedSine', master: 300, slave: 190, slope: 1 },
        { law: 'polynomial5', master: 360, slave: 5 },
      ],
    }),
  )
  expect(read(cam, 45)).toEqual([5, 0, 0])
  expect(read(cam, 90)).toEqual([5, 0, 0])
  expect(read(cam, 180 - 1e-9)).toEqual([
    expect.closeTo(50, 7),
    expect.closeTo(1, 7),
    expect.closeTo(0, 7),
  ])
  expect(read(cam, 190)[0]).toBeCloseTo(60, 12)
  // laid over the line: half-way through it is half-way up
  expect(read(cam, 250)[0]).toBeCloseTo(130, 12)
  expect(read(cam, 300 - 1e-9)[1]).toBeCloseTo(1, 7)
  expect(read(cam, 360)).toEqual([expect.closeTo(5, 9), expect.closeTo(0, 9), expect.closeTo(0, 9)])
})

test('the natural cubic spline through given points is the textbook one', () => {
  // through (0, 0), (1, 1), (2, 0): slopes 3/2, 0, -3/2, curvature -3 in the middle
  const points = [
    { master: 0, slave: 0 },
    { master: 1, slave: 1 },
    { master: 2, slave: 0 },
  ]
  const cam = new CamReader(makeCam({ points, interpolation: 'cubic' }))
  expect(read(cam, 0)).toEqual([0, expect.closeTo(1.5), expect.closeTo(0)])
  expect(read(cam, 1)).toEqual([expect.closeTo(1), expect.closeTo(0), expect.closeTo(-3)])
  expect(read(cam, 0.5)[0]).toBeCloseTo(0.6875)
})

/** Greatest error of a periodic spline through so many points of a sine. */
function sineError(count: number): number {
  const points = Array.from({ length: count + 1 }, (_, n) => {
    const master = (2 * PI * n) / count
    return { master, slave: n === count ? 0 : Math.sin(master) }
  })
  const cam = new CamReader(makeCam({ points, interpolation: 'cubic', ends: 'periodic' }))
  expect(read(cam, 0)[1]).toBeCloseTo(read(cam, 2 * PI)[1], 12)
  expect(read(cam, 0)[2]).toBeCloseTo(read(cam, 2 * PI)[2], 10)
  const at = Array.from({ length: 1000 }, (_, n) => (2 * PI * n) / 1000)
  return Math.max(...at.map((x) => Math.abs(read(cam, x)[0] - Math.sin(x))))
}

test('a periodic spline approximates the sine to the fourth order, and its ends meet smoothly', () => {
  const ratio = sineError(16) / sineError(32)
  expect(ratio).toBeGreaterThan(14)
  expect(ratio).toBeLessThan(18)
})

test('a quintic through points with slope and curvature repeats any polynomial of fifth degree', () => {
  const c = [3, -2, 0.5, 0.25, -0.125, 0.0625]
  const value = (x: number) => c.reduceRight((sum, each) => sum * x + each, 0)
  const slope = (x: number) =>
    c.reduceRight((sum, each, n) => (n > 0 ? sum * x + n * each : sum), 0)
  const bend = (x: number) =>
    c.reduceRight((sum, each, n) => (n > 1 ? sum * x + n * (n - 1) * each : sum), 0)
  const points = [-1, 0.5, 2].map((master) => ({
    master,
    slave: value(master),
    slope: slope(master),
    curvature: bend(master),
  }))
  const cam = new CamReader(makeCam({ points, interpolation: 'quintic' }))
  for (const x of [-1, -0.3, 0.5, 1.7, 2]) {
    expect(read(cam, x)).toEqual([
      expect.closeTo(value(x), 12),
      expect.closeTo(slope(x), 12),
      expect.closeTo(bend(x), 11),
    ])
  }
})

test('a table passes between threads as its numbers', () => {
  const table = makeCam({
    from: { master: -10, slave: 2 },
    sections: [{ law: 'inclinedSine', master: 30, slave: 7 }],
  })
  const copy = new CamTable(structuredClone(table.data))
  expect([copy.start, copy.end, copy.first, copy.last]).toEqual([-10, 30, expect.closeTo(2), 7])
  expect(read(new CamReader(copy), 11)).toEqual(read(new CamReader(table), 11))
})

test('any cam goes through its points, and its slopes are those of its values, wherever it was read before', () => {
  const number = fc.double({ min: -100, max: 100, noNaN: true })
  const description = fc
    .record({
      gaps: fc.array(fc.double({ min: 0.01, max: 50, noNaN: true }), {
        minLength: 1,
        maxLength: 12,
      }),
      slaves: fc.array(number, { minLength: 13, maxLength: 13 }),
      start: number,
      interpolation: fc.constantFrom('linear' as const, 'cubic' as const, 'quintic' as const),
      ends: fc.constantFrom('natural' as const, 'rest' as const, 'periodic' as const),
    })
    .map(({ gaps, slaves, start, interpolation, ends }) => {
      let master = start
      const masters = [start, ...gaps.map((gap) => (master += gap))]
      const points = masters.map((at, n) => ({ master: at, slave: slaves[n] ?? 0 }))
      return { points, interpolation, ends }
    })
  const share = fc.double({ min: 0, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(description, fc.array(share, { minLength: 1, maxLength: 6 }), (given, places) => {
      const table = makeCam(given)
      const cam = new CamReader(table)
      const { points, interpolation } = given
      for (const place of places) {
        const x = table.start + place * (table.end - table.start)
        const there = read(cam, x)
        expect(there).toEqual(read(new CamReader(table), x))
        for (const { master, slave } of points)
          expect(Math.abs(read(cam, master)[0] - slave)).toBeLessThan(1e-6)
        const h = 1e-6
        const differential = (read(cam, x + h)[0] - read(cam, x - h)[0]) / (2 * h)
        const near = points.some(({ master }) => Math.abs(master - x) < 2 * h)
        const size = 1 + Math.abs(there[1]) + Math.abs(there[2])
        if (!near || interpolation !== 'linear')
          expect(Math.abs(differential - there[1]) / size).toBeLessThan(1e-3)
      }
    }),
    { numRuns: 200 },
  )
})

test.each<[string, CamDescription, RegExp]>([
  [
    'one point',
    { points: [{ master: 0, slave: 0 }], interpolation: 'cubic' },
    /points.*two points/,
  ],
  [
    'masters that do not ascend',
    {
      points: [
        { master: 1, slave: 0 },
        { master: 1, slave: 2 },
      ],
      interpolation: 'linear',
    },
    /points\[1\]\.master.*more than 1/,
  ],
  [
    'a number that is none',
    { from: { master: 0, slave: 0 }, sections: [{ law: 'line', master: NaN, slave: 1 }] },
    /sections\[0\]\.master.*finite/,
  ],
  [
    'a kink between rest and line',
    {
      from: { master: 0, slave: 0 },
      sections: [
        { law: 'rest', master: 1, slave: 0 },
        { law: 'line', master: 2, slave: 3 },
      ],
    },
    /sections\[0\]\.slope.*expected 3/,
  ],
  [
    'a rest that moves',
    { from: { master: 0, slave: 0 }, sections: [{ law: 'rest', master: 1, slave: 3 }] },
    /sections\[0\]\.slave/,
  ],
  [
    'a law from rest to rest between different slopes',
    {
      from: { master: 0, slave: 0 },
      sections: [
        { law: 'modifiedSine', master: 1, slave: 3 },
        { law: 'line', master: 2, slave: 4 },
      ],
    },
    /sections\[0\]\.slope.*polynomial5/,
  ],
])('a cam with %s is refused with the field that is wrong', (_, description, words) => {
  expect(() => makeCam(description)).toThrow(words)
})

test('every law can be named in a section', () => {
  expect(camLaws).toEqual(['rest', 'line', 'polynomial5', ...restLaws])
})

test.each([
  [
    '{ "points": [{ "master": 0, "slave": 0 }, { "master": 1, "slave": 1 }], "interpolation": "bezier" }',
    /DP_CAM: interpolation.*bezier/,
  ],
  [
    '{ "from": { "master": 0, "slave": 0 }, "sections": [{ "law": "sine", "master": 1, "slave": 1 }] }',
    /DP_CAM: sections\[0\]\.law.*sine/,
  ],
  [
    '{ "points": [{ "master": 0, "slave": 0 }, { "master": 1e-300, "slave": 1 }], "interpolation": "cubic" }',
    /DP_CAM: points.*further apart/,
  ],
])('a cam from a file that no cam can be made of is refused: %s', (file, words) => {
  expect(() => makeCam(JSON.parse(file) as CamDescription)).toThrow(words)
})
