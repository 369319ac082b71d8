/** What the host and the agent in the guest say to each other, as JSON lines. */

export type ToAgent =
  | { readonly id: number; readonly command: readonly string[] }
  | { readonly id: number; readonly signal: NodeJS.Signals }

/** `status` is a program's end: its exit status, the signal that ended it, or why it did not start. */
export type FromProgram =
  | { readonly id: number; readonly line: string }
  | { readonly id: number; readonly status: string }

export type FromAgent = { readonly ready: true } | FromProgram
