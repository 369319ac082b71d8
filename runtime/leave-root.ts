/** As whom a machine runs once its card is open. */
import { accessSync, constants } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DualportError } from '../errors.ts'
import { dropPrivileges, isRoot } from '../uio/drop-privileges.ts'
import type { MachineEvent } from './machine-types.ts'
import type { OpenCard } from './open-card.ts'

/** What to say of it. */
export type Rights = Pick<MachineEvent, 'severity' | 'message'>

/**
 * Becomes `user` where one is named; returns what to say of it. Goes on as it is where none is, which for root with a
 * real card is worth a warning: nothing behind the opening needs it, and the cyclic task, the broker and every message
 * from outside would be root's. Throws what dropPrivileges throws, and DP_USER_FILES.
 */
export function leaveRoot(user: string | undefined, card: OpenCard): Rights | undefined {
  if (user !== undefined) {
    const { uid, kept } = dropPrivileges(user)
    requireReadable(user)
    return {
      severity: 'info',
      message: `goes on as ${user} (user ${uid}) with ${kept.join(' and ') || 'no capability'}`,
    }
  }
  if (!isRoot() || card.device.handle.kind === 'emulated') return undefined
  return {
    severity: 'warning',
    message:
      'goes on as root, which nothing needs once the card is open: name a user with `user` in the machine file or --user',
  }
}

/** The worker's modules are still to be loaded: from a folder in root's home, to which other users have no way. */
function requireReadable(user: string): void {
  const file = fileURLToPath(import.meta.url)
  try {
    accessSync(file, constants.R_OK)
  } catch (cause) {
    throw new DualportError('DP_USER_FILES', { at: file, actual: `unreadable for ${user}`, cause })
  }
}
