/** What the owner of a card does at the card itself: lets its source of interrupts speak, and clears it after each. */
import { registers as netx, globalRegisters } from '../../../cards/netx/registers.ts'
import { chipset, converters } from '../../../cards/mf624/registers.ts'
import { registers as sercos3 } from '../../../cards/sercos3/registers.ts'
import { extract, maskOf } from '../../../uio/bit-field.ts'
import type { AttachedDevice } from '../../../uio/device.ts'

export type CardSource = {
  /** Once, before the first interrupt. What the kernel driver asks for comes on top: InterruptLine.rearm. */
  readonly enable: (device: AttachedDevice) => void
  /** After each interrupt. False: there was nothing to clear. */
  readonly acknowledge: (device: AttachedDevice) => boolean
}

/** In the 64 KiB of a netX's memory the registers are the last ones. */
function netxRegister(name: 'irqState0' | 'irqEnable0'): number {
  return globalRegisters.offset + netx[name].offset
}

const cycleBit = 1
const netxCell = 1
const netxAll = maskOf(netx.irqEnable0.bits.all)

/** Cells of the handshake in the memory of the emulated CIF card, which like that of a real one is its firmware's affair. */
const cifHandshake = { request: 0, acknowledge: 0x100 } as const

const ownSources: Readonly<Record<string, CardSource>> = {
  sercos3: {
    enable(device) {
      const chip = device.map('registers')
      chip.write(sercos3.irr0, 0xffffffff)
      chip.write(sercos3.ier0, cycleBit)
    },
    acknowledge(device) {
      const chip = device.map('registers')
      const stood = (chip.read(sercos3.irr0) & cycleBit) !== 0
      chip.write(sercos3.irr0, cycleBit)
      return stood
    },
  },
  cif: {
    enable() {},
    acknowledge(device) {
      const memory = device.map(1)
      const stood = memory.read32(cifHandshake.request) !== memory.read32(cifHandshake.acknowledge)
      memory.write32(cifHandshake.acknowledge, memory.read32(cifHandshake.request))
      return stood
    },
  },
  netx: {
    enable(device) {
      device.map(0).write32(netxRegister('irqEnable0'), (netxAll | netxCell) >>> 0)
    },
    acknowledge(device) {
      const memory = device.map(0)
      const stood = (memory.read32(netxRegister('irqState0')) & netxCell) !== 0
      memory.write32(netxRegister('irqState0'), netxCell)
      return stood
    },
  },
  mf624: {
    enable() {},
    acknowledge(device) {
      const stood = extract(device.map(0).read(chipset.intcsr), chipset.intcsr.bits.adcStatus) === 1
      device.map(1).read(converters.addata)
      return stood
    },
  },
}

/**
 * test/reference/lab-card: a card that knows only its registers, and beside them one handshake in its memory that is the
 * same on all: the host says that it is there, then answers each event's number.
 */
const lab = { number: 0, answer: 0x100, ready: 0xf00, readyWord: 0xcafe } as const

/** Where its handshake lies, by map. */
const labMemory: Readonly<Record<string, number>> = { sercos3: 1, cif: 1, netx: 0, mf624: 2 }

function labSource(kind: string): CardSource {
  const map = labMemory[kind]
  const own = ownSources[kind]
  if (map === undefined || own === undefined) throw new Error(`no lab card of kind ${kind}`)
  return {
    enable(device) {
      own.enable(device)
      device.map(map).write32(lab.ready, lab.readyWord)
    },
    acknowledge(device) {
      const memory = device.map(map)
      const number = memory.read32(lab.number)
      const stood = number !== memory.read32(lab.answer)
      if (kind === 'sercos3') own.acknowledge(device)
      memory.write32(lab.answer, number)
      return stood
    },
  }
}

/** 'cif', or 'lab-cif' for the Python card. */
export function cardSource(kind: string): CardSource {
  if (kind.startsWith('lab-')) return labSource(kind.slice('lab-'.length))
  const own = ownSources[kind]
  if (own === undefined) throw new Error(`no card of kind ${kind}`)
  return own
}
