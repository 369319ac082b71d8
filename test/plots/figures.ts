/** The figures of control/README.md, by the names of their files. */
import { drawBlend } from './blend.ts'
import { drawCam } from './cam.ts'
import { drawFrequencyResponse } from './frequency-response.ts'
import { drawJerkLimitedMove } from './jerk-limited-move.ts'
import { drawStepResponse } from './step-response.ts'

export const folder = new URL('../../control/figures/', import.meta.url)

export const figures: { readonly [name: string]: () => string } = {
  'jerk-limited-move': drawJerkLimitedMove,
  blend: drawBlend,
  cam: drawCam,
  'step-response': drawStepResponse,
  'frequency-response': drawFrequencyResponse,
}
