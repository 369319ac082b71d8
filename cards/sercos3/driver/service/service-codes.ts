/** Numbers that a transfer through a service channel goes by: on its way from the main thread, and back. */

export const svcState = { idle: 0, running: 1, done: 2, failed: 3 } as const

/** Why a job failed. `refused`: the device answered with an error code, see `errorCode`. */
export const svcFailure = {
  none: 0,
  refused: 1,
  handshakeTimeout: 2,
  busyTimeout: 3,
  /** Scalar where a list was asked for or the reverse, another length, or no procedure command. */
  wrongKind: 4,
  commandError: 5,
  commandTimeout: 6,
  /** The device interrupted a procedure command by itself. */
  commandInterrupted: 7,
  /** Longer than the memory for it. */
  tooLong: 8,
  /** Cancelled by who gave it. */
  cancelled: 9,
  /** The phase is being left, or the ring failed. */
  stopped: 10,
  /** The device is not on the ring. */
  absent: 11,
} as const

export const svcJob = { read: 1, write: 2, command: 3 } as const

/** What form the data must have. */
export const svcForm = { any: 0, scalar: 1, list: 2 } as const

/** Steps of a transfer, each a handshake. */
export const svcStep = {
  open: 0,
  attribute: 1,
  /** A list's current and maximum length. */
  readHead: 2,
  read: 3,
  writeHead: 4,
  write: 5,
  clear: 6,
  set: 7,
  poll: 8,
  clearAgain: 9,
  close: 10,
} as const
