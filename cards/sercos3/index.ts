/** Package entry `dualport/sercos3`. */
export { Sercos3Master } from './driver/master.ts'
export type {
  Sercos3Config,
  Sercos3DeviceConfig,
  Sercos3Parameter,
  Sercos3Profile,
} from './driver/config.ts'
export { silenceCard } from './driver/silence.ts'
export { registers, windows } from './registers.ts'
export { connectionIdn, formatIdn, idn, tryParseIdn } from './idn.ts'
export type { IdnText } from './idn.ts'
export { openEmulatedSercos3 } from './emulator/open-emulator.ts'
export type { EmulatedSercos3, EmulatorOptions } from './emulator/open-emulator.ts'
