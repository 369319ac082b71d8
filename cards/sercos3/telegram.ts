/**
 * The words that travel in Sercos III telegrams. Shared by driver and emulator, data and pure functions only.
 * CS: CoSeMa V6.1 CSMD_GLOB.h, CSMD_PHASE.c, CSMD_CALC.c, CSMD_CP_AUX.h; SICE: SICE_TX.c, SICE_RX.c.
 * "Payload" counts from the first byte after the 20-byte header; all words are little endian.
 */

export const etherType = 0x88cd
export const headerBytes = 20
export const payloadMinBytes = 40
export const payloadMaxBytes = 1494
/** 100 Mbit/s. */
export const nsPerByte = 80

/** Phases as sent in the MST; NRT sends none. CS CSMD_PHASE.c. */
export const phases = ['NRT', 'CP0', 'CP1', 'CP2', 'CP3', 'CP4'] as const
export type Phase = (typeof phases)[number]

/** CP0: MDT0 holds the communication version, AT0 a sequence counter and 511 address words. CS CSMD_PHASE.c; tried. */
export const cp0 = {
  mdtBytes: 40,
  atBytes: 1024,
  addressWords: 511,
  addressPreset: 0xffff,
  counterPort1: 0x0001,
  counterPort2: 0x8001,
  counterMask: 0x7fff,
  /** Offsets in MDT0 of t1, t6 and t7, ns, when the version says that they are there. CSMD_CP_AUX.c. */
  times: { t1: 4, t6: 8, t7: 12 },
  /** Of an address word: the device has the add-on functions that the version asks for. */
  acknowledged: 0x8000,
  version: {
    addressAllocation: [0, 0],
    telegrams: [17, 16],
    timesInMdt0: [20, 20],
    fastPhaseSwitch: [21, 21],
    lastSlaveStopsForwarding: [22, 22],
  },
} as const

/** CP1 and CP2: 128 slots a telegram; slot = topology address, the first slave has 1. CS; slot rule tried. */
export const cp12 = {
  bytes: 1280,
  slotsPerTelegram: 128,
  svcBytes: 6,
  deviceOffset: 768,
  deviceBytes: 4,
} as const

/** Hot-plug and extended-function fields at the start of MDT0 and AT0 in CP3 and CP4. CS CSMD_GLOB.h; layout tried. */
export const cp34 = { hotPlugBytes: 8, mdtExtendedBytes: 6, svcBytes: 6, deviceBytes: 2 } as const

/** C-DEV, master to device. CS CSMD_GLOB.h. */
export const cDev = {
  identify: [15, 15],
  topologyToggle: [14, 14],
  topology: [13, 12],
  ringClosed: [11, 11],
  masterValid: [8, 8],
} as const

/** S-DEV, device to master. CS CSMD_GLOB.h. Bits 9 and 7..0 are not named in the source. */
export const sDev = {
  topologyToggle: [14, 14],
  topology: [13, 12],
  inactivePort: [11, 10],
  slaveValid: [8, 8],
} as const

/** What S-DEV says of the inactive port. */
export const inactivePort = { noLink: 0, link: 1, primary: 2, secondary: 3 } as const

/** C-CON, first word of every connection. CS CSMD_GLOB.h. */
export const cCon = {
  producerReady: [0, 0],
  newData: [1, 1],
  dataFieldDelay: [2, 2],
  flowControl: [4, 4],
  realTimeBit1: [6, 6],
  realTimeBit2: [7, 7],
  counter: [15, 12],
} as const

/** Service-channel control word (MDT). CS CSMD_CP_AUX.h. */
export const svcControl = {
  handshake: [0, 0],
  write: [1, 1],
  last: [2, 2],
  element: [5, 3],
} as const

/** Service-channel status word (AT). CS CSMD_CP_AUX.h. */
export const svcStatus = { handshake: [0, 0], busy: [1, 1], error: [2, 2], valid: [3, 3] } as const

/** Elements of an IDN. CS CSMD_CP_AUX.h. */
export const svcElement = {
  close: 0,
  idn: 1,
  name: 2,
  attribute: 3,
  unit: 4,
  minimum: 5,
  maximum: 6,
  data: 7,
} as const

/** Attribute (element 3). CS CSMD_GLOB.h. Length codes: 1 = 2 bytes, 2 = 4, 3 = 8; 4..7 lists of 1, 2, 4, 8-byte items. */
export const svcAttribute = {
  conversion: [15, 0],
  length: [18, 16],
  command: [19, 19],
  format: [22, 20],
  /** General knowledge of the standard, not in the source: decimal point and write protection per phase. */
  decimals: [27, 24],
} as const

/** Display formats of svcAttribute.format. 5 is read in CS; the others are general knowledge. */
export const svcFormat = {
  binary: 0,
  unsigned: 1,
  signed: 2,
  hex: 3,
  text: 4,
  idn: 5,
  float: 6,
} as const

/** Procedure commands: what is written, and the acknowledgement in the data status. CS CSMD_CP_AUX.h. */
export const commandWrite = { clear: 0, set: 1, setAndEnable: 3 } as const
export const commandStatus = {
  notSet: 0,
  set: 1,
  inProcess: 7,
  interrupted: 6,
  done: 3,
  error: 0xf,
} as const

/** Offset words S-0-1009, 1011, 1013, 1014 and S-0-1050.x.3. CS CSMD_CALC.c, CSMD_GLOB.h. */
export const telegramAssignment = { telegram: [13, 12], inMdt: [11, 11], offset: [10, 0] } as const

/** S-0-1050.x.1 connection set-up. CS CSMD_GLOB.h. */
export const connectionSetup = {
  active: [15, 15],
  producer: [14, 14],
  type: [5, 4],
  monitoring: [1, 0],
} as const
