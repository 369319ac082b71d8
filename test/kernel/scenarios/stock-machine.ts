/**
 * The whole runtime on Linux's own uio_sercos3: nobody but the runtime clears the interrupt, each one takes a system call
 * to let the next through, and there is no events page.
 */
import { strict as assert } from 'node:assert'
import { sercos3Plan } from '../card-plans.ts'
import type { Sercos3Observation } from '../emulated-card.ts'
import type { GuestProgram } from '../guest-program.ts'
import type { World } from '../start-world.ts'
import { isSilent } from './dying.ts'
import type { Group } from './scenario.ts'

/** The ring of guest/sturdy-machine.json, whose task gives the drive power. */
const devices = ['x:1:drive', 'io:2:io']
const machine = 'test/kernel/guest/sturdy-machine.json'
const drive = 0
const cycles = 200

export const stockMachine: Group = {
  name: 'machine on uio_sercos3',
  kernel: 'stock',
  cards: [sercos3Plan({ id: 'card', slot: 4, devices })],
  modules: ['uio', 'uio_sercos3'],
  scenarios: [
    {
      name: 'SIGKILL of the runtime ends in the watchdog of the chip, and the drive loses its power',
      limitMs: 120_000,
      async run(world) {
        const card = world.sercos3()
        await whileCycling(world, async (program) => {
          program.signal('SIGKILL')
          await program.ended
          // this driver does nothing at the last close
          await card.waitFor('the watchdog', 20_000, (seen) => seen.watchdogAlarm)
          const seen = await card.waitFor('no power', 20_000, hasNoPower)
          assert.equal(seen.transmitting, false)
        })
      },
    },
    {
      name: 'the runtime runs the ring up again, gives the drive power and leaves the bus in order',
      limitMs: 120_000,
      async run(world) {
        await whileCycling(world, async (program) => {
          program.signal('SIGTERM')
          assert.equal(await program.ended, '0')
        })
        const seen = await world.sercos3().waitFor('silence', 2000, isSilent)
        assert.equal(seen.ier0, 0)
        assert.ok(hasNoPower(seen))
      },
    },
  ],
}

function hasNoPower(seen: Sercos3Observation): boolean {
  return seen.devices[drive]?.operating === false
}

/** Starts the machine, and does `work` when its drive has power and the cycle goes on. */
async function whileCycling(
  world: World,
  work: (program: GuestProgram) => Promise<void>,
): Promise<void> {
  const { guest } = world
  const card = world.sercos3()
  const name = await guest.run('cat', '/sys/class/uio/uio0/name')
  assert.equal(name.trim(), 'Sercos_III_PCI')
  const program = guest.start('node', 'runtime/cli/main.ts', 'run', machine, '--json')
  try {
    await card.waitFor('power', 90_000, (seen) => seen.devices[drive]?.operating === true)
    const { raised } = await card.observe()
    await card.waitFor('more cycles', 20_000, (seen) => seen.raised > raised + cycles)
    await work(program)
  } catch (error) {
    const last = program.output.split('\n').slice(-12).join('\n')
    throw new Error(`${String(error)}\nThe runtime's last words:\n${last}`, { cause: error })
  }
}
