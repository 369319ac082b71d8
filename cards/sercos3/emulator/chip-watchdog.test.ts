import { describe, expect, test } from 'vitest'
import { maskOf } from '../../../uio/bit-field.ts'
import { registers, watchdogTrigger } from '../registers.ts'
import { Bench, EchoSlave, hosts, type HostKind } from './chip-bench.ts'

const { wdcsr, wdcnt, ier0 } = registers
const stop = maskOf(wdcsr.bits.stopTelegrams)
const active = maskOf(wdcsr.bits.active)
const alarm = maskOf(wdcsr.bits.alarm)

function armed(host: HostKind, mode: number, reload = 3) {
  const slave = new EchoSlave(1)
  const bench = new Bench(host, { slaves: [slave], topology: 'ring' })
  bench.startProcessData(0)
  bench.tx[0x1000 / 2] = 77
  bench.write(ier0, 1)
  bench.write(wdcnt, reload)
  bench.write(wdcsr, mode | watchdogTrigger.arm)
  bench.look()
  return { slave, bench }
}

describe.each(hosts)('the watchdog on %s', (host) => {
  test('a triggered watchdog counts down and never alarms', () => {
    const { slave, bench } = armed(host, stop)
    for (let n = 0; n < 20; n++) {
      bench.chip.tick()
      expect(bench.read(wdcnt)).toBe((2 << 16) | 3)
      bench.write(wdcsr, stop | watchdogTrigger.arm)
    }
    expect(bench.read(wdcsr) & alarm).toBe(0)
    expect(slave.mst).toBe(true)
  })

  test('without a trigger it stops the telegrams after `reload` cycles, and the slaves lose the MST', () => {
    const { slave, bench } = armed(host, stop)
    const heard = [1, 2, 3, 4].map(() => {
      bench.chip.tick()
      return slave.mst
    })
    expect(heard).toEqual([true, true, false, false])
    expect(bench.read(wdcsr)).toBe((stop | active | alarm) >>> 0)
    expect(bench.chip.transmitting).toBe(false)
    bench.chip.acknowledge()
    bench.chip.tick()
    expect(bench.chip.acknowledge()).toBe(0)
  })

  test('a late trigger does not restart the telegrams; disarming does', () => {
    const { slave, bench } = armed(host, stop, 1)
    bench.chip.tick()
    expect(slave.mst).toBe(false)
    bench.write(wdcsr, stop | watchdogTrigger.arm)
    bench.chip.tick()
    expect(slave.mst).toBe(false)
    expect(bench.read(wdcsr) & alarm).toBe(alarm)
    bench.write(wdcsr, stop | watchdogTrigger.disarm)
    bench.chip.tick()
    expect(slave.mst).toBe(true)
    expect(bench.read(wdcsr)).toBe(stop)
    expect(bench.read(wdcnt) >>> 16).toBe(0)
  })

  test('in the other mode an alarm sends empty telegrams', () => {
    const { slave, bench } = armed(host, 0)
    bench.chip.tick()
    expect([slave.mst, slave.mdt0[0]]).toEqual([true, 77])
    for (let n = 0; n < 3; n++) bench.chip.tick()
    expect([slave.mst, slave.mdt0[0]]).toEqual([true, 0])
  })

  test('any other trigger word does nothing', () => {
    const { bench } = armed(host, stop)
    bench.write(wdcsr, stop | 0x1234)
    for (let n = 0; n < 3; n++) bench.chip.tick()
    expect(bench.read(wdcsr) & alarm).toBe(alarm)
  })
})
