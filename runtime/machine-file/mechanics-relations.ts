/** What must hold between the mechanics of an axis (homing, compensation, brake) and the rest of the machine file. */
import { CompensationTable } from '../../control/mechanics/compensation/compensation-table.ts'
import { DualportError } from '../../errors.ts'
import type { Draft, MachineDraft } from './draft.ts'
import { formatPath } from './finding.ts'
import type { Finding } from './finding.ts'
import { homingSchema } from './homing-schema.ts'
import type { HomingFile } from './homing-schema.ts'
import { brakeSchema, compensationSchema } from './mechanics-schema.ts'
import type { BrakeFile, CompensationFile } from './mechanics-schema.ts'
import { nearest } from './nearest.ts'
import type { AxisFile } from './schema.ts'

export function checkMechanics(draft: MachineDraft): Finding[] {
  // what is wrong with the shape of each, the schema says
  return (draft.axes ?? []).flatMap((axis, index) => {
    const { data: homing } = homingSchema.safeParse(axis?.homing)
    const { data: compensation } = compensationSchema.safeParse(axis?.compensation)
    const { data: brake } = brakeSchema.safeParse(axis?.brake)
    return [
      ...(homing === undefined ? [] : checkHoming(draft, axis?.limits ?? {}, homing, index)),
      ...(compensation === undefined ? [] : checkCompensation(compensation, index)),
      ...(brake === undefined ? [] : checkBrake(draft, brake, index)),
    ]
  })
}

function checkCompensation(compensation: CompensationFile, index: number): Finding[] {
  const { positions, forward, backward } = compensation
  try {
    void new CompensationTable({ positions, forward, ...(backward && { backward }) })
    return []
  } catch (error) {
    if (!(error instanceof DualportError) || error.code !== 'DP_COMPENSATION_TABLE') throw error
    const path = `${formatPath(['axes', index, 'compensation'])}.${error.at}`
    return [{ path, value: error.actual, expected: error.expected ?? 'another value' }]
  }
}

function checkBrake(draft: MachineDraft, brake: BrakeFile, index: number): Finding[] {
  const at = (...keys: string[]): string => formatPath(['axes', index, 'brake', ...keys])
  const { output, contact } = brake
  const outputs = (draft.io ?? []).flatMap((one) => (one?.kind === 'digitalOutput' ? [one] : []))
  const findings =
    contact === undefined ? [] : checkInput(draft, contact.point, at('contact', 'point'))
  const point = outputs.find((one) => one.name === output)
  if (point === undefined) {
    const names = outputs.flatMap((one) => one.name ?? [])
    const known =
      nearest(output, names) ?? (names.length === 0 ? 'there is none' : names.join(', '))
    findings.push({ path: at('output'), value: output, expected: `a digital output (${known})` })
  } else if (point.safe === true)
    findings.push({
      path: at('output'),
      value: output,
      expected: 'an output whose safe value is false: voltage opens the brake',
    })
  return findings
}

function checkHoming(
  draft: MachineDraft,
  limits: Draft<AxisFile['limits']>,
  homing: HomingFile,
  index: number,
): Finding[] {
  const at = (...keys: string[]): string => formatPath(['axes', index, 'homing', ...keys])
  const findings = Object.entries(homing.inputs).flatMap(([name, input]) =>
    input === undefined ? [] : checkInput(draft, input.point, at('inputs', name, 'point')),
  )
  if (homing.method === 'absolute') return findings
  const { method } = homing
  const tooMuch = (name: string, value: number | undefined, limit: number | undefined): void => {
    if (value === undefined || limit === undefined || value <= limit) return
    findings.push({ path: at(name), value, expected: `at most limits (${limit})` })
  }
  tooMuch('searchVelocity', homing.searchVelocity, limits.velocity)
  tooMuch('acceleration', homing.acceleration, limits.acceleration)
  tooMuch('jerk', homing.jerk, limits.jerk)
  if (homing.method !== 'block') tooMuch('latchVelocity', homing.latchVelocity, limits.velocity)
  const { finalPosition } = homing
  const { positionMin = -Infinity, positionMax = Infinity } = limits
  if (finalPosition !== undefined && (finalPosition < positionMin || finalPosition > positionMax))
    findings.push({
      path: at('finalPosition'),
      value: finalPosition,
      expected: `within limits (${positionMin} to ${positionMax})`,
    })
  const { negativeLimit, positiveLimit } = homing.inputs
  const end = homing.direction === 'upward' ? 'positiveLimit' : 'negativeLimit'
  const ahead = homing.direction === 'upward' ? positiveLimit : negativeLimit
  if (method === 'limitSwitch' && ahead === undefined)
    findings.push({ path: at('inputs', end), value: undefined, expected: 'the switch to home on' })
  if (homing.method === 'block') return findings
  const usesIndex = homing.method === 'indexPulse' || homing.toIndex
  if (usesIndex && homing.indexDistance === undefined)
    findings.push({
      path: at('indexDistance'),
      value: undefined,
      expected: 'a little more than a turn, with an index pulse',
    })
  return findings
}

function checkInput(draft: MachineDraft, point: string, path: string): Finding[] {
  const inputs = (draft.io ?? []).filter((one) => one?.kind === 'digitalInput')
  if (inputs.some((one) => one?.name === point)) return []
  const names = inputs.flatMap((one) => one?.name ?? [])
  const all = names.length === 0 ? 'there is none' : names.join(', ')
  return [{ path, value: point, expected: `a digital input (${nearest(point, names) ?? all})` }]
}
