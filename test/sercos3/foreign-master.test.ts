/**
 * `dualport emulate sercos3` as a master written by somebody else meets it: a file to map, a socket to read. The master
 * here knows the chip's address space, and nothing else of this package. It goes to CP0 and counts the drives.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeFile, openFile } from '../../uio/system/file.ts'
import { viewMemory } from '../../uio/system/libc.ts'
import { mapOrThrow, unmap } from '../../uio/system/memory.ts'
import { connectPackets, type PacketSocket } from '../../uio/system/packet-socket.ts'

const root = resolve(import.meta.dirname, '../..')
const bytes = 65_536
const reg = { gcsfr: 1, dfcsr: 8, phasecr: 9, tgsr1: 10, tgsr2: 11, decr: 12, tcsr: 14 } as const
const more = { sfcr: 28, seqcnt: 31, tcntcycr: 73, rxbufcsr: 128, txbufcsr: 131 } as const
const txBase = (n: number) => 0x1c0 / 4 + n
const rxBase = (n: number) => 0x180 / 4 + n

let folder = ''
let child: ChildProcess | undefined
const memory = () => join(folder, 'memory')
const irqSocket = () => join(folder, 'irq')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dualport-foreign-'))
})
afterEach(async () => {
  if (child?.exitCode === null) {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(folder, { recursive: true })
})

/** Resolves with the line that says that the card is ready. */
async function emulate(...options: readonly string[]): Promise<unknown> {
  const program = resolve(root, 'runtime/cli/main.ts')
  const place = ['--memory', memory(), '--irq-socket', irqSocket()]
  child = spawn(process.execPath, [program, 'emulate', 'sercos3', '--json', ...place, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const line = await new Promise<string>((ready) => lines.once('line', ready))
  return JSON.parse(line)
}

class Master {
  readonly words: Uint32Array
  readonly irq: PacketSocket
  readonly #pointer: bigint

  constructor() {
    const fd = openFile(memory(), 'readWrite')
    this.#pointer = mapOrThrow(fd, bytes, 0, 'readWrite')
    closeFile(fd)
    this.words = new Uint32Array(viewMemory(this.#pointer, bytes))
    this.irq = connectPackets(irqSocket())
  }

  /** The next count. */
  async count(): Promise<number> {
    for (;;) {
      const count = this.irq.take()
      if (count !== undefined) return count
      await sleep(0)
    }
  }

  async cycles(count: number): Promise<void> {
    for (let n = 0; n < count; n++) await this.count()
  }

  /** CP0 telegrams: MDT0 of 40 bytes, AT0 of 1024 with a counter of its own for each port. */
  async startCp0(cycleNs: number): Promise<void> {
    const { words } = this
    const tx = 0x8000 / 4
    const rx = 0xc000 / 4
    words[reg.gcsfr] = 1
    await this.cycles(2)
    words[more.rxbufcsr] = 0
    words[more.txbufcsr] = 0
    words[reg.decr] = 0
    // index tables, then MDT0: real-time data from 0; AT0: port's own word, then preset addresses
    words.set([0x41, 0, 0, 0, 0x81], tx)
    words.set([0x2000_0000, 0x3000_0000 + (38 << 16) + 38, 0x4000_0000 + (40 << 16)], tx + 16)
    const at0 = [0x8000_0000, 0x9000_0000, 0x2002_0002, 0x3000_0000 + (1022 << 16) + 1022]
    words.set([...at0, 0x4000_0000 + (1024 << 16)], tx + 32)
    words[rx + 4] = 0x41
    words.set([0x2000_0000, 0x3000_0000 + (1022 << 16) + 1022, 0x4400_0000], rx + 16)
    words[txBase(0)] = 0x400
    words[txBase(12)] = 0x200
    words[txBase(13)] = 0x210
    words[rxBase(0)] = 0x400
    words[rxBase(8)] = 0x800
    words.fill(0xffffffff, tx + 0x400 / 4, tx + 0x800 / 4)
    // MDT0 asks for addresses; AT0 uses the same buffer from its second word on
    words[tx + 0x400 / 4] = 0xffff_0001
    words[tx + 0x200 / 4] = 0x0001
    words[tx + 0x210 / 4] = 0x8001
    words[reg.phasecr] = 0
    words[more.sfcr] = 0x0101_0000
    words[more.tcntcycr] = cycleNs
    words[reg.dfcsr] = 0x304
    words[reg.tcsr] = 1
  }

  /** Addresses in AT0 as it came in on port 2. */
  addresses(count: number): number[] {
    const at0 = new Uint16Array(this.words.buffer, 0xc000 + 0x800, 512)
    return Array.from(at0.slice(1, 1 + count), (word) => word & 0x7fff)
  }

  close(): void {
    this.irq.close()
    ;(this.words.buffer as ArrayBuffer).transfer(0)
    unmap(this.#pointer, bytes)
  }
}

test('a master of another make counts the drives of a ring, and sees a scripted break in both ports at once', async () => {
  const script = join(folder, 'script.json')
  const step = { at: { phase: 'CP0', cycle: 60 }, fault: { kind: 'ringBreak', after: 2 } }
  writeFileSync(script, JSON.stringify({ steps: [step] }))
  const ready = await emulate('--devices', '3', '--script', script)
  expect(ready).toEqual({
    ready: {
      memory: memory(),
      irqSocket: irqSocket(),
      devices: 3,
      topology: 'ring',
      cycleUs: 1000,
    },
  })
  const master = new Master()
  expect(master.words[0]).toBe(0x88cd0089)
  await master.startCp0(1_000_000)
  await master.cycles(20)
  expect(master.words[more.seqcnt]).toBe(0x0004_8004)
  expect(master.addresses(4)).toEqual([1, 2, 3, 0x7fff])
  const secondary = () => [reg.tgsr1, reg.tgsr2].map((n) => ((master.words[n] as number) >> 9) & 1)
  expect(secondary()).toEqual([1, 0])
  const seen: number[][] = []
  for (let cycle = 0; cycle < 100; cycle++) {
    await master.cycles(1)
    seen.push(secondary())
  }
  const broken = seen.findIndex(([p1]) => p1 === 0)
  expect(seen.slice(broken)).toEqual(seen.slice(broken).map(() => [0, 1]))
  expect(broken).toBeGreaterThan(0)
  master.close()
})

test('counts come while the main timer is off, once each, and Ctrl-C takes the socket away', async () => {
  await emulate('--devices', '1', '--topology', 'line', '--cycle', '500')
  const master = new Master()
  const counts: number[] = []
  for (let n = 0; n < 10; n++) counts.push(await master.count())
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
  expect(new Set(counts).size).toBe(10)
  // a late reader finds one count, and then the present one
  await sleep(60)
  const [stale, next] = [await master.count(), await master.count()]
  expect(next - stale).toBeGreaterThan(20)
  master.close()
  child?.kill('SIGINT')
  const [code] = (await once(child as ChildProcess, 'exit')) as [number]
  expect(code).toBe(0)
  expect(existsSync(irqSocket())).toBe(false)
  expect(statSync(memory()).size).toBe(bytes)
})
