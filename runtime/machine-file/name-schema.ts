import { z } from 'zod'

/** Of machines, devices, axes and points. */
export const name = z
  .string()
  .regex(
    /^[A-Za-z0-9_-]{1,40}$/,
    'a name of 1 to 40 letters, digits, - and _ (it becomes part of an MQTT topic)',
  )
