/**
 * What each Linux UIO driver leaves to user space: who clears the card's interrupt status, and what lets the next
 * interrupt through. All of them but ours mask the card in the handler, each in its own way, and none says so in sysfs.
 *
 * Read in drivers/uio of Linux 6.1; the vendor's netX module (not in Linux) in its public source. The key is the UIO
 * name. Plain data: a row crosses to other threads with the device's handle.
 */

/** What lets the next interrupt through, once the card's status is cleared. */
export type Rearm =
  /** The handler leaves the sources enabled. */
  | { readonly by: 'nothing' }
  /** write(1) to the node: the driver's irqcontrol. */
  | { readonly by: 'irqcontrol' }
  /** A register of the card: these bits are set, the others kept. An offset below 0 counts from the end of the map. */
  | {
      readonly by: 'register'
      readonly map: number
      readonly offset: number
      readonly width: 8 | 32
      readonly set: number
      /** An I/O BAR that shows the same byte, for where the map cannot be had. */
      readonly portBar?: number
    }
  /** The Interrupt Disable bit of the PCI command register, through the device's configuration file. */
  | { readonly by: 'config' }

/** A name of ours for a map, or for a part of one, that the driver leaves without. */
export type MapWindow = {
  readonly name: string
  /** Index of the map. */
  readonly map: number
  readonly offset: number
  /** Bytes; left out: to the end of the map. */
  readonly size?: number
}

export type KernelDriver = {
  /** UIO name in sysfs; a `*` at its end stands for anything. */
  readonly name: string
  readonly module: string
  /** Who clears the card's interrupt status: the driver's handler, or user space before it re-arms. */
  readonly acknowledges: 'kernel' | 'user'
  readonly rearm: Rearm
  readonly windows: readonly MapWindow[]
  /** Where two drivers share a UIO name: only where the first map has this name, and is smaller than so many bytes. */
  readonly firstMap?: { readonly name: string; readonly below?: number }
  readonly source: string
}

/** SERCON100M core in BAR4, and that its windows follow in it at the core's own offsets: see cards/sercos3/registers.ts. */
const sercosWindows: readonly MapWindow[] = [
  { name: 'registers', map: 3, offset: 0x0000, size: 0x0400 },
  { name: 'svc', map: 3, offset: 0x4000, size: 0x1000 },
  { name: 'tx', map: 3, offset: 0x8000, size: 0x2000 },
  { name: 'rx', map: 3, offset: 0xc000, size: 0x4000 },
]
/**
 * INTCSR of the PLX 9030: bit 0 enables LINTi1. Its 128 bytes are too small a map for uio.c, and resource0 is closed
 * where a kernel was built with IO_STRICT_DEVMEM; BAR1 shows the same registers as I/O ports, whose file stays open.
 */
const plxRearm: Rearm = {
  by: 'register',
  map: 0,
  offset: 0x4c,
  width: 8,
  set: 0x01,
  portBar: 1,
}
const cifWindows: readonly MapWindow[] = [
  { name: 'plx', map: 0, offset: 0 },
  { name: 'dpm', map: 1, offset: 0 },
]
const dpmWindow: readonly MapWindow[] = [{ name: 'dpm', map: 0, offset: 0 }]
/** IRQEnable_0: its bit 31 lets any of the others through. */
const netxEnable = { by: 'register', map: 0, width: 32, set: 0x8000_0000 } as const
/** Where uio_netx has the register, whatever the size of the map. */
const netxRearm: Rearm = { ...netxEnable, offset: 0xfff0 }
/** The global registers are the last 0x200 bytes of the dual-port memory. */
const netxVendorRearm: Rearm = { ...netxEnable, offset: -0x10 }

const netxSource = 'drivers/uio/uio_netx.c: netx_handler; no irqcontrol'
const vendorSource = 'HilscherAutomation/nxdrvlinux: uio_netx 2.2.0'

