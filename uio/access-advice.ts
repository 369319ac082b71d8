/** What somebody without rights on a card is told: the udev rule for this very card. */
import type { MapInfo } from './device.ts'
import type { KernelDriver } from './kernel-drivers.ts'
import { pageSize } from './system/memory.ts'
import type { UioDevice } from './uio-devices.ts'

const group = 'dualport'

/** True for a map that uio.c does not hand out on this page size, and that only the PCI resource file can give. */
export function needsResourceFile(map: MapInfo): boolean {
  return (
    map.bar !== undefined && (map.size % pageSize !== 0 || map.address % BigInt(pageSize) !== 0n)
  )
}

/** Files of the card's folder in sysfs that its user needs besides the node: they belong to root. */
export function neededFiles(
  maps: readonly MapInfo[],
  driver: KernelDriver | undefined,
): readonly string[] {
  const files = maps.filter(needsResourceFile).map(({ bar }) => `resource${bar}`)
  const rearm = driver?.rearm
  if (rearm?.by === 'config') files.push('config')
  if (rearm?.by === 'register' && rearm.portBar !== undefined)
    files.push(`resource${rearm.portBar}`)
  return files
}

/** A line for /etc/udev/rules.d that gives this card to the group. */
export function udevRule(device: UioDevice, driver: KernelDriver | undefined): string {
  const rule = `SUBSYSTEM=="uio", ATTR{name}=="${device.name}", GROUP="${group}", MODE="0660"`
  const runs = neededFiles(device.maps, driver).flatMap((file) => {
    const path = `/sys%p/device/${file}`
    return [`RUN+="/bin/chgrp ${group} ${path}"`, `RUN+="/bin/chmod 0660 ${path}"`]
  })
  return [rule, ...runs].join(', ')
}

/** One sentence: the next step. */
export function accessAdvice(device: UioDevice, driver: KernelDriver | undefined): string {
  if (driver?.name === 'dualport_*')
    return `Install the udev rule kmod/60-dualport.rules and join its group \`${group}\`, or start as root and name the user to become.`
  return `Make the group \`${group}\`, join it, and put this udev rule into /etc/udev/rules.d/61-${group}.rules: ${udevRule(device, driver)}`
}
