/** The JSON Schema of the machine file, for editors; and which fields a schema knows at a place. */
import { z } from 'zod'
import type { PathKey } from './finding.ts'
import { machineSchema } from './schema.ts'

/** Draft 7: the draft that every editor knows. */
export function machineJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(machineSchema, { io: 'input', target: 'draft-7' })
  return { title: 'dualport machine', ...schema }
}

/** The fields that may stand in the object at `path` of what `schema` describes; of a union, those of all its members. */
export function knownKeys(schema: z.ZodType, path: readonly PathKey[]): string[] {
  let nodes = expand(z.toJSONSchema(schema, { io: 'input' }))
  for (const key of path) nodes = nodes.flatMap((node) => childOf(node, key)).flatMap(expand)
  return [...new Set(nodes.flatMap((node) => Object.keys(record(node['properties']))))]
}

function childOf(node: Record<string, unknown>, key: PathKey): unknown[] {
  if (typeof key === 'number') return [node['items']]
  return [record(node['properties'])[key] ?? node['additionalProperties']]
}

function expand(node: unknown): Record<string, unknown>[] {
  const own = record(node)
  const members = own['oneOf'] ?? own['anyOf']
  return Array.isArray(members) ? members.flatMap(expand) : [own]
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
