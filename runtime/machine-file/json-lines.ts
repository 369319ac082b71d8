/** On which line of a JSON text each field stands, and which stand there twice. */
import { formatPath } from './finding.ts'
import type { Finding, PathKey } from './finding.ts'

export type JsonPlaces = {
  /** Line (from 1) of every field and entry by its path. */
  readonly lines: ReadonlyMap<string, number>
  /** Keys that stand in their object once more: JSON.parse takes the last and says nothing. */
  readonly duplicates: readonly Finding[]
}

/** Of a text that JSON.parse has accepted. */
export function jsonPlaces(text: string): JsonPlaces {
  const lines = new Map<string, number>()
  const duplicates: Finding[] = []
  let at = 0
  let line = 1

  readValue([])
  return { lines, duplicates }

  function readValue(path: readonly PathKey[]): void {
    skipSpace()
    if (!lines.has(formatPath(path))) lines.set(formatPath(path), line)
    if (text[at] === '{') readMembers(path)
    else if (text[at] === '[') readEntries(path)
    else if (text[at] === '"') readString()
    else readScalar()
  }

  function readMembers(path: readonly PathKey[]): void {
    at++
    const firstLines = new Map<string, number>()
    for (skipSpace(); at < text.length && text[at] !== '}'; skipSpace()) {
      const keyLine = line
      const key = readString()
      const first = firstLines.get(key)
      if (first === undefined) firstLines.set(key, keyLine)
      // the line of the key, also where its value starts below it; the last of duplicate keys counts, as in JSON.parse
      lines.set(formatPath([...path, key]), keyLine)
      skipSpace()
      at++
      skipSpace()
      const start = at
      readValue([...path, key])
      if (first !== undefined)
        duplicates.push({
          path: formatPath([...path, key]),
          value: JSON.parse(text.slice(start, at)) as unknown,
          expected: `this key once only; it stands in line ${first} already`,
          line: keyLine,
        })
      skipSpace()
      if (text[at] === ',') at++
    }
    at++
  }

  function readEntries(path: readonly PathKey[]): void {
    at++
    skipSpace()
    for (let index = 0; at < text.length && text[at] !== ']'; index++) {
      readValue([...path, index])
      skipSpace()
      if (text[at] === ',') at++
      skipSpace()
    }
    at++
  }

  function readString(): string {
    const start = at++
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
    at++
    return JSON.parse(text.slice(start, at)) as string
  }

  function readScalar(): void {
    while (at < text.length && !' \t\r\n,]}'.includes(text[at] ?? '')) at++
  }

  function skipSpace(): void {
    for (; at < text.length && ' \t\r\n'.includes(text[at] ?? ''); at++)
      if (text[at] === '\n') line++
  }
}

/** The line of `path`, or of the nearest thing around it that stands in the file. */
export function lineOf(lines: ReadonlyMap<string, number>, path: string): number | undefined {
  let place = path
  while (!lines.has(place) && place !== '') place = placeAround(place)
  return lines.get(place)
}

function placeAround(path: string): string {
  const last = /(?:\.?[\w$]+|\[\d+\]|\["(?:[^"\\]|\\.)*"\])$/.exec(path)
  return last === null ? '' : path.slice(0, last.index)
}
