/** zod's issues in words, and the part of a wrong value that can still be judged. */
import type { z } from 'zod'
import { formatPath } from './finding.ts'
import type { Finding, PathKey } from './finding.ts'
import { knownKeys } from './json-schema.ts'
import { nearest } from './nearest.ts'

type Issue = z.core.$ZodIssue

/** `raw` failed `schema` with these issues. */
export function findingsOf(schema: z.ZodType, issues: readonly Issue[], raw: unknown): Finding[] {
  return issues.flatMap((issue) => {
    const within = meantIssues(issue)
    if (within !== undefined) return findingsOf(schema, within, raw)
    const keys = pathKeys(issue.path)
    if (issue.code !== 'unrecognized_keys')
      return { path: formatPath(keys), value: valueAt(raw, keys), expected: expectedBy(issue) }
    const known = knownKeys(schema, keys, raw)
    return issue.keys.map((key) => ({
      path: formatPath([...keys, key]),
      value: valueAt(raw, [...keys, key]),
      expected: noSuchField(key, known),
    }))
  })
}

/** Where the kind of value tells which member of a union was meant: what is wrong inside it. */
function meantIssues(issue: Issue): Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined
  const [meant, ...others] = issue.errors.filter((member) =>
    member.every((each) => each.path.length > 0 || each.code === 'unrecognized_keys'),
  )
  if (meant === undefined || meant.length === 0 || others.length > 0) return undefined
  return meant.map((each) => ({ ...each, path: [...issue.path, ...each.path] }))
}

/** A copy of `raw` without what the issues complain of: what is left fits the schema wherever it stands. */
export function withoutFaults(raw: unknown, issues: readonly Issue[]): unknown {
  const faults = new Set<string>()
  for (const issue of issues) {
    const keys = pathKeys(issue.path)
    if (issue.code !== 'unrecognized_keys') faults.add(formatPath(keys))
    else for (const key of issue.keys) faults.add(formatPath([...keys, key]))
  }
  return copyWithout(raw, [], faults)
}

function copyWithout(value: unknown, keys: PathKey[], faults: ReadonlySet<string>): unknown {
  if (faults.has(formatPath(keys))) return undefined
  if (Array.isArray(value)) return value.map((item, i) => copyWithout(item, [...keys, i], faults))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  return Object.fromEntries(entries.map(([k, v]) => [k, copyWithout(v, [...keys, k], faults)]))
}

function pathKeys(path: readonly PropertyKey[]): PathKey[] {
  return path.map((key) => (typeof key === 'number' ? key : String(key)))
}

function valueAt(raw: unknown, keys: readonly PathKey[]): unknown {
  let value = raw
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<PathKey, unknown>)[key]
  }
  return value
}

function noSuchField(key: string, known: readonly string[]): string {
  const near = nearest(key, known)
  return near === undefined
    ? `no field of this name; known are ${known.join(', ')}`
    : `no field of this name; the nearest is ${near}`
}

function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeWords[issue.expected] ?? issue.expected
    case 'invalid_value':
      return alternatives(issue.values)
    case 'too_small':
      return bound(issue.origin, issue.minimum, issue.inclusive === true ? 'at least' : 'above')
    case 'too_big':
      return bound(issue.origin, issue.maximum, issue.inclusive === true ? 'at most' : 'below')
    case 'invalid_union':
      return unionWords(issue)
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
    case 'unrecognized_keys':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      break
  }
  return issue.message
}

const typeWords: { readonly [type: string]: string } = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

function bound(origin: string, limit: number | bigint, words: string): string {
  if (origin === 'array') return `${words} ${limit} entries`
  if (origin === 'string') return `a text of ${words} ${limit} characters`
  return `a number of ${words} ${limit}`.replace('of above', 'above').replace('of below', 'below')
}

function unionWords(issue: z.core.$ZodIssueInvalidUnion): string {
  // zod tells the values of a discriminator only in these two fields, which its types leave open
  const { options } = issue as { options?: unknown }
  if (Array.isArray(options)) return alternatives(options)
  const members = issue.errors.flat().map(expectedBy)
  return members.length === 0 ? issue.message : members.join(' or ')
}

function alternatives(values: readonly unknown[]): string {
  const words = values.map(String)
  const last = words.pop() ?? ''
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`
}
