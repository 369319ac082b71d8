/** The axes of a machine as the application holds them. */
import { AxisHandle } from './axis-handle.ts'
import { digitalOutputs } from './cam-switch-options.ts'
import type { CommandDesk } from './command-desk.ts'
import { machineCams } from './machine-cams.ts'
import type { MachineFile } from './machine-file/schema.ts'
import { allocateTableStore } from './shared/table-store.ts'
import { SharedTables } from './shared-tables.ts'

/** `tables`: see allocateMachineTables. `ownedByTask`: the user's cyclic task makes the setpoints. */
export function createAxisHandles(
  file: MachineFile,
  desk: CommandDesk,
  tables: SharedArrayBuffer,
  ownedByTask: boolean,
): readonly AxisHandle[] {
  const world = {
    axes: file.axes.map(({ name }) => name),
    outputs: digitalOutputs(file),
    tables: new SharedTables(tables, machineCams(file)),
  }
  return file.axes.map((axis, index) => new AxisHandle(axis, index, desk, ownedByTask, world))
}

/** Room for the machine's cams and for others. */
export function allocateMachineTables(file: MachineFile): SharedArrayBuffer {
  let doubles = 0
  for (const { data } of machineCams(file).values()) doubles += data.length
  return allocateTableStore(doubles)
}
