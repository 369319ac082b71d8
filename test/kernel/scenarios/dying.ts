/** However the user of the card goes, the chip is silent afterwards, as the emulator outside sees it. */
import { strict as assert } from 'node:assert'
import { registers } from '../../../cards/sercos3/registers.ts'
import { maskOf } from '../../../uio/bit-field.ts'
import type { Sercos3Observation } from '../emulated-card.ts'
import type { World } from '../start-world.ts'
import type { Scenario } from './scenario.ts'

const txEnable = maskOf(registers.dfcsr.bits.txEnable)
const mainTimer = maskOf(registers.tcsr.bits.et0)

/** A program in the guest that lets the card send and interrupt. */
async function holder(world: World) {
  const { guest } = world
  const program = guest.startScript('hold-card', '/dev/uio0')
  await program.line('holding', 15_000)
  const { transmitting, ier0 } = await world.sercos3().observe()
  assert.deepEqual({ transmitting, ier0 }, { transmitting: true, ier0: 1 })
  return program
}

export function isSilent(seen: Sercos3Observation): boolean {
  return (
    !seen.transmitting &&
    seen.ier0 === 0 &&
    (seen.dfcsr & txEnable) === 0 &&
    (seen.tcsr & mainTimer) === 0 &&
    !seen.watchdogAlarm
  )
}

export const dying: readonly Scenario[] = [
  {
    name: 'SIGKILL of the only user leaves the chip silent',
    limitMs: 30_000,
    async run(world) {
      const program = await holder(world)
      program.signal('SIGKILL')
      assert.equal(await program.ended, 'SIGKILL')
      await world.sercos3().waitFor('silence', 2000, isSilent)
    },
  },
  {
    name: 'the chip goes on while another has the card open, and is silent after the last close',
    limitMs: 30_000,
    async run(world) {
      const program = await holder(world)
      const looker = world.guest.startScript('hold-card', '/dev/uio0', 'look')
      await looker.line('holding', 15_000)
      looker.signal('SIGKILL')
      await looker.ended
      assert.equal((await world.sercos3().observe()).transmitting, true)
      program.signal('SIGKILL')
      await program.ended
      await world.sercos3().waitFor('silence', 2000, isSilent)
    },
  },
  {
    name: 'the module stays while the card is open',
    limitMs: 30_000,
    async run(world) {
      const program = await holder(world)
      await world.guest.refused('rmmod', 'dualport_uio')
      assert.equal((await world.sercos3().observe()).transmitting, true)
      program.signal('SIGKILL')
      await program.ended
    },
  },
  {
    name: 'an unbind while the card is open ends the wait as gone and leaves the chip silent',
    limitMs: 30_000,
    async run(world) {
      const program = await holder(world)
      const address = (
        await world.guest.run('sh', '-c', 'basename $(readlink -f /sys/class/uio/uio0/device)')
      ).trim()
      const driver = '/sys/bus/pci/drivers/dualport_uio'
      await world.guest.run('sh', '-c', `echo ${address} > ${driver}/unbind`)
      assert.equal(await program.line('wait ended: ', 5000), 'gone')
      await world.sercos3().waitFor('silence', 2000, isSilent)
      await program.finished()
      await world.guest.run('sh', '-c', `echo ${address} > ${driver}/bind`)
      assert.equal(
        (await world.guest.run('cat', '/sys/class/uio/uio0/name')).trim(),
        'dualport_sercos3',
      )
    },
  },
  {
    name: 'the module unloads and loads again when nobody has the card open',
    limitMs: 30_000,
    async run({ guest }) {
      await guest.run('rmmod', 'dualport_uio')
      await guest.refused('ls', '/dev/uio0')
      await guest.run('insmod', '/modules/dualport_uio.ko')
      await guest.run('ls', '/dev/uio0', '/dev/uio1')
    },
  },
  {
    name: 'a card that died does not disturb the other on its line, and is not bound again',
    limitMs: 30_000,
    async run(world) {
      const { guest } = world
      await world.sercos3('neighbour').order({ do: 'inject', fault: { kind: 'deadCard' } })
      const seen = JSON.parse(
        await guest.runScript('count-interrupts', '/dev/uio0', '50', '20000000'),
      ) as { counted: number }
      assert.ok(seen.counted >= 50, JSON.stringify(seen))
      await guest.run('rmmod', 'dualport_uio')
      await guest.run('insmod', '/modules/dualport_uio.ko')
      await guest.run('ls', '/dev/uio0')
      await guest.refused('ls', '/dev/uio1')
    },
  },
]
