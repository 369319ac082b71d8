import { expect, test } from 'vitest'
import { extract, place } from '../../../../../uio/bit-field.ts'
import { class1, class2 } from '../../../diagnosis.ts'
import { driveControl, driveStatus } from '../../../drive-words.ts'
import { idn } from '../../../idn.ts'
import { commandStatus } from '../../../telegram.ts'
import { type DriveBench, af, enabled, on } from './drive-bench.ts'
import { LoneDrive } from './lone-drive.ts'

function lone(): LoneDrive {
  const one = new LoneDrive()
  one.set('S-0-0134', on)
  one.cycle(100)
  expect(one.status(driveStatus.ready)).toBe(af)
  return one
}

test('text and number name the state, then the warning, then the error', () => {
  const one = lone()
  expect([one.text(), one.get('S-0-0390').toString(16)]).toEqual(['AF: in operation', 'a0004'])
  one.drive.diagnosis.force(2, class2.motorTemperature)
  expect([one.text(), one.get('S-0-0390').toString(16)]).toEqual(['Motor is getting hot', 'e0003'])
  one.drive.diagnosis.force(1, class1.overtravel | class1.motorTemperature)
  expect([one.text(), one.get('S-0-0390').toString(16)]).toEqual(['Motor too hot', 'f0003'])
})

test('a warning leaves the drive running and sets the change bit of class 2 until it was read', () => {
  const one = lone()
  expect(one.status(driveStatus.class2Change)).toBe(0)
  one.drive.diagnosis.force(2, class2.amplifierTemperature)
  one.cycle()
  expect([one.status(driveStatus.class2Change), one.status(driveStatus.ready)]).toEqual([1, af])
  expect(one.get('S-0-0012')).toBe(class2.amplifierTemperature)
  one.cycle()
  expect(one.status(driveStatus.class2Change)).toBe(0)
})

test('masked states set no change bit', () => {
  const one = lone()
  expect(one.status(driveStatus.class3Change)).toBe(1)
  one.set('S-0-0098', 0)
  one.cycle()
  expect(one.status(driveStatus.class3Change)).toBe(0)
})

test('mains that go in operation are an undervoltage; that come back after the reset, power again', () => {
  const one = lone()
  one.drive.switchMains(false)
  one.cycle(10)
  expect(one.status(driveStatus.error)).toBe(1)
  expect(one.text()).toBe('Undervoltage')
  one.cycle(50)
  expect(one.drive.clearErrors()).toBe('done')
  one.set('S-0-0134', 0)
  one.cycle(200)
  expect([one.status(driveStatus.ready), one.text()]).toEqual([1, 'bb: ready for power'])
  one.drive.switchMains(true)
  one.cycle(100)
  expect(one.status(driveStatus.ready)).toBe(2)
})

test('the status shows the mode in effect; a mode that the drive does not have changes nothing', () => {
  const one = lone()
  const modes = [1, 2, 3, 0].map((mode) => {
    one.set('S-0-0134', on | place(mode, driveControl.mode))
    one.cycle()
    return one.status(driveStatus.mode)
  })
  expect(modes).toEqual([1, 2, 3, 0])
  one.set('S-0-0134', on | place(1, driveControl.modeHigh) | place(1, driveControl.mode))
  one.cycle()
  expect(one.status(driveStatus.mode)).toBe(0)
})

test.each([
  [800, 3000, -3000, 800, -800],
  [3000, 500, -3000, 500, -3000],
  [3000, 3000, -700, 3000, -700],
])('limits %i, %i, %i hold the torque within %i and %i', (both, up, down, most, least) => {
  const one = lone()
  one.set('S-0-0092', both)
  one.set('S-0-0082', up)
  one.set('S-0-0083', down)
  one.set('S-0-0134', on | place(1, driveControl.mode))
  const seen: number[] = []
  for (const velocity of [400_000, -400_000]) {
    one.set('S-0-0036', velocity)
    for (let k = 0; k < 40; k++) {
      one.cycle()
      seen.push(one.get('S-0-0084'))
    }
  }
  expect([Math.max(...seen), Math.min(...seen)]).toEqual([most, least])
})

test('torque does not drive the motor beyond its velocity limit', () => {
  const one = lone()
  one.set('S-0-0091', 100_000)
  one.set('S-0-0134', on | place(2, driveControl.mode))
  one.set('S-0-0080', 500)
  one.cycle(500)
  expect(one.get('S-0-0040')).toBeGreaterThan(90_000)
  expect(one.get('S-0-0040')).toBeLessThan(110_000)
})

test('the following distance is what the motor lags behind its command', () => {
  const bench = enabled()
  bench.travel(1000, 100)
  bench.velocityCommand(0)
  let at = bench.position
  for (let k = 0; k < 100; k++) {
    at += 1000
    bench.positionCommand(at)
    bench.cycle()
  }
  // v / Kv: 100 units/s over 40 1000/min
  expect(bench.read(0, idn('S-0-0189')) / 10_000).toBeCloseTo(1.5, 0)
})

test('a reset is shown by the command change bit until it is cleared', () => {
  const bench: DriveBench = enabled()
  bench.slaves[0]?.raiseFault(class1.overload)
  bench.cycle(200)
  bench.write(0, idn('S-0-0099'), 3)
  bench.cycle(50)
  expect(bench.open(0, idn('S-0-0099')).info).toBe(commandStatus.done)
  expect(extract(bench.status, driveStatus.commandChange)).toBe(1)
  bench.write(0, idn('S-0-0099'), 0)
  bench.cycle(2)
  expect(extract(bench.status, driveStatus.commandChange)).toBe(0)
})
