/** `dualport idn read` and `write`. */
import type { IdnText } from '../../../cards/sercos3/idn.ts'
import type { IdnElement } from '../../device-types.ts'
import { plainValue } from '../../dump-device.ts'
import { idnNumber } from '../../idn-number.ts'
import { exitCode } from '../exit-code.ts'
import type { StopSignal } from '../stop-signal.ts'
import { withDevices } from './idn-session.ts'
import type { IdnOptions } from './idn-session.ts'
import { describeLine, infoJson, valueFromText } from './idn-text.ts'

export const idnElements = ['name', 'attribute', 'unit', 'minimum', 'maximum', 'data'] as const

export type ReadOptions = IdnOptions & { readonly element?: IdnElement }

export function readIdn(
  source: string,
  name: string,
  text: string,
  options: ReadOptions,
  stop: StopSignal,
): Promise<number> {
  const idn = checkIdn(text)
  return withDevices(source, [name], options, stop, async ({ devices, signal }) => {
    for (const device of devices) {
      const { element, json } = options
      if (element !== undefined) {
        const value = plainValue(await device.read(idn, { element, signal }))
        if (json === true) console.log(JSON.stringify({ device: name, idn, element, value }))
        else console.log(String(value))
        continue
      }
      const info = await device.describe(idn, { signal })
      console.log(json === true ? JSON.stringify(infoJson(name, info)) : describeLine(info))
      if (info.refused !== undefined) return exitCode.failed
    }
    return exitCode.done
  })
}

/** The value is read back and shown. */
export function writeIdn(
  source: string,
  name: string,
  text: string,
  value: string,
  options: IdnOptions,
  stop: StopSignal,
): Promise<number> {
  const idn = checkIdn(text)
  return withDevices(source, [name], options, stop, async ({ devices, signal }) => {
    for (const device of devices) {
      const { attribute } = await device.info(idn, { signal })
      await device.write(idn, valueFromText(attribute, value), { signal })
      const info = await device.describe(idn, { signal })
      console.log(options.json === true ? JSON.stringify(infoJson(name, info)) : describeLine(info))
    }
    return exitCode.done
  })
}

/** Before a machine is opened for nothing. Throws DP_SERCOS3_IDN. */
function checkIdn(text: string): IdnText {
  idnNumber(text)
  return text as IdnText
}
