/**
 * What must hold between the fields of a machine file. The checks take a draft, in which anything may be missing, so
 * that they can run beside the schema's own complaints and every error is told at once.
 */
import { checkCams } from './cam-relations.ts'
import { checkCarriedWords } from './carried-words.ts'
import { defaults } from './defaults.ts'
import type { Draft, MachineDraft } from './draft.ts'
import { formatPath } from './finding.ts'
import type { Finding, PathKey } from './finding.ts'
import { checkMechanics } from './mechanics-relations.ts'
import { nearest } from './nearest.ts'
import { checkRing } from './ring-relations.ts'
import type { GroupFile } from './group-schema.ts'
import type { AxisFile, DeviceFile, PointFile } from './schema.ts'

type Profile = DeviceFile['profile']

export function checkRelations(draft: MachineDraft): Finding[] {
  return [
    ...checkRing(draft),
    ...checkStallTime(draft),
    ...unique(draft.devices ?? [], 'devices', 'name'),
    ...unique(draft.axes ?? [], 'axes', 'name'),
    ...(draft.axes ?? []).flatMap((axis, index) => checkAxis(draft, axis ?? {}, index)),
    ...unique(draft.axes ?? [], 'axes', 'device'),
    ...unique(draft.io ?? [], 'io', 'name'),
    ...(draft.io ?? []).flatMap((point, index) => checkPoint(draft, point ?? {}, index)),
    ...checkChannels(draft.io ?? []),
    ...checkCarriedWords(draft),
    ...checkSignals(draft),
    ...unique(draft.groups ?? [], 'groups', 'name'),
    ...(draft.groups ?? []).flatMap((group, index) => checkGroup(draft, group ?? {}, index)),
    ...unique(draft.cams ?? [], 'cams', 'name'),
    ...checkCams(draft),
    ...checkMechanics(draft),
  ]
}

function checkStallTime(draft: MachineDraft): Finding[] {
  const cycleUs = draft.cycleUs ?? defaults.cycleUs
  const stallMs = draft.realtime?.stallMs ?? defaults.stallMs
  if (stallMs * 1000 >= 3 * cycleUs) return []
  const least = `at least 3 cycles (${(3 * cycleUs) / 1000} ms)`
  return [finding(['realtime', 'stallMs'], stallMs, least)]
}

function checkAxis(draft: MachineDraft, axis: Draft<AxisFile>, index: number): Finding[] {
  const findings = checkDevice(draft, axis.device, ['axes', index, 'device'], 'drive')
  const limits = axis.limits ?? {}
  const { positionMin, positionMax } = limits
  if (positionMin !== undefined && positionMax !== undefined && positionMin >= positionMax)
    findings.push(
      finding(
        ['axes', index, 'limits', 'positionMin'],
        positionMin,
        `below positionMax (${positionMax})`,
      ),
    )
  const perUnit = axis.incrementsPerUnit ?? defaults.incrementsPerUnit
  const velocityPerUnit = axis.velocityIncrementsPerUnit ?? defaults.velocityIncrementsPerUnit
  findings.push(
    ...fits32(['axes', index, 'limits', 'positionMin'], positionMin, perUnit),
    ...fits32(['axes', index, 'limits', 'positionMax'], positionMax, perUnit),
    ...fits32(['axes', index, 'limits', 'velocity'], limits.velocity, velocityPerUnit),
    ...fits32(
      ['axes', index, 'limits', 'velocityNegative'],
      limits.velocityNegative,
      velocityPerUnit,
    ),
  )
  return findings
}

/** An axis belongs to one group, and kinematics have so many. */
function checkGroup(draft: MachineDraft, group: Draft<GroupFile>, index: number): Finding[] {
  const names = (draft.axes ?? []).flatMap((axis) => axis?.name ?? [])
  const others = (draft.groups ?? []).slice(0, index).flatMap((one) => one?.axes ?? [])
  const axes = group.axes ?? []
  const findings = axes.flatMap((axis, n) => {
    const keys = ['groups', index, 'axes', n]
    if (axis === undefined) return []
    if (!names.includes(axis)) return [finding(keys, axis, oneOf('an axis', axis, names))]
    const taken = others.includes(axis) || axes.indexOf(axis) < n
    return taken ? [finding(keys, axis, 'an axis that no group has yet')] : []
  })
  const type = group.kinematics?.type
  const [least, most] = type === 'scara' ? [2, 4] : type === 'delta' ? [3, 3] : [1, 6]
  if (axes.length < least || axes.length > most)
    findings.push(
      finding(['groups', index, 'axes'], axes.length, `${least} to ${most} axes, with ${type}`),
    )
  return findings
}

