/** What the check of a machine file lets pass, the run-up brings to CP4; what it refuses, the driver refuses too. */
import { expect, test } from 'vitest'
import { checkMachine } from '../../runtime/machine-file/check.ts'
import { sercos3Config } from '../../runtime/sercos3-config.ts'
import type { MachineInput } from '../../runtime/machine-file/schema.ts'
import { InProcessRing } from './in-process-ring.ts'

type Card = Omit<MachineInput['card'], 'type'>

function machine(drives: number, cycleUs: number, card: Card): MachineInput {
  return {
    name: 'm',
    cycleUs,
    card: { type: 'sercos3', ...card },
    devices: Array.from({ length: drives }, (_, n) => ({
      name: `d${n}`,
      address: n + 1,
      profile: 'drive',
    })),
  }
}

/** The greatest number of drives that the check lets pass; one more never makes a ring sound again. */
function mostDrives(cycleUs: number, card: Card): number {
  const sound = (drives: number) =>
    checkMachine(machine(drives, cycleUs, card), '/').file !== undefined
  let [most, refused] = [1, 256]
  while (refused - most > 1) {
    const middle = (most + refused) >> 1
    if (sound(middle)) most = middle
    else refused = middle
  }
  return most
}

/** What the driver says to the machine, checked or not. */
function verdict(drives: number, cycleUs: number, card: Card): string {
  const { file } = checkMachine(machine(1, cycleUs, card), '/')
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

test.each<[number, Card, RegExp]>([
  [31.25, { buffers: 'triple' }, /DP_SERCOS3_CYCLE_TOO_SHORT/],
  [62.5, { buffers: 'double', timingMethod: 2 }, /DP_SERCOS3_CYCLE_TOO_SHORT/],
  [125, { buffers: 'triple', timingMethod: 3 }, /DP_SERCOS3_CYCLE_TOO_SHORT/],
  [125, { timingMethod: 2, uc: {} }, /DP_SERCOS3_UC_WINDOW/],
  [2000, { buffers: 'triple' }, /DP_SERCOS3_RAM/],
])(
  'at %d us, with %j, check and run refuse from the same number of drives on',
  (cycleUs, card, refusal) => {
    const most = mostDrives(cycleUs, card)
    expect(verdict(most, cycleUs, card)).toBe('CP4')
    expect(verdict(most + 1, cycleUs, card)).toMatch(refusal)
  },
)
