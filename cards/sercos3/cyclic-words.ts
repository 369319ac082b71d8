/**
 * The words that commonly travel in connections, and their lengths: for who plans telegrams before a device is there to
 * be asked. S-0-0036, 0040, 0047, 0051, 0084, 0134 and 0135: S3SM_LC_MAIN.c. The others are general knowledge of the drive
 * and I/O profiles. A device that says otherwise in its attributes is refused, see set-up-connections.ts.
 */
import { idn, ioProfile } from './idn.ts'
import type { IdnText } from './idn.ts'

const texts: { readonly [bytes in 2 | 4]: readonly IdnText[] } = {
  // oxfmt-ignore
  2: [
    'S-0-0011', 'S-0-0012', 'S-0-0013', 'S-0-0080', 'S-0-0081', 'S-0-0082', 'S-0-0083', 'S-0-0084', 'S-0-0085', 'S-0-0092',
    'S-0-0134', 'S-0-0135', 'S-0-0144', 'S-0-0145', 'S-0-0169', 'S-0-0179', 'S-0-0400', 'S-0-0401', 'S-0-0402', 'S-0-0403',
    'S-0-0405', 'S-0-0406', 'S-0-0407', 'S-0-0408', 'S-0-0409', 'S-0-0410', 'S-0-0411', 'S-0-0412',
  ],
  // oxfmt-ignore
  4: [
    'S-0-0036', 'S-0-0037', 'S-0-0038', 'S-0-0039', 'S-0-0040', 'S-0-0047', 'S-0-0048', 'S-0-0051', 'S-0-0053', 'S-0-0091',
    'S-0-0130', 'S-0-0131', 'S-0-0132', 'S-0-0133', 'S-0-0189', 'S-0-0390',
  ],
}

const bytesByIdn: ReadonlyMap<number, number> = new Map([
  ...texts[2].map((text) => [idn(text), 2] as const),
  ...texts[4].map((text) => [idn(text), 4] as const),
])

const numberMask = 0xffff
/** Structure instances are modules of a device: each has words of the same kind. */
const ioBytes: ReadonlyMap<number, number> = new Map([
  [withoutInstance(ioProfile.digitalOutputs), 2],
  [withoutInstance(ioProfile.digitalInputs), 2],
  [withoutInstance(ioProfile.analogOutputs), 4],
  [withoutInstance(ioProfile.analogInputs), 4],
])

/** Bytes of a word; undefined: only a device can tell. */
export function cyclicBytes(id: number): number | undefined {
  return bytesByIdn.get(id) ?? ioBytes.get(withoutInstance(id))
}

/** True for the same element of the same number, in whichever module of a device. */
export function isModuleOf(id: number, kind: number): boolean {
  return withoutInstance(id) === withoutInstance(kind)
}

function withoutInstance(id: number): number {
  return id & ((0xff << 16) | numberMask)
}
