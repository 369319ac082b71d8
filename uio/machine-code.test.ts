/**
 * Invariant: every access to card memory has its register's width, and none is merged, repeated or dropped. Read off
 * the machine code that V8 prints, because no test of behaviour on plain memory can tell.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const probes = fileURLToPath(new URL('../test/uio/machine-code-probes.ts', import.meta.url))

/** The instructions of each optimised function, by its name; empty where this Node prints none. */
function optimisedCode(): Map<string, string[]> {
  const flags = ['--no-warnings', '--no-concurrent-recompilation', '--print-opt-code']
  const child = spawnSync(process.execPath, [...flags, '--print-opt-code-filter=probe*', probes], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  })
  const code = new Map<string, string[]>()
  for (const part of child.stdout.split('--- Raw source ---').slice(1)) {
    const name = /^name = (\w+)$/m.exec(part)?.[1]
    const listing = part
      .split(/^Instructions.*$/m)[1]
      ?.split(/^Inlined functions|^Deoptimization/m)[0]
    if (name === undefined || listing === undefined) continue
    // address, offset, bytes in hex, instruction
    const lines = listing.matchAll(/^0x[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +(.*)$/gm)
    code.set(name, [...(code.get(name) ?? []), ...[...lines].map((line) => line[1] ?? '')])
  }
  return code
}

const code = process.arch === 'x64' ? optimisedCode() : new Map<string, string[]>()

/** Mnemonics of the instructions that touch memory at this offset, in order. */
function accesses(probe: string, offset: number): string[] {
  const operand = `+0x${offset.toString(16)}]`
  return (code.get(probe) ?? [])
    .filter((line) => line.includes(operand))
    .map((line) => line.replace(/^REX\.W /, '').split(' ')[0] ?? '')
}

const absent = 'needs a Node on x64 that knows --print-opt-code (the pinned one does)'

describe.skipIf(code.size === 0)(`machine code of the accessors (${absent})`, () => {
  test('a bare typed array is narrowed: the listing shows what this test looks for', () => {
    expect(accesses('probeBareBit', 0x2234)).toEqual(['testb'])
  })

  test.each([
    ['a tested bit is read at the width of its register, 32', 'probeBit32', 0x1234, ['movl']],
    ['a tested bit is read at the width of its register, 16', 'probeBit16', 0x1238, ['movzxwl']],
    ['a tested bit is read at the width of its register, 8', 'probeBit8', 0x123c, ['movzxbl']],
    ['two reads stay two', 'probeTwice', 0x2344, ['movl', 'movl']],
    ['an unused read stays', 'probeUnused', 0x3454, ['movl']],
    ['a tested bit of a word that is kept is read whole', 'probeTakeBit', 0x7894, ['movl']],
    [
      'two words that are kept at one place are two reads',
      'probeTakeTwice',
      0x78a4,
      ['movl', 'movl'],
    ],
    ['three neighbours are three reads, first', 'probeTakeThree', 0x8994, ['movl']],
    ['three neighbours are three reads, second', 'probeTakeThree', 0x8998, ['movl']],
    ['three neighbours are three reads, third', 'probeTakeThree', 0x899c, ['movl']],
    ['a read after a write reads the memory', 'probeReadBack', 0x4564, ['movl', 'movl']],
    ['two writes stay two', 'probeWriteTwice', 0x5674, ['movl', 'movl']],
    ['reads of neighbours are not merged, low', 'probeNeighbours', 0x3464, ['movzxwl']],
    ['reads of neighbours are not merged, high', 'probeNeighbours', 0x3466, ['movzxwl']],
    ['writes of neighbours are not merged, low', 'probeWriteNeighbours', 0x6784, ['movw']],
    ['writes of neighbours are not merged, high', 'probeWriteNeighbours', 0x6786, ['movw']],
    ['a write of a byte is one', 'probeWriteNeighbours', 0x6788, ['movb']],
  ])('%s', (_, probe, offset, expected) => {
    expect(accesses(probe, offset)).toEqual(expected)
  })

  test.each([
    ['a tested bit is read at its width', 'probeConstantBit', ['movl']],
    ['two reads stay two', 'probeConstantTwice', ['movl', 'movl']],
    ['an unused read stays', 'probeConstantUnused', ['movl']],
    ['a read after a write reads the memory', 'probeConstantReadBack', ['movl', 'movl']],
    ['two writes stay two', 'probeConstantWriteTwice', ['movl', 'movl']],
  ])('of a region in a constant: %s', (_, probe, expected) => {
    const indexed = (code.get(probe) ?? []).filter((line) => line.includes('*4'))
    expect(indexed.map((line) => line.split(' ')[0])).toEqual(expected)
  })

  test.each([
    ['probeCopyIn32', 4, 'movl', 'movl'],
    ['probeCopyOut32', 4, 'movl', 'movl'],
    ['probeCopyIn16', 2, 'movzxwl', 'movw'],
    ['probeCopyOut16', 2, 'movzxwl', 'movw'],
  ])('%s moves words of its width and nothing else', (probe, scale, load, store) => {
    const indexed = (code.get(probe) ?? []).filter((line) => line.includes(`*${scale}`))
    const loads = indexed.filter((line) => line.startsWith(`${load} `) && line.endsWith(']'))
    const stores = indexed.filter((line) => line.startsWith(`${store} [`))
    // eight words in the unrolled loop, one in the loop behind it, at least
    expect(loads.length).toBeGreaterThanOrEqual(9)
    expect(stores.length).toBe(loads.length)
    expect(indexed.filter((line) => !loads.includes(line) && !stores.includes(line))).toEqual([])
    expect((code.get(probe) ?? []).filter((line) => /xmm|memmove|memcpy/.test(line))).toEqual([])
  })
})
