/**
 * The SERCON100M master IP core: every register, window, descriptor and timer event. Little endian.
 *
 * The only file (with telegram.ts and idn.ts, the words of the protocol) where driver and emulator meet.
 * CS: CoSeMa V6.1 headers (CSMD_HAL_GLOB.h, CSMD_HAL_PRIV.h, CSMD_BM_CFG.h) and sources; SICE: the software core's
 * sources beside it (both public in aschiffler/linuxcnc-sercos3); LX: Linux 6.1 drivers/uio/uio_sercos3.c.
 */
import type { RegisterTable } from '../../uio/register-table.ts'

/** PCI identity of the Automata SERCOS III card. LX: a PLX 9030 bridge with the maker's subsystem ids. */
export const pci = {
  vendor: 0x10b5,
  device: 0x9030,
  subsystemVendor: 0x1971,
  subsystemDevices: [0x3530, 0x3535, 0x3780],
  /** BAR that holds the register block (LX: map3 = BAR4). That the other windows follow in the same BAR at the core's own offsets is inferred. */
  registerBar: 4,
} as const

/** Byte offsets of the four windows in the core's 64 KiB. CS CSMD_HAL_GLOB.h. */
export const windows = {
  registers: { offset: 0x0000, size: 0x0400 },
  svc: { offset: 0x4000, size: 0x1000 },
  tx: { offset: 0x8000, size: 0x2000 },
  rx: { offset: 0xc000, size: 0x4000 },
} as const

export const coreSize = 0x10000

/** IDR: the identification in the upper half, and what this driver accepts. CS CSMD_INIT.c; versions tried. */
export const identification = {
  ident: 0x88cd,
  typeMaster: 0,
  version: 4,
  releases: [9, 10, 11],
} as const

/** WDCSR trigger words. CS CSMD_HAL.c. */
export const watchdogTrigger = { arm: 0x88cd, disarm: 0x7732 } as const

const port = (name: string) => `${name}: low half port 1, high half port 2`
const cs = 'CS CSMD_HAL_GLOB.h'
const csBits = 'CS CSMD_HAL_GLOB.h, CSMD_HAL_PRIV.h'

const tgsrBits = {
  mdt: { bits: [3, 0], access: 'latch' },
  at: { bits: [7, 4], access: 'latch' },
  mstValid: { bits: [8, 8], access: 'latch' },
  secondary: [9, 9],
  mstWindowError: { bits: [10, 10], access: 'latch' },
  mstMiss: { bits: [11, 11], access: 'latch' },
  mstDoubleMiss: { bits: [12, 12], access: 'latch' },
  at0Miss: { bits: [13, 13], access: 'latch' },
  cycleCount: [26, 24],
  cycleCountValid: [27, 27],
  firstMst: [28, 28],
} as const

const rxBufferBits = {
  count: { bits: [1, 0], access: 'rw' },
  activeP1: { bits: [17, 16], access: 'r' },
  newDataP1: { bits: [20, 20], access: 'r' },
  activeP2: { bits: [25, 24], access: 'r' },
  newDataP2: { bits: [28, 28], access: 'r' },
  request: { bits: [31, 31], access: 'selfClear' },
} as const

const txBufferBits = {
  count: { bits: [1, 0], access: 'rw' },
  active: { bits: [17, 16], access: 'r' },
  request: { bits: [31, 31], access: 'selfClear' },
} as const

const ipcsrBits = {
  txEnable: [0, 0],
  rxEnable: [1, 1],
  broadcastOff: [3, 3],
  multicastOff: [4, 4],
  collisionBufferOff: [5, 5],
  promiscuous: [6, 6],
  interruptEnables: [11, 8],
  rxReady: { bits: [16, 16], access: 'r' },
  rxFull: { bits: [17, 17], access: 'r' },
  txReady: { bits: [18, 18], access: 'r' },
  txEmpty: { bits: [19, 19], access: 'r' },
  link: { bits: [31, 31], access: 'r' },
} as const

