/** The whole runtime on the real kernel: `dualport run` in the guest, its ring in the emulator outside. */
import { strict as assert } from 'node:assert'
import type { Guest } from '../boot-guest.ts'
import type { GuestProgram } from '../guest-program.ts'
import { say } from '../report.ts'
import { isSilent } from './dying.ts'
import type { Scenario } from './scenario.ts'

const drive = 0
const targetMm = 20
const targetIncrements = 200_000
const velocityMmPerS = 10

/** One machine for the scenarios below, in their order, and what card and kernel had counted before it. */
let runtime: GuestProgram | undefined
let before = { raised: 0, counted: 0 }

async function countedByKernel(guest: Guest): Promise<number> {
  return Number(await guest.run('cat', '/sys/class/uio/uio0/event'))
}

export const machine: readonly Scenario[] = [
  {
    name: 'the runtime runs the ring up to CP4 on /dev/uio0',
    limitMs: 150_000,
    needed: true,
    async run(world) {
      const { guest } = world
      const card = world.sercos3()
      before = { raised: (await card.observe()).raised, counted: await countedByKernel(guest) }
      runtime = guest.start(
        'node',
        'runtime/cli/main.ts',
        'run',
        'test/kernel/guest/machine.json',
        '--json',
      )
      await whileRunning(async () =>
        card.waitFor('every device in CP4', 140_000, ({ devices }) =>
          devices.every(({ phase }) => phase === 4),
        ),
      )
    },
  },
  {
    name: 'an axis moves by MQTT commands, and the broker publishes what the encoder outside shows',
    limitMs: 90_000,
    async run(world) {
      const { guest } = world
      const card = world.sercos3()
      const said = await whileRunning(async () =>
        guest.runScript('move-axis', String(targetMm), String(velocityMmPerS)),
      )
      const published = JSON.parse(said.slice(said.indexOf('positions ') + 10)) as readonly number[]
      const { trace = [], devices } = await card.order({ do: 'trace', device: drive })
      say(`machine: published ${published.join(' ')}`)
      assertShownInOrder(published, trace)
      const moving = published.filter((value) => value > 1000 && value < targetIncrements - 1000)
      assert.ok(moving.length >= 10, `${moving.length} positions between start and target`)
      const last = published.at(-1) ?? 0
      assert.ok(Math.abs(last - targetIncrements) < 100, `the axis stands at ${last}`)
      assert.ok(Math.abs((devices[drive]?.position ?? 0) - last) < 100)
    },
  },
  {
    name: 'SIGKILL of the runtime leaves the chip silent and the drive without power; no interrupt was lost',
    limitMs: 30_000,
    async run(world) {
      const { guest } = world
      const card = world.sercos3()
      assert.ok(runtime !== undefined)
      assert.equal((await card.observe()).devices[drive]?.operating, true)
      runtime.signal('SIGKILL')
      assert.equal(await runtime.ended, 'SIGKILL')
      const { raised } = await card.waitFor('silence', 2000, isSilent)
      const counted = await countedByKernel(guest)
      say(`machine: raised ${raised - before.raised}, counted ${counted - before.counted}`)
      // the last one may have met the kill between the card and the handler
      const lost = raised - before.raised - (counted - before.counted)
      assert.ok(lost === 0 || lost === 1, `${lost} interrupts lost`)
      await card.waitFor('no power', 5000, ({ devices }) => devices[drive]?.operating === false)
    },
  },
]

/** Rejects with what the runtime said when the work fails, or when the runtime ends before it is done. */
async function whileRunning<Result>(work: () => Promise<Result>): Promise<Result> {
  assert.ok(runtime !== undefined)
  const { ended } = runtime
  const early = async () => {
    throw new Error(`the runtime ended with ${await ended}`)
  }
  try {
    return await Promise.race([work(), early()])
  } catch (error) {
    const last = runtime.output.split('\n').slice(-12).join('\n')
    throw new Error(`${String(error)}\nThe runtime's last words:\n${last}`, { cause: error })
  }
}

/** Each published value was shown by the encoder, and in the same order. */
function assertShownInOrder(published: readonly number[], trace: readonly number[]): void {
  let at = 0
  for (const value of published) {
    const found = trace.indexOf(value, at)
    assert.ok(found >= 0, `${value} was published, but the encoder did not show it then`)
    at = found
  }
}
