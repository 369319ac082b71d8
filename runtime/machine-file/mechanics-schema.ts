/** What lies between an axis and its drive: errors of the screw and the scale, and a holding brake. */
import { z } from 'zod'
import { switchSchema } from './homing-schema.ts'
import { name } from './name-schema.ts'

const finite = z.number()
const positive = z.number().positive()
const notNegative = z.number().min(0)
const errors = z.array(finite).min(2).max(10_000)

export const compensationSchema = z
  .strictObject({
    positions: errors.describe('Where the drive holds the axis to be; ascending'),
    forward: errors.describe('Actual minus that, measured when it was approached upward'),
    backward: errors.optional().describe('The same downward; left out: no play'),
    velocity: positive.describe('How fast a leap (play on a reversal) is made up for, unit/s'),
    acceleration: positive.describe('Unit/s^2'),
    jerk: positive.describe('Unit/s^3'),
    hysteresis: notNegative.optional().describe('How far back counts as a reversal'),
  })
  .describe('Screw, scale and backlash: a table of errors, which applies once the axis is homed')

export const brakeSchema = z
  .strictObject({
    output: name.describe('Digital output that opens the brake; its safe value is to be false'),
    contact: switchSchema.optional().describe('Actuated: the brake is open'),
    releaseS: notNegative.describe('Time that it takes to open, s'),
    engageS: notNegative.describe('Time that it takes to close, s'),
    preloadS: notNegative.optional().describe('So long the drive holds before it opens, s'),
    sagMax: positive.optional().describe('How far the load may move while it opens'),
  })
  .describe('A holding brake: opens when the drive holds, and the drive lets go when it is closed')

export type CompensationFile = z.output<typeof compensationSchema>
export type BrakeFile = z.output<typeof brakeSchema>
