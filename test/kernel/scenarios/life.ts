/** Life and death on the real kernel: killed anywhere, stopped, doubled, and the card pulled out. */
import { strict as assert } from 'node:assert'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { registers, watchdogTrigger } from '../../../cards/sercos3/registers.ts'
import type { Guest } from '../boot-guest.ts'
import type { GuestProgram } from '../guest-program.ts'
import { run } from '../run-command.ts'
import type { World } from '../start-world.ts'
import { isSilent } from './dying.ts'
import {
  card,
  countersOf,
  drive,
  eventOf,
  eventsOf,
  runtimeArguments,
  startPowered,
  untilSaid,
} from './powered-machine.ts'
import type { Group, Scenario } from './scenario.ts'

/** Compiles guest/NAME.c against the register table and puts it into the guest. */
async function compileInto(guest: Guest, name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'dualport-'))
  try {
    const program = join(folder, name)
    const offsets = Object.entries(registers).map(
      ([register, { offset }]) => `-D${register.toUpperCase()}=${offset}`,
    )
    const source = join(import.meta.dirname, `../guest/${name}.c`)
    const flags = ['-O2', '-Wall', '-Wextra', '-Werror', '-s', `-DARM=${watchdogTrigger.arm}`]
    await run('gcc', [...flags, ...offsets, '-o', program, source])
    const path = `/tmp/${name}`
    const text = readFileSync(program).toString('base64')
    await guest.run('sh', '-c', `echo ${text} | base64 -d > ${path} && chmod +x ${path}`)
    return path
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const killing: Scenario = {
  name: 'SIGKILL at 20 random moments, many of them inside a cycle: silent each time, and usable by the next',
  limitMs: 60_000,
  async run(world) {
    const { guest } = world
    const times = 20
    const program = await compileInto(guest, 'cycle-and-die')
    const killed = guest.start(program, '/dev/uio0', String(times), '1')
    let inside = 0
    for (let n = 1; n <= times; n++) {
      const found = JSON.parse(await killed.line(`found ${n} `, 5000)) as Record<string, unknown>
      if (found['inside'] === true) inside++
      assert.deepEqual({ ...found, inside: 0 }, { ier0: 0, sending: 0, timer: 0, inside: 0 })
      assert.equal((await world.sercos3().observe()).transmitting, true)
      killed.signal('SIGUSR2')
      assert.equal(await killed.line(`killed ${n} by `, 5000), '9')
      await world.sercos3().waitFor(`silence after kill ${n}`, 2000, isSilent)
      killed.signal('SIGUSR2')
    }
    await killed.finished()
    console.log(`          ${inside} of the first ${times - 1} inside a cycle`)
    assert.ok(inside >= times / 4, `${inside} were killed inside a cycle`)
  },
}

/** One machine for the next three scenarios. */
let machine: GuestProgram | undefined

async function running(world: World): Promise<GuestProgram> {
  machine ??= await startPowered(world)
  return machine
}

const doubling: Scenario = {
  name: "a second 'dualport run' is refused with the first one's pid, and does not disturb it",
  limitMs: 200_000,
  async run(world) {
    const { guest } = world
    machine = await startPowered(world, async () => {
      const said = await guest.refused('node', ...runtimeArguments)
      console.log(`          ${said.split('\n').at(-1)}`)
      const holder = /^DP_UIO_BUSY: .*held by process (\d+) \(node/m.exec(said)?.[1] ?? ''
      const command = await guest.run('sh', '-c', `tr '\\0' ' ' < /proc/${holder}/cmdline`)
      assert.equal(command.trim(), ['node', ...runtimeArguments, '--json'].join(' '))
    })
    const kinds = eventsOf(machine).map(({ kind }) => kind)
    assert.deepEqual(
      kinds.filter((kind) => ['safe', 'fault', 'stall'].includes(kind)),
      [],
    )
  },
}

const storming: Scenario = {
  name: 'a storm under a running machine: masked by the stub, told by the machine, started again by irqcontrol',
  limitMs: 200_000,
  async run(world) {
    const { guest } = world
    const program = await running(world)
    await world.sercos3().order({ do: 'stick', level: true, of: 'source' })
    const event = await eventOf(program, 'masked', 10_000)
    const stuck = await world.sercos3().order({ do: 'stick', level: false, of: 'source' })
    assert.equal(stuck.ier0, 0)
    console.log(`          ${event.message}`)
    await guest.run('sh', '-c', `printf '\\001\\000\\000\\000' > /dev/uio0`)
    assert.equal((await world.sercos3().observe()).ier0, 1)
    await untilSaid(program, 'the counter', 5000, () =>
      countersOf(program)['maskedInterrupts'] === 1 ? true : undefined,
    )
    assert.equal((await guest.run('dmesg')).match(/does not clear: masked/g)?.length, 1)
    const { raised } = await world.sercos3().observe()
    const later = await world
      .sercos3()
      .waitFor('cycles after the storm', 5000, (seen) => seen.raised > raised + 50)
    assert.equal(later.transmitting, true)
    assert.equal(later.devices[drive]?.operating, true)
    assert.deepEqual(
      eventsOf(program).filter(({ kind }) => kind === 'safe'),
      [],
    )
  },
}

const stopping: Scenario = {
  name: "a process that is stopped: the chip's own watchdog ends the telegrams, and the drive gives up its power",
  limitMs: 200_000,
  async run(world) {
    const program = await running(world)
    assert.equal((await world.sercos3().observe()).devices[drive]?.operating, true)
    program.signal('SIGSTOP')
    const seen = await world
      .sercos3()
      .waitFor('the alarm', 10_000, ({ watchdogAlarm }) => watchdogAlarm)
    assert.equal(seen.transmitting, false)
    await world
      .sercos3()
      .waitFor('no power', 5000, ({ devices }) => devices[drive]?.operating === false)
    program.signal('SIGCONT')
    assert.equal(await program.ended, '1')
    const events = eventsOf(program)
    const [reason] = events.filter(({ error }) => error?.code === 'DP_SERCOS3_WATCHDOG')
    console.log(`          ${reason?.message}`)
    assert.equal(reason?.kind, 'fault')
    assert.ok(events.some(({ kind }) => kind === 'safe'))
    await world.sercos3().waitFor('silence', 2000, isSilent)
  },
}

const unplugging: Scenario = {
  name: 'the card is pulled out under a running machine: it says so, reports its axes lost, and ends with 1',
  limitMs: 200_000,
  async run(world) {
    await plugCard(world)
    const program = await startPowered(world)
    await world.unplug(card.id)
    assert.equal(await program.ended, '1')
    const events = eventsOf(program)
    const gone = events.find(({ kind }) => kind === 'gone')
    console.log(`          ${gone?.message}`)
    assert.equal(gone?.error?.code, 'DP_CARD_GONE')
    assert.ok(
      events.some(({ kind, message }) => kind === 'axis' && message.startsWith('x errorStop')),
    )
    assert.ok(events.some(({ kind }) => kind === 'safe'))
    assert.equal(events.at(-1)?.kind, 'closed')
  },
}

/** What a card reads like that has gone. */
const ones = 0xffffffff

type Outlived = {
  readonly shown: readonly number[]
  /** Undefined where the driver has no such map. */
  readonly eventsAfterWrites?: number
  readonly detached: readonly number[]
  readonly accesses: number
  readonly waitsAgain: boolean
}

/** Whether or not a scenario before pulled it out. */
async function plugCard(world: World): Promise<void> {
  try {
    world.card(card.id)
  } catch {
    await world.plug(card)
  }
}

async function outlive(world: World): Promise<Outlived> {
  await plugCard(world)
  const program = world.guest.startScript('outlive-unplug', '/dev/uio0')
  await program.line('holding', 20_000)
  await world.unplug(card.id)
  assert.equal(await program.line('wait ended: ', 10_000), 'gone')
  const said = await program.finished()
  const seen = JSON.parse(said.slice(said.lastIndexOf('\n') + 1)) as Outlived
  console.log(`          ${JSON.stringify(seen)}`)
  assert.ok(seen.accesses > 0)
  assert.equal(seen.waitsAgain, true)
  assert.deepEqual(
    seen.detached,
    seen.detached.map(() => 0),
  )
  return seen
}

const outliving: Scenario = {
  name: 'pulled out under a program, twice: it waits no more, reads ones and writes, which the next one does not see',
  limitMs: 60_000,
  async run(world) {
    for (const program of ['the first', 'the second']) {
      const { shown, eventsAfterWrites } = await outlive(world)
      assert.deepEqual(shown, [ones, ones, ones, ones], program)
      assert.equal(eventsAfterWrites, ones, program)
    }
  },
}

const outlivingStock: Scenario = {
  name: "the same with the kernel's own uio_sercos3, which leaves the mappings as they are",
  limitMs: 60_000,
  async run(world) {
    const { guest } = world
    await guest.run('rmmod', 'dualport_uio')
    await guest.load('uio_sercos3')
    await outlive(world)
  },
}

export const life: readonly Group[] = [
  {
    name: 'life and death',
    kernel: 'stock',
    cards: [card],
    modules: ['uio', 'dualport_uio'],
    scenarios: [killing, doubling, storming, stopping, unplugging, outliving, outlivingStock],
  },
]
