/** `dualport idn list`. */
import type { Device, IdnInfo } from '../../device-types.ts'
import { exitCode } from '../exit-code.ts'
import type { StopSignal } from '../stop-signal.ts'
import { withDevices } from './idn-session.ts'
import type { IdnOptions } from './idn-session.ts'
import { infoJson, listLine } from './idn-text.ts'
import { ProgressLine } from './progress-line.ts'

/** All IDNs of one device or of all, with what the devices say of them. */
export function listIdns(
  source: string,
  name: string | undefined,
  options: IdnOptions,
  stop: StopSignal,
): Promise<number> {
  const names = name === undefined ? undefined : [name]
  return withDevices(source, names, options, stop, async ({ devices, signal }) => {
    const progress = new ProgressLine()
    const lists = await Promise.all(
      devices.map((device) => infosOf(device, signal, progress)),
    ).finally(() => progress.clear())
    devices.forEach((device, n) => {
      const infos = lists[n] ?? []
      if (options.json === true)
        for (const info of infos) console.log(JSON.stringify(infoJson(device.name, info)))
      else console.log([heading(device, infos), ...infos.map(listLine)].join('\n'))
    })
    return exitCode.done
  })
}

function heading({ name, address }: Device, infos: readonly IdnInfo[]): string {
  return `${name} (address ${address}): ${infos.length} IDNs`
}

async function infosOf(
  device: Device,
  signal: AbortSignal,
  progress: ProgressLine,
): Promise<IdnInfo[]> {
  const idns = await device.list({ signal })
  const infos: IdnInfo[] = []
  for (const idn of idns) {
    infos.push(await device.info(idn, { signal }))
    progress.show(device.name, infos.length, idns.length)
  }
  return infos
}
