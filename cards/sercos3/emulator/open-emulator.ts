/** Opens a SERCOS III card with a ring of devices that exist in this process alone. */
import type { OpenDevice } from '../../../uio/device.ts'
import { openEmulatedDevice, type EmulatedLayout } from '../../../uio/emulated-device.ts'
import { coreSize, windows } from '../registers.ts'
import { startEmulator, type EmulatorHands, type EmulatorModel } from './start-emulator.ts'

export type EmulatorOptions = EmulatorModel & {
  /** Name of the emulated device. Default `sercos3`. */
  readonly name?: string
  /** UIO name of the kernel driver that the card seems to hang on: Linux's own uio_sercos3, instead of our stub. */
  readonly kernelDriver?: 'Sercos_III_PCI'
}

/** A map for each BAR but the second, all nameless; map3 is the core. Nothing is known of the others but BAR0's size. */
const stockMaps = [0x80, 0x1000, 0x1000, coreSize, 0x1000]

export interface EmulatedSercos3 extends EmulatorHands {
  /** The card as a user finds it: maps `registers`, `svc`, `tx`, `rx`, `events`. */
  readonly device: OpenDevice
  /**
   * Ends the emulator's thread and closes `device`; every other thread should have detached. Rejects with what the
   * emulator failed of, if it did. Idempotent.
   */
  close(): Promise<void>
}

/** Resolves when the card answers. Rejects with DP_SYSTEM_CALL, or with what the device module throws. */
export async function openEmulatedSercos3(options: EmulatorOptions): Promise<EmulatedSercos3> {
  const { kernelDriver } = options
  const emulated = openEmulatedDevice({
    name: options.name ?? 'sercos3',
    ...(kernelDriver === undefined ? ownLayout() : stockLayout(kernelDriver)),
  })
  const { device, backend } = emulated
  try {
    const { end, observe, inject } = await startEmulator(options, {
      backend,
      kernelDriver,
      stop: () => emulated.stopBackend(),
    })
    return {
      device,
      observe,
      inject,
      close: async () => {
        try {
          await end()
        } finally {
          device.close()
        }
      },
    }
  } catch (error) {
    device.close()
    throw error
  }
}

type Layout = Omit<EmulatedLayout, 'name'>

function ownLayout(): Layout {
  const maps = Object.entries(windows).map(([name, { offset, size }]) => ({ name, offset, size }))
  return { bytes: coreSize, maps }
}

function stockLayout(kernelDriver: string): Layout {
  let behind = coreSize
  const maps = stockMaps.map((size) => {
    if (size === coreSize) return { name: '', offset: 0, size }
    const offset = behind
    behind += 0x1000
    return { name: '', offset, size }
  })
  return { kernelDriver, bytes: behind, maps }
}
