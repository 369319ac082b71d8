/**
 * Debian's own UIO drivers, unmodified, on both kernels, each with our card and with an independent one: bind, map, take
 * every interrupt once, re-arm.
 */
import { strict as assert } from 'node:assert'
import { labPlan, ownPlan, sercos3Plan } from '../card-plans.ts'
import type { CardPlan } from '../emulated-card.ts'
import type { KernelFlavour } from '../get-kernels.ts'
import { sysfsOfSlot } from '../qemu-arguments.ts'
import type { World } from '../start-world.ts'
import type { Group, Scenario } from './scenario.ts'

const interrupts = 500
const slot = 4
const limitMs = 60_000

type Case = {
  readonly module: string
  /** Of guest/card-sources.ts. */
  readonly kind: string
  readonly plan: CardPlan
  /** What sysfs calls the device. */
  readonly name: string
  readonly maps: number
}

const sercos3 = { module: 'uio_sercos3', name: 'Sercos_III_PCI', maps: 5 }
const cif = { module: 'uio_cif', name: 'CIF_Profibus', maps: 2 }
const netx = { module: 'uio_netx', name: 'netx', maps: 1 }
const mf624 = { module: 'uio_mf624', name: 'mf624', maps: 3 }
const generic = { module: 'uio_pci_generic', name: 'uio_pci_generic', maps: 1 }

const place = { id: 'card', slot }

/** Of our emulators. */
const own: readonly Case[] = [
  { ...sercos3, kind: 'sercos3', plan: sercos3Plan({ ...place, devices: [] }) },
  { ...cif, kind: 'cif', plan: ownPlan('cif', place) },
  { ...netx, kind: 'netx', plan: ownPlan('netx', place) },
  { ...mf624, kind: 'mf624', plan: ownPlan('mf624', place) },
  { ...generic, kind: 'netx', plan: ownPlan('netx', place) },
]

/** Of the Python card. */
const lab: readonly Case[] = [
  { ...sercos3, kind: 'lab-sercos3', plan: labPlan('sercos3', interrupts, place) },
  { ...cif, kind: 'lab-cif', plan: labPlan('cif', interrupts, place) },
  { ...netx, kind: 'lab-netx', plan: labPlan('netx', interrupts, place) },
  { ...mf624, kind: 'lab-mf624', plan: labPlan('mf624', interrupts, place) },
]

/** Gives the card in the slot to a driver that was not made for it. */
async function bindGeneric({ guest }: World, module: string): Promise<void> {
  const sysfs = sysfsOfSlot(slot)
  await guest.run('sh', '-c', `echo ${module} > ${sysfs}/driver_override`)
  await guest.run('sh', '-c', `basename ${sysfs} > /sys/bus/pci/drivers/${module}/bind`)
}

/**
 * Plugs the card in, has `ride` done on its node, and leaves the guest as it was. `words`: what a program that speaks no
 * JSON said until it ended.
 */
async function withDriver<Result>(
  world: World,
  { module, plan, name }: Case,
  ride: (node: string) => Promise<Result>,
): Promise<{ readonly result: Result; readonly words: string }> {
  const { guest } = world
  await guest.load('uio', module)
  await world.plug(plan)
  let result: Result
  try {
    if (module === generic.module) await bindGeneric(world, module)
    await guest.waitInGuest(`ls ${sysfsOfSlot(slot)}/uio`)
    const uio = (await guest.run('ls', `${sysfsOfSlot(slot)}/uio`)).trim()
    assert.equal((await guest.run('cat', `/sys/class/uio/${uio}/name`)).trim(), name)
    result = await ride(`/dev/${uio}`)
  } catch (error) {
    await world.unplug(plan.id)
    throw error
  }
  const words = await world.unplug(plan.id)
  await guest.run('rmmod', module)
  return { result, words }
}

/**
 * What the guest's program said, and how often the emulator sent an interrupt again because the level stood for long, as
 * it does when the host is busy.
 */
type Ridden = { readonly said: string; readonly refired: number }

async function rideOwn(world: World, given: Case): Promise<Ridden> {
  const { result } = await withDriver(world, given, async (node) => {
    const program = world.guest.startScript('ride-driver', node, given.kind, String(interrupts))
    await program.line('ready', 20_000)
    const card = world.card(given.plan.id)
    const before = await card.observe()
    await card.order({ do: 'pace', everyUs: 500, count: interrupts })
    const said = await program.finished()
    const { raised, refired } = await card.observe()
    assert.equal(raised - before.raised, interrupts)
    return { said, refired: refired - before.refired }
  })
  return result
}

/** The Python card begins by itself, and tells at its end. */
async function rideLab(world: World, given: Case): Promise<Ridden> {
  for (let attempt = 1; ; attempt++) {
    const { result: said, words } = await withDriver(world, given, async (node) =>
      world.guest.runScript('ride-driver', node, given.kind, String(interrupts)),
    )
    // its status bits can be overwritten: an event that falls into the driver's read-modify-write of its register is lost
    if (words.includes('cycles done') || attempt === 3)
      return { said, refired: Number(/\('fire', 'late'\): (\d+)/.exec(words)?.[1] ?? 0) }
  }
}

/** What the guest's program saw is what must be seen of so many interrupts. */
function assertSeen({ said, refired }: Ridden, { maps: mapCount }: Case): void {
  const { counted, leaked, maps, ...seen } = JSON.parse(
    said.slice(said.lastIndexOf('\n') + 1),
  ) as Record<'counted' | 'leaked', number> & { readonly maps: readonly number[] }
  assert.equal(maps.length, mapCount)
  assert.deepEqual(seen, { taken: interrupts, held: 10, late: 0 })
  // uio_netx counts one that is sent again, whose handler does not ask whether it masked the card already
  const invented = counted - interrupts
  assert.ok(invented >= 0 && invented <= refired, `${counted} counted, ${refired} sent again`)
  assert.ok(leaked <= refired, `${leaked} came without re-arming, ${refired} sent again`)
}

function driverScenario(given: Case, ride: typeof rideOwn, name: string): Scenario {
  return {
    name: `${given.module}: ${name}`,
    limitMs,
    run: async (world) => assertSeen(await ride(world, given), given),
  }
}

const claim = `binds, maps, ${interrupts} interrupts, none lost or invented, re-arms`
const scenarios: readonly Scenario[] = [
  ...own.map((given) => driverScenario(given, rideOwn, claim)),
  ...lab.map((given) => driverScenario(given, rideLab, `${claim}, with the independent card`)),
]

function onKernel(kernel: KernelFlavour, name: string): Group {
  return { name, kernel, cards: [], scenarios }
}

export const stockDrivers = onKernel('stock', 'drivers on 6.1')
export const rtDrivers = onKernel('rt', 'drivers on 6.1-rt')
