import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DualportError } from '../../../../errors.ts'
import { extract } from '../../../../uio/bit-field.ts'
import { descriptor, indexTable, windows } from '../../registers.ts'
import { planRam, planRamCp0 } from './ram-plan.ts'
import type { RamPlan, RamWord } from './ram-plan.ts'

type Covered = {
  enabled: boolean
  length: number
  ranges: { type: number; telegram: number; buffer: number; bytes: number }[]
}

/** What a chip makes of an index table: one entry per telegram. */
function interpret(words: readonly RamWord[]): Covered[] {
  const ram = new Map(words.map(({ offset, value }) => [offset, value]))
  return Array.from({ length: 8 }, (_, entry) => {
    const index = ram.get(entry * 4) ?? Number.NaN
    const covered: Covered = { enabled: (index & 1) === 1, length: 0, ranges: [] }
    if (!covered.enabled) return covered
    for (let offset = index & 0x3ffc; ; offset += 8) {
      const start = ram.get(offset) ?? Number.NaN
      const type = extract(start, descriptor.bits.type)
      const telegram = extract(start, descriptor.bits.telegramOffset)
      if (type === descriptor.txType.endOfTelegram) return { ...covered, length: telegram }
      const end = ram.get(offset + 4) ?? Number.NaN
      expect(extract(end, descriptor.bits.type)).toBe(type + 1)
      const bytes = extract(end, descriptor.bits.telegramOffset) - telegram + 2
      const buffer = extract(start, descriptor.bits.bufferOffset) * 2
      expect(extract(end, descriptor.bits.bufferOffset) * 2).toBe(buffer + bytes - 2)
      covered.ranges.push({ type, telegram, buffer, bytes })
    }
  })
}

const even = fc.integer({ min: 20, max: 747 }).map((words) => words * 2)
const telegrams = fc
  .array(even, { minLength: 1, maxLength: 4 })
  .map((used) => [...used, 0, 0, 0, 0].slice(0, 4))

describe('plan of the telegram memory', () => {
  test('tables, descriptors and buffers never overlap and fit, or the plan is refused', () => {
    fc.assert(
      fc.property(
        telegrams,
        telegrams,
        fc.constantFrom<1 | 2 | 3>(1, 2, 3),
        (mdtBytes, atBytes, buffers) => {
          const plan = planOrRefusal(mdtBytes, atBytes, buffers)
          const tooMuch =
            sum(mdtBytes) * buffers > windows.tx.size - 400 ||
            sum(atBytes) * 2 * buffers > windows.rx.size - 400
          expect(plan !== undefined || tooMuch).toBe(true)
          if (plan === undefined) return
          checkRam(plan.txWords, [plan.txBuffers], plan.txBufferBytes, windows.tx.size)
          checkRam(
            plan.rxWords,
            [plan.rxBuffersP1, plan.rxBuffersP2],
            plan.rxBufferBytes,
            windows.rx.size,
          )
          expect(plan.txBuffers).toHaveLength(buffers)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('every byte of every MDT is sent from its place in the buffer, ATs are sent as zeros', () => {
    fc.assert(
      fc.property(telegrams, telegrams, (mdtBytes, atBytes) => {
        const plan = planOrRefusal(mdtBytes, atBytes, 1)
        if (plan === undefined) return
        const tx = interpret(plan.txWords)
        const rx = interpret(plan.rxWords)
        mdtBytes.forEach((bytes, n) => {
          expect(tx[indexTable.mdt + n]).toEqual(whole(bytes, plan.mdtStart[n] ?? 0))
          expect(rx[indexTable.mdt + n]).toEqual({ enabled: bytes > 0, length: bytes, ranges: [] })
        })
        atBytes.forEach((bytes, n) => {
          expect(tx[indexTable.at + n]).toEqual({ enabled: bytes > 0, length: bytes, ranges: [] })
          expect(rx[indexTable.at + n]).toEqual(whole(bytes, plan.atStart[n] ?? 0))
        })
      }),
    )
  })

  test('no descriptor covers the field of MDT0 into which the core puts the Sercos time', () => {
    const plan = planRam({ mdtBytes: [60, 40, 0, 0], atBytes: [40, 0, 0, 0] }, 1, 'extended')
    const [mdt0, mdt1] = interpret(plan.txWords)
    const type = descriptor.txType.rtStart
    expect(mdt0?.length).toBe(60)
    expect(mdt0?.ranges).toEqual([
      { type, telegram: 0, buffer: 0, bytes: 8 },
      { type, telegram: 14, buffer: 14, bytes: 46 },
    ])
    expect(mdt1).toEqual(whole(40, 60))
  })

  test('CP0 sends its sequence counter per port and the address words from the buffer', () => {
    const plan = planRamCp0()
    const at0 = interpret(plan.txWords)[indexTable.at]
    expect(at0?.length).toBe(1024)
    expect(at0?.ranges).toEqual([
      { type: descriptor.txType.portStart, telegram: 0, buffer: 0, bytes: 2 },
      { type: descriptor.txType.rtStart, telegram: 2, buffer: plan.addressStart, bytes: 1022 },
    ])
    expect(new Set([plan.sequenceP1, plan.sequenceP2, plan.txBuffers[0]]).size).toBe(3)
  })
})

function whole(bytes: number, buffer: number): Covered {
  const ranges = bytes > 0 ? [{ type: descriptor.txType.rtStart, telegram: 0, buffer, bytes }] : []
  return { enabled: bytes > 0, length: bytes, ranges }
}

function planOrRefusal(
  mdtBytes: number[],
  atBytes: number[],
  buffers: 1 | 2 | 3,
): RamPlan | undefined {
  try {
    return planRam({ mdtBytes, atBytes }, buffers)
  } catch (error) {
    if (error instanceof DualportError && error.code === 'DP_SERCOS3_RAM') return undefined
    throw error
  }
}

function checkRam(
  words: readonly RamWord[],
  ports: readonly (readonly number[])[],
  bytes: number,
  size: number,
): void {
  const used = new Uint8Array(size)
  const take = (offset: number, length: number) => {
    expect(offset % 4).toBe(0)
    expect(offset + length).toBeLessThanOrEqual(size)
    expect(used.subarray(offset, offset + length).some((byte) => byte !== 0)).toBe(false)
    used.fill(1, offset, offset + length)
  }
  for (const { offset } of words) take(offset, 4)
  for (const buffers of ports) for (const offset of buffers) take(offset, bytes)
}

function sum(list: readonly number[]): number {
  return list.reduce((total, bytes) => total + bytes, 0)
}