// oxfmt-ignore
export const registers = {
  idr: { offset: 0x000, width: 32, access: 'r', about: 'Identification', known: 'tried', source: csBits,
    bits: { ident: [31, 16], type: [15, 13], test: [12, 10], version: [9, 5], release: [4, 0] } },
  gcsfr: { offset: 0x004, width: 32, access: 'rw', about: 'Global control and status: resets', known: 'tried', source: csBits,
    bits: { softReset: { bits: [0, 0], access: 'selfClear' }, phyReset: { bits: [1, 1], access: 'selfClear' },
      lineBreakSensitivity: [11, 8], busVersion: { bits: [31, 24], access: 'r' } } },
  ier0: { offset: 0x008, width: 32, access: 'rw', about: 'Interrupt enable, group 0', known: 'read', source: `${cs}; LX IER0`,
    bits: { tint: [3, 0], tintMax: [4, 4], mdtFrame: [5, 5], atFrame: [6, 6], divClk: [7, 7], ipPort1: [8, 8], ipPort2: [9, 9] } },
  ier1: { offset: 0x00c, width: 32, access: 'rw', about: 'Interrupt enable, group 1: one bit a service-channel container', known: 'read', source: cs },
  imr0: { offset: 0x010, width: 32, access: 'rw', about: 'Routing of group 0 to INT0 (0) or INT1 (1)', known: 'read', source: cs },
  imr1: { offset: 0x014, width: 32, access: 'rw', about: 'Routing of group 1', known: 'read', source: cs },
  irr0: { offset: 0x018, width: 32, access: 'w1c', about: 'Interrupt status, group 0 (LX: ISR0)', known: 'read', source: `${cs}; LX ISR0`,
    bits: { tint: [3, 0], tintMax: [4, 4], mdtFrame: [5, 5], atFrame: [6, 6], divClk: [7, 7], ipPort1: [8, 8], ipPort2: [9, 9] } },
  irr1: { offset: 0x01c, width: 32, access: 'w1c', about: 'Interrupt status, group 1', known: 'read', source: cs },
  dfcsr: { offset: 0x020, width: 32, access: 'rw', about: 'Data flow: topology mode, enables, link state', known: 'tried', source: csBits,
    bits: { mode: [2, 0], ipDisable: [5, 5], txEnable: [8, 8], rxEnable: [9, 9], sercosTime: [11, 11],
      lineError: { bits: [17, 16], access: 'r' }, link: { bits: [19, 18], access: 'r' }, lineErrorLatched: { bits: [21, 20], access: 'w1c' } } },
  phasecr: { offset: 0x024, width: 32, access: 'rw', about: 'Phase sent in the MST', known: 'tried', source: csBits,
    bits: { phase: [3, 0], cycleCount: { bits: [6, 4], access: 'r' }, phaseSwitch: [7, 7] } },
  tgsr1: { offset: 0x028, width: 32, access: 'latch', about: 'Telegrams received on port 1; writing 1 to bit 0 clears all MDT bits, to bit 4 all AT bits, to 8 and 10-13 their own', known: 'tried', source: csBits, bits: tgsrBits },
  tgsr2: { offset: 0x02c, width: 32, access: 'latch', about: 'Telegrams received on port 2, as tgsr1', known: 'tried', source: csBits, bits: tgsrBits },
  decr: { offset: 0x030, width: 32, access: 'rw', about: 'Byte offsets of the descriptor index tables', known: 'tried', source: csBits,
    bits: { rx: [15, 0], tx: [31, 16] } },
  strbr: { offset: 0x034, width: 32, access: 'r', about: 'TCNT read-back', known: 'read', source: cs },
  tcsr: { offset: 0x038, width: 32, access: 'rw', about: 'Timer control', known: 'tried', source: csBits,
    bits: { et0: [0, 0], et1: [1, 1], et2: [2, 2], est: [3, 3], slaveTiming: [4, 4], cycEnable: [5, 5], cycPolarity: [6, 6], cycStart: [7, 7],
      conEnable: [8, 8], conPolarity: [9, 9], conOutput: [10, 10], conPll: [11, 11], divClkMode: [12, 12], divClkPolarity: [13, 13],
      divClkOff: [14, 14], timeToggle: [15, 15], tcntRunning: { bits: [20, 20], access: 'r' } } },
  tcycstart: { offset: 0x03c, width: 32, access: 'rw', about: 'Delay from the CYC_CLK edge to the cycle start, ns', known: 'read', source: cs },
  ifg: { offset: 0x040, width: 32, access: 'rw', about: 'Inter-frame gap, bytes; 12 at least', known: 'tried', source: cs, bits: { bytes: [9, 0] } },
  rdly1: { offset: 0x048, width: 32, access: 'r', about: 'Time when the MST came back on port 1, ns: rdlyOffsetNs and the ring delay', known: 'tried', source: cs },
  rdly2: { offset: 0x04c, width: 32, access: 'r', about: 'As rdly1, port 2', known: 'tried', source: cs },
  svccsr: { offset: 0x050, width: 32, access: 'rw', about: 'Service-channel machine', known: 'read', source: csBits,
    bits: { enable: [0, 0], triggerPort: [1, 1], triggerAt: [3, 2], redundancy: [4, 4], portTimerStart: [5, 5], manualStart: [7, 7],
      processError: { bits: [8, 8], access: 'r' }, busy: { bits: [9, 9], access: 'r' }, handshakeTimeoutCycles: [23, 16], busyTimeoutCycles: [31, 24] } },
  dtdivclk: { offset: 0x054, width: 32, access: 'rw', about: 'Distance between DIVCLK pulses, ns', known: 'read', source: cs },
  tdivclk: { offset: 0x058, width: 32, access: 'rw', about: 'DIVCLK: delay of the first pulse and number of pulses', known: 'read', source: cs, bits: { delayNs: [23, 0], pulses: [31, 24] } },
  ascr1: { offset: 0x060, width: 32, access: 'rw', about: 'Not used by the vendors\' master', known: 'read', source: cs },
  ascr2: { offset: 0x064, width: 32, access: 'rw', about: 'Not used by the vendors\' master', known: 'read', source: cs },
  wdcsr: { offset: 0x068, width: 32, access: 'rw', about: 'Watchdog: trigger word, state, what an alarm does', known: 'read', source: `${csBits}, CSMD_HAL.c`,
    bits: { trigger: { bits: [15, 0], access: 'selfClear' }, active: { bits: [16, 16], access: 'r' }, alarm: { bits: [17, 17], access: 'r' }, stopTelegrams: [24, 24] } },
  wdcnt: { offset: 0x06c, width: 32, access: 'rw', about: 'Watchdog counter, cycles', known: 'read', source: csBits,
    bits: { reload: [15, 0], actual: { bits: [31, 16], access: 'r' } } },
  sfcr: { offset: 0x070, width: 32, access: 'rw', about: 'Telegrams in use; low bits choose the frames of the MDT and AT interrupts', known: 'tried', source: csBits,
    bits: { frameInterrupts: [15, 0], mdt: [19, 16], at: [27, 24] } },
  miicsr: { offset: 0x074, width: 32, access: 'rw', about: 'Bit-banged PHY management', known: 'read', source: cs, bits: { mdc: [0, 0], mdio: [1, 1], drive: [2, 2] } },
  dbgocr: { offset: 0x078, width: 32, access: 'rw', about: 'Debug outputs', known: 'read', source: cs },
  seqcnt: { offset: 0x07c, width: 32, access: 'r', about: port('CP0 sequence count received'), known: 'tried', source: cs, bits: { port1: [15, 0], port2: [31, 16] } },
  macLow: { offset: 0x080, width: 32, access: 'rw', about: 'MAC address, lower part', known: 'read', source: cs },
  macHigh: { offset: 0x084, width: 32, access: 'rw', about: 'MAC address, upper part', known: 'read', source: cs },
  ipcsr1: { offset: 0x090, width: 32, access: 'rw', about: 'UC channel of port 1', known: 'read', source: csBits, bits: ipcsrBits },
  ipcsr2: { offset: 0x094, width: 32, access: 'rw', about: 'UC channel of port 2', known: 'read', source: csBits, bits: ipcsrBits },
  iprrs1: { offset: 0x098, width: 32, access: 'rw', about: 'UC receive ring of port 1: start and size', known: 'read', source: cs },
  iprrs2: { offset: 0x09c, width: 32, access: 'rw', about: 'UC receive ring of port 2: start and size', known: 'read', source: cs },
  iprxs1: { offset: 0x0a0, width: 32, access: 'rw', about: 'UC receive state of port 1', known: 'read', source: cs },
  iprxs2: { offset: 0x0a4, width: 32, access: 'rw', about: 'UC receive state of port 2', known: 'read', source: cs },
  iptxs1: { offset: 0x0a8, width: 32, access: 'rw', about: 'UC transmit state of port 1', known: 'read', source: cs },
  iptxs2: { offset: 0x0ac, width: 32, access: 'rw', about: 'UC transmit state of port 2', known: 'read', source: cs },
  iplastfl: { offset: 0x0b0, width: 32, access: 'rw', about: 'UC length limit of the last frame', known: 'read', source: cs },
  frxok: { offset: 0x0c0, width: 32, access: 'r', about: port('Frames received'), known: 'read', source: cs },
  ftxok: { offset: 0x0c4, width: 32, access: 'r', about: port('Frames sent'), known: 'read', source: cs },
  fcserr: { offset: 0x0c8, width: 32, access: 'r', about: port('FCS errors'), known: 'read', source: cs },
  algnerr: { offset: 0x0cc, width: 32, access: 'r', about: port('Alignment errors'), known: 'read', source: cs },
  disrxb: { offset: 0x0d0, width: 32, access: 'r', about: port('Frames discarded, no receive buffer'), known: 'read', source: cs },
  discolb: { offset: 0x0d4, width: 32, access: 'r', about: port('Frames discarded, collision buffer'), known: 'read', source: cs },
  chviol: { offset: 0x0d8, width: 32, access: 'r', about: port('Channel violations'), known: 'read', source: cs },
  sercerr: { offset: 0x0dc, width: 32, access: 'latch', about: `${port('Sercos frame errors')}; any write clears`, known: 'read', source: cs },
  mtdrl: { offset: 0x100, width: 32, access: 'rw', about: 'Main-timer event: time; write it last', known: 'read', source: `${csBits}, CSMD_BM_CFG.h`, bits: { timeNs: [26, 0] } },
  mtdru: { offset: 0x104, width: 32, access: 'rw', about: 'Main-timer event: sub-cycle and type', known: 'read', source: csBits, bits: { subCycle: [7, 0], subCycleSelect: [17, 16], type: [27, 24] } },
  mtdsr: { offset: 0x108, width: 32, access: 'rw', about: 'Main-timer event: index; write it first', known: 'read', source: csBits, bits: { index: [3, 0] } },
  ptdrl: { offset: 0x110, width: 32, access: 'rw', about: 'Port-timer event: time', known: 'read', source: csBits, bits: { timeNs: [26, 0] } },
  ptdru: { offset: 0x114, width: 32, access: 'rw', about: 'Port-timer event: sub-cycle and type', known: 'read', source: csBits, bits: { subCycle: [7, 0], subCycleSelect: [17, 16], type: [27, 24] } },
  ptdsr: { offset: 0x118, width: 32, access: 'rw', about: 'Port-timer event: index (0-15 port 1, 16-31 port 2: inferred)', known: 'read', source: csBits, bits: { index: [4, 0] } },
  pllcsr: { offset: 0x120, width: 32, access: 'rw', about: 'PLL of the timing-slave mode', known: 'read', source: cs },
  tcntcycr: { offset: 0x124, width: 32, access: 'rw', about: 'Cycle length, ns', known: 'tried', source: cs },
  stns: { offset: 0x130, width: 32, access: 'rw', about: 'Sercos time, ns; a write latches both', known: 'read', source: cs },
  stsec: { offset: 0x134, width: 32, access: 'rw', about: 'Sercos time, s', known: 'read', source: cs },
  stnsp: { offset: 0x138, width: 32, access: 'rw', about: 'Sercos time latched, ns', known: 'read', source: cs },
  stsecp: { offset: 0x13c, width: 32, access: 'rw', about: 'Sercos time latched, s', known: 'read', source: cs },
  sccab: { offset: 0x140, width: 32, access: 'rw', about: 'Sub-cycle counters A and B', known: 'read', source: cs },
  sccmdt: { offset: 0x150, width: 32, access: 'rw', about: 'TSref counter', known: 'read', source: cs, bits: { max: [15, 0], actual: { bits: [31, 16], access: 'r' } } },
  stnsOffset: { offset: 0x154, width: 32, access: 'rw', about: 'Offset of the new Sercos time, ns', known: 'read', source: cs },
  stnsNew: { offset: 0x158, width: 32, access: 'rw', about: 'New Sercos time, ns', known: 'read', source: cs },
  stsecNew: { offset: 0x15c, width: 32, access: 'rw', about: 'New Sercos time, s', known: 'read', source: cs },
  rxbufcsrA: { offset: 0x200, width: 32, access: 'rw', about: 'Receive buffers, system A', known: 'read', source: csBits, bits: rxBufferBits },
  rxbuftvA: { offset: 0x204, width: 32, access: 'r', about: 'Telegrams valid in the active buffers, system A', known: 'tried', source: csBits,
    bits: { mdtP1: [3, 0], atP1: [11, 8], mdtP2: [19, 16], atP2: [27, 24] } },
  rxbuftrA: { offset: 0x208, width: 32, access: 'rw', about: 'Telegrams required before new data is flagged, system A', known: 'read', source: csBits,
    bits: { mdt: [3, 0], at: [11, 8] } },
  txbufcsrA: { offset: 0x20c, width: 32, access: 'rw', about: 'Transmit buffers, system A', known: 'read', source: csBits, bits: txBufferBits },
  rxbufcsrB: { offset: 0x210, width: 32, access: 'rw', about: 'Receive buffers, system B', known: 'read', source: csBits, bits: rxBufferBits },
  rxbuftvB: { offset: 0x214, width: 32, access: 'r', about: 'Telegrams valid in the active buffers, system B', known: 'read', source: csBits,
    bits: { mdtP1: [3, 0], atP1: [11, 8], mdtP2: [19, 16], atP2: [27, 24] } },
  rxbuftrB: { offset: 0x218, width: 32, access: 'rw', about: 'Telegrams required, system B', known: 'read', source: csBits,
    bits: { mdt: [3, 0], at: [11, 8] } },
  txbufcsrB: { offset: 0x21c, width: 32, access: 'rw', about: 'Transmit buffers, system B', known: 'read', source: csBits, bits: txBufferBits },
} as const satisfies RegisterTable

