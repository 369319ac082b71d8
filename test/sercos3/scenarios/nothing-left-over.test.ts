/**
 * After a device that refused, a fault, a request that was overtaken or a ring that was left, nothing of before is in the
 * way: what is asked for next is carried out, or refused at once with a reason.
 */
import { describe, expect, test } from 'vitest'
import {
  cardRequest,
  cardRequestState,
  cycleState,
  driveService,
  driveServiceState,
} from '../../../cards/card.ts'
import { topology } from '../../../cards/sercos3/driver/chip/cable-topology.ts'
import { ProcedureCommand } from '../../../cards/sercos3/emulator/slaves/procedure-command.ts'
import { idn } from '../../../cards/sercos3/index.ts'
import { commandStatus, commandWrite } from '../../../cards/sercos3/telegram.ts'
import { DeviceStores } from '../device-stores.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'
import type { RingOptions } from '../in-process-ring.ts'
import { exceptFor, parameterOf, tampered } from '../tampered-device.ts'

function operational(options: RingOptions = {}): InProcessRing {
  const ring = new InProcessRing(options)
  ring.runUp()
  ring.run(20)
  return ring
}

const drives = [0, 1, 2, 3]

describe('a ring', () => {
  test('that was closed although a device refused the ring delay leaves every service channel free', () => {
    const ring = operational()
    const refused = { does: 'serviceError', idn: idn('S-0-1015'), code: 0x7004 } as const
    ring.inject({ kind: 'device', device: 1, ...refused })
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(20)
    ring.inject({ kind: 'ringClosed' })
    ring.until(() => ring.news.some(({ text }) => text.includes('y (address 2), CP4, S-0-1015')))
    const { services } = ring.master
    for (const drive of drives) services.begin(drive, driveService.reset, 0)
    const ended = () =>
      drives.every((drive) => services.state(drive, driveService.reset) === driveServiceState.done)
    expect(ring.until(ended, 1)).toBeGreaterThan(0)
  })

  test('that was closed tells the others the ring delay though one device refuses it', () => {
    const stores = new DeviceStores()
    const ring = operational({ create: stores.create() })
    const refused = { does: 'serviceError', idn: idn('S-0-1015'), code: 0x7004 } as const
    ring.inject({ kind: 'device', device: 1, ...refused })
    ring.inject({ kind: 'device', device: 3, does: 'busyService', cycles: 3 })
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(20)
    const { command } = stores.parameter('w', 'S-0-1024')
    const written: number[] = []
    const write = command?.write.bind(command)
    if (command === undefined || write === undefined) throw new Error('no command')
    command.write = (word, phase) => {
      written.push(word)
      return write(word, phase)
    }
    ring.inject({ kind: 'ringClosed' })
    ring.until(() => ring.news.some(({ text }) => text.includes('y (address 2), CP4, S-0-1015')))
    ring.run(50)
    expect(stores.number('w', 'S-0-1015')).toBe(stores.number('x', 'S-0-1015'))
    expect(written).toContain(commandWrite.setAndEnable)
  })

  test('that is asked for another phase long after its run-up bears a lost telegram at that moment', () => {
    const ring = operational({ config: { cycleNs: 10_000_000 } })
    ring.run(600)
    ring.master.request(cardRequest.goToPhase, 2)
    ring.inject({ kind: 'lostTelegram', what: 'at', cycles: 1 })
    ring.until(() => ring.master.requestState === cardRequestState.done)
    expect(ring.master.phase).toBe(2)
  })

  test('whose cable comes out while CP0 is left is run up all the same', () => {
    const ring = new InProcessRing()
    ring.until(() => ring.progress?.doing.startsWith('leaving for CP1') === true)
    ring.inject({ kind: 'ringBreak', after: 5 })
    ring.runUp()
    expect(ring.master.topology).toBe(topology.linePort1)
  })

  test('carries a request out that follows one which a phase overtook', () => {
    const ring = operational()
    ring.master.request(cardRequest.openRing, 2)
    ring.run(2)
    ring.ask(cardRequest.goToPhase, 4)
    ring.ask(cardRequest.recoverRing)
    expect(ring.master.topology).toBe(topology.ring)
    ring.run(20)
    expect(ring.master.topology).toBe(topology.ring)
  })

  test('that could not be opened as asked heals by itself all the same', () => {
    const ring = operational()
    expect(() => ring.ask(cardRequest.openRing, 99)).toThrow(/DP_SERCOS3_RING/)
    ring.run(6000)
    ring.inject({ kind: 'ringBreak', after: 2 })
    ring.run(20)
    ring.inject({ kind: 'ringClosed' })
    ring.until(() => ring.master.topology === topology.ring)
  })

  test('that is left tells who waits for a request', () => {
    const ring = operational()
    ring.master.request(cardRequest.openRing, 2)
    ring.master.leave()
    expect(ring.master.requestState).toBe(cardRequestState.failed)
    expect(ring.master.requestError?.message).toMatch(/DP_SERCOS3_REQUEST/)
  })

  test('that is held in CP1 knows nothing of the times of its last operation', () => {
    const ring = operational()
    expect(ring.master.taskNs).toBeGreaterThan(0)
    ring.ask(cardRequest.goToPhase, 1)
    expect(ring.master.taskNs).toBe(0)
  })

  test('that was left is in no phase any more', () => {
    const ring = operational()
    ring.master.leave()
    ring.until(() => ring.state === cycleState.left)
    expect(ring.master.phase).toBe(-1)
  })

  test('that failed takes neither an act at a drive nor an identification', () => {
    const ring = operational()
    ring.master.silence()
    expect(ring.master.services.begin(0, driveService.reset, 0)).toBe(false)
    ring.master.request(cardRequest.identify, 1)
    expect(ring.master.requestState).toBe(cardRequestState.failed)
  })

  test('is not lost with an optional I/O device, not for one cycle', () => {
    const devices = ringConfig.devices.map((device, n) => ({ ...device, optional: n === 4 }))
    const ring = operational({ config: { devices, topology: 'line' } })
    let lost = -1
    ring.inject({ kind: 'pull', device: 4 })
    ring.run(20, () => (lost = Math.max(lost, ring.master.lostDevice)))
    expect(ring.news.at(-1)?.kind).toBe('deviceGone')
    expect(lost).toBe(-1)
  })
})

