import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CamSwitch, type CamTrack, DigitalCamSwitch } from './cam-switch.ts'
import { LedMaster } from '../../test/control/led-master.ts'
import { VirtualMaster } from './master-source.ts'

const cycleS = 0.001

function cams(track: CamTrack, ...switches: Omit<CamSwitch, 'track'>[]) {
  const source = new VirtualMaster()
  const list = switches.map((one) => ({ ...one, track: 0 }))
  return { source, cam: new DigitalCamSwitch(cycleS, source, [track], list) }
}

/** Positions at which the output was on, of an axis that goes from one place to another at a velocity. */
function swept(
  { source, cam }: ReturnType<typeof cams>,
  from: number,
  to: number,
  velocity: number,
): [first: number, last: number] {
  const on: number[] = []
  const cycles = Math.round((to - from) / (velocity * cycleS))
  for (let n = 0; n <= cycles; n++) {
    source.set(from + n * velocity * cycleS, velocity, 0)
    cam.update()
    if (cam.outputs !== 0) on.push(source.position)
  }
  return [on[0] ?? Number.NaN, on.at(-1) ?? Number.NaN]
}

test('a switch is on between its positions, both ways', () => {
  const cam = cams({}, { first: 10, last: 20 })
  expect(swept(cam, 0, 30, 100)).toEqual([expect.closeTo(10, 6), expect.closeTo(20, 6)])
  expect(swept(cam, 30, 0, -100)).toEqual([expect.closeTo(20, 6), expect.closeTo(10, 6)])
})

test('compensation switches earlier or later by time, whatever the velocity', () => {
  const cam = cams({ onCompensationS: -0.02, offCompensationS: 0.01 }, { first: 10, last: 20 })
  expect(swept(cam, 0, 30, 100)).toEqual([expect.closeTo(8, 6), expect.closeTo(21, 6)])
  expect(swept(cam, 0, 30, 200)).toEqual([expect.closeTo(6, 6), expect.closeTo(22, 6)])
  expect(swept(cam, 40, 0, -200)).toEqual([expect.closeTo(24, 6), expect.closeTo(8, 6)])
})

test('compensation counts with acceleration', () => {
  const { source, cam } = cams({ onCompensationS: -0.02 }, { first: 10, last: 20 })
  // from rest with 2000: at 10 after 0.1 s
  const on = Array.from({ length: 100 }, (_, n) => {
    const t = n * cycleS
    source.set(1000 * t * t, 2000 * t, 2000)
    cam.update()
    return cam.outputs
  })
  expect(on.indexOf(1)).toBe(80)
})

test('a direction is kept to, and at rest the last one counts', () => {
  const cam = cams({}, { first: 10, last: 20, direction: 'negative' })
  expect(swept(cam, 0, 30, 100)).toEqual([Number.NaN, Number.NaN])
  expect(swept(cam, 30, 15, -100)[0]).toBeCloseTo(20, 6)
  cam.source.velocity = 0
  cam.cam.update()
  expect(cam.cam.outputs).toBe(1)
})

test('a switch of an endless axis may lead over the end of a turn', () => {
  const { source, cam } = cams({ modulo: 360 }, { first: 350, last: 370 })
  const on = [349, 350, 365, 371, 709, 711, 730, 731, -11, -10, 10, 11].filter((position) => {
    source.set(position, 1, 0)
    cam.update()
    return cam.outputs !== 0
  })
  expect(on).toEqual([350, 365, 711, 730, -10, 10])
})

test('hysteresis: an axis that trembles at an edge switches once', () => {
  const { source, cam } = cams({ hysteresis: 0.5 }, { first: 10, last: 20 })
  let changes = 0
  let before = 0
  for (let n = 0; n < 4000; n++) {
    const position = 8 + n * cycleS + 0.2 * Math.sin(n)
    source.set(position, 1 + 0.2 * Math.cos(n), 0)
    cam.update()
    if (cam.outputs !== before) changes += 1
    before = cam.outputs
  }
  expect([changes, before]).toEqual([1, 1])
})

test('a switch by time is on for its duration, again in each turn', () => {
  const { source, cam } = cams({ modulo: 360 }, { first: 90, last: 90, durationS: 0.05 })
  const master = new LedMaster(cycleS, 3600, 1e5, 1e7)
  master.goOnAt(3600)
  let on = 0
  let edges = 0
  let before = 0
  for (let n = 0; n < 1000; n++) {
    master.cycle()
    source.set(master.position, master.velocity, master.acceleration)
    cam.update()
    on += cam.outputs
    if (cam.outputs > before) edges += 1
    before = cam.outputs
  }
  expect(edges).toBe(10)
  expect(on).toBe(500)
})

test('tracks have switches of their own, and are on only where they are enabled', () => {
  const source = new VirtualMaster()
  const switches = [
    { track: 0, first: 0, last: 10 },
    { track: 3, first: 5, last: 6 },
    { track: 3, first: 8, last: 9 },
    { track: 31, first: 5, last: 5 },
  ]
  const cam = new DigitalCamSwitch(cycleS, source, [], switches)
  const at = (position: number) => {
    source.set(position, 0, 0)
    cam.update()
    return cam.outputs >>> 0
  }
  expect([at(2), at(5), at(7), at(8.5), at(11)]).toEqual([1, 0x8000_0009, 1, 9, 0])
  cam.enabled = 8
  expect([at(2), at(5)]).toEqual([0, 8])
})

test('for any switch and any way, the output is on exactly inside, but for hysteresis', () => {
  const place = fc.double({ min: -1000, max: 1000, noNaN: true })
  fc.assert(
    fc.property(place, place, fc.array(place, { maxLength: 40 }), (one, other, way) => {
      const [first, last] = [Math.min(one, other), Math.max(one, other)]
      const { source, cam } = cams({}, { first, last })
      let before = 0
      for (const position of way) {
        source.set(position, position - before, 0)
        before = position
        cam.update()
        expect(cam.outputs === 1).toBe(position >= first && position <= last)
      }
    }),
  )
})

test.each<[CamTrack, Partial<CamSwitch>, RegExp]>([
  [{ hysteresis: -1 }, {}, /tracks\[0\]\.hysteresis/],
  [{ onCompensationS: Infinity }, {}, /tracks\[0\]\.onCompensationS/],
  [{}, { track: 32 }, /switches\[0\]\.track.*0 to 31/],
  [{}, { first: NaN }, /switches\[0\]\.first/],
  [{}, { last: -1 }, /switches\[0\]\.last.*not before first/],
  [{}, { durationS: -1 }, /switches\[0\]\.durationS/],
])('a cam switch that cannot be is refused with its field: %o %o', (track, wrong, words) => {
  const one = { track: 0, first: 0, last: 1, ...wrong }
  expect(() => new DigitalCamSwitch(cycleS, new VirtualMaster(), [track], [one])).toThrow(words)
})

test('what a program without types may get wrong is refused with its field too', () => {
  const source = new VirtualMaster()
  const tracks = Array.from({ length: 33 }, () => ({}))
  expect(() => new DigitalCamSwitch(cycleS, source, tracks, [])).toThrow(/tracks\.length.*32/)
  expect(() => new DigitalCamSwitch(0, source, [], [])).toThrow(/DP_CAM_SWITCH: cycleS/)
  const one = { track: 0, first: 0, last: 1, ...(JSON.parse('{ "direction": "up" }') as object) }
  expect(() => new DigitalCamSwitch(cycleS, source, [], [one])).toThrow(/switches\[0\]\.direction/)
})
