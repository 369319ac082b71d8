import { describe, expect, test } from 'vitest'
import { idn } from '../../../idn.ts'
import { commandStatus } from '../../../telegram.ts'
import { class1 } from '../../../diagnosis.ts'
import { af, enabled, inCp4, observed } from './drive-bench.ts'

describe('faults', () => {
  test('a raised fault brakes, drops power, and S-0-0099 clears it; AF comes back only after drive on was withdrawn', () => {
    const bench = enabled()
    bench.travel(3000, 50)
    bench.slaves[0]?.raiseFault(class1.overload)
    bench.cycle(3)
    expect(bench.failed).toBe(true)
    expect(bench.torque).toBeLessThan(-2000)
    bench.velocityCommand(0)
    bench.cycle(200)
    expect([bench.ready, bench.torque, bench.slaves[0]?.observation.operating]).toEqual([
      0,
      0,
      false,
    ])
    expect(bench.readText(0, idn('S-0-0095'))).toBe('Drive overload')
    bench.positionCommand(bench.position)
    expect(bench.command(0, idn('S-0-0099'))).toBe(commandStatus.done)
    bench.cycle(200)
    expect([bench.failed, bench.class1, bench.ready]).toEqual([false, 0, 2])
    bench.control134(0)
    bench.cycle(2)
    bench.enable()
  })

  test('a feedback failure drops torque at once', () => {
    const bench = enabled()
    bench.travel(3000, 50)
    bench.slaves[0]?.raiseFault(class1.feedback)
    bench.cycle(2)
    expect([bench.ready, bench.torque]).toEqual([0, 0])
    expect(bench.velocity).toBeGreaterThan(200_000)
  })

  test('MST losses up to S-0-1003 leave the drive running, one more makes it safe', () => {
    const bench = enabled()
    bench.travel(3000, 100)
    bench.silence(3)
    expect(observed(bench)).toMatchObject({ phase: 4, operating: true, error: false })
    bench.silence(1)
    expect(observed(bench)).toMatchObject({ phase: -1, operating: true, error: true })
    let limit = 0
    for (let k = 0; k < 300 && observed(bench).operating; k++) {
      bench.silence(1)
      limit = Math.max(limit, -observed(bench).torque)
    }
    expect(limit).toBe(3000)
    expect(observed(bench)).toMatchObject({ operating: false, error: true, torque: 0 })
    expect(Math.abs(observed(bench).velocity)).toBeLessThan(2000)
    bench.control134(0)
    bench.runUp(4)
    expect(bench.class1).toBe(class1.communication)
    expect(bench.command(0, idn('S-0-0099'))).toBe(commandStatus.done)
    bench.cycle(60)
    bench.enable()
  })

  test('command values that stay away make it safe although the MST comes', () => {
    const bench = enabled()
    bench.travel(3000, 100)
    bench.producing = false
    bench.cycle(4)
    expect([bench.failed, bench.ready]).toEqual([false, af])
    bench.cycle(200)
    expect([bench.failed, bench.ready]).toEqual([true, 0])
    expect(bench.class1).toBe(class1.communication)
    bench.control134(0)
    bench.producing = true
    bench.cycle(5)
    expect(bench.command(0, idn('S-0-0099'))).toBe(commandStatus.done)
    bench.cycle(60)
    bench.velocityCommand(0)
    bench.enable()
  })

  test('a master that leaves CP4 in order finds no error in a disabled drive, and one in an enabled drive', () => {
    const off = inCp4()
    off.cycle(100)
    off.announce(0)
    off.cycle(10)
    expect(observed(off)).toMatchObject({ phase: 4, error: false })
    const running = enabled()
    running.announce(0)
    running.cycle(10)
    expect(observed(running)).toMatchObject({ phase: 4, error: true })
  })

  test('a closed ring without an enabled drive still leaves a communication error', () => {
    const bench = inCp4()
    bench.silence(10)
    expect(observed(bench)).toMatchObject({ phase: -1, error: true })
    bench.slaves[0]?.powerOn()
    expect(observed(bench)).toMatchObject({ phase: -1, error: false })
  })
})