describe('an act at a drive', () => {
  test('ends when the drive is unplugged, and says that it is not on the ring', () => {
    const devices = ringConfig.devices
      .slice(0, 4)
      .map((device, n) => ({ ...device, optional: n === 3 }))
    const ring = operational({ config: { devices, topology: 'line' } })
    const { services } = ring.master
    services.begin(3, driveService.diagnose, 0)
    ring.inject({ kind: 'pull', device: 3 })
    ring.run(20)
    expect(services.error(3, driveService.diagnose)?.message).toMatch(
      /w \(address 4\), CP4.*not on the ring/,
    )
  })

  test('bears a service channel that is slow in time, in a short cycle as in a long one', () => {
    const devices = ringConfig.devices.slice(0, 1)
    const ring = operational({ config: { devices, cycleNs: 125_000 } })
    ring.inject({ kind: 'device', device: 0, does: 'slowService', cycles: 40 })
    const { services } = ring.master
    services.begin(0, driveService.limitTorque, 100)
    ring.until(() => services.state(0, driveService.limitTorque) !== driveServiceState.underWay)
    expect(services.error(0, driveService.limitTorque)).toBeUndefined()
  })
})

test('homing led by the drive may begin later than it was set', () => {
  // what the drive shows at each look, once the command was set and enabled
  const { notSet, set, inProcess, done } = commandStatus
  const hesitant = () => {
    const command = new ProcedureCommand({ phases: [4], durationS: 0, execute: () => 'done' })
    command.advance = () => undefined
    let shown: number[] = [notSet]
    Object.defineProperty(command, 'status', {
      get: () => (shown.length > 1 ? shown.shift() : shown[0]),
      set: (status: number) => {
        shown = status === inProcess ? [set, set, inProcess, done] : [status]
      },
    })
    return command
  }
  const tamper = tampered((store) => {
    parameterOf(store, idn('S-0-0148')).command = hesitant()
  })
  const ring = operational({ create: exceptFor('x', tamper) })
  const { services } = ring.master
  services.begin(0, driveService.home, Number.NaN)
  ring.until(() => services.state(0, driveService.home) !== driveServiceState.underWay)
  expect(services.error(0, driveService.home)).toBeUndefined()
  expect(services.state(0, driveService.home)).toBe(driveServiceState.done)
})

test('homing whose service channel falls silent is cleared at the drive all the same', () => {
  const command = new ProcedureCommand({ phases: [4], durationS: 60, execute: () => 'done' })
  const tamper = tampered((store) => {
    parameterOf(store, idn('S-0-0148')).command = command
  })
  const ring = operational({ create: exceptFor('x', tamper) })
  const { services } = ring.master
  services.begin(0, driveService.home, Number.NaN)
  ring.until(() => command.status === commandStatus.inProcess)
  ring.inject({ kind: 'device', device: 0, does: 'slowService', cycles: 100 })
  ring.run(30)
  ring.inject({ kind: 'device', device: 0, does: 'slowService', cycles: 0 })
  ring.until(() => services.state(0, driveService.home) === driveServiceState.failed)
  expect(services.error(0, driveService.home)?.message).toMatch(/SVC_TIMEOUT.*S-0-0148/)
  expect(command.status).toBe(commandStatus.notSet)
})
