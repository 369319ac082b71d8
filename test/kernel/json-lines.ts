/** JSON lines in a byte stream, as the guest's agent and the emulated card speak them. */
import type { Readable } from 'node:stream'

/** Calls `take` with each line's value; a line that is no JSON goes to `strange`. */
export function readJsonLines(
  stream: Readable,
  take: (value: unknown) => void,
  strange: (line: string) => void,
): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.trim() === '') continue
      let value: unknown
      try {
        value = JSON.parse(line)
      } catch {
        strange(line)
        continue
      }
      take(value)
    }
  })
}
