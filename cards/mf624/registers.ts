/**
 * Humusoft MF624 data acquisition card. Little endian. Three blocks, one a BAR.
 *
 * LX: Linux 6.1 drivers/uio/uio_mf624.c. CM: drivers/comedi/drivers/mf6x4.c. HD: Humusoft's hudaqlib, MF624.c. QE: the
 * CTU model of the card for QEMU.
 */
import type { RegisterTable } from '../../uio/register-table.ts'

export const pci = {
  vendor: 0x186c,
  device: 0x0624,
  subsystemVendor: 0x186c,
  subsystemDevice: 0x0624,
  /** LX: map0, map1 and map2. */
  chipsetBar: 0,
  convertersBar: 2,
  countersBar: 4,
} as const

/** Sizes of the BARs. QE, which says 32 for the first; INTCSR and GPIOC lie beyond that, so it is 128 as on a PLX chip. */
export const barSizes = { chipset: 0x80, converters: 0x80, counters: 0x80 } as const

/** BAR0: bridge, interrupts, status bits. */
// oxfmt-ignore
export const chipset = {
  intcsr: { offset: 0x4c, width: 32, access: 'rw', about: 'Interrupt control and status', known: 'read', source: 'LX; QE',
    bits: { adcEnable: [0, 0], adcStatus: { bits: [2, 2], access: 'r' },
      counter4Enable: [3, 3], counter4Status: { bits: [5, 5], access: 'r' }, pciEnable: [6, 6] } },
  gpioc: { offset: 0x54, width: 32, access: 'rw', about: 'State and control of the converters', known: 'read', source: 'CM; HD',
    bits: { converting: { bits: [17, 17], access: 'r' }, dacHeld: [23, 23], dacEnable: [26, 26] } },
} as const satisfies RegisterTable

/** Values at power-on. HD (neutral GPIOC: outputs off, DACs not held); QE. */
export const chipsetAtReset = { intcsr: 0x300, gpioc: 0x024006c0 } as const

/** BAR2: ADC, DAC, digital I/O. Where reading and writing differ there are two rows at one offset: `adctrl` and `addata`. */
// oxfmt-ignore
export const converters = {
  addata: { offset: 0x00, width: 16, access: 'rc', about: 'Oldest ADC result, taken out of the FIFO; mirrored up to 0x0e', known: 'read', source: 'CM; HD', bits: { code: [13, 0] } },
  din: { offset: 0x10, width: 16, access: 'r', about: 'Digital inputs', known: 'read', source: 'CM; HD', bits: { in: [7, 0] } },
  adstart: { offset: 0x20, width: 16, access: 'r', about: 'A read starts the conversion of the selected channels', known: 'read', source: 'CM; HD' },
} as const satisfies RegisterTable

// oxfmt-ignore
export const converterWrites = {
  adctrl: { offset: 0x00, width: 16, access: 'w', about: 'ADC channels to convert, bit n = channel n', known: 'read', source: 'CM; HD', bits: { channels: [7, 0] } },
  dout: { offset: 0x10, width: 16, access: 'w', about: 'Digital outputs', known: 'read', source: 'CM; HD', bits: { out: [7, 0] } },
  da0: { offset: 0x20, width: 16, access: 'w', about: 'DAC 0; DAC n at 2n more', known: 'read', source: 'CM; HD', bits: { code: [13, 0] } },
} as const satisfies RegisterTable

export const channelCount = 8
/** The ADC's data appear up to here. */
export const addataMirrorEnd = 0x10

/** 14-bit codes: the ADC's in two's complement, the DAC's in offset binary; both -10 V to +10 V. CM. */
export const adcCode = { bits: 14, fullScaleV: 10 } as const
export const dacCode = { bits: 14, zero: 0x2000, fullScaleV: 10 } as const

/** BAR4: five counters and four encoder inputs. Rows of counter 0; counter n lies `counterStride` * n further. */
// oxfmt-ignore
export const counters = {
  status: { offset: 0x00, width: 32, access: 'r', about: 'State of a counter', known: 'read', source: 'HD; QE', bits: { running: [0, 0] } },
  count: { offset: 0x04, width: 32, access: 'r', about: 'Count', known: 'read', source: 'HD; QE' },
  ircStatus: { offset: 0x6c, width: 32, access: 'r', about: 'Index inputs of the encoders, 8 bits each', known: 'read', source: 'HD' },
  irc0: { offset: 0x70, width: 32, access: 'r', about: 'Encoder 0, signed; encoder n at 4n more', known: 'read', source: 'HD' },
} as const satisfies RegisterTable

// oxfmt-ignore
export const counterWrites = {
  mode: { offset: 0x00, width: 32, access: 'w', about: 'Mode of a counter', known: 'read', source: 'HD; QE',
    bits: { up: [0, 0], repeat: [1, 1], loadToggle: [2, 2], outputToggle: [3, 3], output: [5, 4], triggerSource: [7, 6], triggerType: [9, 8],
      retrigger: [10, 10], gateSource: [12, 11], gatePolarity: [13, 13], clock: [17, 14], inputFilter: [18, 18] } },
  loadA: { offset: 0x04, width: 32, access: 'w', about: 'Load value A', known: 'read', source: 'HD; QE' },
  loadB: { offset: 0x08, width: 32, access: 'w', about: 'Load value B', known: 'read', source: 'HD; QE' },
  control: { offset: 0x60, width: 32, access: 'w', about: 'Commands, 6 bits a counter: see counterCommand', known: 'read', source: 'HD; QE' },
  ircControl: { offset: 0x6c, width: 32, access: 'w', about: 'Modes of the encoders, 8 bits each', known: 'read', source: 'HD' },
} as const satisfies RegisterTable

export const counterCount = 5
export const counterStride = 0x10
export const encoderCount = 4

/** Fields of `control`: counter n's 6 bits start at bit 6n. HD. */
export const counterCommand = {
  bits: 6,
  start: 0x01,
  stop: 0x02,
  load: 0x04,
  reset: 0x08,
  setOutput: 0x10,
  resetOutput: 0x20,
} as const

/** Values of the mode's clock field that are clocks of the card's own, Hz. HD. The others count edges of inputs and neighbours. */
export const counterClocksHz: { readonly [field: number]: number } = {
  0: 50_000_000,
  1: 10_000_000,
  2: 1_000_000,
  3: 100_000,
}
