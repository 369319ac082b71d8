import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DualportError } from '../../../../errors.ts'
import { cp12, cp34, payloadMaxBytes, payloadMinBytes } from '../../telegram.ts'
import { noConnection } from '../config/connections.ts'
import { layoutCp12, layoutCp34 } from './telegram-layout.ts'
import type { TelegramLayout } from './telegram-layout.ts'

const connections = ({ mdt, at }: { mdt: number; at: number }) => ({
  mdt: { ...noConnection, bytes: mdt },
  at: { ...noConnection, bytes: at },
})

const offsets = (layout: TelegramLayout, field: 'mdtSvc' | 'cDev' | 'atSvc' | 'sDev') =>
  layout.devices.map((device) => device[field].offset)

describe('layout of CP3 and CP4', () => {
  test('three devices without connections lie as the vendors master lays them', () => {
    const layout = layoutCp34(Array.from({ length: 3 }, () => connections({ mdt: 0, at: 0 })))
    expect(offsets(layout, 'mdtSvc')).toEqual([14, 20, 26])
    expect(offsets(layout, 'cDev')).toEqual([32, 34, 36])
    expect(offsets(layout, 'atSvc')).toEqual([8, 14, 20])
    expect(offsets(layout, 'sDev')).toEqual([26, 28, 30])
    expect(layout.mdtBytes).toEqual([40, 0, 0, 0])
    expect(layout.atBytes).toEqual([40, 0, 0, 0])
  })

  test('one drive of three devices lies as the vendors master lays it', () => {
    const none = connections({ mdt: 0, at: 0 })
    const layout = layoutCp34([connections({ mdt: 12, at: 14 }), none, none])
    expect(layout.devices[0]?.mdtConnection).toEqual({ telegram: 0, offset: 38 })
    expect(layout.devices[0]?.atConnection).toEqual({ telegram: 0, offset: 32 })
    expect(layout.mdtBytes).toEqual([50, 0, 0, 0])
    expect(layout.atBytes).toEqual([46, 0, 0, 0])
  })

  test('fields of any device list never overlap and stay inside their telegrams, or the layout is refused', () => {
    const bytes = fc.integer({ min: 0, max: 120 }).map((words) => words * 2)
    fc.assert(
      fc.property(
        fc.array(fc.record({ mdt: bytes, at: bytes }), { minLength: 1, maxLength: 120 }),
        (list) => {
          const layout = layoutOrRefusal(list)
          const total = (kind: 'mdt' | 'at') =>
            list.reduce((sum, device) => sum + device[kind] + 8, 14)
          // Each telegram wastes less than one connection: a refusal needs nearly four full ones.
          const nearlyFull = 4 * (payloadMaxBytes - 240)
          expect(layout !== undefined || Math.max(total('mdt'), total('at')) > nearlyFull).toBe(
            true,
          )
          if (layout === undefined) return
          const bytesOf = (kind: 'mdt' | 'at') => list.map((device) => device[kind])
          checkFields(layout, 'MDT', bytesOf('mdt'))
          checkFields(layout, 'AT', bytesOf('at'))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('a connection longer than a telegram, or of odd length, is refused', () => {
    expect(() => layoutCp34([connections({ mdt: payloadMaxBytes + 2, at: 0 })])).toThrow(
      /DP_SERCOS3_LAYOUT/,
    )
    expect(() => layoutCp34([connections({ mdt: 0, at: 7 })])).toThrow(/DP_SERCOS3_LAYOUT/)
  })
})

test('in CP1 and CP2 the slot is the topology address, and slot 0 stays free', () => {
  const layout = layoutCp12(Array.from({ length: 200 }, (_, n) => n + 1))
  expect(layout.devices[0]?.mdtSvc).toEqual({ telegram: 0, offset: 6 })
  expect(layout.devices[0]?.cDev).toEqual({ telegram: 0, offset: cp12.deviceOffset + 4 })
  expect(layout.devices[126]?.mdtSvc).toEqual({ telegram: 0, offset: 127 * 6 })
  expect(layout.devices[127]?.mdtSvc).toEqual({ telegram: 1, offset: 0 })
  expect(layout.mdtBytes).toEqual([1280, 1280, 0, 0])
})

function layoutOrRefusal(list: { mdt: number; at: number }[]): TelegramLayout | undefined {
  try {
    return layoutCp34(list.map(connections))
  } catch (error) {
    if (error instanceof DualportError && error.code === 'DP_SERCOS3_LAYOUT') return undefined
    throw error
  }
}

function checkFields(layout: TelegramLayout, kind: 'MDT' | 'AT', lengthsOf: number[]): void {
  const mdt = kind === 'MDT'
  const lengths = mdt ? layout.mdtBytes : layout.atBytes
  const used = lengths.map((bytes) => new Uint8Array(bytes))
  used[0]?.fill(1, 0, mdt ? cp34.hotPlugBytes + cp34.mdtExtendedBytes : cp34.hotPlugBytes)
  const mark = ({ telegram, offset }: { telegram: number; offset: number }, bytes: number) => {
    expect(offset % 2).toBe(0)
    const range = used[telegram]?.subarray(offset, offset + bytes)
    expect(range?.length).toBe(bytes)
    expect(range?.some((byte) => byte !== 0)).toBe(false)
    range?.fill(1)
  }
  layout.devices.forEach((device, index) => {
    mark(mdt ? device.mdtSvc : device.atSvc, cp34.svcBytes)
    mark(mdt ? device.cDev : device.sDev, cp34.deviceBytes)
    const bytes = lengthsOf[index] ?? 0
    if (bytes > 0) mark(mdt ? device.mdtConnection : device.atConnection, bytes)
  })
  for (const bytes of lengths.filter((length) => length > 0)) {
    expect(bytes).toBeGreaterThanOrEqual(payloadMinBytes)
    expect(bytes).toBeLessThanOrEqual(payloadMaxBytes)
  }
}
