/** What the machine file says of an axis's mechanics, joined to the axis: homing, compensation, brake. Not cyclic. */
import { CompensationTable } from '../../control/mechanics/compensation/compensation-table.ts'
import { Compensation } from '../../control/mechanics/compensation/compensation.ts'
import type { BrakeFile, CompensationFile } from '../machine-file/mechanics-schema.ts'
import type { MachineFile } from '../machine-file/schema.ts'
import { AxisBrake } from './axis-brake.ts'
import type { AxisDrive } from './axis-drive.ts'
import { AxisHoming, switchFinder } from './axis-homing.ts'
import type { CommandIntake } from './command-intake.ts'
import type { IoDevice } from './io-device.ts'
import type { WorkerMessage } from './worker-setup.ts'

export function fitMechanics(
  file: MachineFile,
  cycleS: number,
  axes: readonly AxisDrive[],
  ios: readonly IoDevice[],
  commands: CommandIntake,
  tell: (message: WorkerMessage) => void,
): void {
  const find = switchFinder(file, ios)
  for (const [index, axis] of axes.entries()) {
    const of = file.axes[index]
    const services = commands.services[index]
    if (of === undefined || services === undefined) continue
    const { homing, compensation, brake, limits } = of
    if (compensation !== undefined) axis.compensation = makeCompensation(cycleS, compensation)
    if (brake !== undefined) axis.brake = makeBrake(cycleS, brake, file, ios)
    if (homing === undefined) continue
    const led = new AxisHoming(cycleS, index, homing, limits, axis, services, find, tell)
    commands.takeHoming(index, led)
  }
}

/** Throws DP_COMPENSATION_TABLE, which the check of the machine file has told before. */
export function makeCompensation(cycleS: number, file: CompensationFile): Compensation {
  const { positions, forward, backward, hysteresis, ...rates } = file
  const table = new CompensationTable({ positions, forward, ...(backward && { backward }) })
  return new Compensation(cycleS, table, {
    ...rates,
    ...(hysteresis !== undefined && { hysteresis }),
  })
}

function makeBrake(
  cycleS: number,
  brake: BrakeFile,
  file: MachineFile,
  ios: readonly IoDevice[],
): AxisBrake | undefined {
  const output = file.io.find((one) => one.name === brake.output && one.kind === 'digitalOutput')
  const io = ios.find(({ name }) => name === output?.device)
  if (output === undefined || io === undefined) return undefined
  const contact = brake.contact && switchFinder(file, ios)(brake.contact)
  return new AxisBrake(cycleS, brake, io, output.channel, contact)
}
