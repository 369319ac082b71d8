/** On which line a text stops being JSON: JSON.parse tells a position for some errors only. */

const space = /[ \t\r\n]*/y
/** No control characters but escaped ones: from the space on. */
const string = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** The line (from 1) at which `text` stops being JSON, or of its end when it is too short; `undefined` when it is JSON. */
export function jsonErrorLine(text: string): number | undefined {
  let at = 0
  skip(space)
  const fine = readValue() && at === text.length
  return fine ? undefined : text.slice(0, at).split('\n').length

  function readValue(): boolean {
    if (text[at] === '{') return readItems('}', readMember)
    if (text[at] === '[') return readItems(']', readValue)
    if (!skip(string) && !skip(scalar)) return false
    skip(space)
    return true
  }

  function readItems(close: string, readItem: () => boolean): boolean {
    take()
    if (text[at] !== close) {
      if (!readItem()) return false
      while (text[at] === ',') {
        take()
        if (!readItem()) return false
      }
    }
    if (text[at] !== close) return false
    take()
    return true
  }

  function readMember(): boolean {
    if (!skip(string)) return false
    skip(space)
    if (text[at] !== ':') return false
    take()
    return readValue()
  }

  /** One character, and the space behind it. */
  function take(): void {
    at++
    skip(space)
  }

  function skip(pattern: RegExp): boolean {
    pattern.lastIndex = at
    if (!pattern.test(text)) return false
    at = pattern.lastIndex
    return true
  }
}