/** Positions and velocities travel as signed 32-bit increments. */
function fits32(keys: PathKey[], value: number | undefined, perUnit: number): Finding[] {
  if (value === undefined || Math.abs(value * perUnit) <= 0x7fffffff) return []
  const most = Math.floor(0x7fffffff / perUnit)
  return [
    finding(
      keys,
      value,
      `at most ${most} either way: at ${perUnit} increments per unit it must fit 32 bits`,
    ),
  ]
}

function checkPoint(draft: MachineDraft, point: Draft<PointFile>, index: number): Finding[] {
  const findings = checkDevice(draft, point.device, ['io', index, 'device'], 'io')
  if (point.kind === 'analogOutput' && point.safe !== undefined) {
    const rawPerUnit = point.rawPerUnit ?? defaults.rawPerUnit
    const most = 0x7fff / rawPerUnit
    if (Math.abs(point.safe) > most)
      findings.push(
        finding(
          ['io', index, 'safe'],
          point.safe,
          `at most ${Number(most.toFixed(4))} either way, the channel's range`,
        ),
      )
  }
  return findings
}

function checkDevice(
  draft: MachineDraft,
  name: string | undefined,
  keys: PathKey[],
  profile: Profile,
): Finding[] {
  // with a broken device list nothing can be said about who is in it
  if (name === undefined || draft.devices === undefined) return []
  const devices = draft.devices.filter((device) => device !== undefined)
  const found = devices.find((device) => device.name === name)
  if (found === undefined && devices.length < draft.devices.length) return []
  if (found === undefined) {
    const known = devices.flatMap((device) => device.name ?? [])
    return [finding(keys, name, oneOf('a device', name, known))]
  }
  if (found.profile === undefined || found.profile === profile) return []
  const fitting = devices.filter((device) => device.profile === profile)
  const names = fitting.flatMap((device) => device.name ?? [])
  const which = names.length === 0 ? 'there is none' : names.join(', ')
  return [finding(keys, name, `a device with the profile ${profile} (${which})`)]
}

function checkChannels(points: readonly (Draft<PointFile> | undefined)[]): Finding[] {
  const users = new Map<string, number>()
  return points.flatMap((point, index) => {
    if (point?.kind === undefined || point.device === undefined || point.channel === undefined)
      return []
    const channel = `${point.device} ${point.kind} ${point.channel}`
    const user = users.get(channel)
    if (user === undefined) users.set(channel, index)
    return user === undefined
      ? []
      : [
          finding(
            ['io', index, 'channel'],
            point.channel,
            `a channel that io[${user}] does not use`,
          ),
        ]
  })
}

/** Publish policies name signals that exist. */
function checkSignals(draft: MachineDraft): Finding[] {
  const signals = draft.mqtt?.publish?.signals
  if (signals === undefined) return []
  const quantities = ['position', 'velocity', 'torque', 'followingError']
  const known = [
    ...(draft.axes ?? []).flatMap((axis) =>
      quantities.map((quantity) => `axis/${axis?.name}/${quantity}`),
    ),
    ...(draft.io ?? []).map((point) => `io/${point?.name}`),
  ]
  return Object.keys(signals)
    .filter((signal) => !known.includes(signal))
    .map((signal) =>
      finding(['mqtt', 'publish', 'signals', signal], signal, oneOf('a signal', signal, known)),
    )
}

function unique<Item extends object>(
  items: readonly (Item | undefined)[],
  list: string,
  key: keyof Item & string,
): Finding[] {
  const first = new Map<unknown, number>()
  return items.flatMap((item, index) => {
    const value = item?.[key]
    if (value === undefined) return []
    const before = first.get(value)
    if (before === undefined) first.set(value, index)
    return before === undefined
      ? []
      : [finding([list, index, key], value, `another ${key} than ${list}[${before}] has`)]
  })
}

function oneOf(what: string, word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== undefined) return `${what} of this machine; the nearest is ${near}`
  return known.length === 0
    ? `${what} of this machine, which has none`
    : `${what} of this machine: ${known.join(', ')}`
}

function finding(keys: readonly PathKey[], value: unknown, expected: string): Finding {
  return { path: formatPath(keys), value, expected }
}
