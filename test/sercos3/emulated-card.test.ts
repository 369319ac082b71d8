/** The driver on the emulated device: memfd, eventfd, the chip in a thread of its own that waits for nobody. */
import { afterEach, describe, expect, test } from 'vitest'
import { cycleState } from '../../cards/card.ts'
import { openEmulatedSercos3 } from '../../cards/sercos3/emulator/open-emulator.ts'
import type { EmulatedSercos3 } from '../../cards/sercos3/emulator/open-emulator.ts'
import { Sercos3Master, silenceCard } from '../../cards/sercos3/index.ts'
import type { Sercos3Config } from '../../cards/sercos3/index.ts'
import { attachDevice } from '../../uio/attach-device.ts'
import { waitResult } from '../../uio/device.ts'
import type { AttachedDevice } from '../../uio/device.ts'
import { ringConfig } from './in-process-ring.ts'

const opened: EmulatedSercos3[] = []
afterEach(async () => {
  for (const card of opened.splice(0)) await card.close()
})

async function openRing(config: Sercos3Config, deviceModule?: URL) {
  const card = await openEmulatedSercos3({
    devices: config.devices,
    topology: config.topology === 'ring' ? 'ring' : 'line',
    ...(deviceModule === undefined ? {} : { deviceModule }),
  })
  opened.push(card)
  const device = attachDevice(card.device.handle)
  return { card, device, master: new Sercos3Master(device, config) }
}

/** One wake of the cyclic worker. */
function cycle(device: AttachedDevice, master: Sercos3Master, task: () => void): number {
  const woken = device.interrupt.wait(master.startingTickMs)
  expect([waitResult.interrupt, waitResult.timeout]).toContain(woken)
  const state = master.beginCycle()
  if (state === cycleState.starting) master.advance(performance.now() * 1e6)
  else task()
  master.endCycle()
  return state
}

function runUp(device: AttachedDevice, master: Sercos3Master): void {
  const endMs = performance.now() + 15_000
  while (performance.now() < endMs) {
    if (cycle(device, master, () => undefined) === cycleState.operational) return
    if (master.fault !== undefined) throw master.fault
  }
  throw new Error('no CP4 within 15 s')
}

function busyMs(ms: number): void {
  const endMs = performance.now() + ms
  while (performance.now() < endMs);
}

describe('on the emulated card', () => {
  test.each(['double', 'triple'] as const)(
    'data are echoed and never torn although the task is late now and then, %s buffered',
    async (buffers) => {
      // A busy machine may hold the task longer than the test means to.
      const config = { ...ringConfig, buffers, cycleNs: 500_000, watchdogCycles: 4000 }
      const { card, device, master } = await openRing(
        config,
        new URL('./echo-device.ts', import.meta.url),
      )
      runUp(device, master)
      let n = 0
      let torn = 0
      let moved = 0
      let last = 0
      const task = () => {
        n++
        for (const drive of master.drives) {
          const position = drive.readPosition()
          if ((position & 0xffff) !== position >>> 16) torn++
          drive.writePosition((n & 0xffff) * 0x10001)
        }
        const seen = master.drives[0]?.readTorque() ?? 0
        if (seen !== last) moved++
        last = seen
        if (n % 200 === 0) busyMs(3)
      }
      const states = new Set<number>()
      for (let wakes = 0; wakes < 2000; wakes++) states.add(cycle(device, master, task))
      expect(
        [...states].filter(
          (state) => state !== cycleState.operational && state !== cycleState.stale,
        ),
      ).toEqual([])
      expect(torn).toBe(0)
      expect(moved).toBeGreaterThan(500)
      expect(master.counters.lateCycles).toBeGreaterThan(10)
      const { devices } = card.observe()
      // The echo device counts torn positions where others show their velocity.
      expect(devices.slice(0, 4).map(({ velocity }) => velocity)).toEqual([0, 0, 0, 0])
      expect(devices.map(({ phase }) => phase)).toEqual([4, 4, 4, 4, 4])
      master.silence()
      device.detach()
    },
  )

  test('another thread silences the card, and the outputs take their fallback values', async () => {
    const { card, device, master } = await openRing({ ...ringConfig, watchdogCycles: 4000 })
    runUp(device, master)
    for (let n = 0; n < 20; n++) cycle(device, master, () => master.ios[0]?.writeDigital(0x00f0))
    silenceCard(card.device.map('registers'))
    busyMs(100)
    master.beginCycle()
    master.endCycle()
    busyMs(20)
    const { transmitting, raised, devices } = card.observe()
    expect(transmitting).toBe(false)
    expect(devices[4]).toMatchObject({
      digitalOutputs: 0x8001,
      analogOutput0: -7,
      analogOutput1: 1234,
    })
    busyMs(20)
    expect(card.observe().raised).toBe(raised)
    device.detach()
  })

  test('a task that stays away is ended by the watchdog of the chip', async () => {
    const { card, device, master } = await openRing(ringConfig)
    runUp(device, master)
    for (let n = 0; n < 20; n++) cycle(device, master, () => undefined)
    busyMs(200)
    expect(card.observe()).toMatchObject({ transmitting: false, watchdogAlarm: true })
    expect(cycle(device, master, () => undefined)).toBe(cycleState.faulted)
    expect(master.fault?.message).toContain('DP_SERCOS3_WATCHDOG')
    expect(card.observe().devices[4]).toMatchObject({ digitalOutputs: 0x8001 })
    device.detach()
  })
})
