import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { type Offsets, RingBench } from './ring-bench.ts'
import { writeLong, writeWord } from './telegram-word.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

test('five devices in CP4 with four drives moving allocate nothing per cycle', () => {
  const bench = new RingBench(['drive', 'drive', 'drive', 'drive', 'io'])
  bench.runUp(4)
  for (let n = 0; n < 4; n++) bench.setCommand(n, 0, 0xe000, 2)
  bench.cycle(100)
  const { slaves, p, s } = bench
  const mdts = [p.mdt[0] as Uint8Array, s.mdt[0] as Uint8Array]
  let toggle = 0
  const cycle = (k: number): void => {
    toggle ^= 2
    for (const mdt of mdts) {
      for (let n = 0; n < 5; n++) {
        const at = (bench.offsets[n] as Offsets).mdt
        writeWord(mdt, at, 1 | toggle)
        if (n < 4) writeLong(mdt, at + 8, Math.round(50_000 * Math.sin(k * 0.002)) | 0)
      }
    }
    for (let n = 0; n < 5; n++) slaves[n]?.pass(p, 'P', 'out', false)
    for (let n = 4; n >= 0; n--) slaves[n]?.pass(s, 'S', 'out', false)
    for (let n = 0; n < 5; n++) slaves[n]?.endOfCycle(true, 0.001)
  }
  let k = 0
  const run = (cycles: number): number => {
    collect()
    const before = process.memoryUsage().heapUsed
    for (const end = k + cycles; k < end; k++) cycle(k)
    return (process.memoryUsage().heapUsed - before) / cycles
  }
  run(30_000)
  // The least of some runs: what the test runner allocates meanwhile is not ours, and the compiler may be late.
  let bytes = Infinity
  for (let runs = 0; runs < 12 && bytes >= 8; runs++) bytes = Math.min(bytes, run(10_000))
  expect(slaves.map((slave) => slave.observation.operating)).toEqual([true, true, true, true, true])
  expect(slaves[0]?.observation.position).not.toBe(0)
  expect(bytes).toBeLessThan(8)
})
