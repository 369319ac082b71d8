/** The guests that groups ask for: each kind is booted once, when it is first asked for. */
import { join } from 'node:path'
import { systemdPackages } from './add-systemd.ts'
import type { KernelFlavour } from './get-kernels.ts'
import { once, type Tools } from './get-tools.ts'
import { prepareGuest, type PreparedGuest } from './prepare-guest.ts'
import { PrivateApt } from './private-apt.ts'
import { step } from './report.ts'
import type { Group } from './scenarios/scenario.ts'

export type PreparerOptions = {
  readonly repository: string
  /** Folder of systemd's packages, where a group asks for it. */
  readonly systemd: string | undefined
  readonly tools: Tools
  readonly work: string
  /** The modules that were built for each kernel. */
  readonly modules: ReadonlyMap<KernelFlavour, readonly string[]>
}

export class Preparer {
  readonly #options: PreparerOptions
  readonly #prepared = new Map<string, Promise<PreparedGuest>>()

  constructor(options: PreparerOptions) {
    this.#options = options
  }

  async for(group: Group): Promise<PreparedGuest> {
    const { kernel, accelerator = '', root = '' } = group
    const kind = [kernel, accelerator, root].filter(Boolean).join('-')
    let prepared = this.#prepared.get(kind)
    if (prepared === undefined) {
      prepared = step(`booting the ${kind} guest and keeping it`, async () =>
        this.#prepare(kind, group),
      )
      this.#prepared.set(kind, prepared)
    }
    return prepared
  }

  async #prepare(kind: string, group: Group): Promise<PreparedGuest> {
    const { repository, systemd, tools, modules, work } = this.#options
    const { kernel, accelerator, root } = group
    return prepareGuest({
      repository,
      qemu: tools.qemu,
      busybox: tools.busybox,
      kernel: tools.kernels[kernel],
      modules: modules.get(kernel) ?? [],
      work: join(work, kind),
      ...(accelerator !== undefined && { accelerator }),
      ...(root === 'systemd' && systemd !== undefined && { systemd }),
    })
  }
}

/** Returns the folder that Debian 12's packages of systemd are unpacked into. */
export async function getSystemd(cache: string): Promise<string> {
  const root = join(cache, 'systemd')
  await once(root, 'fetching systemd', async (to) => {
    const apt = new PrivateApt({ folder: join(to, 'apt'), suites: ['bookworm'] })
    await apt.update()
    await apt.unpack(systemdPackages, to)
    apt.close()
  })
  return root
}
