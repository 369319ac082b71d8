/** A card with a message interrupt (MSI): an edge, not a level, so nothing may be left unacknowledged. */
import { strict as assert } from 'node:assert'
import { sercos3Plan } from '../card-plans.ts'
import { sysfsOfSlot } from '../qemu-arguments.ts'
import type { World } from '../start-world.ts'
import type { Scenario } from './scenario.ts'

const node = '/dev/uio0'
const interrupts = 500

const reads = 1000
/** Of the card with a BAR that the virtual machine may map into the guest instead of asking for each access. */
const mapped = { id: 'mapped', slot: 5, subsystem: 0x3535, devices: [] }

/** Has the card raise interrupts while a program counts them, and compares what both saw. */
async function count(
  world: World,
  order: { readonly do: 'pace' | 'burst'; readonly everyUs: number },
  path = node,
  card = world.sercos3(),
): Promise<{ readonly raised: number; readonly merged: number }> {
  const program = world.guest.startScript('count-paced', path, String(interrupts))
  await program.line('ready', 20_000)
  const before = await card.observe()
  await card.order({ ...order, count: interrupts })
  const said = await program.finished()
  const after = await card.observe()
  const raised = after.raised - before.raised
  const seen = JSON.parse(said.slice(said.lastIndexOf('\n') + 1)) as Record<string, number>
  const { waits = 0, missed = 0, counted, inPage } = seen
  assert.deepEqual({ counted, inPage }, { counted: raised, inPage: raised })
  assert.equal(waits + missed, raised)
  return { raised, merged: after.merged - before.merged }
}

/** Plugs a card with a mappable BAR in; accesses that reached the card, of so many reads before and after interrupts. */
async function trappedReads(
  world: World,
  args: readonly string[],
): Promise<{ readonly before: number; readonly after: number }> {
  const { guest } = world
  await world.plug(sercos3Plan({ ...mapped, args: ['--mappable', ...args] }))
  try {
    const folder = sysfsOfSlot(mapped.slot)
    await guest.waitInGuest(`ls ${folder}/uio`)
    const path = `/dev/${(await guest.run('ls', `${folder}/uio`)).trim()}`
    const card = world.sercos3(mapped.id)
    const trapped = async () => {
      const { trapped: first = 0 } = await card.observe()
      await guest.runScript('read-bar', folder, String(reads))
      return ((await card.observe()).trapped ?? 0) - first
    }
    const before = await trapped()
    await count(world, { do: 'pace', everyUs: 500 }, path, card)
    return { before, after: await trapped() }
  } finally {
    await world.unplug(mapped.id)
  }
}

export const messages: readonly Scenario[] = [
  {
    name: 'the stub takes a message where the card offers one, and the line where it does not',
    limitMs: 20_000,
    async run(world) {
      await world.plug(sercos3Plan({ id: 'plain', slot: 5, subsystem: 0x3535, devices: [] }))
      // the card is there before its driver has finished its probe, and asks for the interrupt last
      await world.guest.waitInGuest(
        `ls ${sysfsOfSlot(5)}/uio && [ $(grep -c dualport_sercos3 /proc/interrupts) -ge 2 ]`,
      )
      const table = await world.guest.run('cat', '/proc/interrupts')
      await world.unplug('plain')
      const ours = table.split('\n').filter((line) => line.includes('dualport_sercos3'))
      assert.equal(ours.length, 2, table)
      assert.equal(ours.filter((line) => line.includes('PCI-MSI')).length, 1, table)
      assert.equal(ours.filter((line) => line.includes('IO-APIC')).length, 1, table)
    },
  },
  {
    name: `${interrupts} messages, each after the acknowledge of the one before: none lost, none invented`,
    limitMs: 60_000,
    async run(world) {
      const { raised } = await count(world, { do: 'pace', everyUs: 500 })
      assert.equal(raised, interrupts)
    },
  },
  {
    name: `${interrupts} events faster than they are taken: every one that the card tells apart is counted`,
    limitMs: 60_000,
    async run(world) {
      const { raised, merged } = await count(world, { do: 'burst', everyUs: 100 })
      console.log(`          ${raised} told apart, ${merged} one with the one before`)
      assert.equal(raised + merged, interrupts)
    },
  },
  {
    name: 'a BAR that is mapped into the guest stays so through messages; an interrupt on the line ends it for good',
    limitMs: 60_000,
    async run(world) {
      assert.deepEqual(await trappedReads(world, ['--msi']), { before: 0, after: 0 })
      assert.deepEqual(await trappedReads(world, []), { before: 0, after: reads })
    },
  },
  {
    name: 'a source that does not clear is masked, counted and started again by irqcontrol',
    limitMs: 30_000,
    async run(world) {
      const card = world.sercos3()
      const program = world.guest.startScript('ride-storm', node)
      await program.line('running', 10_000)
      await card.order({ do: 'stick', bits: 1 })
      assert.ok(Number(await program.line('masked after ', 10_000)) >= 64)
      assert.equal((await card.order({ do: 'stick', bits: 0 })).ier0, 0)
      assert.match(
        await program.finished(),
        /while masked: no interrupt\nafter irqcontrol: an interrupt$/,
      )
    },
  },
]
