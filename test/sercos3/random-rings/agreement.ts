/**
 * Whether master and devices agree on the telegrams of CP4, by what stands in the devices: nobody's fields overlap another's or
 * leave the telegram, and all were told the same of lengths and times.
 */
import { cp34 } from '../../../cards/sercos3/telegram.ts'
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import type { SigningDevices } from './signing-device.ts'

const toldToAll: readonly IdnText[] = [
  'S-0-1002',
  'S-0-1006',
  'S-0-1007',
  'S-0-1008',
  'S-0-1023',
  'S-0-1036',
]
const listsToldToAll: readonly IdnText[] = ['S-0-1010', 'S-0-1012', 'S-0-1017']

/** What they do not agree on; empty: they agree. */
export function disagreements(devices: SigningDevices, names: readonly string[]): string[] {
  const [first] = names
  if (first === undefined) return []
  const flaws: string[] = []
  const mdt = new Claims('MDT', devices.list(first, 'S-0-1010'), flaws)
  const at = new Claims('AT', devices.list(first, 'S-0-1012'), flaws)
  mdt.claim('head', 0, cp34.hotPlugBytes + cp34.mdtExtendedBytes)
  at.claim('head', 0, cp34.hotPlugBytes)
  for (const name of names) {
    for (const idn of toldToAll)
      compare(name, idn, [devices.number(first, idn)], [devices.number(name, idn)])
    for (const idn of listsToldToAll)
      compare(name, idn, devices.list(first, idn), devices.list(name, idn))
    const claim = (claims: Claims, idn: IdnText, bytes: number) =>
      claims.claim(`${name} ${idn}`, devices.number(name, idn), bytes)
    claim(mdt, 'S-0-1009', cp34.deviceBytes)
    claim(mdt, 'S-0-1013', cp34.svcBytes)
    claim(mdt, 'S-0-1050.0.3', devices.number(name, 'S-0-1050.0.5'))
    claim(at, 'S-0-1011', cp34.deviceBytes)
    claim(at, 'S-0-1014', cp34.svcBytes)
    claim(at, 'S-0-1050.1.3', devices.number(name, 'S-0-1050.1.5'))
  }
  return flaws

  function compare(name: string, idn: IdnText, ours: number[], its: number[]): void {
    if (ours.join() !== its.join())
      flaws.push(`${idn} is ${ours.join()} in ${first}, ${its.join()} in ${name}`)
  }
}

class Claims {
  readonly #kind: string
  readonly #owners: (string | undefined)[][]
  readonly #flaws: string[]

  constructor(kind: string, lengths: readonly number[], flaws: string[]) {
    this.#kind = kind
    this.#owners = lengths.map((bytes) => Array.from<string | undefined>({ length: bytes }))
    this.#flaws = flaws
  }

  /** `place`: 13..12 telegram, 10..0 offset. */
  claim(owner: string, place: number, bytes: number): void {
    const owners = this.#owners[(place >>> 12) & 3] ?? []
    const offset = place & 0x7ff
    if (offset + bytes > owners.length)
      this.#flaws.push(`${owner} reaches beyond the end of its ${this.#kind}`)
    const taken = owners.slice(offset, offset + bytes).find((other) => other !== undefined)
    if (taken !== undefined) this.#flaws.push(`${owner} lies where ${taken} lies`)
    owners.fill(owner, offset, offset + bytes)
  }
}
