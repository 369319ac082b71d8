/** What the check of a machine file lets pass, the run-up brings to CP4; what it refuses, the driver refuses too. */
import { expect, test } from 'vitest'
import { checkMachine } from '../../runtime/machine-file/check.ts'
import { sercos3Config } from '../../runtime/sercos3-config.ts'
import type { MachineInput } from '../../runtime/machine-file/schema.ts'
import { InProcessRing } from './in-process-ring.ts'

type Buffers = 'double' | 'triple'

function machine(drives: number, cycleUs: number, buffers: Buffers): MachineInput {
  return {
    name: 'm',
    cycleUs,
    card: { type: 'sercos3', buffers },
    devices: Array.from({ length: drives }, (_, n) => ({
      name: `d${n}`,
      address: n + 1,
      profile: 'drive',
    })),
  }
}

/** The greatest number of drives that the check lets pass. */
function mostDrives(cycleUs: number, buffers: Buffers): number {
  let drives = 1
  while (checkMachine(machine(drives + 1, cycleUs, buffers), '/').file !== undefined) drives++
  return drives
}

/** What the driver says to the machine, checked or not. */
function verdict(drives: number, cycleUs: number, buffers: Buffers): string {
  const { file } = checkMachine(machine(1, cycleUs, buffers), '/')
  if (file === undefined) throw new Error('one drive is too much')
  const [one] = file.devices
  if (one === undefined) throw new Error('no device')
  const devices = Array.from({ length: drives }, (_, n) => ({
    ...one,
    name: `d${n}`,
    address: n + 1,
  }))
  try {
    new InProcessRing({ config: sercos3Config({ ...file, devices }) }).runUp()
  } catch (error) {
    return (error as Error).message
  }
  return 'CP4'
}

test.each<[number, Buffers, RegExp]>([
  [31.25, 'triple', /DP_SERCOS3_CYCLE_TOO_SHORT/],
  [62.5, 'double', /DP_SERCOS3_CYCLE_TOO_SHORT/],
  [125, 'triple', /DP_SERCOS3_CYCLE_TOO_SHORT/],
  [2000, 'triple', /DP_SERCOS3_RAM/],
])(
  'at %d us, %s buffered, check and run refuse from the same number of drives on',
  (cycleUs, buffers, refusal) => {
    const most = mostDrives(cycleUs, buffers)
    expect(verdict(most, cycleUs, buffers)).toBe('CP4')
    expect(verdict(most + 1, cycleUs, buffers)).toMatch(refusal)
  },
)
