import { describe, expect, test } from 'vitest'
import { extract } from '../../../../../uio/bit-field.ts'
import { idn } from '../../../idn.ts'
import { driveStatus } from '../../../drive-words.ts'
import { class1 } from '../../../diagnosis.ts'
import { connectionsOf } from '../bench-connections.ts'
import { readWord } from '../telegram-word.ts'
import { DriveBench, af, enabled, inCp4, on, unit } from './drive-bench.ts'
import { elasticMotor } from './motor.ts'

/** The MDT carries a torque command in place of the velocity command. */
class TorqueBench extends DriveBench {
  override contentOf(): typeof connectionsOf.drive {
    const mdt = [idn('S-0-0134'), idn('S-0-0080'), idn('S-0-0047')]
    return { ...connectionsOf.drive, mdt }
  }
}

/** Command less feedback at 300 units/s, units. */
function lag(feedForward: boolean): number {
  const other = enabled()
  let command = 0
  if (feedForward) other.velocityCommand(300_000)
  for (let k = 0; k < 300; k++) {
    command += 3000
    other.positionCommand(command)
    other.cycle()
  }
  return (command - other.position) / unit
}

describe('connection', () => {
  test('the AT connection carries C-CON with toggling new data and a counter, status and actual values', () => {
    const bench = inCp4()
    bench.cycle(80)
    const cCons = [1, 2, 3].map(() => {
      bench.cycle()
      return readWord(bench.at, 0)
    })
    expect(cCons.map((word) => word & 1)).toEqual([1, 1, 1])
    expect(new Set(cCons.map((word) => word & 2))).toEqual(new Set([0, 2]))
    expect(((cCons[2] as number) >>> 12) - ((cCons[0] as number) >>> 12)).toSatisfy(
      (d: number) => d === 2 || d === -14,
    )
    expect(bench.status).toBe(0x8000)
    expect([bench.position, bench.velocity, bench.torque]).toEqual([0, 0, 0])
  })

  test('S-0-1050.x.9: preparing until the master is ready, then consuming; producing', () => {
    const bench = new DriveBench()
    bench.producing = false
    bench.runUp(4)
    expect(bench.read(0, idn('S-0-1050.0.9'))).toBe(1)
    bench.producing = true
    bench.cycle(2)
    expect(bench.read(0, idn('S-0-1050.0.9'))).toBe(3)
    expect(bench.read(0, idn('S-0-1050.1.9'))).toBe(3)
  })
})

describe('enabling', () => {
  test('bb, Ab, AF come in this order, each after some cycles, and torque only with AF', () => {
    const bench = inCp4()
    bench.control134(on)
    const seen: number[] = []
    const lasted = [0, 0, 0, 0]
    for (let k = 0; k < 100; k++) {
      bench.cycle()
      if (seen.at(-1) !== bench.ready) seen.push(bench.ready)
      lasted[bench.ready] = (lasted[bench.ready] as number) + 1
      expect(bench.ready === af || bench.torque === 0).toBe(true)
    }
    expect(seen).toEqual([0, 1, 2, 3])
    expect(lasted.every((cycles) => cycles > 5)).toBe(true)
  })

  test.each([0, 0x8000, 0x4000, 0x2000, 0x6000])('control word %i does not reach AF', (word) => {
    const bench = inCp4()
    bench.control134(word)
    bench.cycle(200)
    expect(bench.ready).toBe(2)
  })

  test('taking the enable away drops torque in the next cycle; friction stops the motor', () => {
    const bench = enabled()
    bench.travel(3000, 50)
    expect(bench.velocity).toBeGreaterThan(250_000)
    bench.control134(0)
    bench.cycle(2)
    expect([bench.ready, bench.torque]).toEqual([2, 0])
    expect(bench.velocity).toBeGreaterThan(200_000)
    bench.cycle(3000)
    const at = bench.position
    bench.cycle(100)
    expect([bench.velocity, bench.position]).toEqual([0, at])
    expect(bench.failed).toBe(false)
  })

  test('taking only drive on away brakes before torque drops', () => {
    const bench = enabled()
    bench.travel(3000, 50)
    bench.control134(0x6000)
    bench.cycle(5)
    expect(bench.ready).toBe(af)
    expect(bench.torque).toBeLessThan(-1000)
    bench.cycle(200)
    expect([bench.ready, bench.torque]).toEqual([2, 0])
    expect(Math.abs(bench.velocity)).toBeLessThan(2000)
  })

  test('while not in AF commands move nothing', () => {
    const bench = inCp4()
    bench.velocityCommand(1_000_000)
    for (let k = 0; k < 200; k++) {
      bench.positionCommand(k * 10_000)
      bench.cycle()
      expect([bench.position, bench.torque]).toEqual([0, 0])
    }
  })
})

