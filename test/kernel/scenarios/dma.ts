/** Memory that program and card share: what the one writes the other reads, and nothing more. */
import { strict as assert } from 'node:assert'
import { refused, transferred, cardBuffer } from '../guest/card-dma.ts'
import type { World } from '../start-world.ts'
import { isSilent } from './dying.ts'
import type { Scenario } from './scenario.ts'

const uio = '/sys/class/uio/uio0'
const driver = '/sys/bus/pci/drivers/dualport_uio'
const slot = '0000:00:04.0'
/** What a card reads like that has gone. */
const ones = 0xffffffff
/** Of the PCI command register. */
const busMaster = 4

async function copyByDma({ guest }: World, bytes: number): Promise<void> {
  const { dmaAddress, ...seen } = JSON.parse(
    await guest.runScript('copy-by-dma', '/dev/uio0'),
  ) as Record<string, unknown>
  assert.deepEqual(seen, {
    bytes,
    zeroedBytes: bytes,
    read: transferred,
    arrivedBytes: cardBuffer.bytes,
    written: transferred,
    returnedBytes: cardBuffer.bytes,
    untouchedBytes: bytes - cardBuffer.bytes,
    busMaster: [false, true, false],
    readAfterClose: refused,
  })
  const told = (await guest.run('cat', `${uio}/device/dma_address`)).trim()
  assert.match(told, /^0x[0-9a-f]+$/)
  assert.equal(BigInt(told), BigInt(String(dmaAddress)))
}

export function dma(bytes: number): readonly Scenario[] {
  return [
    {
      name: 'without dma_bytes there is no DMA memory',
      limitMs: 20_000,
      async run({ guest }) {
        await guest.load('uio', 'dualport_uio')
        await guest.refused('cat', `${uio}/maps/map4/name`)
        await guest.refused('cat', `${uio}/device/dma_address`)
        await guest.run('rmmod', 'dualport_uio')
      },
    },
    {
      name: 'with dma_bytes there is a fifth map and its bus address, rounded up to pages',
      limitMs: 20_000,
      needed: true,
      async run({ guest }) {
        await guest.load('uio')
        await guest.run('insmod', '/modules/dualport_uio.ko', `dma_bytes=${bytes - 100}`)
        const read = async (file: string) => (await guest.run('cat', `${uio}/${file}`)).trim()
        assert.equal(await read('maps/map4/name'), 'dma')
        assert.equal(Number(await read('maps/map4/size')), bytes)
        assert.equal(BigInt(await read('maps/map4/addr')), BigInt(await read('device/dma_address')))
      },
    },
    {
      name: 'the card reads and writes the memory by itself, and only while the device is open',
      limitMs: 30_000,
      run: async (world) => copyByDma(world, bytes),
    },
    {
      name: 'the next user finds the memory zeroed, whatever the last one left in it',
      limitMs: 40_000,
      async run(world) {
        // it checks that it finds zeros, and leaves none
        await copyByDma(world, bytes)
        await copyByDma(world, bytes)
      },
    },
    {
      name: 'bus mastering that another driver left on is off when the stub has bound',
      limitMs: 20_000,
      async run({ guest }) {
        const shell = async (script: string) => (await guest.run('sh', '-c', script)).trim()
        const config = `/sys/bus/pci/devices/${slot}/config`
        const command = `hexdump -s 4 -n 1 -e '1/1 "%u"' ${config}`
        const set = `printf '\\006' | dd of=${config} bs=1 seek=4 conv=notrunc`
        await shell(`echo ${slot} > ${driver}/unbind; ${set}`)
        assert.equal(Number(await shell(command)) & busMaster, busMaster)
        await shell(`echo ${slot} > ${driver}/bind`)
        assert.equal(Number(await shell(command)) & busMaster, 0)
      },
    },
    {
      name: 'maps that outlive the driver show ones, reach neither memory nor card, and kill nobody',
      limitMs: 40_000,
      async run(world) {
        const { guest } = world
        const program = guest.startScript('outlive-card', '/dev/uio0', '/tmp/bound-again')
        await program.line('holding', 15_000)
        await guest.run('sh', '-c', `echo ${slot} > ${driver}/unbind`)
        await program.line('gone', 5000)
        await guest.run('sh', '-c', `echo ${slot} > ${driver}/bind; touch /tmp/bound-again`)
        const said = await program.finished()
        const { before, shown } = JSON.parse(said.slice(said.lastIndexOf('\n') + 1)) as {
          before: number
          shown: readonly number[]
        }
        assert.notEqual(before, ones)
        assert.deepEqual(shown, [ones, ones, ones, ones, ones])
        assert.ok(isSilent(await world.sercos3().observe()))
        await copyByDma(world, bytes)
      },
    },
  ]
}
