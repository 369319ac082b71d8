/** What ends all faults of a script: cables in, devices on, services as usual. */
import type { ChipFault, EmulatorFault } from '../../../cards/sercos3/emulator/faults.ts'
import type { CheckedScript } from '../../../cards/sercos3/emulator/script.ts'
import type { RandomDevice } from './random-ring.ts'

export function endFaults(
  devices: readonly RandomDevice[],
  steps: CheckedScript['steps'],
): ChipFault[] {
  const ends = steps.flatMap(({ fault }) => endOfStep(fault))
  return [
    { kind: 'ringClosed' },
    { kind: 'tornWrite', cycles: 0 },
    ...(['mst', 'mdt', 'at'] as const).map(
      (what) => ({ kind: 'lostTelegram', what, cycles: 0 }) as const,
    ),
    ...([1, 2] as const).map((port) => ({ kind: 'crcError', port, cycles: 0 }) as const),
    ...devices.flatMap((device, n) => endOf(device, n)),
    ...ends,
  ]
}

function endOfStep(fault: EmulatorFault): ChipFault[] {
  if (fault.kind !== 'driveFault' && fault.kind !== 'device') return []
  const offAndOn = { kind: 'powerCycle', device: fault.device } as const
  if (fault.kind === 'driveFault') return [offAndOn]
  if (fault.does === 'serviceError') return [{ ...fault, code: 0 }]
  const stays = fault.does === 'wrongLength' || fault.does === 'diagnosis'
  return stays ? [offAndOn] : []
}

function endOf({ address }: RandomDevice, device: number): ChipFault[] {
  const mended = { kind: 'device', device } as const
  return [
    { kind: 'plug', device },
    { ...mended, does: 'silent', cycles: 0 },
    { ...mended, does: 'slowService', cycles: 0 },
    { ...mended, does: 'stuckToggle', stuck: false },
    { ...mended, does: 'address', address },
    { ...mended, does: 'mains', on: true },
    { ...mended, does: 'disturb', torqueNm: 0 },
  ]
}