describe('position mode', () => {
  test('a step reaches the setpoint without leaving the torque limit', () => {
    const bench = enabled((b) => b.write(0, idn('S-0-0092'), 800))
    bench.positionCommand(2 * unit)
    let most = 0
    let farthest = 0
    for (let k = 0; k < 400; k++) {
      bench.cycle()
      most = Math.max(most, Math.abs(bench.torque))
      farthest = Math.max(farthest, bench.position)
    }
    expect(most).toBe(800)
    expect(Math.abs(bench.position - 2 * unit)).toBeLessThanOrEqual(20)
    expect(farthest).toBeLessThan(2.2 * unit)
    expect(bench.failed).toBe(false)
  })

  test('with feed-forward it follows a ramp closely, without it lags by v / Kv', () => {
    const bench = enabled()
    bench.travel(3000, 300)
    const commanded = bench.position
    expect(bench.velocity / 1000).toBeCloseTo(300, 0)
    bench.travel(0, 200)
    expect(Math.abs(bench.position - commanded)).toBeLessThan(1.5 * unit)
    // The AT shows the position of one cycle ago: 0.3 units at 300 units/s. Kv is 66.7/s.
    expect(lag(true)).toBeCloseTo(0.3, 2)
    expect(lag(false)).toBeCloseTo(0.3 + 300 / (400 / 6), 2)
  })

  test('it holds its position against a disturbance', () => {
    const bench = enabled()
    bench.slaves[0]?.disturb(2)
    bench.cycle(500)
    expect(Math.abs(bench.position)).toBeLessThanOrEqual(20)
    // 2 N m are 667 increments; stiction carries up to 40 of them.
    expect(Math.abs(bench.torque + 667)).toBeLessThanOrEqual(41)
  })

  test('a command that jumps beyond a plausible step is not followed: excessive deviation', () => {
    const bench = enabled()
    bench.positionCommand(5 * unit)
    let farthest = 0
    for (let k = 0; k < 100; k++) {
      bench.cycle()
      farthest = Math.max(farthest, Math.abs(bench.position))
    }
    expect(bench.failed).toBe(true)
    expect(bench.ready).toBe(0)
    expect(farthest).toBeLessThan(10)
    expect(bench.class1).toBe(class1.excessiveDeviation)
    expect(bench.readText(0, idn('S-0-0095'))).toBe('Position deviation too large')
  })

  test('a blocked motor that lags beyond the monitoring window is an excessive deviation', () => {
    const bench = enabled((b) => b.write(0, idn('S-0-0159'), unit))
    bench.slaves[0]?.disturb(-50)
    bench.cycle(200)
    expect(bench.class1).toBe(class1.excessiveDeviation)
  })

  test('passing a position limit outward is an error', () => {
    const bench = enabled((b) => b.write(0, idn('S-0-0049'), unit))
    bench.travel(500, 50)
    expect(bench.failed).toBe(true)
    expect(bench.class1).toBe(class1.overtravel)
  })

  test('at 20 ms it still follows smoothly', () => {
    const bench = new DriveBench()
    bench.dtS = 0.02
    bench.runUp(4)
    bench.enable()
    let least = Infinity
    let most = 0
    let command = bench.position
    bench.velocityCommand(100_000)
    for (let k = 0; k < 60; k++) {
      command += 20_000
      bench.positionCommand(command)
      bench.cycle()
      if (k > 30) {
        least = Math.min(least, bench.velocity)
        most = Math.max(most, bench.velocity)
      }
    }
    expect(least).toBeGreaterThan(99_000)
    expect(most).toBeLessThan(101_000)
  })
})

