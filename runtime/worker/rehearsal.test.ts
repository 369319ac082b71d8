import { expect, test } from 'vitest'
import { testMachine } from '../../test/runtime/emulated-machine.ts'
import { machineSchema } from '../machine-file/schema.ts'
import type { MachineInput } from '../machine-file/schema.ts'
import { rehearse } from './rehearsal.ts'

function rehearsing(changes: Partial<MachineInput>): () => void {
  const file = machineSchema.parse(testMachine(changes))
  return () => rehearse(file)
}

test('a machine with axes and I/O plays its programme to the end without going safe', () => {
  expect(rehearsing({})).not.toThrow()
})

test('so does one of a short cycle, with parameters that only its own devices have', () => {
  const devices = [
    {
      name: 'left',
      address: 1,
      profile: 'drive' as const,
      parameters: [{ idn: 'P-0-4000', value: 7 }],
    },
    { name: 'right', address: 2, profile: 'drive' as const },
    { name: 'terminals', address: 5, profile: 'io' as const },
  ]
  expect(rehearsing({ cycleUs: 250, devices })).not.toThrow()
})

test('a ring that the driver refuses is told with its reason', () => {
  expect(rehearsing({ cycleUs: 300 })).toThrow(/cycleNs/)
})
