/** `copy-task.ts copy IMAGE WARM-UP CYCLES`: the same cyclic task in buffers that dualport_copy fills and fetches. */
import { waitResult } from '../../../../uio/device.ts'
import { taken, WaitingLine } from '../../../../uio/interrupt-line.ts'
import { createEvent } from '../../../../uio/system/event.ts'
import { openFile, read, write } from '../../../../uio/system/file.ts'
import { CallMemory } from '../../../../uio/system/memory.ts'
import { record } from './record.ts'
import { image as imageBytes, runCycles, waitMs } from './run-cycles.ts'
import { markOutputs, markTurn } from './stamps.ts'

/** As in direct-task.ts. */
const image = imageBytes
const fd = openFile('/dev/dualport_copy', 'readWrite')
if (fd < 0) throw new Error(`/dev/dualport_copy: errno ${-fd}`)
const input = new CallMemory(image)
const output = new CallMemory(image)
const inputPointer = input.pointer
const outputPointer = output.pointer
const inputs = new Int32Array(input.buffer)
const outputs = new Int32Array(output.buffer)
const words = image >> 2

/** An interrupt whose read gives the image in place of a count. */
const source = {
  total: 0,
  totalKnown: true,
  errno: 0,
  peek() {
    return false
  },
  take() {
    if (read(fd, inputPointer, image) !== image) return taken.failed
    source.total = (source.total + 1) | 0
    return taken.count
  },
  control() {
    throw new Error('this driver has no irqcontrol')
  },
}
const line = new WaitingLine(source, fd, createEvent(), undefined)

// the driver lets the card interrupt as long as it is open
runCycles(turn, () => {})

function turn(): boolean {
  if (line.wait(waitMs) !== waitResult.interrupt) return false
  work()
  if (write(fd, outputPointer, image) !== image) return false
  markOutputs()
  record(undefined)
  markTurn()
  return true
}

/** As work_in_buffers of kmod/compare/clients/work.h. */
function work(): void {
  for (let at = 0; at < words; at += 8) {
    outputs[at] = (inputs[at] as number) + 1
    outputs[at + 1] = (inputs[at + 1] as number) + 1
    outputs[at + 2] = (inputs[at + 2] as number) + 1
    outputs[at + 3] = (inputs[at + 3] as number) + 1
    outputs[at + 4] = (inputs[at + 4] as number) + 1
    outputs[at + 5] = (inputs[at + 5] as number) + 1
    outputs[at + 6] = (inputs[at + 6] as number) + 1
    outputs[at + 7] = (inputs[at + 7] as number) + 1
  }
}
