/**
 * Every error of dualport: its code, the sentence it says and the next step it proposes.
 * Codes never change their meaning. Imports nothing; every folder may import it.
 */

export type ErrorRow = { readonly says: string; readonly todo: string }

export const errorTable = {
  DP_INTERNAL: {
    says: 'dualport met a state that it holds to be impossible',
    todo: 'Report it with the text of this error; outputs were set to their safe values.',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof errorTable

/** What an error can say besides its code: where, what was met, what was expected. All optional. */
export type ErrorFacts = {
  /** The thing at fault: a path in a file, a device, a system call, an IDN. */
  readonly at?: string
  readonly actual?: unknown
  readonly expected?: string
  /** Overrides the table's next step where the place knows a better one. */
  readonly todo?: string
  readonly cause?: unknown
}

/** Match on `code`, never on the message. */
export class DualportError extends Error {
  override readonly name = 'DualportError'
  readonly code: ErrorCode
  readonly at: string | undefined
  readonly actual: unknown
  readonly expected: string | undefined
  readonly todo: string

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    const row: ErrorRow = errorTable[code]
    const todo = facts.todo ?? row.todo
    super(sentence(code, row, facts, todo), facts.cause === undefined ? {} : { cause: facts.cause })
    this.code = code
    this.at = facts.at
    this.actual = facts.actual
    this.expected = facts.expected
    this.todo = todo
  }
}

function sentence(code: ErrorCode, row: ErrorRow, facts: ErrorFacts, todo: string): string {
  const where = facts.at === undefined ? '' : `${facts.at}: `
  const actual = facts.actual === undefined ? '' : `, is ${show(facts.actual)}`
  const expected = facts.expected === undefined ? '' : `, expected ${facts.expected}`
  return `${code}: ${where}${row.says}${actual}${expected}. ${todo}`
}

function show(value: unknown): string {
  if (typeof value === 'bigint') return value.toString()
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))
}
