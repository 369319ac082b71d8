/**
 * A guest that systemd runs, in place of a shell script: Debian's own systemd and udev as process 1, with the service and
 * the udev rule of this repository installed as their files say. What a boot does beside that is left out.
 */
import { appendFileSync, lstatSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CpioWriter } from './cpio.ts'
import { compileCache } from './make-initramfs.ts'

/** What the kernel is to run, and what that is to reach. */
export const systemdArguments = ['rdinit=/lib/systemd/systemd', 'systemd.unit=kernel-test.target']

/** Debian packages: systemd, udev, and the libraries that these and Node are linked with. */
export const systemdPackages = [
  'systemd udev libsystemd-shared libc6 libstdc++6 libgcc-s1 libacl1 libapparmor1 libaudit1 libblkid1',
  'libcap-ng0 libcap2 libcrypt1 libgcrypt20 libgpg-error0 libip4tc2 libkmod2 liblz4-1 liblzma5 libmount1',
  'libpam0g libpcre2-8-0 libseccomp2 libselinux1 libssl3 libzstd1',
].flatMap((line) => line.split(' '))

/** Units that a boot of this guest wants, by who wants them. */
const wanted = {
  'sysinit.target': [
    'systemd-journald.service',
    'systemd-sysusers.service',
    'systemd-udevd.service',
    'systemd-udev-trigger.service',
  ],
  'sockets.target': [
    'systemd-journald.socket',
    'systemd-journald-dev-log.socket',
    'systemd-udevd-control.socket',
    'systemd-udevd-kernel.socket',
  ],
} as const

const furtherTargets =
  'basic paths slices timers swap local-fs local-fs-pre shutdown umount final network multi-user'
const furtherUnits = furtherTargets
  .split(' ')
  .map((name) => `${name}.target`)
  .concat('systemd-udev-settle.service')

const programs = [
  'bin/systemctl',
  'bin/udevadm',
  'bin/journalctl',
  'bin/systemd-sysusers',
  'lib/systemd/systemd',
  'lib/systemd/systemd-journald',
  'lib/systemd/systemd-udevd',
]

const target = `[Unit]
Requires=basic.target agent.service
After=basic.target
`

const agent = `[Unit]
After=basic.target
[Service]
WorkingDirectory=/dualport
Environment=PATH=/bin HOME=/tmp ${compileCache.join(' ')}
ExecStart=/bin/busybox sh /lib/start-agent
`

const startAgent = `/bin/busybox --install -s /bin 2> /dev/null
ip link set lo up
stty -F /dev/ttyS1 raw -echo
exec node test/kernel/guest/agent.ts < /dev/ttyS1 > /dev/ttyS1
`

/** As \`npm install --global\` would put it there. */
const command = `#!/bin/sh
exec /bin/node /dualport/runtime/cli/main.ts "$@"
`

/** Puts systemd into an initramfs that is there; `root` is a folder with the packages unpacked. */
export function addSystemd(
  initramfs: string,
  { repository, root }: { readonly repository: string; readonly root: string },
): void {
  // the kernel unpacks archives that follow one another, the later over the earlier
  const file = `${initramfs}.systemd`
  const archive = new CpioWriter(file)
  for (const path of programs) add(archive, root, path)
  for (const folder of ['lib64', 'lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu'])
    for (const name of readdirSync(join(root, folder)).filter(isLibrary))
      add(archive, root, join(folder, name))
  add(archive, root, 'usr/lib/x86_64-linux-gnu/systemd')
  addUnits(archive, root)
  add(archive, root, 'usr/lib/sysusers.d/basic.conf')
  add(archive, root, 'lib/udev/rules.d/50-udev-default.rules')
  for (const folder of ['tmp', 'run', 'proc', 'sys', 'var/log', 'root', 'home'])
    archive.folder(folder)
  archive.file('etc/machine-id', `${'0123456789abcdef'.repeat(2)}\n`)
  archive.file('lib/start-agent', startAgent)
  addDualport(archive, repository)
  archive.close()
  appendFileSync(initramfs, readFileSync(file))
  rmSync(file)
}

/** As a person installs it who follows the service's first lines. */
function addDualport(archive: CpioWriter, repository: string): void {
  const service = join(repository, 'runtime/service')
  const machine = join(repository, 'test/kernel/guest/small-machine.json')
  archive.file('usr/local/bin/dualport', command)
  archive.copy(join(service, 'dualport@.service'), 'etc/systemd/system/dualport@.service')
  archive.copy(join(service, 'dualport.sysusers.conf'), 'usr/lib/sysusers.d/dualport.conf')
  archive.copy(join(repository, 'kmod/60-dualport.rules'), 'etc/udev/rules.d/60-dualport.rules')
  // naming the user that it is already must be harmless
  const file = { ...(JSON.parse(readFileSync(machine, 'utf8')) as object), user: 'dualport' }
  archive.file('etc/dualport/small.json', JSON.stringify(file))
}

function addUnits(archive: CpioWriter, root: string): void {
  const units = 'lib/systemd/system'
  const own = 'etc/systemd/system'
  for (const name of furtherUnits) add(archive, root, join(units, name))
  for (const [wanting, names] of Object.entries(wanted)) {
    add(archive, root, join(units, wanting))
    for (const name of names) {
      add(archive, root, join(units, name))
      archive.link(join(units, `${wanting}.wants`, name), `../${name}`)
    }
  }
  archive.file(join(own, 'kernel-test.target'), target)
  archive.file(join(own, 'agent.service'), agent)
}

function isLibrary(name: string): boolean {
  return /^(ld-linux|lib).*\.so/.test(name)
}

/** A file, a link, or a folder with all it holds. */
function add(archive: CpioWriter, root: string, path: string): void {
  const from = join(root, path)
  const status = lstatSync(from)
  if (status.isSymbolicLink()) archive.link(path, readlinkSync(from))
  else if (status.isDirectory())
    for (const name of readdirSync(from)) add(archive, root, join(path, name))
  else archive.copy(from, path)
}
