/**
 * The hot-plug fields at the start of MDT0 and AT0. Shared by driver and emulator, data only. CS CSMD_GLOB.h, CSMD_HOTPLUG.c.
 * Word 0 selects a device, word 1 is control or status, words 2 and 3 carry a parameter.
 */

/** Word 0: 15..12 index of a slave in a device of several, 11..0 Sercos address. */
export const hotPlugSelection = { index: [15, 12], address: [11, 0] } as const

export const hotPlugAddress = {
  /** MDT: nobody in particular; the scan asks with it. */
  none: 0,
  /** AT: the scan is over. */
  endOfScan: 4093,
  /** MDT. */
  broadcast: 4095,
} as const

/** Word 1 of the MDT. */
export const hotPlugControl = {
  supported: [15, 15],
  enabled: [9, 9],
  /** From now on by the service channel. */
  serviceChannel: [8, 8],
  code: [7, 0],
} as const

/** Word 1 of the AT. */
export const hotPlugStatus = { error: [8, 8], code: [7, 0] } as const

/** Codes of word 1: the parameter that words 2 and 3 carry. */
export const hotPlugCode = {
  none: 0,
  /** S-0-1002. */
  tScyc: 1,
  /** S-0-1017, both. */
  t6: 2,
  t7: 3,
  /** S-0-1027.0.1. */
  mtu: 4,
  /** As MDT0 of CP0 has it. */
  version: 5,
  /** S-0-1010, four codes. */
  mdt0Length: 16,
  /** S-0-1012, four codes. */
  at0Length: 32,
  /** S-0-1013 and S-0-1014, to one device; also its acknowledgement. */
  mdtSvcOffset: 128,
  atSvcOffset: 129,
} as const

/** What a device answers a scan with. */
export const hotPlugScanned = 1

/** Codes of word 1 of the AT with the error bit. */
export const hotPlugError = { serviceChannel: 2, noAddress: 4, scan: 5 } as const
