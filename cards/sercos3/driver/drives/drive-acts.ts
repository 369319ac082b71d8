/**
 * What is done at a drive through its service channel while it is in operation: each act a script, see run-up-context.ts.
 * IDNs and their bits are general knowledge of the drive profile.
 */
import { DualportError } from '../../../../errors.ts'
import { place } from '../../../../uio/bit-field.ts'
import type { DriveDiagnosis } from '../../diagnosis.ts'
import { probeControl } from '../../drive-words.ts'
import { idn } from '../../idn.ts'
import { commandStatus, commandWrite } from '../../telegram.ts'
import type { DriveWords } from '../cycle/process-images.ts'
import { pause, waitFor } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import {
  readCommandStatus,
  readNumber,
  readNumberOr,
  readText,
  runCommand,
  writeNumber,
} from '../script/service-access.ts'

const homing = idn('S-0-0148')
const probing = idn('S-0-0170')
/** Acknowledgements after which a command does nothing more by itself. */
const ends: ReadonlySet<number> = new Set([
  commandStatus.done,
  commandStatus.error,
  commandStatus.interrupted,
])
/** Between two looks at what a drive is doing by itself. */
const lookMs = 5

/** An act under way, as its script sees it. */
export type Act = {
  readonly context: RunUpContext
  readonly device: number
  readonly image: DriveWords
  readonly argument: number
  cancelled: boolean
  armed: boolean
}

/** Attempts to clear a command at a drive that does not answer, and the time between them. */
const clearAttempts = 10
const clearPauseMs = 50

const absent = -1

/** A drive that comes back shows itself within this time. */
const comesBackMs = 200

/** Throws DP_SERCOS3_DEVICE_LOST, DP_SERCOS3_COMMAND, DP_SERCOS3_SVC. */
export function* reset({ context, device, image }: Act): Script {
  context.exchange.clearConnectionError(device)
  if (!(yield* waitFor(context, comesBackMs, () => image.live))) {
    context.exchange.giveUpConnection(device)
    throw new DualportError('DP_SERCOS3_DEVICE_LOST', { at: context.at(device) })
  }
  yield* runCommand(context, device, idn('S-0-0099'))
}

export function* diagnose({ context, device }: Act): Script<DriveDiagnosis> {
  const errors = yield* readNumberOr(context, device, idn('S-0-0011'), 0)
  const warnings = yield* readNumberOr(context, device, idn('S-0-0012'), 0)
  const number = yield* readNumberOr(context, device, idn('S-0-0390'), absent)
  const text = yield* readText(context, device, idn('S-0-0095'))
  return {
    class1: errors,
    class2: warnings,
    number: number === absent ? undefined : number,
    text: text.trim(),
  }
}

/**
 * Throws DP_SERCOS3_COMMAND, DP_SERCOS3_SVC. The command is cleared when it ended, well or not, and after a cancellation: the
 * drive then follows its command values again. Where the service channel fails, it is cleared as soon as that answers.
 */
export function* home(act: Act): Script {
  const { context, device, argument } = act
  if (!Number.isNaN(argument))
    yield* writeNumber(context, device, idn('S-0-0052'), Math.round(argument) | 0)
  yield* writeNumber(context, device, homing, commandWrite.clear)
  let status: number = commandStatus.set
  try {
    yield* writeNumber(context, device, homing, commandWrite.setAndEnable)
    // what was set may be shown for a while before the drive begins
    while (!ends.has(status) && !act.cancelled) {
      yield* pause(context, lookMs)
      status = yield* readCommandStatus(context, device, homing)
    }
    yield* writeNumber(context, device, homing, commandWrite.clear)
  } catch (error) {
    yield* clearAtLast(context, device, homing)
    throw error
  }
  if (act.cancelled || status === commandStatus.done) return
  throw new DualportError('DP_SERCOS3_COMMAND', { at: context.at(device, 'S-0-0148') })
}

/** Clears a command whose access failed: again and again for a while, since the drive goes on with it meanwhile. */
function* clearAtLast(context: RunUpContext, device: number, command: number): Script {
  for (let attempt = 0; attempt < clearAttempts; attempt++)
    try {
      yield* writeNumber(context, device, command, commandWrite.clear)
      return
    } catch {
      // what is told is why the act failed, not this
      yield* pause(context, clearPauseMs)
    }
}

export function* limitTorque({ context, device, argument }: Act): Script {
  yield* writeNumber(context, device, idn('S-0-0092'), argument)
}

type Edge = {
  readonly select: readonly [number, number]
  readonly value: number
  readonly latched: number
}
type Probe = { readonly enable: number; readonly edges: readonly [rising: Edge, falling: Edge] }

const probes: readonly [Probe, Probe] = [
  {
    enable: idn('S-0-0405'),
    edges: [
      { select: probeControl.probe1Positive, value: idn('S-0-0130'), latched: idn('S-0-0409') },
      { select: probeControl.probe1Negative, value: idn('S-0-0131'), latched: idn('S-0-0410') },
    ],
  },
  {
    enable: idn('S-0-0406'),
    edges: [
      { select: probeControl.probe2Positive, value: idn('S-0-0132'), latched: idn('S-0-0411') },
      { select: probeControl.probe2Negative, value: idn('S-0-0133'), latched: idn('S-0-0412') },
    ],
  },
]

/** Arms probe `number` (0, 1) and waits for its edge. The position there, signed increments; nothing after a cancellation. */
export function* probe(act: Act, number: 0 | 1): Script<number | undefined> {
  const { context, device, argument } = act
  const { enable, edges } = probes[number]
  const edge = argument === 0 ? edges[0] : edges[1]
  yield* writeNumber(context, device, enable, 0)
  yield* select(act, number, edge)
  if ((yield* readCommandStatus(context, device, probing)) !== commandStatus.inProcess) {
    yield* writeNumber(context, device, probing, commandWrite.clear)
    yield* writeNumber(context, device, probing, commandWrite.setAndEnable)
  }
  yield* writeNumber(context, device, enable, 1)
  act.armed = true
  const caught = yield* awaitEdge(act, number, edge)
  const value = caught ? yield* readNumber(context, device, edge.value) : undefined
  act.armed = false
  yield* writeNumber(context, device, enable, 0)
  return value === undefined ? undefined : value | 0
}

/** The two edges of this probe change, those of the other stand. */
function* select({ context, device }: Act, number: 0 | 1, edge: Edge): Script {
  const control = idn('S-0-0169')
  const mine = probes[number].edges.reduce((bits, { select: bit }) => bits | place(1, bit), 0)
  const before = yield* readNumber(context, device, control)
  yield* writeNumber(context, device, control, (before & ~mine) | place(1, edge.select))
}

/** False after a cancellation. Where the telegrams tell of the edge, the service channel is left alone meanwhile. */
function* awaitEdge(act: Act, number: 0 | 1, edge: Edge): Script<boolean> {
  const { context, device, image, argument } = act
  const inTelegrams = number === 0 && image.has(edge.latched)
  while (!act.cancelled) {
    if (inTelegrams) {
      if ((image.readProbeLatched(argument === 0 ? 0 : 1) & 1) === 1) return true
      yield
    } else {
      if (((yield* readNumber(context, device, edge.latched)) & 1) === 1) return true
      yield* pause(context, lookMs)
    }
  }
  return false
}