/**
 * What RDLY1 and RDLY2 hold beside the delay of the devices: they count from TCNT 0 to the end of the MST that comes
 * back, so the MDT's start (100 ns), the core's logic (220 ns) and the 28 bytes up to the end of the MST are in them.
 * CS CSMD_CALC.h, CSMD_CP_AUX.c; tried.
 */
export const rdlyOffsetNs = 100 + 220 + 28 * 80

/** DFCSR mode values. CS CSMD_HAL_PRIV.h. Bit 2 switches the collision buffer off. */
export const dataFlowMode = {
  rtTwoLines: 0,
  rtLinePort2: 1,
  rtLinePort1: 2,
  ucLine: 3,
  rtRing: 4,
  ucRing: 7,
} as const

/**
 * Buffer counts of RXBUFCSR/TXBUFCSR. The hand-over, as we read CS (CSMD_CYCLIC.c, CSMD_HAL_PRIV.h); details inferred:
 *
 * Tx: `active` names the buffer that is the processor's. Writing `request` hands it over: from the next transmission
 * on the chip sends it, and `active` names the next one. `request` reads 1 while the buffer is the processor's to use.
 * Rx: writing `request` returns the processor's buffers and asks for the next complete ones (RXBUFTR). The chip answers
 * at once when it holds telegrams not yet handed out, else at the next reception: `active*` then name them, `newData*`
 * is set and `request` reads 1 (usable). Until then all of these read 0.
 *
 * A chip decodes the write and answers at once. On plain memory a model sees the request when it next settles the
 * registers (once a cycle, before the interrupt). So that a request differs from a standing status word even there,
 * the driver writes `noBuffer` in the read-only `active` fields, which a chip ignores.
 */
