import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DualportError } from '../../../../errors.ts'
import { windows } from '../../registers.ts'
import { planUc, segmentBytes } from './uc-channel.ts'
import { mtuLimits } from '../timing/uc-window.ts'

test('rings lie behind the telegrams, apart, within the memory, and hold a frame each; or there is too little left', () => {
  const used = fc.record({
    txBytesUsed: fc.integer({ min: 1, max: windows.tx.size }),
    rxBytesUsed: fc.integer({ min: 1, max: windows.rx.size }),
  })
  fc.assert(
    fc.property(used, fc.integer(mtuLimits), (bytes, mtu) => {
      const plan = planOrRefusal(bytes, mtu)
      const frame = mtu + 18
      const enough =
        windows.tx.size - bytes.txBytesUsed >= frame + segmentBytes &&
        windows.rx.size - bytes.rxBytesUsed >= 2 * (frame + segmentBytes) + segmentBytes
      if (enough) expect(plan).toBeDefined()
      if (plan === undefined) return
      const { tx, rxP1, rxP2 } = plan
      expect(tx.first * segmentBytes).toBeGreaterThanOrEqual(bytes.txBytesUsed)
      expect((tx.last + 1) * segmentBytes).toBe(windows.tx.size)
      expect(rxP1.first * segmentBytes).toBeGreaterThanOrEqual(bytes.rxBytesUsed)
      expect(rxP2.first).toBe(rxP1.last + 1)
      expect((rxP2.last + 1) * segmentBytes).toBeLessThanOrEqual(windows.rx.size)
      for (const { first, last } of [rxP1, rxP2])
        expect((last - first + 1) * segmentBytes).toBeGreaterThanOrEqual(frame)
    }),
  )
})

function planOrRefusal(...of: Parameters<typeof planUc>) {
  try {
    return planUc(...of)
  } catch (error) {
    if (error instanceof DualportError && error.code === 'DP_SERCOS3_UC_RAM') return undefined
    throw error
  }
}
