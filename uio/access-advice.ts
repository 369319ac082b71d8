/** What somebody without rights on a card is told: the udev rule for this very card. */
import type { MapInfo } from './device.ts'
import { isOurStub, type KernelDriver } from './kernel-drivers.ts'
import { pageSize } from './system/memory.ts'
import type { UioDevice } from './uio-devices.ts'

const group = 'dualport'

/** True for a map that uio.c does not hand out on this page size, and that only the PCI resource file can give. */
export function needsResourceFile(map: MapInfo): boolean {
  return (
    map.bar !== undefined && (map.size % pageSize !== 0 || map.address % BigInt(pageSize) !== 0n)
  )
}

/** A file of the card's folder in sysfs, and the one that serves where the kernel keeps the first closed. */
export type NeededFile = { readonly file: string; readonly otherwise?: string }

/** What its user needs besides the node: these files belong to root. */
export function neededFiles(
  maps: readonly MapInfo[],
  driver: KernelDriver | undefined,
): readonly NeededFile[] {
  const rearm = driver?.rearm
  const files = maps.filter(needsResourceFile).map(({ index, bar }): NeededFile => {
    const file = `resource${bar}`
    if (rearm?.by !== 'register' || rearm.map !== index || rearm.portBar === undefined)
      return { file }
    return { file, otherwise: `resource${rearm.portBar}` }
  })
  return rearm?.by === 'config' ? [...files, { file: 'config' }] : files
}

/** 'resource0, or resource1 where that is closed'. */
export function neededFileText({ file, otherwise }: NeededFile): string {
  return otherwise === undefined ? file : `${file}, or ${otherwise} where that is closed`
}

/** A line for /etc/udev/rules.d that gives this card to the group. */
export function udevRule(device: UioDevice, driver: KernelDriver | undefined): string {
  // by its place too: other cards may have the name
  const place = device.pci === undefined ? '' : `, KERNELS=="${device.pci.address}"`
  const rule = `SUBSYSTEM=="uio"${place}, ATTR{name}=="${device.name}", GROUP="${group}", MODE="0660"`
  const runs = neededFiles(device.maps, driver).flatMap(({ file }) => {
    const path = `/sys%p/device/${file}`
    return [`RUN+="/bin/chgrp ${group} ${path}"`, `RUN+="/bin/chmod 0660 ${path}"`]
  })
  return [rule, ...runs].join(', ')
}

/** The next step, and what it gives away. */
export function accessAdvice(device: UioDevice, driver: KernelDriver | undefined): string {
  if (isOurStub(driver))
    return `Install the udev rule kmod/60-dualport.rules and join its group \`${group}\`, or start as root and name the user to become.`
  const files = neededFiles(device.maps, driver)
  const instead = files.flatMap(({ file, otherwise }) =>
    otherwise === undefined ? [] : [` (with ${otherwise} for ${file} where that is closed)`],
  )
  const warning = files.some(({ file }) => file === 'config') ? configWarning : ''
  // the rule stands last, to be copied
  return `${warning}Make the group \`${group}\`, join it, and put this udev rule${instead.join('')} into /etc/udev/rules.d/61-${group}.rules: ${udevRule(device, driver)}`
}

const configWarning =
  'Whoever may write `config` can switch bus mastering on, and with it let the card at all memory: choose the members of the group accordingly. '
