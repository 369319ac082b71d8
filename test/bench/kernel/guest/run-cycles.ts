/** Runs a task of the bench: warm-up, then the cycles that count; prints them as kmod/compare's clients do. */
import { coreSize, windows } from '../../../../cards/sercos3/registers.ts'
import { attachBackend } from '../../../../uio/emulated-backend.ts'
import { openEmulatedDevice } from '../../../../uio/emulated-device.ts'
import { setFifo } from '../../../../uio/system/scheduler.ts'
import { record } from './record.ts'
import { spanOfTurn, spanToOutputs } from './stamps.ts'

const [driver = '', ...numbers] = process.argv.slice(2)
/** `image`: bytes of either image. */
export const [image = 0, warmUp = 0, cycles = 0] = numbers.map(Number)
/** Such as the cyclic worker gives to its waits. */
export const waitMs = 1000
/** The interrupt source of a cycle: TINT0. */
export const cycleBit = 1

const priority = 80
const rehearsals = 20_000
const toOutputs = new Int32Array(cycles)
const wholeTurns = new Int32Array(cycles)

/** `turn`: false when its wait brought no interrupt. `enable` lets the card interrupt, or not. */
export function runCycles(turn: () => boolean, enable: (on: boolean) => void): void {
  rehearse()
  const refused = setFifo(priority)
  if (refused !== 0) throw new Error(`SCHED_FIFO is refused with errno ${refused}`)
  enable(true)
  for (let n = 0; n < warmUp + cycles; n++) {
    if (!turn()) throw new Error(`no interrupt in cycle ${n}`)
    if (n < warmUp) continue
    toOutputs[n - warmUp] = spanToOutputs()
    wholeTurns[n - warmUp] = spanOfTurn()
  }
  enable(false)
  console.log(`spans ${driver} ts ${image} ${toOutputs.join(' ')}`)
  console.log(`turns ${driver} ts ${image} ${wholeTurns.join(' ')}`)
}

/**
 * The cyclic worker plays its cycle through on an emulated device before it touches a card, so what it waits with has
 * seen two kinds of interrupts. The device stays: the first detached buffer of a thread costs all code that reads buffers.
 */
function rehearse(): void {
  const { device, backend } = openEmulatedDevice({
    name: 'rehearsal',
    bytes: coreSize,
    maps: [{ name: 'registers', ...windows.registers }],
  })
  const card = attachBackend(backend)
  for (let n = 0; n < rehearsals; n++) {
    card.raise(cycleBit)
    device.interrupt.wait(waitMs)
    record(device.events)
  }
}
