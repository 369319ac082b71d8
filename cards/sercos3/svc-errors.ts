/** Error codes with which a device refuses an access through its service channel, in words. CS CSMD_ERR_CODES.h. */

/** First digit of a code: the element it is about. */
const elements = ['', 'IDN', 'name', 'attribute', 'unit', 'minimum', 'maximum', 'data'] as const

/** Last three digits, for elements 2 to 6 and, beside those of `ofData`, 7. */
const ofElements: { readonly [code: number]: string } = {
  0x001: 'there is none',
  0x002: 'transmitted too short',
  0x003: 'transmitted too long',
  0x004: 'cannot be changed',
  0x005: 'write-protected now',
  0x016: 'the device itself did not get it in time',
}

const others: { readonly [code: number]: string } = {
  0x0001: 'service channel not open',
  0x0009: 'wrong access to element 0',
  0x1001: 'no such IDN',
  0x1009: 'wrong access to element 1',
  0x7005: 'data: write-protected in this phase',
  0x7006: 'data: below the minimum',
  0x7007: 'data: above the maximum',
  0x7008:
    'data: not valid; an IDN, a bit or a combination of bits that this device does not support',
  0x7009: 'data: a password is needed',
  0x700a: 'data: write-protected while they stand in a cyclic connection',
  0x700b: 'data: wrong indirect address',
  0x700c: 'data: write-protected by another setting',
  0x700d: 'data: no valid floating-point number',
  0x700e: 'data: write-protected at parameterisation level',
  0x700f: 'data: write-protected at operating level',
  0x7010: 'procedure command already active',
  0x7011: 'procedure command cannot be interrupted',
  0x7012: 'procedure command cannot be executed now, for instance in this phase',
  0x7013: 'procedure command cannot be executed: wrong parameters',
  0x7014: 'data: the list has another length than expected',
  0x7015: 'data: not created completely yet',
  0x7101: 'list segment: the IDN in S-0-0394 is not valid',
  0x7102: 'list segment: an empty list in S-0-0397 cannot be written',
  0x7103: 'list segment: the list in S-0-0394 would become longer than its maximum',
  0x7104: 'list segment: it ends behind the end of the list in S-0-0394, which can only be read',
  0x7105: 'list segment: the IDN in S-0-0394 is write-protected',
  0x7106: 'list segment: data below the minimum',
  0x7107: 'list segment: data above the maximum',
  0x7108: 'list segment: wrong index in S-0-0395',
  0x7109: 'list segment: the IDN in S-0-0394 is no list',
  0x710a: 'list segment: S-0-0397 cannot stand in S-0-0394',
}

/** `no such IDN (1001)`. */
export function svcErrorText(code: number): string {
  const hex = code.toString(16).toUpperCase().padStart(4, '0')
  return `${textOf(code) ?? 'an error that only the manual of the device explains'} (${hex})`
}

/** Whether the table knows it. */
export function isSvcError(code: number): boolean {
  return textOf(code) !== undefined
}

/** Whether a code says that the IDN has no such element, for those that it need not have. */
export function isAbsence(code: number): boolean {
  return (code & 0xfff) === 1 && code >= 0x2000 && code < 0x7000
}

function textOf(code: number): string | undefined {
  const special = others[code]
  if (special !== undefined) return special
  const element = code >>> 12
  const text = ofElements[code & 0xfff]
  if (text === undefined || element < 1 || element > 7) return undefined
  // element 1 and its codes are listed; of the general ones only the time-out goes with it, and data are never absent
  if ((element === 1 || element === 7) && (code & 0xfff) === 0x001) return undefined
  if (element === 1 && (code & 0xfff) !== 0x016) return undefined
  return `${elements[element]}: ${text}`
}
