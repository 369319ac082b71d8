/** From an unknown state to a chip that is reset, known, and has a link. CoSeMa CSMD_INIT.c. */
import { DualportError } from '../../../../errors.ts'
import { pause, waitFor } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'

const resetMs = 100
const resetTimeoutMs = 1000
/** Auto-negotiation of a real line takes up to three seconds. */
const linkTimeoutMs = 5000
const bothPorts = 3
const secondLinkMs = 500

/** Throws DP_SERCOS3_CHIP, DP_SERCOS3_RESET, DP_SERCOS3_LINK. */
export function* initialise(context: RunUpContext): Script {
  const { chip } = context
  context.phase = 'NRT'
  context.say('resetting the chip')
  if (!chip.known)
    throw new DualportError('DP_SERCOS3_CHIP', {
      at: 'IDR',
      actual: `0x${chip.idr.toString(16).padStart(8, '0')}`,
      expected: '0x88CD0089, 0x88CD008A or 0x88CD008B',
    })
  chip.stopTimers()
  chip.stopTelegrams()
  chip.ports.pause()
  chip.reset()
  yield* pause(context, resetMs)
  if (!(yield* waitFor(context, resetTimeoutMs, () => !chip.resetting)))
    throw new DualportError('DP_SERCOS3_RESET', { at: 'GCSFR', expected: 'bits 1..0 clear' })
  chip.prepare()
  chip.ports.begin()
  context.say('waiting for the link')
  // A ring shows a link on both ports. One alone is found out in CP0, which can tell what the cables are instead.
  const { topology } = context.config
  const wanted = () => (topology === 'ring' ? chip.links === bothPorts : chip.links !== 0)
  // both may come with 'any', but not at the same moment
  if ((yield* waitFor(context, linkTimeoutMs, wanted)) && topology === 'any')
    yield* waitFor(context, secondLinkMs, () => chip.links === bothPorts)
  if (chip.links === 0) throw new DualportError('DP_SERCOS3_LINK', { at: 'DFCSR' })
}
