/** What may stand in an MQTT command. Positions in the axis's unit, velocity per second, and so on. */
import { z } from 'zod'

const finite = z.number()
const positive = z.number().positive()

/** Where the answers go. An answer must not pass for one of our own topics: take-commands.ts refuses those. */
const replyTo = z
  .string()
  .regex(/^[^+#$\0][^+#\0]{0,199}$/, 'a topic of 1 to 200 characters without wildcards')

const envelope = {
  id: z.union([z.string().max(100), z.int()]).describe('Comes back in every answer'),
  replyTo: replyTo.optional().describe('Left out: <prefix>/<machine>/axis/<name>/answer'),
}

/** Those that Axis.home knows by name; it refuses the ones that are not supported yet. */
const homingMethods = ['setPosition', 'limitSwitch', 'indexPulse', 'block', 'absolute'] as const

const limits = { acceleration: positive.optional(), jerk: positive.optional() }
const moveTo = { position: finite, velocity: positive.optional(), ...limits }

export const commandSchema = z.discriminatedUnion('command', [
  z.strictObject({ ...envelope, command: z.literal('enable') }),
  z.strictObject({ ...envelope, command: z.literal('disable') }),
  z.strictObject({
    ...envelope,
    command: z.literal('home'),
    position: finite.optional().describe('What the present position becomes'),
    method: z.enum(homingMethods).optional(),
  }),
  z.strictObject({ ...envelope, command: z.literal('moveAbsolute'), ...moveTo }),
  z.strictObject({ ...envelope, command: z.literal('moveRelative'), ...moveTo }),
  z.strictObject({
    ...envelope,
    command: z.literal('moveVelocity'),
    velocity: finite,
    ...limits,
  }),
  z.strictObject({ ...envelope, command: z.literal('halt') }),
  z.strictObject({ ...envelope, command: z.literal('stop') }),
  z.strictObject({ ...envelope, command: z.literal('reset') }),
])

export type AxisCommand = z.output<typeof commandSchema>

/** The part of a wrong command that tells whom to answer. */
export const senderSchema = z.object({
  id: envelope.id.nullable().catch(null),
  replyTo: replyTo.optional().catch(undefined),
})
