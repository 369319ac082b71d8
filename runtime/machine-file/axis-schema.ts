/** The part of the machine file that tells what the axes are and may do, and the cams that they follow. */
import { z } from 'zod'
import { camEnds, camInterpolations } from '../../control/coupling/cam-points.ts'
import { camLaws } from '../../control/coupling/cam-sections.ts'
import { defaults } from './defaults.ts'
import { homingSchema } from './homing-schema.ts'
import { brakeSchema, compensationSchema } from './mechanics-schema.ts'
import { name } from './name-schema.ts'

const finite = z.number()
const positive = z.number().positive()
/** Below it an axis would seem to stand still: a slip of the pen rather than a wish. */
const dynamic = z.number().min(0.001)

const limitsSchema = z
  .strictObject({
    positionMin: finite,
    positionMax: finite,
    velocity: dynamic,
    acceleration: dynamic,
    jerk: dynamic,
    velocityNegative: dynamic
      .optional()
      .describe('Of motion downwards; left out: as `velocity`, as with the next two'),
    accelerationNegative: dynamic
      .optional()
      .describe('Of accelerations downwards: what speeds up downwards and brakes upwards'),
    jerkNegative: dynamic.optional().describe('Of changes of acceleration downwards'),
    followingError: dynamic.describe('Beyond it the axis goes to ErrorStop'),
    following: z
      .strictObject({
        windowPerVelocityS: z
          .number()
          .min(0)
          .optional()
          .describe('What each unit/s of velocity adds to followingError, s'),
        lagS: z
          .number()
          .min(0)
          .optional()
          .describe('Lag that the position loop has by its nature (1 / Kv), s'),
        filterS: z.number().min(0).optional().describe('How long the limit may be exceeded, s'),
      })
      .optional()
      .describe('What of the following error is no fault; left out: nothing'),
  })
  .describe('In unit, unit/s, unit/s^2, unit/s^3')

export const axisSchema = z.strictObject({
  name,
  device: name.describe('Name of a device with the profile drive'),
  unit: z.enum(['mm', 'deg']).describe('Of every position of this axis; velocities are per second'),
  scaling: z
    .enum(['file', 'fromDevice'])
    .default('file')
    .describe(
      'fromDevice: increments per unit as the drive tells them in CP2 (S-0-0076, S-0-0044), instead of the two fields below',
    ),
  incrementsPerUnit: positive
    .default(defaults.incrementsPerUnit)
    .describe('Position increments of the drive per unit'),
  velocityIncrementsPerUnit: positive
    .default(defaults.velocityIncrementsPerUnit)
    .describe('Velocity increments of the drive per unit/s'),
  limits: limitsSchema,
  homing: homingSchema.optional(),
  compensation: compensationSchema.optional(),
  brake: brakeSchema.optional(),
  safe: z
    .enum(['quickStop', 'disable'])
    .default('quickStop')
    .describe(
      'Reaction to a fault while our code still runs: ramp down, or take power away at once',
    ),
  commands: z
    .array(z.enum(['mqtt']))
    .default([])
    .describe('Who else may command this axis; closed by default'),
})

const knot = {
  master: finite.describe('Position of the master, in its unit; ascending'),
  slave: finite.describe('Position of the slave, in its unit'),
  slope: finite.optional().describe("Slave's velocity at unit velocity of the master"),
  curvature: finite.optional().describe('Change of the slope for one unit of the master'),
}

const pointsCam = z.strictObject({
  name,
  points: z.array(z.strictObject(knot)).min(2).max(5000),
  interpolation: z.enum(camInterpolations).default('cubic'),
  ends: z.enum(camEnds).optional().describe('Of a spline; left out: natural'),
})

const sectionsCam = z.strictObject({
  name,
  from: z.strictObject(knot).describe('Where the cam begins'),
  sections: z
    .array(z.strictObject({ ...knot, law: z.enum(camLaws) }))
    .min(1)
    .max(5000)
    .describe('Each leads to its point by a motion law of VDI 2143'),
})

export const camSchema = z
  .union([pointsCam, sectionsCam])
  .describe('A cam: by points, or by sections with motion laws')
