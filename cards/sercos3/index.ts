/** Package entry `dualport/sercos3`. */
export { Sercos3Master } from './driver/master.ts'
export type {
  Sercos3Config,
  Sercos3ConnectionConfig,
  Sercos3DeviceConfig,
  Sercos3Parameter,
} from './driver/config/config.ts'
export type { Sercos3Profile } from './driver/config/profile-connections.ts'
export { silenceCard } from './driver/chip/silence.ts'
export { registers, windows } from './registers.ts'
export { connectionIdn, formatIdn, idn, tryParseIdn } from './idn.ts'
export type { IdnText } from './idn.ts'
export { openEmulatedSercos3 } from './emulator/open-emulator.ts'
export type { EmulatedSercos3, EmulatorOptions } from './emulator/open-emulator.ts'
export { decodeAttribute, decodeData, encodeData } from './idn-data.ts'
export type { IdnAttribute, IdnFormat, IdnValue } from './idn-data.ts'
export { svcErrorText } from './svc-errors.ts'
