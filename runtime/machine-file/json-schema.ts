/** The JSON Schema of the machine file, for editors; and which fields a schema knows at a place. */
import { z } from 'zod'
import type { PathKey } from './finding.ts'
import { machineSchema } from './schema.ts'

/** Draft 7: the draft that every editor knows. */
export function machineJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(machineSchema, { io: 'input', target: 'draft-7' })
  return { title: 'dualport machine', ...schema }
}

/**
 * The fields that may stand in the object at `path` of `raw`, which `schema` describes. Of a union, those of the members
 * whose fixed fields (`kind`, `command`) stand in `raw`; of all members when none fits.
 */
export function knownKeys(schema: z.ZodType, path: readonly PathKey[], raw?: unknown): string[] {
  let value = raw
  let nodes = expand(z.toJSONSchema(schema, { io: 'input' }), value)
  for (const key of path) {
    value = record(value)[key]
    nodes = nodes.flatMap((node) => childOf(node, key)).flatMap((node) => expand(node, value))
  }
  return [...new Set(nodes.flatMap((node) => Object.keys(record(node['properties']))))]
}

function childOf(node: Record<string, unknown>, key: PathKey): unknown[] {
  if (typeof key === 'number') return [node['items']]
  return [record(node['properties'])[key] ?? node['additionalProperties']]
}

function expand(node: unknown, value: unknown): Record<string, unknown>[] {
  const own = record(node)
  const union = own['oneOf'] ?? own['anyOf']
  if (!Array.isArray(union)) return [own]
  const members = union.flatMap((member) => expand(member, value))
  const meant = members.filter((member) => isMeant(member, value))
  return meant.length === 0 ? members : meant
}

function isMeant(member: Record<string, unknown>, value: unknown): boolean {
  return Object.entries(record(member['properties'])).every(([key, property]) => {
    const { const: fixed } = record(property)
    return fixed === undefined || record(value)[key] === fixed
  })
}

function record(value: unknown): Record<PathKey, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<PathKey, unknown>) : {}
}
