/** IDNs for people, and what people write. */
import { isText } from '../../../cards/sercos3/idn-data.ts'
import type { IdnAttribute, IdnValue } from '../../../cards/sercos3/idn-data.ts'
import type { DumpValue, IdnInfo } from '../../device-types.ts'
import { plainValue } from '../../dump-device.ts'

type Item = number | bigint | string

/** As the attribute wants it displayed; without its unit. */
export function valueText(attribute: IdnAttribute, value: IdnValue): string {
  if (typeof value !== 'object') return itemText(attribute, value)
  return value.map((item) => itemText(attribute, item)).join(', ')
}

function itemText({ format, itemBytes, decimals }: IdnAttribute, item: Item): string {
  if (typeof item === 'string') return item
  if (format === 'binary') return `0b${item.toString(2).padStart(8 * itemBytes, '0')}`
  if (format === 'hex')
    return `0x${item
      .toString(16)
      .toUpperCase()
      .padStart(2 * itemBytes, '0')}`
  return typeof item === 'number' && format !== 'float' ? item.toFixed(decimals) : String(item)
}

/** `S-0-0051  Position feedback 1 value = -1.2346 mm`. */
export function describeLine({ idn, name, attribute, unit, value, refused }: IdnInfo): string {
  const shown = value === undefined ? `(${refused ?? 'no data'})` : valueText(attribute, value)
  const measured = unit === undefined || value === undefined ? shown : `${shown} ${unit}`
  return `${idn}  ${name} = ${measured}`
}

/** One row of a list: IDN, form, phases, unit, name. */
export function listLine({ idn, name, attribute, unit }: IdnInfo): string {
  return [
    idn.padEnd(15),
    formText(attribute).padEnd(16),
    writableText(attribute).padEnd(11),
    (unit ?? '').padEnd(8),
    name,
  ].join(' ')
}

function formText(attribute: IdnAttribute): string {
  if (attribute.command) return 'command'
  if (isText(attribute)) return 'text'
  const { format, itemBytes, list } = attribute
  return `${format} ${8 * itemBytes}${list ? '[]' : ''}`
}

function writableText({ command, protectedIn }: IdnAttribute): string {
  if (command) return ''
  const open = (['CP2', 'CP3', 'CP4'] as const).filter((phase) => !protectedIn.includes(phase))
  if (open.length === 0) return 'read only'
  return open.length === 3 ? 'writable' : `in ${open.join(' ').replaceAll(' CP', ',')}`
}

/** What is written on a command line, as the attribute wants it: the items of a list stand between commas. */
export function valueFromText(attribute: IdnAttribute, text: string): IdnValue {
  if (!attribute.list || isText(attribute)) return text
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim())
}

/** For --json. */
export function infoJson(
  device: string,
  { idn, name, attribute, unit, minimum, maximum, value, refused }: IdnInfo,
): Record<string, unknown> {
  return {
    device,
    idn,
    name,
    attribute,
    unit,
    minimum: plainOf(minimum),
    maximum: plainOf(maximum),
    value: plainOf(value),
    refused,
  }
}

function plainOf(value: IdnValue | undefined): DumpValue | undefined {
  return value === undefined ? undefined : plainValue(value)
}
