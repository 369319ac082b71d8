/** Opens a machine: checks its file, opens its card, starts the cyclic worker. */
import { pathToFileURL } from 'node:url'
import { DualportError } from '../errors.ts'
import { leaveRoot } from './leave-root.ts'
import { loadMachineFile } from './machine-file/load.ts'
import type { MachineFile, MachineInput } from './machine-file/schema.ts'
import { openCard } from './open-card.ts'
import type { OpenCard } from './open-card.ts'
import { OpenedMachine } from './opened-machine.ts'
import { phaseNumber } from './ring-handle.ts'
import type { PhaseName } from './ring-types.ts'

/** Longest time that the worker gets to load the task and to warm up. */
const startWithinMs = 60_000

export type OpenMachineOptions = {
  /** Module of the cyclic task, in place of the one that the machine file names. A string is a path, relative to the working directory. */
  readonly taskModule?: string | URL
  /** A card that is open already (an emulator whose devices the caller watches). The caller closes it, after the machine. */
  readonly card?: OpenCard
  /** User that this process becomes once the card is open, in place of the one that the machine file names. */
  readonly user?: string
  /**
   * Phase up to which the ring is run, in place of CP4, and where it is held until `machine.ring.goTo`. Below CP4 nothing
   * gets power; `machine.operational` stays open.
   */
  readonly upTo?: PhaseName
}

/**
 * Opens a machine from a JSON file, a module, or an object. Resolves when the cyclic worker runs; the bus is then being
 * run up (see `events$`), and `machine.operational` resolves in CP4.
 * Rejects with DP_MACHINE_FILE, DP_MACHINE_FILE_READ, DP_RING_PHASE, DP_TASK_MODULE, DP_REALTIME_REFUSED, with why the card cannot be
 * opened, or, where a user is named, with why this process cannot become it (see dropPrivileges).
 */
export async function openMachine(
  source: string | URL | MachineInput,
  options: OpenMachineOptions = {},
): Promise<OpenedMachine> {
  const file = await loadMachineFile(source)
  const task = taskUrl(file, options)
  // a hold that is none would end in CP4
  if (options.upTo !== undefined) phaseNumber(options.upTo)
  const card = options.card ?? (await openCard(file))
  const ownsCard = options.card === undefined
  let machine: OpenedMachine
  try {
    // after the last thing that may need root, before the cyclic worker, which inherits the capabilities
    const rights = leaveRoot(options.user ?? file.user, card)
    machine = new OpenedMachine(file, card, task, ownsCard)
    if (options.upTo !== undefined) machine.holdAt(options.upTo)
    if (rights !== undefined) machine.tellRights(rights)
  } catch (error) {
    if (ownsCard) await card.close()
    throw error
  }
  try {
    await machine.start(startWithinMs)
  } catch (error) {
    await machine.close()
    throw error
  }
  return machine
}

function taskUrl(file: MachineFile, options: OpenMachineOptions): string | undefined {
  const module = options.taskModule ?? file.task?.module
  if (module === undefined) return undefined
  if (module instanceof URL) return module.href
  if (typeof module !== 'string')
    throw new DualportError('DP_TASK_MODULE', {
      at: 'taskModule',
      actual: module,
      expected: 'a path or a URL',
    })
  return pathToFileURL(module).href
}
