/** On which line of a JSON text each field stands. */
import { formatPath } from './finding.ts'
import type { PathKey } from './finding.ts'

/** Line (from 1) of every field and entry by its path, of a text that JSON.parse has accepted. */
export function jsonLines(text: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>()
  let at = 0
  let line = 1

  readValue([])
  return lines

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
    for (skipSpace(); at < text.length && text[at] !== '}'; skipSpace()) {
      const keyLine = line
      const key = readString()
      // the line of the key, also where its value starts below it; the last of duplicate keys counts, as in JSON.parse
      lines.set(formatPath([...path, key]), keyLine)
      skipSpace()
      at++
      readValue([...path, key])
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
