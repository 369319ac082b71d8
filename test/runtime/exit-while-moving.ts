/**
 * A program of its own for a test: an embedding application that ends while an axis moves, in the way that its first argument
 * says: 'exit', 'throw', 'reject', 'exit-in-run-up' or 'exit-in-close'. Its last exit hook tells what a person beside the
 * machine sees, whether the chip may still transmit, and how long the machine's hook took.
 */
import { writeSync } from 'node:fs'
import { registers } from '../../cards/sercos3/registers.ts'
import { extract } from '../../uio/bit-field.ts'
import { openEmulatedMachine } from './emulated-machine.ts'

const how = process.argv[2] ?? 'exit'
const { machine, device, emulator } = await openEmulatedMachine()
if (how !== 'exit-in-run-up') {
  await machine.operational
  await machine.axis('x').enable()
  await machine.axis('y').enable()
  await machine.io.point('lamp').write(true)
  await machine.axis('x').moveVelocity({ velocity: 50 })
}
const before = { lamp: device(2).digitalOutputs, power: device(0).operating }
const chip = emulator.device.map('registers')
const { dfcsr } = registers
const left = performance.now()
process.on('exit', () => {
  const seen = {
    before,
    power: [device(0).operating, device(1).operating],
    outputs: [device(2).digitalOutputs, device(2).analogOutput1],
    transmitEnabled: extract(chip.read(dfcsr), dfcsr.bits.txEnable) === 1,
    tookMs: performance.now() - left,
  }
  writeSync(1, `${JSON.stringify(seen)}\n`)
})
if (how === 'throw')
  setImmediate(() => {
    throw new Error('planned')
  })
else if (how === 'reject') void Promise.reject(new Error('planned'))
else if (how === 'exit-in-close') {
  void machine.close()
  setTimeout(() => process.exit(7), 5)
} else process.exit(7)
