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

/** Drive control word S-0-0134. Bits 15, 14, 13, 8 seen in S3SM_LC_MAIN.c; names and bits 10..9 general knowledge. */
export const driveControl = {
  driveOn: [15, 15],
  enable: [14, 14],
  /** 1 = go on, 0 = drive halt. */
  restart: [13, 13],
  /** 0 primary mode (S-0-0032), 1 secondary mode 1 (S-0-0033), 2 secondary mode 2 (S-0-0034). */
  mode: [9, 8],
} as const

/** Drive status word S-0-0135. Bits 15..13 seen in S3SM_LC_MAIN.c; bits 10..8 and 4 general knowledge. */
export const driveStatus = {
  /** 0 not ready, 1 ready for power (bb), 2 power on (Ab), 3 in operation (AF). */
  ready: [15, 14],
  error: [13, 13],
  /** The mode in effect, as driveControl.mode. */
  mode: [9, 8],
  halted: [4, 4],
} as const

export const driveReady = { notReady: 0, bb: 1, ab: 2, af: 3 } as const

/** Bits of S-0-0011, class 1 diagnostics. General knowledge of the standard. */
export const class1 = {
  overload: 1 << 0,
  amplifierTemperature: 1 << 1,
  motorTemperature: 1 << 2,
  feedback: 1 << 5,
  overcurrent: 1 << 7,
  overvoltage: 1 << 8,
  undervoltage: 1 << 9,
  excessiveDeviation: 1 << 11,
  communication: 1 << 12,
  overtravel: 1 << 13,
} as const

/** Service-channel error codes, in words. CS CSMD_ERR_CODES.h. */
export const svcErrors: { readonly [code: number]: string } = {
  0x0001: 'service channel not open',
  0x0009: 'invalid access to element 0',
  0x1001: 'no such IDN',
  0x1009: 'invalid access to element 1',
  0x2001: 'no name',
  0x2002: 'name transmitted too short',
  0x2003: 'name transmitted too long',
  0x2004: 'name cannot be changed',
  0x2005: 'name is write-protected now',
  0x3002: 'attribute transmitted too short',
  0x3003: 'attribute transmitted too long',
  0x3004: 'attribute cannot be changed',
  0x3005: 'attribute is write-protected now',
  0x4001: 'no unit',
  0x4002: 'unit transmitted too short',
  0x4003: 'unit transmitted too long',
  0x4004: 'unit cannot be changed',
  0x4005: 'unit is write-protected now',
  0x5001: 'no minimum',
  0x5002: 'minimum transmitted too short',
  0x5003: 'minimum transmitted too long',
  0x5004: 'minimum cannot be changed',
  0x5005: 'minimum is write-protected now',
  0x6001: 'no maximum',
  0x6002: 'maximum transmitted too short',
  0x6003: 'maximum transmitted too long',
  0x6004: 'maximum cannot be changed',
  0x6005: 'maximum is write-protected now',
  0x7002: 'data transmitted too short',
  0x7003: 'data transmitted too long',
  0x7004: 'data cannot be changed',
  0x7005: 'data is write-protected in this phase',
  0x7006: 'data below the minimum',
  0x7007: 'data above the maximum',
  0x7009: 'data needs a password',
  0x700b: 'data is configured elsewhere',
  0x700d: 'not a valid floating-point number',
  0x700e: 'data is write-protected at parameterisation level',
  0x700f: 'data is write-protected at operating level',
  0x7010: 'procedure command already active',
  0x7011: 'procedure command cannot be interrupted',
  0x7013: 'procedure command cannot be executed now',
  0x7015: 'not ready',
}
