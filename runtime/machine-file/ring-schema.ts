/** The part of the machine file that the Sercos III driver is configured by: the card and its devices. */
import { z } from 'zod'
import { mtuLimits } from '../../cards/sercos3/driver/timing/uc-window.ts'
import { tryParseIdn } from '../../cards/sercos3/idn.ts'
import { defaults } from './defaults.ts'
import { name } from './name-schema.ts'

const pciId = z.string().regex(/^[0-9a-f]{4}$/, 'four lower-case hex digits, such as 1172')

const openSchema = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('emulator') }),
    z
      .strictObject({
        by: z.literal('path'),
        path: z.string().regex(/^\//, 'a path such as /dev/uio0'),
      })
      .describe('A device node: /dev/uio0'),
    z
      .strictObject({ by: z.literal('name'), name: z.string().min(1) })
      .describe('The UIO name in sysfs'),
    z
      .strictObject({
        by: z.literal('pci'),
        vendor: pciId,
        device: pciId,
        index: z.int().min(0).default(0),
      })
      .describe('PCI ids, four hex digits each; index counts cards of the same ids'),
  ])
  .describe('Where the card is: emulated in this process, or a Linux UIO device')

/** The card and how the ring is run. */
export const cardSchema = z.strictObject({
  type: z.literal('sercos3'),
  open: openSchema.default({ by: 'emulator' }),
  topology: z
    .enum(['ring', 'line', 'linePort2', 'any'])
    .default('ring')
    .describe(
      'How the devices are wired: both ports of the card, a line on port 1 or on port 2, or whatever is found',
    ),
  requireRing: z
    .boolean()
    .default(false)
    .describe('True: a ring that is broken at the start is refused. False: it is run, and told'),
  healing: z
    .enum(['automatic', 'onRequest'])
    .default('automatic')
    .describe('Whether a ring is closed by itself when its cable is back'),
  timingMethod: z
    .union([z.literal(1), z.literal(2), z.literal(3)])
    .default(1)
    .describe(
      '1: ATs behind the MDTs, UC channel last; 2: UC channel between them; 3: ATs at the end of the cycle',
    ),
  uc: z
    .strictObject({
      mtu: z
        .int()
        .min(mtuLimits.min)
        .max(mtuLimits.max)
        .default(defaults.mtu)
        .describe('Payload of a frame, bytes; less where the cycle leaves a shorter window'),
    })
    .optional()
    .describe('Opens the UC channel for other Ethernet frames; left out: closed'),
  fastPhaseSwitch: z
    .boolean()
    .default(true)
    .describe('Phases change without the pause of 120 ms where every device allows it'),
  buffers: z
    .enum(['double', 'triple'])
    .default(defaults.buffers)
    .describe('Buffering of process data in the chip'),
  watchdogCycles: z
    .int()
    .min(2)
    .max(1000)
    .default(defaults.watchdogCycles)
    .describe("Cycles without endCycle before the chip's watchdog stops transmission"),
})

const idnText = z
  .string()
  .regex(/^[SP]-[0-7]-\d{4}(\.\d{1,3}\.\d{1,3})?$/, {
    error: 'an IDN such as S-0-0051 or S-0-1050.2.3',
    abort: true,
  })
  .refine((text) => tryParseIdn(text) !== undefined, 'an IDN with a number up to 4095')

const idnList = z.array(idnText).min(1).max(64)
const counted = z.int().max(0xffff)

const connectionSchema = z.strictObject({
  idns: idnList.describe('Words of the connection, in this order'),
  producerCycles: counted
    .min(1)
    .default(1)
    .describe('Produced in every n-th cycle of the ring (S-0-1050.x.10)'),
  toleratedLosses: counted
    .min(0)
    .optional()
    .describe(
      'Productions in a row that may be missed (S-0-1050.x.11). Left out: 3 of an AT, of an MDT as many as the watchdog lasts',
    ),
})

const connectionsSchema = z
  .union([
    z.literal('fromDevice'),
    z.strictObject({
      mdt: connectionSchema.describe('Master to device'),
      at: connectionSchema.describe('Device to master'),
    }),
  ])
  .describe(
    "What travels in cyclic operation. fromDevice: what the profile wants of the device's own lists. Left out: the profile's own words",
  )

const rawValue = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 32 - 1)
  .describe('Raw, in the scaling of the device')

/** One device on the ring. */
export const deviceSchema = z.strictObject({
  name,
  address: z.int().min(1).max(511).describe('Sercos address set at the device'),
  profile: z
    .enum(['drive', 'io'])
    .describe('drive: an axis can use it; io: its channels become I/O points'),
  optional: z
    .boolean()
    .default(false)
    .describe('May be absent at the start, come and go while the ring runs; its place is kept'),
  connections: connectionsSchema.optional(),
  parameters: z
    .array(z.strictObject({ idn: idnText, value: rawValue }))
    .default([])
    .describe(
      'Written in CP2, in this order. Operation modes, times and connections are set by the master itself',
    ),
})
