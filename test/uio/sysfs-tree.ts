/** A sysfs class folder and a /dev folder of plain files, as the kernel shows UIO devices. For tests. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { SystemRoots } from '../../uio/uio-devices.ts'

export type PlantedMap = {
  readonly name?: string
  readonly addr: string
  readonly size: string
  readonly offset?: string
}

export type PlantedDevice = {
  readonly name: string
  readonly event?: number
  readonly maps?: readonly PlantedMap[]
  readonly ports?: readonly { name: string; start: string; size: string; porttype: string }[]
  readonly pci?: {
    readonly address: string
    readonly vendor: string
    readonly device: string
    /** Lines of the `resource` file. */
    readonly resources?: readonly string[]
    /** The card's bus address of its DMA buffer. */
    readonly dmaAddress?: string
  }
  /** Bytes of the file that stands for the node: map M is its page M, as in the kernel. Left out: no node. */
  readonly nodeBytes?: number
}

/** A PLX 9030 with its local registers in BAR0 (128 bytes) and in I/O BAR1, and 64 KiB in BAR2. */
export const plxCard = {
  address: '0000:05:00.0',
  vendor: '10b5',
  device: '9030',
  resources: [
    '0x00000000febd0000 0x00000000febd007f 0x0000000000040200',
    '0x000000000000c000 0x000000000000c07f 0x0000000000040101',
    '0x00000000fea00000 0x00000000fea0ffff 0x0000000000040200',
  ],
} as const

export class SysfsTree implements SystemRoots {
  readonly root = mkdtempSync(join(tmpdir(), 'dualport-'))
  readonly sysfs = join(this.root, 'sys/class/uio')
  readonly dev = join(this.root, 'dev')

  constructor() {
    mkdirSync(this.sysfs, { recursive: true })
    mkdirSync(this.dev)
  }

  plant(number: number, device: PlantedDevice): void {
    const folder = join(this.root, `sys/devices/uio${number}`)
    writeTree(folder, { name: device.name, version: '1.0', event: String(device.event ?? 0) })
    for (const [n, map] of (device.maps ?? []).entries()) {
      writeTree(join(folder, `maps/map${n}`), { name: '', offset: '0x0', ...map })
    }
    for (const [n, port] of (device.ports ?? []).entries()) {
      writeTree(join(folder, `portio/port${n}`), port)
    }
    if (device.pci !== undefined) {
      const { address, vendor, device: id, resources = [], dmaAddress } = device.pci
      const card = join(this.root, 'sys/devices', address)
      writeTree(card, {
        vendor: `0x${vendor}`,
        device: `0x${id}`,
        subsystem_vendor: '0x1971',
        subsystem_device: '0x3530',
        resource: resources.join('\n'),
        ...(dmaAddress !== undefined && { dma_address: dmaAddress }),
      })
      symlinkSync(card, join(folder, 'device'))
    }
    symlinkSync(folder, join(this.sysfs, `uio${number}`))
    if (device.nodeBytes !== undefined) makeFile(join(this.dev, `uio${number}`), device.nodeBytes)
  }

  /** A file of zeros below the tree's root. */
  file(path: string, bytes: number): string {
    makeFile(join(this.root, path), bytes)
    return join(this.root, path)
  }

  remove(): void {
    rmSync(this.root, { recursive: true })
  }
}

function makeFile(path: string, bytes: number): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, '')
  truncateSync(path, bytes)
}

function writeTree(folder: string, files: { readonly [name: string]: string }): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`)
}
