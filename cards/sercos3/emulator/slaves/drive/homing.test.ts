import { expect, test } from 'vitest'
import { extract, place } from '../../../../../uio/bit-field.ts'
import { driveStatus, homingParameter } from '../../../drive-words.ts'
import { idn } from '../../../idn.ts'
import { commandStatus } from '../../../telegram.ts'
import { type DriveBench, af, enabled, on, unit } from './drive-bench.ts'
import { homeSwitchBelow, markerAt, markerEvery, probeTargetFrom } from './mechanics.ts'

const homing = idn('S-0-0148')

function start(bench: DriveBench): void {
  bench.write(0, homing, 3)
}

/** Cycles until the command has ended; what it answered. */
function finish(bench: DriveBench): number {
  let status: number = commandStatus.inProcess
  for (let k = 0; k < 2000 && status === commandStatus.inProcess; k++)
    status = bench.open(0, homing).info
  return status
}

const follows = (bench: DriveBench) => extract(bench.status, driveStatus.follows)

test('it searches switch and marker in negative direction; S-0-0052 is the position there, S-0-0403 says so', () => {
  const bench = enabled()
  bench.write(0, idn('S-0-0052'), 123 * unit)
  start(bench)
  bench.cycle(100)
  expect(bench.velocity / 1000).toBeCloseTo(-20, 0)
  expect([bench.ready, follows(bench)]).toEqual([af, 0])
  expect(finish(bench)).toBe(commandStatus.done)
  expect(bench.read(0, idn('S-0-0403')) & 1).toBe(1)
  // it stands a ramp behind the marker: v^2 / 2a = 0.4 units
  const marker = markerAt - markerEvery
  expect(marker).toBeLessThan(homeSwitchBelow)
  expect(bench.position / unit).toBeCloseTo(123 - 0.4, 1)
  // and follows no command until the command is cleared
  bench.positionCommand(0)
  bench.cycle(50)
  expect(bench.position / unit).toBeCloseTo(123 - 0.4, 1)
  bench.positionCommand(bench.position)
  bench.write(0, homing, 0)
  bench.cycle(3)
  expect([bench.failed, follows(bench)]).toEqual([false, 1])
  bench.travel(1000, 10)
  bench.velocityCommand(0)
  bench.cycle(100)
  expect(bench.position / unit).toBeCloseTo(123 - 0.4 + 1, 1)
})

test('standing on the switch it leaves it first; without the marker the edge is the reference', () => {
  const bench = enabled()
  bench.travel(-1000, 80)
  bench.velocityCommand(0)
  bench.cycle(50)
  bench.write(
    0,
    idn('S-0-0147'),
    place(1, homingParameter.negative) | place(1, homingParameter.markerIgnored),
  )
  start(bench)
  bench.cycle(100)
  expect(bench.velocity).toBeGreaterThan(10_000)
  expect(finish(bench)).toBe(commandStatus.done)
  expect(bench.position / unit).toBeCloseTo(-0.4, 1)
})

test('a search away from the switch ends in error after 200 units, and the drive stands', () => {
  const bench = enabled()
  bench.write(0, idn('S-0-0041'), 1_000_000)
  bench.write(0, idn('S-0-0042'), 10_000_000)
  bench.write(0, idn('S-0-0147'), 0)
  start(bench)
  expect(finish(bench)).toBe(commandStatus.error)
  expect(bench.read(0, idn('S-0-0403'))).toBe(0)
  bench.cycle(50)
  expect(Math.abs(bench.velocity)).toBeLessThan(1000)
  expect([bench.failed, bench.ready]).toEqual([false, af])
})

test('a cleared command stops the search: the drive brakes, homes nothing and follows again', () => {
  const bench = enabled()
  start(bench)
  bench.cycle(100)
  bench.control134(0xc000)
  bench.write(0, homing, 0)
  bench.cycle(200)
  expect(Math.abs(bench.velocity)).toBeLessThan(1000)
  bench.positionCommand(bench.position)
  bench.control134(on)
  bench.cycle(50)
  expect([bench.failed, follows(bench), bench.read(0, idn('S-0-0403'))]).toEqual([false, 1, 0])
})

test('without power it is an error at once; losing power ends the search', () => {
  const bench = enabled()
  start(bench)
  bench.cycle(50)
  bench.control134(0)
  bench.cycle(5)
  expect(finish(bench)).toBe(commandStatus.error)
  bench.write(0, homing, 0)
  start(bench)
  bench.cycle(5)
  expect(finish(bench)).toBe(commandStatus.error)
})

test('a probe latches where the edge was, between cycles, once per enable', () => {
  const bench = enabled()
  bench.write(0, idn('S-0-0169'), 0b0011)
  bench.write(0, idn('S-0-0170'), 3)
  bench.write(0, idn('S-0-0405'), 1)
  bench.travel(1700, 60)
  bench.velocityCommand(0)
  bench.cycle(100)
  expect(bench.read(0, idn('S-0-0409'))).toBe(1)
  expect(bench.read(0, idn('S-0-0410'))).toBe(0)
  expect(bench.read(0, idn('S-0-0130'))).toBe(Math.floor(probeTargetFrom))
  bench.travel(-1700, 60)
  bench.velocityCommand(0)
  bench.cycle(100)
  expect(bench.read(0, idn('S-0-0410'))).toBe(1)
  bench.write(0, idn('S-0-0405'), 0)
  bench.cycle(2)
  expect(bench.read(0, idn('S-0-0409'))).toBe(0)
  expect(bench.open(0, idn('S-0-0170')).info).toBe(commandStatus.inProcess)
})

test('without the running command or the selected edge nothing is latched', () => {
  const bench = enabled()
  bench.write(0, idn('S-0-0169'), 0b0010)
  bench.write(0, idn('S-0-0405'), 1)
  bench.travel(1700, 60)
  bench.velocityCommand(0)
  bench.cycle(100)
  bench.write(0, idn('S-0-0170'), 3)
  expect([bench.read(0, idn('S-0-0409')), bench.read(0, idn('S-0-0401'))]).toEqual([0, 1])
})
