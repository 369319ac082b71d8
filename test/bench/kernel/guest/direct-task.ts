/**
 * `direct-task.ts DRIVER IMAGE WARM-UP CYCLES`: a cyclic task that works in the card's memory, as one is written with
 * uio/ alone: on our stub or on the kernel's own driver, which wants two things more. Its regions are constants of the
 * module, for which V8 makes the best code.
 */
import { registers } from '../../../../cards/sercos3/registers.ts'
import { openUioDevice } from '../../../../uio/open-device.ts'
import { waitResult } from '../../../../uio/device.ts'
import { record } from './record.ts'
import { cycleBit, image as imageBytes, runCycles, waitMs } from './run-cycles.ts'
import { markOutputs, markTurn } from './stamps.ts'

/** Of this module, because V8 does not take what is imported for a constant. */
const image = imageBytes
const device = openUioDevice({ by: 'path', path: '/dev/uio0' })
const { interrupt, events } = device
const chip = device.map('registers')
const inputs = device.map('rx').window('inputs', 0, image)
const outputs = device.map('tx').window('outputs', 0, image)
const acknowledges = device.driver?.acknowledges === 'user'

runCycles(turn, (on) => {
  chip.write(registers.irr0, cycleBit)
  chip.write(registers.ier0, on ? cycleBit : 0)
})

function turn(): boolean {
  if (interrupt.wait(waitMs) !== waitResult.interrupt) return false
  if (acknowledges) chip.write(registers.irr0, cycleBit)
  work()
  interrupt.rearm()
  markOutputs()
  record(events)
  markTurn()
  return true
}

/** As work_in_card of kmod/compare/clients/work.h: each output word is the input word plus one, eight words at a time. */
function work(): void {
  for (let at = 0; at < image; at += 32) {
    outputs.write32(at, (inputs.readSigned32(at) + 1) | 0)
    outputs.write32(at + 4, (inputs.readSigned32(at + 4) + 1) | 0)
    outputs.write32(at + 8, (inputs.readSigned32(at + 8) + 1) | 0)
    outputs.write32(at + 12, (inputs.readSigned32(at + 12) + 1) | 0)
    outputs.write32(at + 16, (inputs.readSigned32(at + 16) + 1) | 0)
    outputs.write32(at + 20, (inputs.readSigned32(at + 20) + 1) | 0)
    outputs.write32(at + 24, (inputs.readSigned32(at + 24) + 1) | 0)
    outputs.write32(at + 28, (inputs.readSigned32(at + 28) + 1) | 0)
  }
}
