/** What may stand in an MQTT command. Positions in the axis's unit, velocity per second, and so on. */
import { z } from 'zod'
import { bufferModes } from '../../control/axis/buffer-mode.ts'
import { mostOverride } from '../../control/axis/override.ts'
import { syncModes } from '../../control/coupling/gear-law.ts'

const finite = z.number()
const positive = z.number().positive()
const factor = z.number().min(0).max(mostOverride)
const positiveFactor = positive.max(mostOverride)

/** Where the answers go. An answer must not pass for one of our own topics: take-commands.ts refuses those. */
const replyTo = z
  .string()
  .regex(/^[^+#$\0][^+#\0]{0,199}$/, 'a topic of 1 to 200 characters without wildcards')

const envelope = {
  id: z.union([z.string().max(100), z.int()]).describe('Comes back in every answer'),
  replyTo: replyTo.optional().describe('Left out: <prefix>/<machine>/axis/<name>/answer'),
}

/** Those that Axis.home knows by name; it refuses the ones that the axis is not set up for. */
const homingMethods = [
  'setPosition',
  'drive',
  'limitSwitch',
  'homeSwitch',
  'indexPulse',
  'block',
  'absolute',
] as const

const slowing = { deceleration: positive.optional(), jerk: positive.optional() }
const changes = { acceleration: positive.optional(), ...slowing }
const dynamics = { velocity: positive.optional(), ...changes }
const buffer = { bufferMode: z.enum(bufferModes).optional() }
const endVelocity = { endVelocity: finite }
const moveTo = { position: finite, ...dynamics, ...buffer }
const moveBy = { distance: finite, ...dynamics, ...buffer }
const source = z.enum(['setpoint', 'actual']).optional()
const master = { master: z.string().describe('Name of an axis'), masterSource: source }
const ratio = { numerator: finite.optional(), denominator: finite.optional() }
const phasing = { shift: finite.describe('In the unit of the master'), ...dynamics }
const profile = {
  times: z.array(finite).min(2).max(1000).describe('s; the first is 0'),
  values: z.array(finite).min(2).max(1000),
  ...buffer,
}

function command<Name extends string, Shape extends z.core.$ZodShape>(name: Name, shape: Shape) {
  return z.strictObject({ ...envelope, command: z.literal(name), ...shape })
}

export const commandSchema = z.discriminatedUnion('command', [
  command('enable', {}),
  command('disable', {}),
  command('home', {
    position: finite.optional().describe('What the present position becomes'),
    method: z.enum(homingMethods).optional(),
  }),
  command('moveAbsolute', moveTo),
  command('moveRelative', {
    distance: finite.optional(),
    position: finite.optional().describe('The name of old of distance'),
    ...dynamics,
    ...buffer,
  }),
  command('moveAdditive', moveBy),
  command('moveSuperimposed', { distance: finite, ...dynamics }),
  command('haltSuperimposed', {}),
  command('moveVelocity', { velocity: finite, ...changes, ...buffer }),
  command('moveContinuousAbsolute', { ...moveTo, ...endVelocity }),
  command('moveContinuousRelative', { ...moveBy, ...endVelocity }),
  command('torqueControl', {
    torque: finite,
    torqueRamp: positive.optional(),
    velocity: positive.optional(),
    ...buffer,
  }),
  command('positionProfile', profile),
  command('velocityProfile', profile),
  command('accelerationProfile', profile),
  command('halt', { ...slowing, ...buffer }),
  command('stop', slowing),
  command('reset', {}),
  command('setPosition', { position: finite, relative: z.boolean().optional() }),
  command('setOverride', {
    velocity: factor.optional(),
    acceleration: positiveFactor.optional(),
    jerk: positiveFactor.optional(),
  }),
  command('gearIn', { ...master, ...ratio, ...changes, ...buffer }),
  command('gearInPos', {
    ...master,
    ...ratio,
    masterSync: finite,
    slaveSync: finite,
    slaveModulo: positive.optional(),
    syncMode: z.enum(syncModes).optional(),
    masterStart: positive.optional(),
    ...dynamics,
    ...buffer,
  }),
  command('gearOut', {}),
  command('camIn', {
    ...master,
    cam: z.string().describe('Name of a cam of the machine file'),
    periodic: z.boolean().optional(),
    masterAbsolute: z.boolean().optional(),
    slaveAbsolute: z.boolean().optional(),
    masterOffset: finite.optional(),
    slaveOffset: finite.optional(),
    masterScaling: finite.optional(),
    slaveScaling: finite.optional(),
    masterSync: finite.optional(),
    masterStart: positive.optional(),
    ...dynamics,
    ...buffer,
  }),
  command('camOut', {}),
  command('phasingAbsolute', phasing),
  command('phasingRelative', phasing),
  command('combineAxes', {
    master1: z.string(),
    master2: z.string(),
    combineMode: z.enum(['add', 'subtract']).optional(),
    numerator1: finite.optional(),
    denominator1: finite.optional(),
    numerator2: finite.optional(),
    denominator2: finite.optional(),
    masterSource1: source,
    masterSource2: source,
    ...changes,
    ...buffer,
  }),
])

export type AxisCommand = z.output<typeof commandSchema>

/** In the order of the README. */
export const commandNames = commandSchema.options.map((option) => option.shape.command.value)

/** The part of a wrong command that tells whom to answer. */
export const senderSchema = z.object({
  id: envelope.id.nullable().catch(null),
  replyTo: replyTo.optional().catch(undefined),
})
