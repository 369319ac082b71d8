/** A cpio archive in the 'newc' form, which the kernel unpacks as its first root. Documentation/driver-api/early-userspace/buffer-format.rst. */
import { closeSync, lstatSync, openSync, readFileSync, readdirSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

const mode = { folder: 0o040755, program: 0o100755, link: 0o120777, device: 0o020600 } as const

/** Writes entries one after another; folders that a path needs are made first. */
export class CpioWriter {
  readonly #fd: number
  readonly #folders = new Set(['.', '/'])
  #inode = 1

  constructor(path: string) {
    this.#fd = openSync(path, 'w')
  }

  file(path: string, content: Uint8Array | string): void {
    this.#entry(path, mode.program, Buffer.from(content))
  }

  copy(from: string, path: string): void {
    this.file(path, readFileSync(from))
  }

  link(path: string, target: string): void {
    this.#entry(path, mode.link, Buffer.from(target))
  }

  characterDevice(path: string, major: number, minor: number): void {
    this.#entry(path, mode.device, Buffer.alloc(0), major, minor)
  }

  folder(path: string): void {
    if (this.#folders.has(path)) return
    this.#folders.add(path)
    this.#entry(path, mode.folder, Buffer.alloc(0))
  }

  /** A folder's files and folders that `wanted` keeps; symbolic links are left out. */
  tree(from: string, path: string, wanted: (name: string, path: string) => boolean): void {
    for (const name of readdirSync(from)) {
      const source = join(from, name)
      if (!wanted(name, source)) continue
      const status = lstatSync(source)
      if (status.isDirectory()) this.tree(source, join(path, name), wanted)
      else if (status.isFile()) this.copy(source, join(path, name))
    }
  }

  close(): void {
    this.#entry('TRAILER!!!', 0, Buffer.alloc(0))
    closeSync(this.#fd)
  }

  #entry(path: string, type: number, content: Buffer, major = 0, minor = 0): void {
    const name = path.replace(/^\//, '')
    if (name.includes('/')) this.folder(dirname(name))
    const links = type === mode.folder ? 2 : 1
    const fields = [
      this.#inode++,
      type,
      0,
      0,
      links,
      0,
      content.length,
      0,
      0,
      major,
      minor,
      name.length + 1,
      0,
    ]
    const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${name}\0`
    this.#put(Buffer.from(header))
    this.#put(content)
  }

  /** Padded to 4 bytes, as every part of an entry is. */
  #put(bytes: Buffer): void {
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done)
    const padding = -bytes.length & 3
    if (padding > 0) writeSync(this.#fd, Buffer.alloc(padding))
  }
}
