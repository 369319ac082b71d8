/** Writes a dump back into a device. */
import { z } from 'zod'
import { isOwnIdn } from '../cards/sercos3/driver/config/own-idns.ts'
import { decodeAttribute, encodeData, isReadOnly } from '../cards/sercos3/idn-data.ts'
import { tryParseIdn } from '../cards/sercos3/idn.ts'
import type { IdnText } from '../cards/sercos3/idn.ts'
import { svcErrorText } from '../cards/sercos3/svc-errors.ts'
import { DualportError } from '../errors.ts'
import type { DeviceHandle } from './device-handle.ts'
import type { DeviceDump, DumpEntry, DumpOptions, RestoreOutcome } from './device-types.ts'
import { controllerTypeIdn } from './dump-device.ts'
import { idnNumber } from './idn-number.ts'

/** Refusals that another parameter may lift: below and above the limits, unknown selection, protected by a setting. */
const depending: ReadonlySet<number> = new Set([0x7006, 0x7007, 0x7008, 0x700c])
/** Longest chain of parameters whose limits depend on each other, and that stand in the wrong order. */
const mostPasses = 8

const idnText = z.string().refine((text) => tryParseIdn(text) !== undefined, 'an IDN')
const dumpItem = z.union([z.number(), z.string()])
const dumpSchema = z.object({
  format: z.literal('dualport-idn-dump'),
  version: z.literal(1),
  device: z.object({
    name: z.string(),
    address: z.number(),
    controllerType: z.string().optional(),
  }),
  parameters: z.array(
    z.object({
      idn: idnText,
      name: z.string(),
      attribute: z.int().min(0),
      value: z.union([dumpItem, z.array(dumpItem)]).optional(),
    }),
  ),
})

/** Throws DP_SERCOS3_DUMP: `dump` is none. */
export function checkDump(dump: unknown): void {
  const checked = dumpSchema.safeParse(dump)
  if (checked.success) return
  const [issue] = checked.error.issues
  throw new DualportError('DP_SERCOS3_DUMP', {
    at: issue?.path.join('.') ?? '',
    actual: issue?.message,
  })
}

/** Throws DP_SERCOS3_DUMP, or what keeps the device from being reached. */
export async function restoreDevice(
  device: DeviceHandle,
  dump: DeviceDump,
  options: DumpOptions,
): Promise<RestoreOutcome[]> {
  checkDump(dump)
  await checkType(device, dump, options)
  const outcomes: (RestoreOutcome | undefined)[] = dump.parameters.map(() => undefined)
  let open = [...dump.parameters.keys()]
  for (let pass = 0; pass < mostPasses && open.length > 0; pass++) {
    const again: number[] = []
    for (const n of open) {
      const { outcome, mayPass } = await restoreOne(
        device,
        dump.parameters[n] as DumpEntry,
        options,
      )
      const first = outcomes[n] === undefined
      outcomes[n] = outcome
      if (mayPass) again.push(n)
      if (first) tell(options, outcomes, outcome.idn)
    }
    if (again.length === open.length) break
    open = again
  }
  return outcomes.filter((outcome) => outcome !== undefined)
}

function tell(
  { onProgress }: DumpOptions,
  outcomes: readonly (RestoreOutcome | undefined)[],
  idn: IdnText,
): void {
  onProgress?.(outcomes.filter((one) => one !== undefined).length, outcomes.length, idn)
}

/** A drive's parameters in another type of drive would be worse than none. */
async function checkType(
  device: DeviceHandle,
  dump: DeviceDump,
  { signal }: DumpOptions,
): Promise<void> {
  const expected = dump.device.controllerType
  if (expected === undefined) return
  const actual = await device.read(controllerTypeIdn, { signal }).catch((error: unknown) => {
    if (error instanceof DualportError && error.code === 'DP_SERCOS3_SVC') return undefined
    throw error
  })
  if (actual !== expected)
    throw new DualportError('DP_SERCOS3_DUMP', {
      at: device.at(controllerTypeIdn),
      actual: actual ?? 'not there',
      expected: `${JSON.stringify(expected)}, as in the dump of ${dump.device.name}`,
    })
}

type Restored = { readonly outcome: RestoreOutcome; readonly mayPass: boolean }

async function restoreOne(
  device: DeviceHandle,
  { idn, name, value }: DumpEntry,
  { signal }: DumpOptions,
): Promise<Restored> {
  const ended = (outcome: RestoreOutcome['outcome'], error?: DualportError): Restored => ({
    outcome: { idn, name, outcome, ...(error !== undefined && { error }) },
    mayPass: false,
  })
  if (isOwnIdn(idnNumber(idn), device.profile)) return ended('ofTheMaster')
  if (value === undefined) return ended('empty')
  try {
    const { info, bytes: before } = await device.describeBytes(idn, { signal })
    const { attribute } = info
    if (attribute.command || isReadOnly(attribute)) return ended('readOnly')
    const bytes = encodeData(decodeAttribute(attribute.word), value, device.at(idn))
    if (before !== undefined && equal(before, bytes)) return ended('unchanged')
    if (attribute.protectedIn.some((phase) => phase === `CP${device.openPhase}`))
      return ended('protected')
    const code = await device.writeBytes(idn, bytes, { signal })
    if (code === 0) return ended('written')
    const error = new DualportError('DP_SERCOS3_SVC', {
      at: device.at(idn),
      actual: svcErrorText(code),
    })
    return { ...ended('failed', error), mayPass: depending.has(code) }
  } catch (error) {
    if (!(error instanceof DualportError) || !ofOneParameter.has(error.code)) throw error
    return ended('failed', error)
  }
}

/** Errors that say nothing of the next parameter. */
const ofOneParameter: ReadonlySet<string> = new Set([
  'DP_SERCOS3_SVC',
  'DP_SERCOS3_SVC_DATA',
  'DP_SERCOS3_VALUE',
])

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, n) => byte === other[n])
}
