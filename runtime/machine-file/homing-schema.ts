/** How an axis finds its reference where the control leads (`home` with one of these methods). */
import { z } from 'zod'
import { name } from './name-schema.ts'

const finite = z.number()
const positive = z.number().positive()

export const switchSchema = z.strictObject({
  point: name.describe('Name of a digital input'),
  actuated: z
    .enum(['high', 'low'])
    .default('high')
    .describe('Level of the input when the axis is on the switch'),
})

const search = {
  direction: z.enum(['upward', 'downward']).describe('The way to the reference'),
  searchVelocity: positive.describe('Unit/s'),
  acceleration: positive
    .optional()
    .describe("Unit/s^2; left out: the axis's own, as with the next"),
  jerk: positive.optional().describe('Unit/s^3'),
  distance: positive.describe('How far the axis may go in one search'),
  timeoutS: positive.default(60).describe('For everything, s'),
  position: finite.default(0).describe("What the reference point's position becomes"),
  finalPosition: finite
    .optional()
    .describe('Where the axis goes in the end; left out: it stays where it came to rest'),
}
const latch = {
  latchVelocity: positive.describe(
    "At which the reference is taken, unit/s: a cycle's way at it is the accuracy of a switch",
  ),
  indexDistance: positive
    .optional()
    .describe('Within which the index pulse must come: a little more than a turn'),
}
const limits = {
  negativeLimit: switchSchema.optional(),
  positiveLimit: switchSchema.optional(),
}
const toIndex = z
  .boolean()
  .default(false)
  .describe('The switch is only the place from which the next index pulse (probe 1) is sought')

export const homingSchema = z
  .discriminatedUnion('method', [
    z.strictObject({
      method: z.literal('limitSwitch'),
      ...search,
      ...latch,
      toIndex,
      inputs: z.strictObject(limits),
    }),
    z.strictObject({
      method: z.literal('homeSwitch'),
      ...search,
      ...latch,
      toIndex,
      inputs: z.strictObject({ ...limits, homeSwitch: switchSchema }),
    }),
    z.strictObject({
      method: z.literal('indexPulse'),
      ...search,
      ...latch,
      inputs: z.strictObject(limits).prefault({}),
    }),
    z.strictObject({
      method: z.literal('block'),
      ...search,
      torque: positive.max(400).describe('That means the block, % of rated torque'),
      torqueAfter: positive.max(400).describe('Torque limit that the drive has again after it, %'),
      blockS: positive.default(0.1).describe('So long the axis stands still under that torque, s'),
      backOff: positive.describe('How far it then moves away'),
      inputs: z.strictObject(limits).prefault({}),
    }),
    z.strictObject({
      method: z.literal('absolute'),
      offset: finite.default(0).describe('Axis position minus encoder position'),
      inputs: z.strictObject({}).prefault({}),
    }),
  ])
  .describe('A homing led from here; left out: home() sets the position or lets the drive home')

export type HomingFile = z.output<typeof homingSchema>
export type SwitchFile = z.output<typeof switchSchema>
