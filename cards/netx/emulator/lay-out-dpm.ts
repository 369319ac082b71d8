/** Fills the DPM of a card whose firmware is up: cookie, identity, channel table, READY. Numbers without a source are ours. */
import { place } from '../../../uio/bit-field.ts'
import {
  areas,
  channelEntry,
  channelTable,
  channelType,
  cookies,
  dpmSize,
  handshakeCell,
  handshakePosition,
  handshakeWidth,
  systemChannel,
  systemFlags,
} from '../registers.ts'

type Channel = {
  readonly type: number
  readonly id: number
  readonly cellWidth: number
  readonly blocks: number
  readonly size: number
  readonly mailbox?: { readonly size: number; readonly start: number }
}

const mailboxBytes = 128

const channels: readonly Channel[] = [
  {
    type: channelType.system,
    id: 0,
    cellWidth: handshakeWidth.bits8,
    blocks: 6,
    size: areas.system.size,
    mailbox: { size: mailboxBytes, start: systemChannel.sendMailbox.offset },
  },
  {
    type: channelType.handshake,
    id: 0,
    cellWidth: handshakeWidth.none,
    blocks: 1,
    size: areas.handshake.size,
  },
  {
    type: channelType.communication,
    id: 0,
    cellWidth: handshakeWidth.bits16,
    blocks: 9,
    size: areas.communication0.size,
  },
]

export function layOutDpm(dpm: DataView): void {
  dpm.setUint32(systemChannel.cookie.offset, cookies.netx, true)
  dpm.setUint32(systemChannel.dpmTotalSize.offset, dpmSize, true)
  dpm.setUint32(systemChannel.deviceNumber.offset, 1_250_100, true)
  dpm.setUint32(systemChannel.serialNumber.offset, 20_001, true)
  dpm.setUint16(systemChannel.manufacturer.offset, 1, true)
  const { ok } = systemChannel.status.bits
  dpm.setUint32(systemChannel.status.offset, place(1, ok), true)
  const { defaultMemoryMap } = systemChannel.cos.bits
  dpm.setUint32(systemChannel.cos.offset, place(1, defaultMemoryMap), true)
  dpm.setUint16(systemChannel.sendMailbox.offset, 1, true)
  for (let entry = 0; entry < channelTable.count; entry++)
    writeChannel(dpm, channelTable.offset + entry * channelTable.size, channels[entry])
  const systemCell = areas.handshake.offset + handshakeCell.system * handshakeCell.size
  dpm.setUint8(systemCell + handshakeCell.bits8.netx, systemFlags.netx.ready)
}

function writeChannel(dpm: DataView, offset: number, channel: Channel | undefined): void {
  if (channel === undefined) {
    dpm.setUint8(offset + channelEntry.type.offset, channelType.notAvailable)
    return
  }
  const { width, position } = channelEntry.handshake.bits
  const where = channel.cellWidth === handshakeWidth.none ? 0 : handshakePosition.handshakeChannel
  dpm.setUint8(offset + channelEntry.type.offset, channel.type)
  dpm.setUint8(offset + channelEntry.id.offset, channel.id)
  dpm.setUint8(
    offset + channelEntry.handshake.offset,
    place(channel.cellWidth, width) | place(where, position),
  )
  dpm.setUint8(offset + channelEntry.blocks.offset, channel.blocks)
  dpm.setUint32(offset + channelEntry.size.offset, channel.size, true)
  dpm.setUint16(offset + channelEntry.mailboxSize.offset, channel.mailbox?.size ?? 0, true)
  dpm.setUint16(offset + channelEntry.mailboxStart.offset, channel.mailbox?.start ?? 0, true)
}
