/** Loads a machine: a JSON file, a TypeScript or JavaScript module with a default export, or an object. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DualportError } from '../../errors.ts'
import { checkMachine } from './check.ts'
import type { Finding } from './finding.ts'
import { jsonPlaces, lineOf } from './json-lines.ts'
import { jsonErrorLine } from './json-syntax.ts'
import { MachineFileError } from './machine-file-error.ts'
import type { MachineFile, MachineInput } from './schema.ts'

/**
 * The machine with its defaults filled in and the paths in it made absolute: they are relative to the file, those of
 * an object to the working directory.
 * Throws MachineFileError (DP_MACHINE_FILE) with every error at once, DP_MACHINE_FILE_READ.
 */
export async function loadMachineFile(source: string | URL | MachineInput): Promise<MachineFile> {
  const wrong = wrongSource(source)
  if (wrong !== undefined)
    throw new DualportError('DP_MACHINE_FILE_READ', {
      at: 'machine',
      actual: wrong,
      expected: 'a path, a file: URL or an object',
    })
  if (typeof source === 'object' && !(source instanceof URL))
    return checked(source, 'machine', process.cwd())
  const file = path.resolve(source instanceof URL ? fileURLToPath(source) : source)
  const name = path.relative(process.cwd(), file)
  if (/\.[cm]?[jt]s$/.test(file))
    return checked(await importMachine(file), name, path.dirname(file))
  const { value, text } = await readJson(file)
  return checked(value, name, path.dirname(file), text)
}

function checked(raw: unknown, name: string, folder: string, json?: string): MachineFile {
  const { file, findings } = checkMachine(raw, folder)
  const placed = json === undefined ? findings : inPlace(findings, json)
  if (file !== undefined && placed.length === 0) return file
  throw new MachineFileError(name, placed)
}

/** With their lines, in the order of the file, and what only the text tells. */
function inPlace(findings: readonly Finding[], json: string): Finding[] {
  const { lines, duplicates } = jsonPlaces(json)
  const placed = findings.map((finding) => {
    const line = lineOf(lines, finding.path)
    return line === undefined ? finding : { ...finding, line }
  })
  return [...placed, ...duplicates].toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0))
}

/** What an untyped caller gave that is no machine at all. */
function wrongSource(source: unknown): string | undefined {
  if (source instanceof URL) return source.protocol === 'file:' ? undefined : source.href
  if (typeof source === 'string') return source === '' ? source : undefined
  return typeof source === 'object' && source !== null ? undefined : String(source)
}

const byteOrderMark = '\uFEFF'

async function readJson(file: string): Promise<{ value: unknown; text: string }> {
  const expected = 'a JSON file or a module (.ts, .js)'
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw unreadable(file, wording(cause), expected, cause)
  }
  if (text.startsWith(byteOrderMark)) text = text.slice(byteOrderMark.length)
  try {
    return { value: JSON.parse(text), text }
  } catch (cause) {
    const actual = `not valid JSON, line ${jsonErrorLine(text) ?? 1} (${wording(cause)})`
    throw unreadable(file, actual, expected, cause)
  }
}

async function importMachine(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown }
    return module.default
  } catch (cause) {
    throw unreadable(file, wording(cause), 'a module whose default export is the machine', cause)
  }
}

function wording(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

function unreadable(at: string, actual: string, expected: string, cause: unknown): DualportError {
  return new DualportError('DP_MACHINE_FILE_READ', { at, actual, expected, cause })
}