export const bufferMode = { single: 0, double: 1, triple: 2 } as const
export const noBuffer = 3

/** Number of buffers of a mode. */
export const bufferCount = { single: 1, double: 2, triple: 3 } as const

/** Rx buffer base pointers: 16 registers from 0x180, byte offsets in Rx RAM. CS CSMD_HAL_GLOB.h. */
export const rxBase = {
  offset: 0x180,
  p1A: 0,
  p1ToTx: 3,
  p1B: 4,
  p1Svc: 7,
  p2A: 8,
  p2ToTx: 11,
  p2B: 12,
  p2Svc: 15,
} as const

/** Tx buffer base pointers: 16 registers from 0x1c0, byte offsets in Tx RAM. CS CSMD_HAL_GLOB.h. */
export const txBase = { offset: 0x1c0, a: 0, b: 4, port1: 12, port2: 13, svc: 15 } as const

/** Entries of a descriptor index table: MDT0..3, then AT0..3. CS CSMD_FRCFG_TX.c. */
export const indexTable = {
  bytes: 32,
  mdt: 0,
  at: 4,
  bits: { first: [13, 2], enabled: [0, 0] },
} as const

/** Descriptor longword. CS CSMD_HAL_PRIV.h. An end descriptor names the last word: length = end - start + 2. */
export const descriptor = {
  bits: { bufferOffset: [13, 1], system: [15, 14], telegramOffset: [26, 16], type: [31, 28] },
  txType: {
    svcStart: 0,
    svcEnd: 1,
    rtStart: 2,
    rtEnd: 3,
    endOfTelegram: 4,
    portStart: 8,
    portEnd: 9,
  },
  rxType: {
    svcStart: 0,
    svcEnd: 1,
    rtStart: 2,
    rtEnd: 3,
    endOfTelegram: 4,
    portStart: 8,
    portEnd: 9,
    rtAndTxStart: 10,
    rtAndTxEnd: 11,
  },
} as const

