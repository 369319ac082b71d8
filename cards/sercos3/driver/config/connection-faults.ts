/** What is wrong with the connections that a machine names for a device. Pure. */
import type { Nanoseconds } from '../../../../units.ts'
import { cyclicBytes } from '../../cyclic-words.ts'
import { formatIdn } from '../../idn.ts'
import { isWholeIn } from './config-fault.ts'
import type { ConfigFault } from './config-fault.ts'
import type { Sercos3ConnectionConfig, Sercos3DeviceConfig } from './config.ts'

/** S-0-1050.x.10, as long as the longest cycle. */
const longestPeriodNs = 65_000_000
/** S-0-1050.x.11 is a word. */
const mostLosses = 0xffff

/** `at`: the path of the device. */
export function connectionFaults(
  { connections, optional }: Sercos3DeviceConfig,
  at: string,
  cycleNs: Nanoseconds,
): ConfigFault[] {
  const path = `${at}.connections`
  // An optional device may be absent when the places are given out.
  const kept = optional === true
  if (connections === undefined) return []
  if (connections !== 'fromDevice')
    return (['mdt', 'at'] as const).flatMap((way) => [
      ...countFaults(connections[way], `${path}.${way}`, cycleNs),
      ...wordFaults(connections[way], `${path}.${way}`, kept),
    ])
  const expected = 'lists: the place of an optional device is kept'
  return kept ? [{ at: path, actual: connections, expected }] : []
}

function countFaults(
  { producerCycles = 1, toleratedLosses = 0 }: Sercos3ConnectionConfig,
  at: string,
  cycleNs: Nanoseconds,
): ConfigFault[] {
  const faults: ConfigFault[] = []
  const most = Math.max(1, Math.floor(longestPeriodNs / cycleNs))
  if (!isWholeIn(producerCycles, 1, most))
    faults.push({
      at: `${at}.producerCycles`,
      actual: producerCycles,
      expected: `a whole number from 1 to ${most} (65 ms)`,
    })
  if (!isWholeIn(toleratedLosses, 0, mostLosses))
    faults.push({
      at: `${at}.toleratedLosses`,
      actual: toleratedLosses,
      expected: `a whole number from 0 to ${mostLosses}`,
    })
  return faults
}

function wordFaults({ idns }: Sercos3ConnectionConfig, at: string, kept: boolean): ConfigFault[] {
  return idns.flatMap((id, n) => {
    const fault = { at: `${at}.idns[${n}]`, actual: formatIdn(id) }
    if (idns.indexOf(id) !== n) return { ...fault, expected: 'each word once' }
    if (!kept || cyclicBytes(id) !== undefined) return []
    const expected = 'a word of known length: the place of an optional device is kept'
    return { ...fault, expected }
  })
}
