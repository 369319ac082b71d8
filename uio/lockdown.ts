/**
 * Kernel lockdown, which Secure Boot turns on: even root may then neither map a BAR through sysfs nor write to PCI
 * configuration space. Maps of /dev/uioN are not concerned.
 */
import { readFileSync } from 'node:fs'

/** The mode in force, 'integrity' or 'confidentiality'; undefined where it is off or cannot be told. */
export function lockdownMode(file = '/sys/kernel/security/lockdown'): string | undefined {
  try {
    // none [integrity] confidentiality
    const mode = /\[(\w+)\]/.exec(readFileSync(file, 'utf8'))?.[1]
    return mode === 'none' ? undefined : mode
  } catch {
    // no lockdown in this kernel, or securityfs is not mounted
    return undefined
  }
}

/** What to add to a refusal with EPERM. */
export function lockdownNote(file?: string): string {
  const mode = lockdownMode(file)
  return mode === undefined ? '' : ` (kernel lockdown is on: ${mode}, as Secure Boot sets it)`
}