function netx(name: string): KernelDriver[] {
  const common = { name, acknowledges: 'user', windows: dpmWindow } as const
  const vendor = { ...common, module: 'uio_netx (vendor)', source: vendorSource }
  return [
    // its irqcontrol answers EACCES where the dual-port memory is large enough to have the register
    {
      ...vendor,
      firstMap: { name: 'dpm', below: 0x10000 },
      rearm: { by: 'irqcontrol' },
    },
    { ...vendor, firstMap: { name: 'dpm' }, rearm: netxVendorRearm },
    { ...common, module: 'uio_netx', rearm: netxRearm, source: netxSource },
  ]
}

function cif(name: string): KernelDriver {
  return {
    name,
    module: 'uio_cif',
    acknowledges: 'user',
    rearm: plxRearm,
    windows: cifWindows,
    source: 'drivers/uio/uio_cif.c: hilscher_handler; no irqcontrol',
  }
}

const ourStub = 'dualport_*'

export const kernelDrivers: readonly KernelDriver[] = [
  {
    name: ourStub,
    module: 'dualport_uio',
    acknowledges: 'kernel',
    rearm: { by: 'nothing' },
    windows: [],
    source: 'kmod/events.c',
  },
  {
    name: 'Sercos_III_PCI',
    module: 'uio_sercos3',
    acknowledges: 'user',
    rearm: { by: 'irqcontrol' },
    windows: sercosWindows,
    source: 'drivers/uio/uio_sercos3.c: sercos3_handler, sercos3_irqcontrol',
  },
  cif('CIF_Profibus'),
  cif('CIF_Devicenet'),
  ...netx('netx'),
  ...netx('netplc'),
  ...netx('netjack'),
  ...netx('netx_plx'),
  {
    name: 'mf624',
    module: 'uio_mf624',
    acknowledges: 'user',
    rearm: { by: 'irqcontrol' },
    windows: [
      { name: 'chipset', map: 0, offset: 0 },
      { name: 'io', map: 1, offset: 0 },
      { name: 'counters', map: 2, offset: 0 },
    ],
    source: 'drivers/uio/uio_mf624.c: mf624_irq_handler, mf624_irqcontrol',
  },
  {
    name: 'uio_pci_generic',
    module: 'uio_pci_generic',
    acknowledges: 'user',
    rearm: { by: 'config' },
    // packed without gaps and all named alike: `bar0`, `bar2` ... tell them apart, see MapInfo.bar
    windows: [],
    source: 'drivers/uio/uio_pci_generic.c: irqhandler; pci_check_and_mask_intx',
  },
]

/** The row of a device; undefined for a driver that nothing is known of. */
export function findKernelDriver(
  name: string,
  maps: readonly { readonly name: string; readonly size: number }[],
): KernelDriver | undefined {
  const [first] = maps
  return kernelDrivers.find((row) => {
    if (!isNamed(row.name, name)) return false
    if (row.firstMap === undefined) return true
    const { below = Number.POSITIVE_INFINITY } = row.firstMap
    return first !== undefined && first.name === row.firstMap.name && first.size < below
  })
}

/** True for a device of kmod/: its maps and its open are what kmod/maps.c and kmod/main.c say. */
export function isOurStub(driver: KernelDriver | undefined): boolean {
  return driver?.name === ourStub
}

function isNamed(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

/** How a driver is re-armed, in words. */
export function rearmText(rearm: Rearm): string {
  if (rearm.by === 'nothing') return 'needs no re-arming'
  if (rearm.by === 'irqcontrol') return 're-armed by irqcontrol, write(1)'
  if (rearm.by === 'config') return 're-armed in the PCI command register, bit 10 cleared'
  const { map, offset, width, set } = rearm
  const place = offset < 0 ? `the end - 0x${(-offset).toString(16)}` : `0x${offset.toString(16)}`
  return `re-armed in map${map} at ${place}, ${width} bit, 0x${set.toString(16)} set`
}
