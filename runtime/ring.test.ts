/** The ring of one machine from its first phase to its last, as the application sees it. One machine: each opening costs a second. */
import { filter, firstValueFrom } from 'rxjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEmulatedMachine } from '../test/runtime/emulated-machine.ts'
import type { EmulatedMachine } from '../test/runtime/emulated-machine.ts'
import type { RingPhase } from './ring-types.ts'

let world: EmulatedMachine
const phases: RingPhase['phase'][] = []

beforeAll(async () => {
  world = await openEmulatedMachine({}, { upTo: 'CP2' })
  world.machine.ring.phase$.subscribe(({ phase }) => phase !== phases.at(-1) && phases.push(phase))
})
afterAll(() => world.close())

test('held in CP2: parameters can be read and written, commands are refused, nothing is operational', async () => {
  const { machine, device } = world
  const { ring } = machine
  await ring.goTo('CP2')
  expect(ring.phase.phase).toBe('CP2')
  expect(ring.topology).toBe('ring')
  expect(device(0).phase).toBe(2)
  const [position, list] = await Promise.all([
    ring.device('left').read('S-0-0051'),
    ring.device('terminals').list(),
  ])
  expect(position).toBe(0)
  expect(list).toContain('S-0-0017')
  await expect(ring.device('left').read('S-0-3999')).rejects.toMatchObject({
    code: 'DP_SERCOS3_SVC',
  })
  expect(() => ring.device('middle')).toThrow(/DP_RING_DEVICE/)
  await expect(machine.axis('x').enable()).rejects.toMatchObject({ code: 'DP_RING_HELD' })
  const first = await Promise.race([machine.operational, Promise.resolve('open')])
  expect(first).toBe('open')
})

test('from there to CP4, where it is not left while an axis has power', async () => {
  const { machine } = world
  const { ring } = machine
  await ring.goTo('CP4')
  await machine.operational
  const x = machine.axis('x')
  await x.enable()
  await expect(ring.goTo('CP2')).rejects.toMatchObject({
    code: 'DP_RING_POWER',
    actual: 'power on x',
  })
  expect(await ring.device('left').read('S-0-0051')).toBeCloseTo(0, 2)
  const devices = await firstValueFrom(
    ring.connections$.pipe(filter((all) => all.every(({ state }) => state === 'consuming'))),
  )
  expect(devices.map(({ device }) => device)).toEqual(['left', 'right', 'terminals'])
  await ring.identify('right', true)
  await world.until('its light is on', () => world.device(1).identify)
  await ring.identify('right', false)
  await world.until('its light is off', () => !world.device(1).identify)
  await x.disable()
})

test('a cable that breaks and comes back: the axes go on, and the ring is closed by recover', async () => {
  const { machine, emulator, events, until } = world
  const { ring } = machine
  const x = machine.axis('x')
  await x.enable()
  const move = x.moveRelative({ position: 100, velocity: 80 })
  emulator.inject({ kind: 'ringBreak', after: 1 })
  await until('the break is seen', () => ring.topology === 'brokenRing')
  emulator.inject({ kind: 'ringClosed' })
  await ring.recover()
  await until('the ring is closed', () => ring.topology === 'ring')
  expect(await move).toEqual({ end: 'done' })
  const told = events.filter(({ kind }) => kind === 'topology')
  expect(told.map(({ severity }) => severity)).toEqual(['warning', 'info'])
  await ring.open('left')
  await until('the ring is opened', () => ring.topology === 'brokenRing')
  await ring.recover()
  await until('the ring is closed again', () => ring.topology === 'ring')
  expect(machine.safeReason).toBeUndefined()
  await x.disable()
})