/** Types of main-timer events (MTDRU). CS CSMD_BM_CFG.h. */
export const mainTimerEvent = {
  none: 0,
  tint0: 1,
  tint1: 2,
  tint2: 3,
  tint3: 4,
  syncSet: 5,
  syncReset: 6,
  startMdt: 7,
  startAt: 8,
  ucOpen: 9,
  ucLast: 10,
  ucClose: 11,
  reload: 12,
  reloadValue: 13,
  txRequestA: 14,
  txRequestB: 15,
} as const

/** Types of port-timer events (PTDRU). CS CSMD_BM_CFG.h. */
export const portTimerEvent = {
  none: 0,
  ucRxOpen: 1,
  ucRxClose: 3,
  atWindowOpen: 4,
  atWindowClose: 5,
  rxRequestA: 6,
  rxRequestB: 7,
  mstWindowOpen: 10,
  mstWindowClose: 11,
  reload: 12,
  startSvc: 13,
} as const

/** Service-channel containers in SVC RAM, 16-bit words. CS CSMD_HAL_GLOB.h, CSMD_CYC_SVC.c. */
export const svcContainer = {
  pointers: 32,
  pointerBits: { enable: [15, 15], atCheck: [14, 14], at: [1, 0] },
  word: { rxPtr: 0, txPtr: 1, ctl0: 2, ctl1: 3, ctl2: 4, ctl3: 5, ctl4: 6, buffers: 7 },
  ctl0: {
    endReadInterrupt: [14, 14],
    endWriteInterrupt: [13, 13],
    errorInterrupt: [12, 12],
    masterBusy: [7, 7],
    setEnd: [6, 6],
    element: [5, 3],
    end: [2, 2],
    write: [1, 1],
    handshake: [0, 0],
  },
  ctl1: { valid: [3, 3], error: [2, 2], busy: [1, 1], handshake: [0, 0] },
  ctl2: { writeLast: [15, 8], writePointer: [7, 0] },
  ctl3: { readLast: [15, 8], readPointer: [7, 0] },
  ctl4: {
    busyTimeout: [11, 11],
    handshakeTimeout: [10, 10],
    protocolError: [9, 9],
    busyCount: [8, 8],
    errors: [7, 0],
  },
} as const
