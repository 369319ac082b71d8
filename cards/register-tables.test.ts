/** What must hold for every row of every card's register tables. */
import { describe, expect, test } from 'vitest'
import { maskOf } from '../uio/bit-field.ts'
import type { Register, RegisterTable } from '../uio/register-table.ts'
import * as cif from './cif/registers.ts'
import * as mf624 from './mf624/registers.ts'
import * as netx from './netx/registers.ts'
import * as sercos3 from './sercos3/registers.ts'

const tables: readonly (readonly [name: string, table: RegisterTable, bytes: number])[] = [
  ['sercos3', sercos3.registers, sercos3.windows.registers.size],
  ['cif', cif.registers, cif.bridgeSize],
  ['netx global registers', netx.registers, netx.globalRegisters.size],
  ['netx system channel', netx.systemChannel, netx.areas.system.size],
  ['netx channel entry', netx.channelEntry, netx.channelTable.size],
  ['mf624 chipset', mf624.chipset, mf624.barSizes.chipset],
  ['mf624 converters, read', mf624.converters, mf624.barSizes.converters],
  ['mf624 converters, written', mf624.converterWrites, mf624.barSizes.converters],
  ['mf624 counters, read', mf624.counters, mf624.barSizes.counters],
  ['mf624 counters, written', mf624.counterWrites, mf624.barSizes.counters],
]

describe.each(tables)('%s', (_name, table, bytes) => {
  const rows: readonly Register[] = Object.values(table)

  test('registers are aligned, inside their window, and none overlaps another', () => {
    const taken = new Map<number, Register>()
    for (const row of rows) {
      expect(row.offset % (row.width / 8)).toBe(0)
      for (let at = row.offset; at < row.offset + row.width / 8; at++) {
        expect(at).toBeLessThan(bytes)
        expect(taken.get(at)).toBeUndefined()
        taken.set(at, row)
      }
    }
  })

  test('fields lie inside their register, and none overlaps another', () => {
    for (const row of rows) {
      let taken = 0
      for (const field of Object.values(row.bits ?? {})) {
        const [high, low] = 'access' in field ? field.bits : field
        expect(high).toBeGreaterThanOrEqual(low)
        expect(high).toBeLessThan(row.width)
        expect(taken & maskOf(field)).toBe(0)
        taken |= maskOf(field)
      }
    }
  })

  test('every row says what it is and where that is known from', () => {
    for (const row of rows) {
      expect(row.about).not.toBe('')
      expect(row.source).not.toBe('')
    }
  })
})
