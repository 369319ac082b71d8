/** The card of a machine file: emulated in this process, or a Linux UIO device. */
import { openEmulatedSercos3 } from '../cards/sercos3/emulator/open-emulator.ts'
import type { OpenDevice } from '../uio/device.ts'
import { openUioDevice } from '../uio/open-device.ts'
import type { MachineFile } from './machine-file/schema.ts'

/** An open device, and how to give it back once every thread has detached. */
export type OpenCard = { readonly device: OpenDevice; close(): Promise<void> }

/** A card's clock waits for nobody: it stands above the cyclic worker. */
const aboveWorker = 5

export async function openCard(file: MachineFile): Promise<OpenCard> {
  const { open, topology } = file.card
  if (open.by === 'emulator') {
    const devices = file.devices.map(({ name, address, profile }) => ({
      name,
      address,
      profile,
      channels: channelsOf(file, name),
    }))
    const { policy, priority } = file.realtime
    const clock = policy === 'fifo' ? { clockPriority: Math.min(priority + aboveWorker, 99) } : {}
    const wired = topology === 'any' ? 'ring' : topology
    return openEmulatedSercos3({ name: file.name, devices, topology: wired, ...clock })
  }
  const device = openUioDevice(open)
  return {
    device,
    close: async () => {
      device.close()
    },
  }
}

/** Of an emulated I/O device: the usual ones, and as many as its points reach. */
function channelsOf(file: MachineFile, device: string): { digital: number; analog: number } {
  const channels = { digital: 16, analog: 2 }
  for (const point of file.io) {
    if (point.device !== device) continue
    const kind = point.kind.startsWith('digital') ? 'digital' : 'analog'
    channels[kind] = Math.max(channels[kind], point.channel + 1)
  }
  return channels
}
