/** Loads a machine: a JSON file, a TypeScript or JavaScript module with a default export, or an object. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DualportError } from '../../errors.ts'
import { checkMachine } from './check.ts'
import { jsonLines, lineOf } from './json-lines.ts'
import { MachineFileError } from './machine-file-error.ts'
import type { MachineFile, MachineInput } from './schema.ts'

/**
 * The machine with its defaults filled in and the paths in it made absolute: they are relative to the file, those of
 * an object to the working directory.
 * Throws MachineFileError (DP_MACHINE_FILE) with every error at once, DP_MACHINE_FILE_READ.
 */
export async function loadMachineFile(source: string | URL | MachineInput): Promise<MachineFile> {
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
  if (file !== undefined) return file
  if (json === undefined) throw new MachineFileError(name, findings)
  const lines = jsonLines(json)
  const placed = findings.map((finding) => {
    const line = lineOf(lines, finding.path)
    return line === undefined ? finding : { ...finding, line }
  })
  throw new MachineFileError(
    name,
    placed.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  )
}

async function readJson(file: string): Promise<{ value: unknown; text: string }> {
  try {
    const text = await readFile(file, 'utf8')
    return { value: JSON.parse(text), text }
  } catch (cause) {
    throw unreadable(file, cause, 'a JSON file or a module (.ts, .js)')
  }
}

async function importMachine(file: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { default?: unknown }
    return module.default
  } catch (cause) {
    throw unreadable(file, cause, 'a module whose default export is the machine')
  }
}

function unreadable(at: string, cause: unknown, expected: string): DualportError {
  const actual = cause instanceof Error ? cause.message : String(cause)
  return new DualportError('DP_MACHINE_FILE_READ', { at, actual, expected, cause })
}
