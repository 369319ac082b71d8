/** Ctrl-C and its relatives as a promise. Only the command line installs signal handlers; the library never does. */
import { exitCode } from './exit-code.ts'

/**
 * npm hands a Ctrl-C on although the terminal has given it to every process already: one key press may arrive twice.
 * A person who means "now" needs longer than this.
 */
export const doubleMs = 700

export type StopSignal = {
  /** Resolves with the first signal: SIGINT, SIGTERM, SIGHUP, or `closed` when nobody reads our output any more. */
  readonly stopped: Promise<NodeJS.Signals | 'closed'>
  /** Whether it has. */
  readonly isStopped: boolean
  /** Takes the signal handlers away: from now on a signal ends the process. */
  release(): void
}

/**
 * From now on the first signal stops in order, a later one ends the process at once (the 'exit' hooks still run).
 * A reader who goes away (`dualport run machine.json | head`) stops in order too: the handler of that error stays for
 * ever, for each later write fails again, and an error that nobody handles would end the process with powered drives.
 */
export function listenForStop(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals | 'closed'>()
  let isStopped = false
  let firstMs: number | undefined
  const stop = (by: NodeJS.Signals | 'closed'): void => {
    isStopped = true
    resolve(by)
  }
  const hear = (signal: NodeJS.Signals): void => {
    firstMs ??= performance.now()
    stop(signal)
    if (performance.now() - firstMs > doubleMs) process.exit(exitCode.forced)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, hear)
  process.stdout.on('error', () => stop('closed'))
  // warnings that nobody reads stop nothing
  process.stderr.on('error', () => {})
  return {
    stopped: promise,
    get isStopped() {
      return isStopped
    },
    release() {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}
