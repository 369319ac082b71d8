import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Command } from 'commander'
import type { MachineInput } from '../machine-file/schema.ts'
import { addRingCommands } from './ring-plan.ts'
import type { RingPlanView } from './ring-plan.ts'

let out = ''
let folder = ''
beforeEach(async () => {
  out = ''
  folder = await mkdtemp(path.join(tmpdir(), 'ring-plan-'))
  vi.spyOn(console, 'log').mockImplementation((text) => void (out += `${text}\n`))
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true })
})

async function plan(machine: MachineInput, ...options: string[]): Promise<void> {
  const file = path.join(folder, 'machine.json')
  await writeFile(file, JSON.stringify(machine))
  const program = new Command().exitOverride()
  addRingCommands(program)
  await program.parseAsync(['ring', 'plan', file, ...options], { from: 'user' })
}

const machine: MachineInput = {
  name: 'press',
  card: { type: 'sercos3', uc: {}, timingMethod: 2 },
  devices: [
    { name: 'x', address: 1, profile: 'drive' },
    {
      name: 'y',
      address: 2,
      profile: 'drive',
      connections: {
        mdt: { idns: ['S-0-0134', 'S-0-0047'], producerCycles: 4 },
        at: { idns: ['S-0-0135', 'S-0-0051', 'P-0-0100'] },
      },
    },
    { name: 'io', address: 3, profile: 'io' },
  ],
}

test('people see each telegram with the places of devices and words, memory, times and the shortest cycle', async () => {
  await plan(machine)
  expect(out).toMatch(/^press {3}cycle 1000 us {3}method 2: MDT, the UC channel, then AT$/m)
  expect(out).toMatch(/^Only the devices can tell the connections of y: /m)
  expect(out).toMatch(/^MDT0 {3}66 of 1494 bytes$/m)
  // hot-plug and extended field 14, three service channels 18, three C-DEV 6
  expect(out).toMatch(/^x +14 +32 +38-49 {3}S-0-0134 40 {2}S-0-0036 42 {2}S-0-0047 46$/m)
  expect(out).toMatch(/^y +20 +34 +50-57 {3}S-0-0134 52 {2}S-0-0047 54 {2}\(every 4 cycles\)$/m)
  expect(out).toMatch(/^Tx +66 +3 +\d+ {3}of 8192$/m)
  expect(out).toMatch(/^t1 +1\d\d\.\d\d {3}S-0-1006, AT0 starts$/m)
  expect(out).toMatch(/^t6 +\d+\.\d\d {3}S-0-1017/m)
  expect(out).toMatch(/^wire load {8}\d\.\d %$/m)
  expect(out).toMatch(/^shortest cycle {3}62\.5 us \(the telegrams need \d\d\.\d\d us\)$/m)
  expect(out).toMatch(/frames up to 1500 bytes/)
})

test('programs get the same as JSON', async () => {
  await plan(machine, '--json')
  const view = JSON.parse(out) as RingPlanView
  expect(view.telegrams.map(({ name, bytes }) => [name, bytes])).toEqual([
    ['MDT0', 66],
    ['AT0', 64],
  ])
  expect(view.telegrams[0]?.devices[1]).toEqual({
    device: 'y',
    serviceChannel: 20,
    deviceWord: 34,
    connection: {
      offset: 50,
      bytes: 8,
      producerCycles: 4,
      words: [
        { idn: 'S-0-0134', offset: 52, bytes: 2 },
        { idn: 'S-0-0047', offset: 54, bytes: 4 },
      ],
    },
  })
  expect(view.guessed).toEqual(['y'])
  expect(view.timing).toMatchObject({ method: 2, cycleNs: 1_000_000, uc: { mtu: 1500 } })
  expect(view.neededNs).toBeLessThanOrEqual(view.shortestCycleNs ?? 0)
})

test('what does not fit into one telegram goes on in the next', async () => {
  const devices = Array.from({ length: 100 }, (_, n) => ({
    name: `d${n}`,
    address: n + 1,
    profile: 'drive' as const,
  }))
  await plan({ name: 'long', cycleUs: 2000, card: { type: 'sercos3' }, devices })
  expect(out).toMatch(/^MDT1 {3}\d+ of 1494 bytes$/m)
  // a device's connection may lie in another telegram than its service channel
  expect(out).toMatch(/^d99 +- +- +\d+-\d+ /m)
})
