/** Defaults that the relations need too: they are checked even while other fields of the file are wrong. */
export const defaults = {
  cycleUs: 1000,
  buffers: 'triple',
  watchdogCycles: 20,
  mtu: 1500,
  incrementsPerUnit: 10_000,
  velocityIncrementsPerUnit: 1000,
  rawPerUnit: 3276.7,
  stallMs: 200,
} as const
