/** Interrupts from the emulated card to the guest's user space: none lost, none invented. */
import { strict as assert } from 'node:assert'
import { say } from '../report.ts'
import type { World } from '../start-world.ts'
import type { Scenario } from './scenario.ts'

type Counted = {
  readonly waits: number
  readonly missedWarmingUp: number
  readonly missed: number
  readonly timeouts: number
  readonly strangeBits: number
  readonly timesThatFell: number
  readonly stalls: number
  readonly counted: number
  readonly inPage: number
}

async function count(
  { guest }: World,
  node: string,
  wanted: number,
  cycleNs: number,
): Promise<Counted> {
  return JSON.parse(
    await guest.runScript('count-interrupts', node, String(wanted), String(cycleNs)),
  ) as Counted
}

/** Checks what must hold whether the guest was late or not. */
async function countThousand(world: World): Promise<Counted> {
  const before = await world.sercos3().observe()
  const eventsBefore = await eventCount(world, 'uio0')
  const seen = await count(world, '/dev/uio0', 1000, 20_000_000)
  const after = await world.sercos3().observe()
  say(`interrupts: ${JSON.stringify(seen)}`)
  const { counted, inPage, waits, missedWarmingUp, missed, strangeBits, timesThatFell } = seen
  assert.ok(counted >= 1000)
  assert.equal(after.raised - before.raised, counted)
  assert.equal(inPage, counted)
  // the program's count is the page's: the UIO core's own is the independent one
  assert.equal((await eventCount(world, 'uio0')) - eventsBefore, counted)
  assert.equal(waits + missedWarmingUp + missed, counted)
  assert.deepEqual({ strangeBits, timesThatFell }, { strangeBits: 0, timesThatFell: 0 })
  return seen
}

async function eventCount({ guest }: World, device: string): Promise<number> {
  return Number(await guest.run('cat', `/sys/class/uio/${device}/event`))
}

export const interrupts: readonly Scenario[] = [
  {
    name: '1,000 interrupts at 20 ms: the guest counts what the emulator raised, and misses none',
    limitMs: 120_000,
    async run(world) {
      let missed = 1
      for (let attempt = 1; missed > 0; attempt++) {
        const seen = await countThousand(world)
        missed = seen.missed
        // a busy host may take the emulated CPU away for a cycle; that says nothing about the guest, now and then
        if (missed > 0 && attempt === 3)
          throw new Error(`${missed} missed; the guest stalled ${seen.stalls} times`)
      }
    },
  },
  {
    name: 'interrupts of the other card on the line are not ours',
    limitMs: 30_000,
    async run(world) {
      const before = await eventCount(world, 'uio0')
      const seen = await count(world, '/dev/uio1', 50, 20_000_000)
      assert.ok(seen.counted >= 50)
      assert.equal(await eventCount(world, 'uio0'), before)
    },
  },
  {
    name: 'irqcontrol holds the interrupts back and lets them come again',
    limitMs: 30_000,
    async run(world) {
      const { guest } = world
      const card = world.sercos3()
      const seen = JSON.parse(await guest.runScript('irqcontrol', '/dev/uio0')) as Record<
        string,
        number
      >
      assert.equal(seen['whileOff'], 0)
      assert.ok((seen['first'] ?? 0) > 5 && (seen['afterwards'] ?? 0) > 5, JSON.stringify(seen))
      assert.equal((await card.observe()).ier0, 0)
    },
  },
  {
    name: 'a line that does not fall is masked, counted and started again by irqcontrol',
    limitMs: 30_000,
    async run(world) {
      const { guest } = world
      const card = world.sercos3()
      const program = guest.startScript('ride-storm', '/dev/uio0')
      await program.line('running', 10_000)
      await card.order({ do: 'stick', bits: 1 })
      const interruptsUntilMasked = Number(await program.line('masked after ', 10_000))
      assert.ok(interruptsUntilMasked >= 64, String(interruptsUntilMasked))
      assert.equal((await card.order({ do: 'stick', bits: 0 })).ier0, 0)
      assert.match(
        await program.finished(),
        /while masked: no interrupt\nafter irqcontrol: an interrupt$/,
      )
    },
  },
]
