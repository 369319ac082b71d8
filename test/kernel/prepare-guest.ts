/**
 * A guest that is up, without cards, as a file: every world is restored from it in a third of a second, where a boot
 * takes five.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { addSystemd, systemdArguments } from './add-systemd.ts'
import { Guest, type GuestOptions } from './boot-guest.ts'
import { makeInitramfs, type RootParts } from './make-initramfs.ts'
import type { Accelerator } from './qemu-arguments.ts'
import { say } from './report.ts'
import { unpackKernel } from './unpack-kernel.ts'

export type PreparedGuest = Omit<GuestOptions, 'work'>

export type PrepareOptions = RootParts & {
  readonly qemu: readonly string[]
  readonly kernel: { readonly bzImage: string }
  /** A folder of its own. */
  readonly work: string
  readonly accelerator?: Accelerator
  readonly extraKernelArguments?: readonly string[]
  /** Folder with systemd's packages: systemd runs the guest, in place of a shell script. */
  readonly systemd?: string
}

export async function prepareGuest(options: PrepareOptions): Promise<PreparedGuest> {
  const { qemu, work, repository, accelerator = 'fast', systemd } = options
  mkdirSync(work, { recursive: true })
  const kernel = join(work, 'vmlinux')
  const initramfs = join(work, 'initramfs')
  await Promise.all([
    unpackKernel(options.kernel.bzImage, kernel),
    makeInitramfs(initramfs, options),
  ])
  const extraKernelArguments = [...(options.extraKernelArguments ?? [])]
  if (systemd !== undefined) {
    addSystemd(initramfs, { repository, root: systemd })
    extraKernelArguments.push(...systemdArguments)
  }
  const prepared = { qemu, kernel, initramfs, accelerator, extraKernelArguments }
  const guest = new Guest({ ...prepared, work })
  const close = () => guest.close()
  process.on('exit', close)
  try {
    await guest.booted()
    const snapshot = join(work, 'snapshot')
    await guest.save(snapshot)
    return { ...prepared, snapshot }
  } catch (error) {
    say(`the console's last lines:\n${guest.consoleTail(30)}`)
    throw error
  } finally {
    process.off('exit', close)
    close()
  }
}
