/** What digitalCamSwitch may be given, and the numbers that the cyclic worker gets of it. */
import { DigitalCamSwitch } from '../control/coupling/cam-switch.ts'
import { VirtualMaster } from '../control/coupling/master-source.ts'
import { DualportError } from '../errors.ts'
import type { CamSwitches } from './axis-blocks.ts'
import { checkNames } from './block-options.ts'
import { nearest } from './machine-file/nearest.ts'
import type { MachineFile } from './machine-file/schema.ts'
import { packCamSwitch } from './shared/cam-switch-data.ts'
import type { OutputTrack } from './shared/cam-switch-data.ts'

/** A digital output, by the place of its device among the I/O devices. */
export type Output = { readonly name: string; readonly device: number; readonly channel: number }

export function digitalOutputs(file: MachineFile): readonly Output[] {
  const devices = file.devices.filter(({ profile }) => profile === 'io').map(({ name }) => name)
  return file.io.flatMap((point) => {
    if (point.kind !== 'digitalOutput') return []
    const { name, channel } = point
    return [{ name, channel, device: devices.indexOf(point.device) }]
  })
}

/** Throws DP_COMMAND_VALUE, DP_IO_UNKNOWN, DP_CAM_SWITCH. */
export function camSwitchData(
  axis: string,
  given: CamSwitches,
  outputs: readonly Output[],
): Float64Array<ArrayBuffer> {
  const at = `axis ${axis}, digitalCamSwitch`
  checkNames({ axis, block: 'digitalCamSwitch' }, given, ['tracks', 'switches', 'source'])
  const { tracks, switches } = given
  for (const [name, list] of Object.entries({ tracks, switches }))
    if (!Array.isArray(list))
      throw new DualportError('DP_COMMAND_VALUE', {
        at: `${at}, ${name}`,
        actual: list,
        expected: 'an array',
      })
  const found = tracks.map(({ output, ...track }): OutputTrack => {
    const point = outputs.find(({ name }) => name === output)
    if (point !== undefined) return { ...track, device: point.device, channel: point.channel }
    const names = outputs.map(({ name }) => name)
    const expected = nearest(output, names) ?? names.join(', ')
    throw new DualportError('DP_IO_UNKNOWN', { at: `${at}, tracks`, actual: output, expected })
  })
  const beyond = switches.find(({ track }) => !(track < tracks.length))
  if (beyond !== undefined)
    throw new DualportError('DP_CAM_SWITCH', {
      at: `${at}, track`,
      actual: beyond.track,
      expected: `one of the ${tracks.length} tracks, from 0 on`,
    })
  // made once here, for what it says of its numbers
  void new DigitalCamSwitch(1, new VirtualMaster(), found, switches)
  return packCamSwitch(found, switches)
}
