/** What the guest of the kernel bench runs: both drivers, the C programs of kmod/compare, our sources. */
import { appendFileSync, readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildModule } from '../../kernel/build-module.ts'
import { CpioWriter } from '../../kernel/cpio.ts'
import type { Tools } from '../../kernel/get-tools.ts'
import { makeInitramfs } from '../../kernel/make-initramfs.ts'
import { run } from '../../kernel/run-command.ts'
import { unpackKernel } from '../../kernel/unpack-kernel.ts'

const programs = ['spin', 'wake', 'direct', 'copy'] as const
const flags = ['-O2', '-std=gnu17', '-D_GNU_SOURCE', '-Wall', '-Wextra', '-Werror', '-static']

export type GuestFiles = { readonly kernel: string; readonly initramfs: string }

export async function buildGuest(
  repository: string,
  work: string,
  tools: Tools,
): Promise<GuestFiles> {
  const debian = tools.kernels.stock
  const compare = join(repository, 'kmod/compare')
  const kernel = join(work, 'vmlinux')
  const initramfs = join(work, 'initramfs')
  const modules = [
    await buildModule(join(repository, 'kmod'), work, debian, tools),
    await buildModule(compare, work, debian, tools),
  ]
  await Promise.all([
    unpackKernel(debian.bzImage, kernel),
    makeInitramfs(initramfs, { repository, busybox: tools.busybox, kernel: debian, modules }),
  ])
  const more = join(work, 'more')
  const archive = new CpioWriter(more)
  for (const name of programs) {
    const program = join(work, name)
    await run('gcc', [...flags, '-o', program, join(compare, 'clients', `${name}.c`)])
    archive.copy(program, `bin/bench-${basename(program)}`)
  }
  const guest = 'test/bench/kernel/guest'
  archive.tree(join(repository, guest), join('dualport', guest), () => true)
  archive.close()
  // the kernel unpacks one archive after the other
  appendFileSync(initramfs, readFileSync(more))
  rmSync(more)
  return { kernel, initramfs }
}
