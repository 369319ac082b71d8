/**
 * MC_DigitalCamSwitch as it goes to the cyclic worker: how many tracks, then a row for each track and for each switch. The tracks
 * name digital outputs by the place of their device among the I/O devices, and by their channel.
 */
import type { CamSwitch, CamTrack } from '../../control/coupling/cam-switch.ts'

const trackRow = 6
const switchRow = 5
const directions = ['both', 'positive', 'negative'] as const

export type OutputTrack = CamTrack & { readonly device: number; readonly channel: number }

export function packCamSwitch(
  tracks: readonly OutputTrack[],
  switches: readonly CamSwitch[],
): Float64Array<ArrayBuffer> {
  const numbers = [tracks.length]
  for (const track of tracks) {
    const { device, channel, onCompensationS = 0, offCompensationS = 0 } = track
    const { hysteresis = 0, modulo = 0 } = track
    numbers.push(device, channel, onCompensationS, offCompensationS, hysteresis, modulo)
  }
  for (const { track, first, last, direction = 'both', durationS = Number.NaN } of switches)
    numbers.push(track, first, last, directions.indexOf(direction), durationS)
  return Float64Array.from(numbers)
}

export function unpackCamSwitch(data: Float64Array): {
  readonly tracks: readonly OutputTrack[]
  readonly switches: readonly CamSwitch[]
} {
  const count = data[0] ?? 0
  const tracks = Array.from({ length: count }, (_, n) => {
    const at = 1 + n * trackRow
    const field = (place: number): number => data[at + place] ?? 0
    return {
      device: field(0),
      channel: field(1),
      onCompensationS: field(2),
      offCompensationS: field(3),
      hysteresis: field(4),
      modulo: field(5),
    }
  })
  const begin = 1 + count * trackRow
  const switches = Array.from({ length: (data.length - begin) / switchRow }, (_, n) => {
    const at = begin + n * switchRow
    const field = (place: number): number => data[at + place] ?? 0
    const duration = field(4)
    return {
      track: field(0),
      first: field(1),
      last: field(2),
      direction: directions[field(3)],
      durationS: Number.isNaN(duration) ? undefined : duration,
    }
  })
  return { tracks, switches }
}
