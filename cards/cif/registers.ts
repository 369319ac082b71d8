/**
 * Hilscher CIF card on a PLX 9030 bridge, as Linux's uio_cif sees it. Little endian.
 *
 * LX: Linux 6.1 drivers/uio/uio_cif.c. CM: drivers/comedi/drivers/plx9052.h, for the sister chip: bits 0 and 2 agree
 * with LX, the others are taken over. What the card's firmware keeps in the dual-port RAM is not known here.
 */
import type { RegisterTable } from '../../uio/register-table.ts'

export const pci = {
  vendor: 0x10b5,
  device: 0x9030,
  subsystemVendor: 0x1518,
  /** LX: the subsystem decides the UIO name, CIF_Profibus or CIF_Devicenet. */
  subsystemDevices: { profibus: 0x0430, devicenet: 0x0432 },
  /** BAR0, map0 of LX: the bridge's local configuration. */
  bridgeBar: 0,
  /** BAR2, map1 of LX: the dual-port RAM. */
  memoryBar: 2,
} as const

/** A PLX 9030's BAR0. LX publishes this size as it is, and less than a page cannot be mapped through UIO. */
export const bridgeSize = 0x80

const lx = 'LX; CM'

// oxfmt-ignore
export const registers = {
  intcsr: { offset: 0x4c, width: 32, access: 'rw', about: 'Interrupt control and status; LX uses its low byte with 8-bit accesses', known: 'read', source: lx,
    bits: { enable1: [0, 0], activeHigh1: [1, 1], status1: { bits: [2, 2], access: 'r' },
      enable2: [3, 3], activeHigh2: [4, 4], status2: { bits: [5, 5], access: 'r' },
      pciEnable: [6, 6], softwareInterrupt: [7, 7], edge1: [8, 8], edge2: [9, 9],
      clear1: { bits: [10, 10], access: 'selfClear' }, clear2: { bits: [11, 11], access: 'selfClear' }, isaMode: [12, 12] } },
  cntrl: { offset: 0x50, width: 32, access: 'rw', about: 'User I/O, EEPROM lines, reload and adapter reset', known: 'inferred', source: 'CM',
    bits: { eeprom: [28, 24], reload: [29, 29], adapterReset: [30, 30] } },
} as const satisfies RegisterTable
