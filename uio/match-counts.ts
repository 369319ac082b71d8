/**
 * The device's own count against the one of our stub's events page, which is all that the cycle reads. Both go up with
 * every interrupt, the page first (in the handler), the device's a moment later (the UIO core, when the handler has
 * returned). So a device's count that is read before the page's is never too large for it: the largest difference of
 * several looks is the right one, as soon as one of them fell between two interrupts.
 */
import { readFileSync } from 'node:fs'

/** Looks while the counts go on: a storm of interrupts, or a handler that lost its CPU between the two (PREEMPT_RT). */
const maxLooks = 10

/** `ahead`: what the device counted and the page did not. Signed 32 bit, as are all counts. */
export type MatchedCounts = { readonly total: number; readonly ahead: number }

/**
 * Without a device's count the page's stands for it: differences are all that matters then. Not cyclic.
 * Where no look fell between two interrupts the total stays too small; what was missed is right all the same.
 */
export function matchCounts(
  readTotal: () => number | undefined,
  readPage: () => number,
): MatchedCounts {
  let total = readTotal()
  let noted = readPage()
  if (total === undefined) return { total: noted, ahead: 0 }
  let ahead = (total - noted) | 0
  for (let look = 1; look < maxLooks; look++) {
    const before: number = total
    const notedBefore = noted
    total = readTotal() ?? total
    noted = readPage()
    const difference = (total - noted) | 0
    // counts wrap: what is compared is their distance
    if (((difference - ahead) | 0) > 0) ahead = difference
    if (total === before && noted === notedBefore) break
  }
  return { total: (noted + ahead) | 0, ahead }
}

/** The sysfs count is printed as a signed decimal. Undefined where it cannot be read. */
export function readEventCount(path: string): number | undefined {
  try {
    const total = Number(readFileSync(path, 'utf8'))
    return Number.isInteger(total) ? total | 0 : undefined
  } catch {
    return undefined
  }
}