test('damaged frames show on their port and are told once; the ring has the time of the wall clock', async () => {
  const { machine, emulator, events, until } = world
  const { ring } = machine
  await until('the ports are counted', () =>
    ring.ports.every(({ framesReceived }) => framesReceived > 0),
  )
  expect(ring.ports.map(({ port, link }) => [port, link])).toEqual([
    [1, true],
    [2, true],
  ])
  await ring.resetPorts()
  emulator.inject({ kind: 'crcError', port: 2, cycles: 2 })
  const told = () => events.filter(({ kind }) => kind === 'port')
  await until('the damage is told', () => told().some(({ message }) => message.includes('FCS')))
  // the counters are read one after the other
  await until('all of it is counted', () => {
    const { port, sercosErrors, fcsErrors } = ring.ports[1] ?? {}
    return port === 2 && sercosErrors === 2 && fcsErrors === 2
  })
  expect(told().at(-1)).toMatchObject({ severity: 'warning' })
  const time = ring.sercosTimeNs()
  // hosts may have been late: the emulated ring's clock stands while they are
  expect(Math.abs(Number(time ?? 0n) / 1e6 - Date.now())).toBeLessThan(60_000)
  const [event] = told()
  const then = ring.sercosTimeNs(event?.timeNs) ?? 0n
  expect(then).toBeLessThanOrEqual(time ?? 0n)
})

test('down and up again: a new promise of operation, and what was under way is refused', async () => {
  const { machine, device } = world
  const before = machine.operational
  await machine.ring.goTo('CP2')
  expect(machine.operational).not.toBe(before)
  await expect(machine.axis('x').enable()).rejects.toMatchObject({ code: 'DP_RING_HELD' })
  expect(machine.axis('x').status).toMatchObject({ state: 'disabled', power: 'notReady' })
  expect(device(0).phase).toBe(2)
  await machine.ring.goTo('CP4')
  await machine.operational
  expect(await machine.axis('x').enable()).toEqual({ end: 'done' })
  expect(phases.join(' ')).toMatch(/CP2 CP3 CP4 .*CP0 CP1 CP2 CP3 CP4$/)
  expect(machine.safeReason).toBeUndefined()
})

test('a drive that falls silent loses its own axis alone; an I/O device makes the machine safe, and a restart ends that', async () => {
  const { machine, emulator, until } = world
  const [x, y] = [machine.axis('x'), machine.axis('y')]
  await y.enable()
  emulator.inject({ kind: 'device', device: 1, does: 'silent', cycles: 100 })
  await until('its axis is lost', () => y.status.state === 'errorStop')
  expect(y.status.error?.code).toBe('DP_AXIS_DEVICE_LOST')
  expect(x.status.state).toBe('standstill')
  expect(await x.moveRelative({ position: 1 })).toEqual({ end: 'done' })
  expect(machine.safeReason).toBeUndefined()
  emulator.inject({ kind: 'device', device: 2, does: 'silent', cycles: 100 })
  // the application may answer the event itself, before it has been told to everybody
  const { promise: restarted, resolve } = Promise.withResolvers<void>()
  const reasons: (string | undefined)[] = []
  const answering = machine.events$.pipe(filter(({ kind }) => kind === 'safe')).subscribe(() => {
    reasons.push(machine.safeReason)
    resolve(machine.restart())
  })
  await restarted
  answering.unsubscribe()
  expect(reasons).toEqual([expect.stringMatching(/DP_RING_IO_LOST: device terminals/)])
  await machine.operational
  expect(machine.safeReason).toBeUndefined()
  expect(await y.enable()).toEqual({ end: 'done' })
})

test('closing rejects what is asked of the ring and its devices', async () => {
  const { machine } = world
  const asked = machine.ring.device('right').dump()
  const going = machine.ring.recover()
  const ends = Promise.allSettled([asked, going])
  await machine.close()
  const [dump] = await ends
  expect(dump).toMatchObject({ status: 'rejected', reason: { code: 'DP_MACHINE_CLOSED' } })
  await expect(machine.ring.goTo('CP2')).rejects.toMatchObject({ code: 'DP_MACHINE_CLOSED' })
  await expect(machine.restart()).rejects.toMatchObject({ code: 'DP_MACHINE_CLOSED' })
})
