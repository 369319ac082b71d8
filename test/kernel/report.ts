/** What the run tells: each step with its time, each scenario with its result, and the closing line. */

const startedMs = Date.now()

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

export function say(text: string): void {
  console.log(`${seconds(Date.now() - startedMs).padStart(8)}  ${text}`)
}

/** Runs a step and tells how long it took. */
export async function step<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
  const beganMs = Date.now()
  say(`${name} ...`)
  const result = await act()
  say(`${name}: done in ${seconds(Date.now() - beganMs)}`)
  return result
}

export class Tally {
  passed = 0
  failed = 0

  /** Runs one check; a rejection is a failure, told with its reason. */
  async check(name: string, limitMs: number, act: () => Promise<void>): Promise<void> {
    const beganMs = Date.now()
    try {
      await within(limitMs, name, act())
      this.passed++
      say(`PASS  ${name} (${seconds(Date.now() - beganMs)})`)
    } catch (error) {
      this.failed++
      say(`FAIL  ${name} (${seconds(Date.now() - beganMs)})`)
      console.log(indent(error instanceof Error ? (error.stack ?? error.message) : String(error)))
    }
  }

  close(): void {
    console.log(`${this.passed} passed, ${this.failed} failed`)
  }
}

/** Rejects when `work` takes longer than `limitMs`. What goes on then is for the caller to stop. */
export async function within<Result>(
  limitMs: number,
  what: string,
  work: Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what}: not done within ${seconds(limitMs)}`)),
      limitMs,
    )
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '          ')
}
