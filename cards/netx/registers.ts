/**
 * Hilscher cifX / netX dual-port memory (DPM): identities, areas, global registers, flags. Little endian.
 *
 * The only file where driver and emulator meet. LX: Linux 6.1 drivers/uio/uio_netx.c. DM: Hil_DualPortMemory.h, HI:
 * HilHostIf.h, HW: cifXHWFunctions.c, PD: HilPCIDefs.h, all public in HilscherAutomation/nxdrvlinux; facts, no text.
 */
import type { RegisterTable } from '../../uio/register-table.ts'

/** PCI identity of a cifX card. LX, PD. Relatives: netPLC 15cf:0010, and netX behind a PLX 9030 (10b5:9030 with 10b5:3235 or 3335). */
export const pci = {
  vendor: 0x15cf,
  device: 0x0000,
  subsystemVendor: 0x0000,
  subsystemDevice: 0x0000,
  /** BAR0, map0 of LX: the DPM. */
  memoryBar: 0,
} as const

/** Size of the DPM that has global registers; smaller ones (8 to 32 KiB) have none. */
export const dpmSize = 0x10000

/** The global registers are the last 0x200 bytes of the DPM. HI. */
export const globalRegisters = { offset: dpmSize - 0x200, size: 0x200 } as const

const hi = 'HI; HW'

/** Offsets in the block of global registers: 0xFE00 is to be added in a 64-KiB DPM. */
// oxfmt-ignore
export const registers = {
  pciBaseAddress: { offset: 0x1bc, width: 32, access: 'rw', about: 'PCI base address as the netX sees it', known: 'read', source: hi },
  watchdogTimeoutHost: { offset: 0x1c0, width: 32, access: 'rw', about: 'Watchdog: time-out of the host', known: 'read', source: hi },
  watchdogTrigger: { offset: 0x1c4, width: 32, access: 'rw', about: 'Watchdog: trigger', known: 'read', source: hi },
  watchdogTimeoutNetx: { offset: 0x1c8, width: 32, access: 'rw', about: 'Watchdog: time-out of the netX', known: 'read', source: hi },
  cyclicTimerControl: { offset: 0x1d0, width: 32, access: 'rw', about: 'Cyclic timer: control', known: 'read', source: hi },
  cyclicTimerStart: { offset: 0x1d4, width: 32, access: 'rw', about: 'Cyclic timer: start value', known: 'read', source: hi },
  systemState: { offset: 0x1d8, width: 32, access: 'r', about: 'State of the netX', known: 'read', source: hi },
  hostReset: { offset: 0x1dc, width: 32, access: 'rw', about: 'Reset by the host: 0, 1, 3, 7, f, 1f, 3f, 7f, ff in sequence', known: 'read', source: hi },
  irqState0: { offset: 0x1e0, width: 32, access: 'w1c', about: 'Interrupt state', known: 'read', source: `LX; ${hi}`,
    bits: { request: [31, 31], memoryLock: [30, 30], watchdog: [29, 29], systemStatus: [26, 26], timer: [25, 25],
      vector: { bits: [23, 16], access: 'r' }, cells: [15, 0] } },
  irqState1: { offset: 0x1e4, width: 32, access: 'w1c', about: 'Interrupt state, second word', known: 'read', source: hi },
  irqEnable0: { offset: 0x1f0, width: 32, access: 'rw', about: 'Interrupt enable; LX clears bit 31 in its handler', known: 'read', source: `LX; ${hi}`,
    bits: { all: [31, 31], memoryLock: [30, 30], watchdog: [29, 29], systemStatus: [26, 26], timer: [25, 25], cells: [15, 0] } },
  irqEnable1: { offset: 0x1f4, width: 32, access: 'rw', about: 'Interrupt enable, second word', known: 'read', source: hi },
  version: { offset: 0x1fc, width: 32, access: 'r', about: 'Version of the netX; 0 on a plain card', known: 'read', source: hi },
} as const satisfies RegisterTable

/** Bits that LX looks at in state AND enable before it takes an interrupt for its own. */
export const interruptMask = 0xe600ffff

/** IRQState_0's vector while a handshake cell asks: this and the cell's number. HI. */
export const cellVector = 0x10

/** Cookies at 0 of the DPM: the firmware runs, or a second-stage loader does. DM. */
export const cookies = { netx: 0x5874656e, boot: 0x544f4f42 } as const

/** What a DPM reads like that is not there or not ready. HW. */
export const invalidCookies = [0xffffffff, 0x0bad0bad] as const

/** Default layout of a 64-KiB DPM. DM. A driver takes sizes and kinds from the channel table instead. */
export const areas = {
  system: { offset: 0x0000, size: 0x0200 },
  handshake: { offset: 0x0200, size: 0x0100 },
  communication0: { offset: 0x0300, size: 0x3d00 },
} as const

const dm = 'DM'

