/** Interrupts that come as they should not: with strangers, in storms, without a reason, and while nobody waits. */
import { strict as assert } from 'node:assert'
import { basename } from 'node:path'
import { sercos3Plan } from '../card-plans.ts'
import type { Guest } from '../boot-guest.ts'
import type { CardPlan, Observation, Sercos3Observation } from '../emulated-card.ts'
import type { KernelFlavour } from '../get-kernels.ts'
import { sysfsOfSlot } from '../qemu-arguments.ts'
import type { World } from '../start-world.ts'
import type { Group, Scenario } from './scenario.ts'

const card = sercos3Plan({ id: 'card', slot: 4, devices: [] })
/** Four slots on: the same interrupt line. */
const foreign: CardPlan = {
  id: 'foreign',
  slot: 8,
  command: (socket) => ['cards/emulation/serve-foreign-card.ts', '--socket', socket],
}
const withMessages = sercos3Plan({
  id: 'messages',
  slot: 5,
  subsystem: 0x3535,
  devices: [],
  args: ['--msi'],
})

/** What every program of a group needs: see the first scenario. */
const nodes = { card: '', foreign: '', messages: '' }

async function nodeOf(guest: Guest, { slot }: CardPlan): Promise<string> {
  return `/dev/${(await guest.run('ls', `${sysfsOfSlot(slot)}/uio`)).trim()}`
}

async function irqOf(guest: Guest, { slot }: CardPlan): Promise<string> {
  return (await guest.run('cat', `${sysfsOfSlot(slot)}/irq`)).trim()
}

/** Interrupts as the UIO core counts them: the programs in the guest count by the stub's page where they can. */
async function countOf(guest: Guest, node: string): Promise<number> {
  return Number(await guest.run('cat', `/sys/class/uio/${basename(node)}/event`))
}

/** The kernel gave no line up, and has nothing else to complain of. */
async function assertLineKept(guest: Guest): Promise<void> {
  assert.doesNotMatch(await guest.run('dmesg'), /nobody cared|Disabling IRQ|BUG:|WARNING:/)
}

const binding: Scenario = {
  name: 'the stub has the card, uio_pci_generic a foreign one on the same line',
  limitMs: 30_000,
  needed: true,
  async run({ guest }) {
    const bus = '/sys/bus/pci/drivers/uio_pci_generic'
    await guest.run('sh', '-c', `echo 1234 5679 > ${bus}/new_id`)
    nodes.card = await nodeOf(guest, card)
    nodes.foreign = await nodeOf(guest, foreign)
    const line = new RegExp(`^ *${await irqOf(guest, card)}:.*dualport_sercos3.*`, 'm')
    assert.match(
      line.exec(await guest.run('cat', '/proc/interrupts'))?.[0] ?? '',
      /uio_pci_generic/,
    )
  },
}

type ForeignObservation = Observation & { readonly events: number; readonly left: number }

const sharing: Scenario = {
  name: "a foreign card interrupts thousands of times on our line: each card's interrupts are its own",
  limitMs: 60_000,
  async run(world) {
    const { guest } = world
    const ours = 700
    const theirs = 2000
    const stranger = world.card(foreign.id)
    const events = async () => ((await stranger.observe()) as ForeignObservation).events
    const owner = guest.startScript('own-foreign', nodes.foreign)
    await owner.line('ready', 15_000)
    const program = guest.startScript('count-paced', nodes.card, String(ours))
    await program.line('ready', 15_000)
    const before = {
      raised: (await world.sercos3().observe()).raised,
      counted: await countOf(guest, nodes.card),
      events: await events(),
    }
    await stranger.order({ do: 'annoy', seed: 3, meanUs: 1000, holdUs: 800, count: theirs })
    await world.sercos3().order({ do: 'pace', everyUs: 1000, count: ours })
    const seen = lastJson(await program.finished())
    const strange = lastJson(await owner.finished())
    const raised = (await world.sercos3().observe()).raised - before.raised
    console.log(`          ours ${JSON.stringify(seen)}, theirs ${JSON.stringify(strange)}`)
    assert.equal(raised, ours)
    assert.equal((await countOf(guest, nodes.card)) - before.counted, ours)
    assert.equal(seen['counted'], ours)
    assert.equal(seen['inPage'], ours)
    assert.equal(seen['waits'] + seen['missed'], ours)
    assert.equal((await events()) - before.events, theirs)
    // an event that comes while the level still stands is one interrupt with the one before
    assert.ok(strange['counted'] > theirs / 3 && strange['counted'] <= theirs)
    await assertLineKept(guest)
  },
}

