/** How `dualport` ends. */
export const exitCode = {
  done: 0,
  /** The machine could not be opened, or went to its safe state. */
  failed: 1,
  /** Wrong command line or wrong machine file. */
  usage: 2,
  /** A second Ctrl-C: nobody waited for the machine to close. */
  forced: 130,
} as const
