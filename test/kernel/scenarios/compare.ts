/** kmod/compare, the driver that our stub is measured against: it must do its work as well. */
import { strict as assert } from 'node:assert'
import { lockstepPlan, type LockstepObservation } from '../../bench/kernel/lockstep-plan.ts'
import type { EmulatedCard } from '../emulated-card.ts'
import type { Group } from './scenario.ts'

const slot = 4
const images = 20
const largest = 4096
const node = '/dev/dualport_copy'

export const compare: Group = {
  name: 'copying driver',
  kernel: 'stock',
  cards: [lockstepPlan({ slot, bell: false })],
  modules: ['dualport_copy'],
  scenarios: [
    {
      name: `it passes ${images} images of each size through`,
      limitMs: 60_000,
      async run(world) {
        const { guest } = world
        const card = world.card('lockstep') as EmulatedCard<LockstepObservation>
        let passed = 0
        for (const image of [64, largest]) {
          await card.order({ do: 'begin', image })
          const parameter = '/sys/module/dualport_copy/parameters/image_bytes'
          await guest.run('sh', '-c', `echo ${image} > ${parameter}`)
          const said = await guest.runScript('pass-images', String(image), String(images))
          assert.equal(said, `passed ${images}`)
          passed += images
          const seen = await card.observe()
          assert.equal(seen.wrong, 0)
          assert.ok(seen.raised >= passed && seen.raised <= passed + 2, `${seen.raised} raised`)
        }
      },
    },
    {
      name: 'a reader that sleeps as the driver lets the card go is woken and told, and the driver unloads',
      limitMs: 20_000,
      async run({ guest }) {
        const reader = guest.start('dd', `if=${node}`, `bs=${largest}`)
        const isOpen = `ls -l /proc/$(pidof dd)/fd | grep -q ${node}`
        await guest.run('sh', '-c', `until ${isOpen}; do sleep 0.1; done; sleep 0.5`)
        const driver = '/sys/bus/pci/drivers/dualport_copy'
        await guest.run('sh', '-c', `echo 0000:00:0${slot}.0 > ${driver}/unbind`)
        assert.notEqual(await reader.ended, '0')
        assert.match(reader.output, /No such device/)
        await guest.run('rmmod', 'dualport_copy')
      },
    },
  ],
}
