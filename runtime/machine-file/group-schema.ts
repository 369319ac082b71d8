/** Groups of axes that move a tool together. */
import { z } from 'zod'
import { name } from './name-schema.ts'

const positive = z.number().positive()

const kinematicsSchema = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('cartesian') }),
    z.strictObject({
      type: z.literal('scara'),
      upper: positive.describe('Length of the arm at the shoulder'),
      fore: positive.describe('Length of the arm at the elbow'),
      configuration: z.enum(['left', 'right']).describe('left: the elbow axis is positive'),
      elbowMargin: positive.optional().describe('How near the elbow may come to 0 and 180 deg'),
    }),
    z.strictObject({
      type: z.literal('delta'),
      base: positive.describe('From the middle to the shoulders'),
      platform: positive.describe('From the middle of the platform to its joints'),
      arm: positive,
      rod: positive,
      margin: positive.optional(),
    }),
  ])
  .describe('How the axes move the tool; cartesian: the axes are its coordinates')

export const groupSchema = z.strictObject({
  name,
  axes: z
    .array(name)
    .min(1)
    .max(6)
    .describe('Names of axes, in the order of the coordinates; scara: 2 to 4, delta: 3'),
  kinematics: kinematicsSchema.default({ type: 'cartesian' }),
  path: z
    .strictObject({ velocity: positive, acceleration: positive, jerk: positive })
    .describe('Along the path, unit/s, unit/s^2, unit/s^3: the highest that a motion may ask for'),
  capacity: z.int().min(2).max(1000).default(64).describe('Motions that may wait'),
})

export type GroupFile = z.output<typeof groupSchema>
