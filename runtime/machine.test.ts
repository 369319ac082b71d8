import { firstValueFrom, take, toArray } from 'rxjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  incrementsPerMm,
  openEmulatedMachine,
  safeTerminals,
  testRealtime,
} from '../test/runtime/emulated-machine.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'
import type { AxisBatch, AxisStatus } from './machine-types.ts'

let world: EmulatedMachine

beforeAll(async () => {
  world = await openEmulatedMachine({ realtime: { ...testRealtime, rehearse: true } })
  await world.machine.operational
})

afterAll(() => world.close())

describe('a machine on an emulated ring', () => {
  test('tells the phases on its way to CP4', () => {
    const phases = world.events.flatMap(({ kind, message }) =>
      kind === 'phase' ? [message.slice(0, 3)] : [],
    )
    expect([...new Set(phases)]).toEqual(['NRT', 'CP0', 'CP1', 'CP2', 'CP3', 'CP4'])
    expect(world.events.map(({ kind }) => kind)).toContain('operational')
    expect(world.device(0).phase).toBe(4)
  })

  test('refuses to move an axis without power', async () => {
    await expect(world.machine.axis('x').moveAbsolute({ position: 1 })).rejects.toMatchObject({
      code: 'DP_AXIS_DISABLED',
    })
  })

  test('an axis moves to 10 mm and the encoder outside agrees', async () => {
    const x = world.machine.axis('x')
    expect(await x.enable()).toEqual({ end: 'done' })
    expect(x.status).toMatchObject({ state: 'standstill', power: 'af', error: undefined })
    expect(world.device(0).operating).toBe(true)
    expect(await x.moveAbsolute({ position: 10, velocity: 100 })).toEqual({ end: 'done' })
    await world.until(
      'the encoder comes to 10 mm',
      () => Math.abs(world.device(0).position - 10 * incrementsPerMm) < 20,
    )
    const position = await firstValueFrom(x.position$)
    expect(position).toBeCloseTo(10, 2)
    expect(Math.abs(position * incrementsPerMm - world.device(0).position)).toBeLessThan(20)
    expect(world.device(1).position).toBe(0)
  })

  test('a later move aborts the one under way; halt ends a moveVelocity', async () => {
    const x = world.machine.axis('x')
    const first = x.moveAbsolute({ position: 200 })
    const second = x.moveAbsolute({ position: 0 })
    expect(await first).toEqual({ end: 'aborted' })
    expect(await second).toEqual({ end: 'done' })
    expect(await x.moveVelocity({ velocity: -50 })).toEqual({ end: 'done' })
    expect(x.status.state).toBe('continuousMotion')
    expect(await x.halt()).toEqual({ end: 'done' })
    expect(x.status.state).toBe('standstill')
  })

  test('limits are named with value and bound', async () => {
    const x = world.machine.axis('x')
    await expect(x.moveAbsolute({ position: 501 })).rejects.toMatchObject({
      code: 'DP_AXIS_LIMIT',
      actual: 501,
      expected: '-500 to 500 mm',
    })
    await expect(x.moveAbsolute({ position: 1, velocity: 400 })).rejects.toMatchObject({
      code: 'DP_AXIS_LIMIT',
      expected: 'at most 300 mm/s',
    })
    await expect(x.moveAbsolute({ position: Number.NaN })).rejects.toMatchObject({
      code: 'DP_COMMAND_VALUE',
    })
    await expect(x.moveAbsolute({ position: 1, velocity: 0 })).rejects.toMatchObject({
      code: 'DP_COMMAND_VALUE',
    })
  })

  test('home gives the present position a new name, and the drive stands still', async () => {
    const x = world.machine.axis('x')
    await world.until('the motor stands', () => world.device(0).velocity === 0)
    const before = world.device(0).position
    expect(await x.home({ position: 100 })).toEqual({ end: 'done' })
    expect(x.status.homed).toBe(true)
    expect(await firstValueFrom(x.position$)).toBeCloseTo(100, 2)
    expect(Math.abs(world.device(0).position - before)).toBeLessThan(20)
    await x.moveRelative({ position: 5 })
    await world.until(
      'the encoder goes on by 5 mm',
      () => Math.abs(world.device(0).position - before - 5 * incrementsPerMm) < 20,
    )
    await expect(x.home({ method: 'limitSwitch' })).rejects.toMatchObject({
      code: 'DP_AXIS_HOMING_METHOD',
    })
  })

  test('the first setpoint after enable equals the feedback, and none jumps', async () => {
    const y = world.machine.axis('y')
    const setpoints: number[] = []
    const positions: number[] = []
    const watching = y.samples$.subscribe((batch) => {
      setpoints.push(...batch.setpoint)
      positions.push(...batch.position)
    })
    await y.enable()
    await y.moveAbsolute({ position: 1, velocity: 20 })
    await y.disable()
    await y.enable()
    watching.unsubscribe()
    const steps = setpoints.slice(1).map((value, k) => Math.abs(value - (setpoints[k] as number)))
    expect(setpoints.length).toBeGreaterThan(50)
    expect(setpoints[0]).toBe(positions[0])
    expect(Math.max(...steps)).toBeLessThan(0.021)
  })

  test('samples come in batches without gaps, to every subscriber alike', async () => {
    const { samples$ } = world.machine.axis('x')
    const [one, two] = await Promise.all(
      [0, 1].map(() => firstValueFrom(samples$.pipe(take(10), toArray()))),
    )
    const seen = cyclesOf(one)
    expect(seen.length).toBeGreaterThan(20)
    expect(cyclesOf(two)).toEqual(seen)
    // a cycle without a record is one whose interrupt was missed, and an event tells of that
    const gaps = seen.some((cycle, k) => k > 0 && cycle !== (seen[k - 1] as number) + 1)
    expect(gaps && !world.events.some(({ kind }) => kind === 'missed')).toBe(false)
  })

  test('outputs reach the terminals and come back as inputs', async () => {
    const { io } = world.machine
    const changes: (boolean | number)[] = []
    const watching = io.point('button').value$.subscribe((value) => changes.push(value))
    await io.point('lamp').write(true)
    await io.point('level').write(2.5)
    await world.until('the input follows', () => io.point('button').value === true)
    await world.until('the gauge follows', () => Number(io.point('gauge').value) > 2.4)
    expect(world.device(2)).toMatchObject({ digitalOutputs: 0b1001, analogOutput1: 8192 })
    await world.until('the change was passed on', () => changes.length > 1)
    expect(changes).toEqual([false, true])
    watching.unsubscribe()
    await expect(io.point('button').write(true)).rejects.toMatchObject({ code: 'DP_IO_DIRECTION' })
    await expect(io.point('level').write(20)).rejects.toMatchObject({ code: 'DP_IO_VALUE' })
    expect(() => io.point('horn')).toThrowError(/DP_IO_UNKNOWN/)
  })

  test('the cycle reports its statistics once per second', async () => {
    const report = await firstValueFrom(world.machine.cycle$)
    expect(report.cycleNs).toBe(1_000_000)
    expect(report.cycles).toBeGreaterThan(100)
    expect(report.executionNs.p50).toBeGreaterThan(0)
    expect(report.executionNs.p50).toBeLessThanOrEqual(report.executionNs.p99)
    expect(report.latencyNs.max).toBeGreaterThan(0)
    expect(report.counters).toMatchObject({ droppedRecords: 0, refusedSetpoints: 0 })
  })

  test('more commands than the queue holds are refused, the others are answered', async () => {
    const lamp = world.machine.io.point('lamp')
    const ends = await Promise.allSettled(
      Array.from({ length: 300 }, (_, k) => lamp.write(k % 2 === 0)),
    )
    const refused = ends.filter(({ status }) => status === 'rejected')
    expect(refused.length).toBeGreaterThan(0)
    expect(ends.length - refused.length).toBeGreaterThanOrEqual(64)
    expect(refused[0]).toMatchObject({ reason: { code: 'DP_COMMAND_QUEUE_FULL' } })
    await lamp.write(true)
  })

  test('a fault of the drive puts its axis into errorStop until it is reset', async () => {
    const y = world.machine.axis('y')
    const states: AxisStatus['state'][] = []
    y.status$.subscribe(({ state }) => state !== states.at(-1) && states.push(state))
    world.emulator.inject({ kind: 'driveFault', device: 1 })
    await world.until('the axis is in errorStop', () => y.status.state === 'errorStop')
    expect(y.status.error?.code).toBe('DP_AXIS_DRIVE')
    await expect(y.moveRelative({ position: 1 })).rejects.toMatchObject({ code: 'DP_AXIS_STATE' })
    expect(await y.reset()).toEqual({ end: 'done' })
    expect(y.status).toMatchObject({ state: 'disabled', error: undefined })
    expect(await y.enable()).toEqual({ end: 'done' })
    expect(states).toEqual(['standstill', 'errorStop', 'disabled', 'standstill'])
  })

  test('closing stops a moving axis, takes power and puts outputs to their safe values', async () => {
    const x = world.machine.axis('x')
    await x.moveVelocity({ velocity: 100 })
    const { position } = world.device(0)
    await world.machine.close()
    expect(world.device(0).operating).toBe(false)
    expect(world.device(1).operating).toBe(false)
    expect(world.device(0).position).toBeGreaterThan(position)
    expect(world.device(2)).toMatchObject(safeTerminals)
    expect(world.emulator.observe().transmitting).toBe(false)
    expect(world.machine.safeReason).toBeUndefined()
    await expect(x.enable()).rejects.toMatchObject({ code: 'DP_MACHINE_CLOSED' })
    await world.machine.close()
  })
})

function cyclesOf(batches: readonly AxisBatch[] | undefined): number[] {
  return (batches ?? []).flatMap(({ cycle }) => [...cycle])
}
