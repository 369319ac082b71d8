/**
 * The stub as a citizen of the kernel: loaded and unloaded again and again, under SLUB's debugging (overwritten, doubly
 * freed and used-after-free memory of the kernel's allocator is told in its log). Debian builds its kernels without
 * lockdep, kmemleak and KASAN, so what leaks is looked for in the count of memory that the kernel holds.
 */
import { strict as assert } from 'node:assert'
import { sercos3Plan } from '../card-plans.ts'
import type { KernelFlavour } from '../get-kernels.ts'
import { slubDebug } from '../qemu-arguments.ts'
import type { World } from '../start-world.ts'
import { dma } from './dma.ts'
import { messages } from './messages.ts'
import type { Group, Scenario } from './scenario.ts'

const dmaBytes = 0x10000

const complaint =
  /BUG|WARNING|Oops|Call Trace|general protection|corrupt|overwritten|Poison|Redzone|nobody cared|duplicate|leak|stall/

/** Rejects with what the kernel complained of since it booted. */
export async function assertNoComplaint({ guest }: World): Promise<void> {
  const lines = (await guest.run('dmesg')).split('\n')
  const first = lines.findIndex((line) => complaint.test(line))
  assert.equal(first, -1, lines.slice(first, first + 40).join('\n'))
}

/** All that the kernel itself does not hold: free, or a program's own and given back with it (this harness has one in there). */
async function bytesNotKernels({ guest }: World): Promise<number> {
  const said = await guest.run(
    'sh',
    '-c',
    `echo 3 > /proc/sys/vm/drop_caches; grep -E '^(MemFree|AnonPages|Cached|Buffers):' /proc/meminfo`,
  )
  const kilobytes = [...said.matchAll(/(\d+) kB/g)].map(([, count]) => Number(count))
  assert.equal(kilobytes.length, 4, said)
  return 1024 * kilobytes.reduce((sum, count) => sum + count, 0)
}

async function load(world: World, count: number): Promise<void> {
  await world.guest.run(
    'sh',
    '-ec',
    `i=0; while [ $i -lt ${count} ]; do
       insmod /modules/dualport_uio.ko dma_bytes=${dmaBytes}
       exec 3<>/dev/uio0 4<>/dev/uio0
       exec 3>&- 4>&-
       rmmod dualport_uio
       i=$((i+1))
     done`,
  )
}

function loading(times: number): Scenario {
  return {
    name: `${times} times loaded, opened and unloaded: no word in the kernel's log, no memory lost`,
    limitMs: 120_000,
    async run(world) {
      assert.ok((await world.guest.run('cat', '/proc/cmdline')).includes(slubDebug))
      await world.guest.load('uio')
      // what the first ones leave behind for good: the kernel's own caches
      await load(world, 5)
      const before = await bytesNotKernels(world)
      await load(world, times)
      const lost = before - (await bytesNotKernels(world))
      console.log(`          the kernel holds ${Math.round(lost / 1024)} KiB more`)
      // a tenth of the DMA memory that was given out
      assert.ok(lost < (times * dmaBytes) / 10, `${lost} bytes lost`)
      await assertNoComplaint(world)
    },
  }
}

const quiet: Scenario = {
  name: 'the kernel complained of nothing in all this',
  limitMs: 10_000,
  needed: true,
  run: assertNoComplaint,
}

/** A load takes longer the more the machine has to do; most of it is the same on both kernels. */
function onKernel(kernel: KernelFlavour, name: string, times: number): Group {
  return {
    name,
    kernel,
    cards: [sercos3Plan({ id: 'card', slot: 4, devices: [], args: ['--msi'] })],
    scenarios: [loading(times), ...dma(dmaBytes), ...messages, quiet],
  }
}

export const module: readonly Group[] = [
  onKernel('stock', 'module on 6.1', 200),
  onKernel('rt', 'module on 6.1-rt', 200),
]
