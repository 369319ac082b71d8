/** The words that axes and I/O points need in the connections of their devices, where the machine file names those itself. */
import { formatIdn, idn, ioGroup, tryParseIdn } from '../../cards/sercos3/idn.ts'
import type { Draft, MachineDraft } from './draft.ts'
import { formatPath } from './finding.ts'
import type { Finding } from './finding.ts'
import type { AxisFile, PointFile } from './schema.ts'

type Way = 'mdt' | 'at'
/** One of `idns` must travel. */
type Need = { readonly way: Way; readonly idns: readonly number[] }

const axisNeeds: readonly Need[] = [
  { way: 'mdt', idns: [idn('S-0-0134')] },
  { way: 'mdt', idns: [idn('S-0-0036'), idn('S-0-0047'), idn('S-0-0080')] },
  { way: 'at', idns: [idn('S-0-0135')] },
  { way: 'at', idns: [idn('S-0-0051')] },
]

/** 16 digital and 2 analogue channels make a word of their group. */
const pointWords = {
  digitalInput: { way: 'at', word: 'digitalInputs', shift: 4 },
  digitalOutput: { way: 'mdt', word: 'digitalOutputs', shift: 4 },
  analogInput: { way: 'at', word: 'analogInputs', shift: 1 },
  analogOutput: { way: 'mdt', word: 'analogOutputs', shift: 1 },
} as const

/** Every axis and point whose words its device's connections lack. */
export function checkCarriedWords(draft: MachineDraft): Finding[] {
  return [
    ...(draft.axes ?? []).flatMap((axis) =>
      missing(draft, axis?.device, axisName(axis), axisNeeds),
    ),
    ...(draft.io ?? []).flatMap((point) =>
      missing(draft, point?.device, pointName(point), pointNeeds(point)),
    ),
  ]
}

function missing(
  draft: MachineDraft,
  name: string | undefined,
  user: string,
  needs: readonly Need[],
): Finding[] {
  const index = (draft.devices ?? []).findIndex(
    (device) => device?.name !== undefined && device.name === name,
  )
  const connections = draft.devices?.[index]?.connections
  if (connections === undefined || typeof connections === 'string') return []
  return needs.flatMap(({ way, idns }) => {
    const list = connections[way]?.idns
    // a list with faults of its own is the schema's to tell
    if (list === undefined || list.includes(undefined)) return []
    const carried = list.map((text) => tryParseIdn(text ?? ''))
    if (idns.some((id) => carried.includes(id))) return []
    const path = formatPath(['devices', index, 'connections', way, 'idns'])
    const expected = `${idns.map(formatIdn).join(' or ')} among them: ${user} needs it`
    return [{ path, value: list, expected }]
  })
}

function pointNeeds(point: Draft<PointFile> | undefined): Need[] {
  if (point?.channel === undefined || point.kind === undefined) return []
  const { way, word, shift } = pointWords[point.kind]
  return [{ way, idns: [ioGroup(point.channel >> shift)[word]] }]
}

function axisName(axis: Draft<AxisFile> | undefined): string {
  return axis?.name === undefined ? 'its axis' : `axis ${axis.name}`
}

function pointName(point: Draft<PointFile> | undefined): string {
  return point?.name === undefined ? 'its point' : `point ${point.name}`
}
