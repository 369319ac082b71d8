/** Checks a machine from outside against schema, relations and the files it names. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MachineDraft } from './draft.ts'
import type { Finding } from './finding.ts'
import { findingsOf, withoutFaults } from './issue-findings.ts'
import { checkRelations } from './relations.ts'
import { machineSchema } from './schema.ts'
import type { MachineFile } from './schema.ts'

export type Checked =
  | { readonly file: MachineFile; readonly findings: readonly [] }
  | { readonly file: undefined; readonly findings: readonly Finding[] }

/**
 * Every error of `raw` at once, or the machine with its defaults filled in and its paths absolute.
 * @param folder what paths in the machine are relative to
 */
export function checkMachine(raw: unknown, folder: string): Checked {
  const parsed = machineSchema.safeParse(raw)
  if (!parsed.success) {
    const { issues } = parsed.error
    const draft = withoutFaults(raw, issues)
    const more = isDraft(draft) ? [...checkRelations(draft), ...checkFiles(draft, folder)] : []
    return { file: undefined, findings: [...findingsOf(machineSchema, issues, raw), ...more] }
  }
  const file = parsed.data
  const findings = [...checkRelations(file), ...checkFiles(file, folder)]
  if (findings.length > 0) return { file: undefined, findings }
  return { file: withAbsolutePaths(file, folder), findings: [] }
}

function isDraft(value: unknown): value is MachineDraft {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkFiles(draft: MachineDraft, folder: string): Finding[] {
  const { task, mqtt } = draft
  const findings = [
    ...checkExists('task.module', task?.module, folder),
    ...checkExists('mqtt.ca', mqtt?.ca, folder),
    ...checkExists('mqtt.cert', mqtt?.cert, folder),
    ...checkExists('mqtt.key', mqtt?.key, folder),
  ]
  if (mqtt === undefined) return findings
  const add = (field: string, value: unknown, expected: string): void => {
    findings.push({ path: `mqtt.${field}`, value, expected })
  }
  if (mqtt.cert !== undefined && mqtt.key === undefined)
    add('key', undefined, 'the PEM file of the private key that belongs to mqtt.cert')
  if (mqtt.key !== undefined && mqtt.cert === undefined)
    add('cert', undefined, 'the PEM file of the certificate that belongs to mqtt.key')
  if (mqtt.password !== undefined && mqtt.username === undefined)
    add('username', undefined, 'a user name beside the password (MQTT 3.1.1 takes none alone)')
  if (mqtt.username !== undefined && mqtt.url === undefined)
    add('url', undefined, 'the broker that mqtt.username is for (the embedded one asks for none)')
  if (mqtt.url !== undefined && mqtt.port !== undefined)
    add('port', mqtt.port, 'no port beside mqtt.url: it is that of the embedded broker')
  const encrypted = mqtt.ca ?? mqtt.cert
  if (encrypted !== undefined && !(mqtt.url ?? 'mqtt:').startsWith('mqtts:'))
    add('url', mqtt.url, 'an mqtts:// broker for these certificates')
  return findings
}

function checkExists(field: string, named: string | undefined, folder: string): Finding[] {
  if (named === undefined || existsSync(absolute(named, folder))) return []
  return [{ path: field, value: named, expected: `an existing file (looked in ${folder})` }]
}

function withAbsolutePaths(file: MachineFile, folder: string): MachineFile {
  const { task, mqtt } = file
  const pem = (['ca', 'cert', 'key'] as const).flatMap((field) => {
    const named = mqtt[field]
    return named === undefined ? [] : [[field, absolute(named, folder)] as const]
  })
  return {
    ...file,
    ...(task && { task: { ...task, module: absolute(task.module, folder) } }),
    mqtt: { ...mqtt, ...Object.fromEntries(pem) },
  }
}

/** A machine in a TypeScript module may name files by `import.meta.resolve`, which gives file: URLs. */
function absolute(named: string, folder: string): string {
  return named.startsWith('file:') ? fileURLToPath(named) : path.resolve(folder, named)
}
