import { expect, test } from 'vitest'
import { ConfigSpace } from './config-space.ts'
import { PlainCard } from './plain-card.ts'

const plain = new PlainCard()

function read16(config: ConfigSpace, offset: number): number {
  const bytes = config.read(offset, 2)
  return (bytes[0] as number) | ((bytes[1] as number) << 8)
}

test('a card without messages has no capabilities', () => {
  const config = new ConfigSpace(plain)
  expect(read16(config, 0x06) & 0x10).toBe(0)
  expect(config.read(0x34, 1)).toEqual(new Uint8Array(1))
  expect(config.read(0x40, 16)).toEqual(new Uint8Array(16))
})

test('a card with a message has the MSI capability: one vector, 64-bit addresses, no masks', () => {
  const config = new ConfigSpace({ ids: plain.ids, bars: plain.bars, msiVectors: 1 })
  expect(read16(config, 0x06) & 0x10).toBe(0x10)
  expect(config.read(0x34, 1)).toEqual(new Uint8Array([0x40]))
  expect(config.read(0x40, 4)).toEqual(new Uint8Array([0x05, 0x00, 0x80, 0x00]))
})

test('software sets enable, address and data of a message and nothing else of the capability', () => {
  const config = new ConfigSpace({ ids: plain.ids, bars: plain.bars, msiVectors: 1 })
  config.write(0x40, new Uint8Array(16).fill(0xff))
  expect(Buffer.from(config.read(0x40, 16)).toString('hex')).toBe(
    '0500f100fcffffffffffffffffff0000',
  )
  config.reset()
  expect(config.read(0x40, 4)).toEqual(new Uint8Array([0x05, 0x00, 0x80, 0x00]))
})

test('the command register says whether the card may be bus master and may pull its line', () => {
  const config = new ConfigSpace(plain)
  expect([config.busMaster, config.interruptDisabled]).toEqual([false, false])
  config.write(0x04, new Uint8Array([0x04, 0x04]))
  expect([config.busMaster, config.interruptDisabled]).toEqual([true, true])
  config.reset()
  expect([config.busMaster, config.interruptDisabled]).toEqual([false, false])
})

test('the interrupt status is shown, cannot be written, and leaves the rest alone', () => {
  const config = new ConfigSpace(plain)
  config.interruptStatus = true
  config.write(0x06, new Uint8Array([0, 0]))
  expect(read16(config, 0x06)).toBe(0x0288)
  config.interruptStatus = false
  expect(read16(config, 0x06)).toBe(0x0280)
})
