/** The virtual machine as QEMU's command line tells it. A snapshot is restored into the very machine it was taken of. */
import { join } from 'node:path'

/**
 * 'fast': the guest's time is the host's. 'counting': it advances by one nanosecond an instruction, so that what a piece
 * of code costs is the same on every host and in every run.
 */
export type Accelerator = 'fast' | 'counting'

export type MachineOptions = {
  /** The kernel as an ELF file: see unpack-kernel.ts. */
  readonly kernel: string
  readonly initramfs: string
  /** Folder for the console's log and the sockets. */
  readonly work: string
  readonly accelerator?: Accelerator
  readonly extraKernelArguments?: readonly string[]
}

const kernelArguments = [
  'console=ttyS0',
  'rootfstype=ramfs',
  'nokaslr',
  'mitigations=off',
  'tsc=reliable',
  'cryptomgr.notests',
  // a BAR smaller than a page is mapped through its PCI resource file, which Debian's kernels otherwise close to us once a
  // driver has the card
  'iomem=relaxed',
  'random.trust_cpu=on',
  'panic=-1',
  'quiet',
  'loglevel=5',
]

/**
 * Memory of the kernel's allocator, as modules ask for it, is checked at each step: consistency (F), red zones (Z),
 * poison (P), who had it (U). Not where instructions are counted.
 */
export const slubDebug = 'slub_debug=FZPU,kmalloc-*'

const debugArguments = { fast: [slubDebug], counting: [] } as const

const accelerators = {
  fast: '-accel tcg',
  counting: '-accel tcg,thread=single -icount shift=0',
} as const

// the memory is a file that QEMU shares with the emulated cards: they can be bus masters
const machine =
  '-machine pc,memory-backend=ram -object memory-backend-memfd,id=ram,size=1024M,share=on -cpu max -m 1024M ' +
  '-nodefaults -no-user-config -display none -no-reboot'

export const sockets = { agent: 'agent.sock', qmp: 'qmp.sock' } as const

/** With `isRestored` QEMU waits for a snapshot in place of booting. */
export function qemuArguments(options: MachineOptions, isRestored: boolean): readonly string[] {
  const { kernel, initramfs, work, accelerator = 'fast', extraKernelArguments = [] } = options
  return [
    ...machine.split(' '),
    ...accelerators[accelerator].split(' '),
    '-kernel',
    kernel,
    '-initrd',
    initramfs,
    '-append',
    [...kernelArguments, ...debugArguments[accelerator], ...extraKernelArguments].join(' '),
    '-serial',
    'stdio',
    '-chardev',
    `socket,id=agent,path=${join(work, sockets.agent)},server=on,wait=off`,
    '-serial',
    'chardev:agent',
    '-qmp',
    `unix:${join(work, sockets.qmp)},server=on,wait=off`,
    // also when this process is killed and cannot see to it
    '-run-with',
    'exit-with-parent=on',
    ...(isRestored ? ['-incoming', 'defer'] : []),
  ]
}

/** A card in a slot of the root bus, as a device that QEMU plugs in. Slots are counted from 0, 2 is the first free one. */
export function cardDevice(id: string, socket: string, slot: number) {
  return {
    driver: 'vfio-user-pci',
    id,
    addr: `${slot.toString(16)}.0`,
    socket: { type: 'unix', path: socket },
  }
}

/** Where the guest's sysfs shows a slot's card. */
export function sysfsOfSlot(slot: number): string {
  return `/sys/bus/pci/devices/0000:00:${slot.toString(16).padStart(2, '0')}.0`
}
