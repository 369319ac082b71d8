/** A machine whose task fails some tenths of a second after it began, and what a person beside it sees. */
import { openEmulatedMachine, safeTerminals, testRealtime } from './emulated-machine.ts'
import type { EmulatedMachine } from './emulated-machine.ts'

/** `failure`: as tasks/failing-task.ts has them; left out: no task, the application commands. Resolves in CP4. */
export async function openFailingMachine(
  failure?: 'throw' | 'loop' | 'slow',
  stallMs = 500,
): Promise<EmulatedMachine> {
  const task = new URL(`tasks/failing-task.ts?failure=${failure}`, import.meta.url)
  const world = await openEmulatedMachine(
    { realtime: { ...testRealtime, stallMs } },
    failure === undefined ? {} : { taskModule: task },
  )
  await world.machine.operational
  return world
}

/** Power on, the lamp lit. */
export async function atWork({ until, device }: EmulatedMachine): Promise<void> {
  await until(
    'the machine is at work',
    () => device(0).operating && (device(2).digitalOutputs & 1) === 1,
  )
}

/** By what the devices do, not by what the runtime says. */
export function isSafe({ device }: EmulatedMachine): boolean {
  const { digitalOutputs, analogOutput1 } = device(2)
  return (
    !device(0).operating &&
    !device(1).operating &&
    digitalOutputs === safeTerminals.digitalOutputs &&
    analogOutput1 === safeTerminals.analogOutput1
  )
}

/** Nothing on this thread runs meanwhile: no timer, no message. */
export function blockThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