describe('halt and other modes', () => {
  test('halt brakes on the drive\u2019s own ramp, holds, and shows it', () => {
    const bench = enabled()
    bench.travel(3000, 100)
    bench.control134(0xc000)
    bench.cycle(100)
    expect(extract(bench.status, driveStatus.halted)).toBe(1)
    expect(bench.ready).toBe(af)
    const held = bench.position
    bench.cycle(100)
    expect(Math.abs(bench.position - held)).toBeLessThanOrEqual(100)
    bench.velocityCommand(0)
    bench.positionCommand(held)
    bench.control134(on)
    bench.cycle(20)
    expect([extract(bench.status, driveStatus.halted), bench.failed]).toEqual([0, false])
  })

  test('velocity mode runs at the velocity command, cut at S-0-0091', () => {
    const bench = enabled((b) => b.write(0, idn('S-0-0091'), 500_000))
    bench.velocityCommand(200_000)
    bench.control134(on | 0x0100)
    bench.cycle(300)
    expect(extract(bench.status, driveStatus.mode)).toBe(1)
    expect(Math.abs(bench.velocity - 200_000)).toBeLessThan(1000)
    bench.velocityCommand(900_000)
    bench.cycle(300)
    expect(Math.abs(bench.velocity - 500_000)).toBeLessThan(2000)
  })

  test('torque mode gives the torque command, cut at S-0-0092', () => {
    const bench = new TorqueBench()
    bench.runUp(4)
    bench.control134(on | 0x0200)
    bench.cycle(100)
    bench.setCommand(0, 2, 250, 2)
    bench.cycle(50)
    expect([bench.torque, extract(bench.status, driveStatus.mode), bench.ready]).toEqual([
      250,
      2,
      af,
    ])
    // (0.75 - 0.1) N m on 0.001 kg m^2 for some 48 ms, 20 units a turn: about 100 units/s.
    expect(bench.velocity).toBeGreaterThan(80_000)
    expect(bench.velocity).toBeLessThan(110_000)
    bench.write(0, idn('S-0-0092'), 100)
    bench.cycle(2)
    expect(bench.torque).toBe(100)
  })
})

describe('elastic shaft', () => {
  test('in torque mode the speed rings at the resonance of motor and load', () => {
    const bench = new TorqueBench('elastic')
    bench.runUp(4)
    bench.control134(on | 0x0200)
    bench.cycle(100)
    bench.setCommand(0, 2, 500, 2)
    // the speed's slope swings around the mean acceleration: upward passages, interpolated
    const speeds: number[] = []
    for (let n = 0; n < 60; n++) {
      bench.cycle()
      speeds.push(bench.velocity)
    }
    const slopes = speeds.slice(1).map((speed, n) => speed - (speeds[n] as number))
    const mean = slopes.reduce((sum, slope) => sum + slope, 0) / slopes.length
    const passages: number[] = []
    for (let n = 1; n < slopes.length; n++) {
      const before = (slopes[n - 1] as number) - mean
      const now = (slopes[n] as number) - mean
      if (before < 0 && now >= 0) passages.push(n - now / (now - before))
    }
    const periods = passages.length - 1
    const period = ((passages[periods] as number) - (passages[0] as number)) / periods / 1000
    const { stiffnessNmPerRad: k, motorInertiaKgM2, loadInertiaKgM2 } = elasticMotor
    const resonance = Math.sqrt(k * (1 / motorInertiaKgM2 + 1 / loadInertiaKgM2))
    expect(periods).toBeGreaterThanOrEqual(3)
    expect(Math.abs((period * resonance) / (2 * Math.PI) - 1)).toBeLessThan(0.03)
  })

  test('in position mode it follows, and comes to rest at its setpoint', () => {
    const bench = new DriveBench('elastic')
    bench.runUp(4)
    bench.control134(on)
    bench.cycle(100)
    for (let n = 1; n <= 200; n++) {
      bench.positionCommand(Math.round(10 * unit * (0.5 - 0.5 * Math.cos((Math.PI * n) / 200))))
      bench.cycle()
    }
    bench.cycle(500)
    expect(bench.ready).toBe(af)
    expect(Math.abs(bench.position - 10 * unit)).toBeLessThanOrEqual(30)
    expect(Math.abs(bench.velocity)).toBeLessThan(200)
  })
})