const storms: Scenario = {
  name: 'a source that never clears is masked each time it is started, the guest lives on, the log is not flooded',
  limitMs: 40_000,
  async run(world) {
    const { guest } = world
    const rounds = 20
    const limit = 8
    const parameter = '/sys/module/dualport_uio/parameters/storm_limit'
    await guest.run('sh', '-c', `echo ${limit} > ${parameter}`)
    const complaints = async () =>
      (await guest.run('dmesg')).match(/does not clear: masked/g)?.length ?? 0
    const before = await complaints()
    const countedBefore = await countOf(guest, nodes.card)
    const program = guest.startScript('ride-storms', nodes.card, String(rounds))
    await program.line('running', 15_000)
    const { fired } = await world.sercos3().order({ do: 'stick', level: true, of: 'source' })
    const alive = guest.run('sh', '-c', 'for i in $(seq 10); do usleep 20000; done; echo alive')
    await program.line('masked', 15_000)
    assert.equal(await alive, 'alive')
    const stuck = await world.sercos3().order({ do: 'stick', level: false, of: 'source' })
    assert.equal(stuck.ier0, 0)
    const seen = lastJson(await program.finished())
    console.log(`          ${JSON.stringify(seen)}, fired ${stuck.fired - fired}`)
    await guest.run('sh', '-c', `echo 64 > ${parameter}`)
    assert.deepEqual(
      { ...seen, counted: 0 },
      {
        masked: rounds,
        counted: 0,
        enabled: 0,
        whileMasked: false,
        again: true,
        thenMore: false,
        maskedThen: rounds,
      },
    )
    assert.equal(seen['counted'], rounds * limit)
    // and the one after it was mended
    assert.equal((await countOf(guest, nodes.card)) - countedBefore, rounds * limit + 1)
    const told = (await complaints()) - before
    assert.ok(told >= 1 && told <= 10, `${told} lines for ${rounds} storms`)
    await assertLineKept(guest)
  },
}

type PulsedObservation = Sercos3Observation & { readonly spurious: number }

const spurious: Scenario = {
  name: "pulses that no status explains are nobody's: not counted, and nothing breaks",
  limitMs: 40_000,
  async run(world) {
    const { guest } = world
    const count = 200
    const pulses = 50
    const unhandled = async () => {
      const said = await guest.run('cat', `/proc/irq/${await irqOf(guest, card)}/spurious`)
      return Number(/^unhandled (\d+)/m.exec(said)?.[1])
    }
    const program = guest.startScript('count-paced', nodes.card, String(count))
    await program.line('ready', 15_000)
    const before = (await world.sercos3().observe()) as PulsedObservation
    const countedBefore = await countOf(guest, nodes.card)
    await world.sercos3().order({ do: 'pace', everyUs: 5000, count })
    for (let n = 0; n < pulses; n++) {
      await world.sercos3().order({ do: 'spurious' })
      await new Promise((resolve) => setTimeout(resolve, 15))
    }
    const whilePulsing = await unhandled()
    const seen = lastJson(await program.finished())
    const after = (await world.sercos3().observe()) as PulsedObservation
    const { raised, fired } = after
    console.log(`          ${JSON.stringify(seen)}, unhandled ${whilePulsing}`)
    assert.equal(after.spurious - before.spurious, pulses)
    assert.ok(fired - before.fired > count, 'the pulses reached the guest')
    assert.ok(whilePulsing > 1, 'the kernel saw interrupts that nobody handled')
    assert.equal(raised - before.raised, count)
    assert.equal((await countOf(guest, nodes.card)) - countedBefore, count)
    assert.deepEqual(
      { counted: seen['counted'], inPage: seen['inPage'] },
      { counted: count, inPage: count },
    )
    await assertLineKept(guest)
  },
}

/** While the task sleeps, the card goes on: what it raised is what was counted, waited for or missed. */
async function countLate(world: World, id: string, node: string): Promise<void> {
  const { guest } = world
  const count = 600
  const program = guest.startScript('count-late', node, String(count))
  await program.line('ready', 15_000)
  const before = await world.sercos3(id).observe()
  const countedBefore = await countOf(guest, node)
  await world.sercos3(id).order({ do: 'pace', everyUs: 1000, count })
  const seen = lastJson(await program.finished())
  const { raised } = await world.sercos3(id).observe()
  console.log(`          ${JSON.stringify(seen)}`)
  const { waits, missed, mostMissed, ...counts } = seen
  assert.equal(raised - before.raised, count)
  assert.equal((await countOf(guest, node)) - countedBefore, count)
  assert.deepEqual(counts, { counted: count, inPage: count, ofSource: count })
  assert.equal((waits ?? 0) + (missed ?? 0), count)
  assert.ok((mostMissed ?? 0) >= 10, 'the task was late')
}

const late: Scenario = {
  name: 'a task that sleeps through hundreds of interrupts knows exactly how many it missed',
  limitMs: 40_000,
  run: async (world) => countLate(world, card.id, nodes.card),
}

const lateWithMessages: Scenario = {
  name: 'the same of a card that sends messages (MSI), on no line at all',
  limitMs: 60_000,
  async run(world) {
    const { guest } = world
    await world.plug(withMessages)
    nodes.messages = await nodeOf(guest, withMessages)
    const shown = await guest.run('cat', '/proc/interrupts')
    assert.match(shown, /PCI-MSI.*dualport_sercos3/)
    await countLate(world, withMessages.id, nodes.messages)
    await world.unplug(withMessages.id)
  },
}

function lastJson(
  said: string,
): Record<string, number> & Record<'counted' | 'waits' | 'missed', number> {
  return JSON.parse(said.slice(said.lastIndexOf('\n') + 1)) as ReturnType<typeof lastJson>
}

function onKernel(kernel: KernelFlavour, name: string, scenarios: readonly Scenario[]): Group {
  return {
    name,
    kernel,
    cards: [card, foreign],
    modules: ['uio', 'dualport_uio', 'uio_pci_generic'],
    scenarios: [binding, ...scenarios],
  }
}

export const anger: readonly Group[] = [
  onKernel('stock', 'anger on 6.1', [sharing, storms, spurious, late, lateWithMessages]),
  // handlers that run in threads
  onKernel('rt', 'anger on 6.1-rt', [sharing, storms]),
]
