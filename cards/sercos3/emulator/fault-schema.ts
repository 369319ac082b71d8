/** Faults as they come from outside, in JSON. IDNs may be numbers or texts. */
import { z } from 'zod'
import type { EmulatorFault } from './faults.ts'
import { tryParseIdn } from '../idn.ts'

const count = z.int().min(0)
const cycles = z.int().min(0)
const device = count
const idn = z
  .union([z.int().min(0).max(0xffffffff), z.string()], 'expected an IDN')
  .transform((given, context) => {
    const parsed = typeof given === 'number' ? given : tryParseIdn(given)
    if (parsed !== undefined) return parsed
    context.addIssue({ code: 'custom', message: `${given} is no IDN such as S-0-0051` })
    return z.NEVER
  })
const telegram = z.int().min(0).max(3).exactOptional()

const deviceFault = z.discriminatedUnion('does', [
  misdeed('silent', { cycles }),
  misdeed('slowService', { cycles }),
  misdeed('busyService', { cycles }),
  misdeed('serviceError', { idn, code: z.int().min(0).max(0xffff) }),
  misdeed('wrongLength', { idn }),
  misdeed('diagnosis', { class: z.literal([1, 2, 3]), bits: z.int().min(0).max(0xffff) }),
  misdeed('refuseReset', {}),
  misdeed('disturb', { torqueNm: z.number() }),
  misdeed('mains', { on: z.boolean() }),
  misdeed('address', { address: z.int().min(1).max(511) }),
  misdeed('stuckToggle', { stuck: z.boolean() }),
])

/** Faults of the chip and its ring. */
export const chipFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ringBreak'), after: count }),
  z.strictObject({ kind: z.literal('ringClosed'), after: count.exactOptional() }),
  z.strictObject({ kind: z.literal('driveFault'), device }),
  z.strictObject({
    kind: z.literal('lostTelegram'),
    what: z.enum(['mst', 'mdt', 'at']),
    telegram,
    cycles,
  }),
  z.strictObject({ kind: z.literal('crcError'), port: z.literal([1, 2]), telegram, cycles }),
  z.strictObject({ kind: z.literal(['plug', 'pull']), device }),
  z.strictObject({ kind: z.literal('powerCycle'), device }),
  z.strictObject({ kind: z.literal('tornWrite'), cycles }),
  z.strictObject({ kind: z.literal('deadCard') }),
  deviceFault,
])

/** All faults of an emulator in this process. */
export const emulatorFaultSchema = z.discriminatedUnion('kind', [
  chipFaultSchema,
  z.strictObject({ kind: z.literal('stuckLine'), level: z.enum(['high', 'low', 'free']) }),
  z.strictObject({ kind: z.literal('slowCard'), delayNs: z.number().min(0) }),
  z.strictObject({ kind: z.literal('unplugged') }),
]) satisfies z.ZodType<EmulatorFault>

function misdeed<Name extends string, Shape extends z.ZodRawShape>(does: Name, shape: Shape) {
  return z.strictObject({ kind: z.literal('device'), device, does: z.literal(does), ...shape })
}
