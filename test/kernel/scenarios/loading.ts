/** The stub as Linux shows it. */
import { strict as assert } from 'node:assert'
import type { Scenario } from './scenario.ts'

const maps = [
  ['registers', 0x1000],
  ['tx', 0x2000],
  ['rx', 0x4000],
  ['events', 0x1000],
] as const

export const loading: readonly Scenario[] = [
  {
    name: 'the stub binds to the cards and publishes four named maps',
    limitMs: 30_000,
    async run({ guest }) {
      const read = async (file: string) =>
        (await guest.run('cat', `/sys/class/uio/uio0/${file}`)).trim()
      assert.equal(await read('name'), 'dualport_sercos3')
      assert.equal(await read('device/subsystem_device'), '0x3530')
      for (const [index, [name, size]] of maps.entries()) {
        assert.equal(await read(`maps/map${index}/name`), name)
        assert.equal(Number(await read(`maps/map${index}/size`)), size)
      }
      await guest.refused('cat', '/sys/class/uio/uio0/maps/map4/name')
      assert.equal(
        (await guest.run('cat', '/sys/class/uio/uio1/device/subsystem_device')).trim(),
        '0x3535',
      )
    },
  },
  {
    name: 'the events page cannot be mapped writable, made writable, nor mapped longer than it is',
    limitMs: 30_000,
    async run({ guest }) {
      const said = await guest.runScript('map-events', '/dev/uio0')
      assert.equal(said, 'writable: EACCES\nlonger than the page: EINVAL\nmade writable: refused')
    },
  },
]
