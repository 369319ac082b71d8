/** Ctrl-C and its relatives as a promise. Only the command line installs signal handlers; the library never does. */
import { exitCode } from './exit-code.ts'

/**
 * npm hands a Ctrl-C on although the terminal has given it to every process already: one key press may arrive twice.
 * A person who means "now" needs longer than this.
 */
const doubleMs = 700

export type StopSignal = {
  /** Resolves with the first signal: SIGINT, SIGTERM, SIGHUP, or `closed` when nobody reads our output any more. */
  readonly stopped: Promise<NodeJS.Signals | 'closed'>
  /** Takes the handlers away. */
  release(): void
}

/** From now on the first signal stops in order, a later one ends the process at once (the 'exit' hooks still run). */
export function listenForStop(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals | 'closed'>()
  let firstMs: number | undefined
  const hear = (signal: NodeJS.Signals): void => {
    firstMs ??= performance.now()
    resolve(signal)
    if (performance.now() - firstMs > doubleMs) process.exit(exitCode.forced)
  }
  const outputClosed = (): void => resolve('closed')
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, hear)
  process.stdout.on('error', outputClosed)
  return {
    stopped: promise,
    release() {
      for (const signal of signals) process.off(signal, hear)
      process.stdout.off('error', outputClosed)
    },
  }
}
