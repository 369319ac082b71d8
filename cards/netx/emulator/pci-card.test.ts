import { beforeEach, describe, expect, test } from 'vitest'
import { extract } from '../../../uio/bit-field.ts'
import {
  areas,
  cellVector,
  channelEntry,
  channelTable,
  channelType,
  cookies,
  dpmSize,
  globalRegisters,
  interruptMask,
  registers,
  systemChannel,
  systemFlags,
} from '../registers.ts'
import { NetxPciCard } from './pci-card.ts'

const state = globalRegisters.offset + registers.irqState0.offset
const enable = globalRegisters.offset + registers.irqEnable0.offset
const all = 0x8000_0000
let card: NetxPciCard

beforeEach(() => {
  card = new NetxPciCard()
})

const read = (offset: number, width: 8 | 16 | 32 = 32) => card.read(0, offset, width)
const write = (offset: number, value: number) => card.write(0, offset, 32, value)

/** What the kernel's handler asks. */
function isClaimed(): boolean {
  return (read(enable) & read(state) & interruptMask) !== 0
}

test('has the ids of a cifX card and one BAR, whose registers lie where the kernel looks for them', () => {
  expect(card.ids).toMatchObject({ vendor: 0x15cf, device: 0, subsystemVendor: 0 })
  expect(card.bars).toEqual([{ index: 0, bytes: dpmSize }])
  expect({ state, enable }).toEqual({ state: 0xffe0, enable: 0xfff0 })
})

describe('the dual-port memory', () => {
  test('shows a netX that is up, and how large it is', () => {
    expect(read(systemChannel.cookie.offset)).toBe(cookies.netx)
    expect(read(systemChannel.dpmTotalSize.offset)).toBe(dpmSize)
    expect(read(areas.handshake.offset + 2, 8)).toBe(systemFlags.netx.ready)
  })

  test('its channel table names system, handshake and one communication channel', () => {
    const channels = Array.from({ length: channelTable.count }, (_, n) => {
      const entry = channelTable.offset + n * channelTable.size
      return [read(entry + channelEntry.type.offset, 8), read(entry + channelEntry.size.offset)]
    })
    expect(channels.slice(0, 3)).toEqual([
      [channelType.system, 0x200],
      [channelType.handshake, 0x100],
      [channelType.communication, 0x3d00],
    ])
    expect(channels.slice(3)).toEqual(
      Array.from({ length: 5 }, () => [channelType.notAvailable, 0]),
    )
  })
})

describe('interrupts', () => {
  test('are claimed by the kernel as long as an enabled source stands, and masked by bit 31', () => {
    write(enable, all | 1)
    expect(isClaimed()).toBe(false)
    card.raise()
    expect({ line: card.interrupt, claimed: isClaimed() }).toEqual({ line: true, claimed: true })
    write(enable, read(enable) & ~all)
    expect(card.interrupt).toBe(false)
  })

  test('are cleared by writing 1 to their state bit, and by nothing else', () => {
    write(enable, all | 1)
    card.raise()
    write(state, ~1)
    expect(card.pending).toBe(true)
    card.write(0, state + 1, 8, 0xff)
    expect(card.pending).toBe(true)
    write(state, read(state))
    expect({ pending: card.pending, state: read(state) }).toEqual({ pending: false, state: 0 })
  })

  test('a source that is not enabled shows in the state and raises no line', () => {
    write(enable, all)
    card.raise()
    expect(card.interrupt).toBe(false)
    expect(read(state) & 1).toBe(1)
    expect(read(state) >>> 31).toBe(0)
  })

  test('the state names the cell in its vector', () => {
    card.raise()
    expect(extract(read(state), registers.irqState0.bits.vector)).toBe(cellVector)
  })

  test('bits that are no interrupt cannot be enabled', () => {
    write(enable, 0xffff_ffff)
    expect(read(enable)).toBe(interruptMask)
  })
})

test('a reset silences the card and brings its memory back', () => {
  write(enable, all | 1)
  card.raise()
  write(0, 0)
  card.reset()
  expect(read(systemChannel.cookie.offset)).toBe(cookies.netx)
  expect({ enable: read(enable), state: read(state) }).toEqual({ enable: 0, state: 0 })
})