// oxfmt-ignore
export const systemChannel = {
  cookie: { offset: 0x00, width: 32, access: 'r', about: '"netX", or "BOOT"', known: 'read', source: dm },
  dpmTotalSize: { offset: 0x04, width: 32, access: 'r', about: 'Size of the DPM, bytes', known: 'read', source: dm },
  deviceNumber: { offset: 0x08, width: 32, access: 'r', about: 'Device number', known: 'read', source: dm },
  serialNumber: { offset: 0x0c, width: 32, access: 'r', about: 'Serial number', known: 'read', source: dm },
  hardwareOptions01: { offset: 0x10, width: 32, access: 'r', about: 'Hardware options, ports 0 and 1', known: 'read', source: dm, bits: { port0: [15, 0], port1: [31, 16] } },
  hardwareOptions23: { offset: 0x14, width: 32, access: 'r', about: 'Hardware options, ports 2 and 3', known: 'read', source: dm, bits: { port2: [15, 0], port3: [31, 16] } },
  manufacturer: { offset: 0x18, width: 16, access: 'r', about: 'Maker', known: 'read', source: dm },
  productionDate: { offset: 0x1a, width: 16, access: 'r', about: 'Production date', known: 'read', source: dm, bits: { yearSince2000: [15, 8], week: [7, 0] } },
  deviceClass: { offset: 0x28, width: 16, access: 'r', about: 'Class of the device', known: 'read', source: dm },
  hardwareRevision: { offset: 0x2a, width: 8, access: 'r', about: 'Revision of the hardware', known: 'read', source: dm },
  commandCos: { offset: 0xb8, width: 32, access: 'rw', about: 'System command; 0x55aa55aa resets', known: 'read', source: dm },
  control: { offset: 0xbc, width: 32, access: 'rw', about: 'Mode of a reset', known: 'read', source: dm, bits: { mode: [3, 0], parameter: [7, 4] } },
  cos: { offset: 0xc0, width: 32, access: 'r', about: 'System state changes', known: 'read', source: dm, bits: { defaultMemoryMap: [31, 31] } },
  status: { offset: 0xc4, width: 32, access: 'r', about: 'System status', known: 'read', source: dm,
    bits: { ok: [0, 0], idpm: [22, 22], app: [23, 23], bootMedium: [27, 24], noSystemVolume: [29, 29], fileSystem: [30, 30], nxo: [31, 31] } },
  error: { offset: 0xc8, width: 32, access: 'r', about: 'System error', known: 'read', source: dm },
  bootError: { offset: 0xcc, width: 32, access: 'r', about: 'Error of the boot loader', known: 'read', source: dm },
  secondsSinceStart: { offset: 0xd0, width: 32, access: 'r', about: 'Time since start, s', known: 'read', source: dm },
  cpuLoad: { offset: 0xd4, width: 32, access: 'r', about: 'Load, 0.01 %', known: 'read', source: dm },
  sendMailbox: { offset: 0x100, width: 16, access: 'r', about: 'Packages accepted; 124 bytes of packet follow at +4', known: 'read', source: dm },
  receiveMailbox: { offset: 0x180, width: 16, access: 'r', about: 'Packages waiting; 124 bytes of packet follow at +4', known: 'read', source: dm },
} as const satisfies RegisterTable

/** The channel table: `count` entries of `size` bytes. DM. */
export const channelTable = { offset: 0x30, size: 16, count: 8 } as const

/** One entry of the channel table. */
// oxfmt-ignore
export const channelEntry = {
  type: { offset: 0x0, width: 8, access: 'r', about: 'What it is: see channelType', known: 'read', source: dm },
  id: { offset: 0x1, width: 8, access: 'r', about: 'Number of the channel or subblock', known: 'read', source: dm },
  handshake: { offset: 0x2, width: 8, access: 'r', about: 'Its handshake cell', known: 'read', source: dm,
    bits: { width: [3, 0], position: [7, 4] } },
  blocks: { offset: 0x3, width: 8, access: 'r', about: 'Number of blocks', known: 'read', source: dm },
  size: { offset: 0x4, width: 32, access: 'r', about: 'Size, bytes', known: 'read', source: dm },
  /** Of a system channel: size of a mailbox; of a communication channel: its class. */
  mailboxSize: { offset: 0x8, width: 16, access: 'r', about: 'Mailbox size (system), communication class (communication)', known: 'read', source: dm },
  mailboxStart: { offset: 0xa, width: 16, access: 'r', about: 'Mailbox start (system), protocol class (communication)', known: 'read', source: dm },
} as const satisfies RegisterTable

/** DM. 128 and above are the user's. */
export const channelType = {
  undefined: 0,
  notAvailable: 1,
  reserved: 2,
  system: 3,
  handshake: 4,
  communication: 5,
  application: 6,
} as const

/** Fields of channelEntry.handshake. DM. */
export const handshakeWidth = { none: 0, bits8: 1, bits16: 2 } as const
export const handshakePosition = { ownChannel: 0, handshakeChannel: 1 } as const

/**
 * One 4-byte cell a channel in the handshake channel. A cell 8 bits wide holds the netX's flags in byte 2 and the host's
 * in byte 3; one 16 bits wide the netX's in its low half and the host's in its high half. DM.
 */
export const handshakeCell = {
  size: 4,
  system: 0,
  sync: 1,
  communication0: 2,
  bits8: { netx: 2, host: 3 },
  bits16: { netx: 0, host: 2 },
} as const

/** Flags in the system channel's cell, by owner. Commands and acknowledgements with the same bit are toggle pairs. DM. */
export const systemFlags = {
  netx: {
    ready: 0x01,
    error: 0x02,
    hostCosAck: 0x04,
    netxCosCmd: 0x08,
    sendMbxAck: 0x10,
    recvMbxCmd: 0x20,
  },
  host: {
    reset: 0x01,
    bootStart: 0x02,
    hostCosCmd: 0x04,
    netxCosAck: 0x08,
    sendMbxCmd: 0x10,
    recvMbxAck: 0x20,
  },
} as const
