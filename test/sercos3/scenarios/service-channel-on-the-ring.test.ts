/**
 * A commissioning engineer holds the ring in CP2 and sets a drive up, goes on to CP4 and looks at parameters while the
 * machine moves; a ring that is led down or fails ends what he has under way, and after a restart he goes on.
 */
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { cardRequest, cycleState } from '../../../cards/card.ts'
import { allocateServiceMailboxes } from '../../../cards/sercos3/driver/service/service-mailbox.ts'
import { createDeviceHandles } from '../../../runtime/device-handles.ts'
import type { DeviceHandle } from '../../../runtime/device-handle.ts'
import type { MachineFile } from '../../../runtime/machine-file/schema.ts'
import { InProcessRing, ringConfig } from '../in-process-ring.ts'

const settleEvery = 10

class ServedRing {
  readonly ring: InProcessRing
  readonly #handles

  constructor() {
    const mailboxes = allocateServiceMailboxes(ringConfig.devices.length)
    this.ring = new InProcessRing({ mailboxes })
    const file = { devices: ringConfig.devices } as unknown as MachineFile
    this.#handles = createDeviceHandles(file, mailboxes, () => this.ring.nowNs / 1e6)
  }

  device(n: number): DeviceHandle {
    return this.#handles.devices[n] as DeviceHandle
  }

  async steps(count: number): Promise<void> {
    for (let n = 0; n < count; n++) this.ring.step()
    this.#handles.settle()
    await setImmediate()
  }

  async until<Result>(work: Promise<Result>, most = 3000): Promise<Result> {
    const progress = { settled: false }
    const noted = work.finally(() => (progress.settled = true))
    noted.catch(() => undefined)
    for (let n = 0; !progress.settled; n += settleEvery) {
      if (n > most) throw new Error(`hang: ${this.ring.master.describe()}`)
      await this.steps(settleEvery)
    }
    return noted
  }

  async reach(phase: number): Promise<void> {
    const { ring } = this
    for (let n = 0; n < 4000; n += settleEvery) {
      if (ring.master.phase === phase && this.device(0).openPhase === phase) return
      await this.steps(settleEvery)
    }
    throw new Error(`not in CP${phase}: ${ring.master.describe()}`)
  }
}

test('in held CP2 parameters are read and written, and the ring goes on to CP4 with them', async () => {
  const served = new ServedRing()
  served.ring.master.request(cardRequest.goToPhase, 2)
  await served.reach(2)
  const x = served.device(0)
  await served.until(x.write('S-0-0092', 120))
  expect(await served.until(x.info('S-0-0127'))).toMatchObject({ attribute: { command: true } })
  served.ring.master.request(cardRequest.goToPhase, 4)
  await served.reach(4)
  expect(await served.until(x.read('S-0-0092'))).toBe(120)
})

test('in CP4 all devices are asked at once, and no cycle is lost or late for it', async () => {
  const served = new ServedRing()
  served.ring.runUp()
  await served.reach(4)
  const works = ringConfig.devices.map((_, n) => served.device(n).list())
  const lists = await served.until(Promise.all(works))
  for (const list of lists) expect(list.length).toBeGreaterThan(80)
  expect(served.ring.state).toBe(cycleState.operational)
  expect(served.ring.master.counters).toMatchObject({ lostTelegrams: 0, lateCycles: 0 })
})

test('a ring that is led down ends what is under way, and serves again below', async () => {
  const served = new ServedRing()
  served.ring.runUp()
  await served.reach(4)
  const x = served.device(0)
  const work = Promise.allSettled([x.list(), x.list()])
  await served.steps(20)
  served.ring.master.request(cardRequest.goToPhase, 2)
  for (const end of await served.until(work, 100))
    expect(String((end as PromiseRejectedResult).reason)).toMatch(/DP_SERCOS3_SVC_PHASE: x /)
  await served.reach(2)
  expect(await served.until(x.read('S-0-0017', { element: 'name' }))).toMatch(/IDN list/)
})

test('a ring that fails ends what is under way, and a restart serves again', async () => {
  const served = new ServedRing()
  served.ring.runUp()
  await served.reach(4)
  const x = served.device(0)
  const work = Promise.allSettled([x.list()])
  await served.steps(20)
  served.ring.chip.losses.at = 1000
  const [end] = await served.until(work, 300)
  expect(String((end as PromiseRejectedResult).reason)).toMatch(/DP_SERCOS3_SVC_PHASE/)
  expect(served.ring.state).toBe(cycleState.faulted)
  await expect(x.read('S-0-0051')).rejects.toThrow(/DP_SERCOS3_SVC_PHASE/)
  served.ring.chip.losses.at = 0
  served.ring.master.request(cardRequest.restart, 0)
  await served.reach(4)
  expect(await served.until(x.read('S-0-0142'))).toBe('x')
})
