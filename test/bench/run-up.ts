/**
 * Where the time of a run-up goes, in simulated time: cycle by cycle of the bus it is looked at whether anybody but the
 * driver is being waited for. That is the protocol's time: the pauses between phases, the cycles for which the topology
 * must stand still, and the devices, as long as one of them has a step of its service channel to answer or has yet to
 * appear or to fall quiet. In what is left nothing was under way, and so it is ours.
 */
import { createSlave } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import type { SercosSlave, SlaveConfig } from '../../cards/sercos3/emulator/slaves/create-slave.ts'
import { layoutCp12 } from '../../cards/sercos3/driver/plan/telegram-layout.ts'
import { planRing } from '../../cards/sercos3/driver/plan/ring-plan.ts'
import { cycleState } from '../../cards/card.ts'
import type { CycleTelegrams, Passage } from '../../cards/sercos3/emulator/slave.ts'
import { sDev, svcStatus } from '../../cards/sercos3/telegram.ts'
import type { Sercos3DeviceConfig } from '../../cards/sercos3/index.ts'
import { maskOf } from '../../uio/bit-field.ts'
import { nsPerMs } from '../../units.ts'
import { InProcessRing } from '../sercos3/in-process-ring.ts'

/** CoSeMa CSMD_PHASE.c: telegrams pause between phases; the topology, then the list of devices must stand still. */
const pauseMs = 120
const stableCycles = 200
/** CSMD_INIT.c: before the first telegrams the chip is given this time for its reset. */
const resetMs = 100
const handshake = 1
const busy = maskOf(svcStatus.busy)
const svcValid = maskOf(svcStatus.valid)
const slaveValid = maskOf(sDev.slaveValid)

export type RunUpTimes = {
  readonly drives: number
  readonly totalMs: number
  readonly protocolMs: number
  /** Of protocolMs. */
  readonly pausesMs: number
  readonly stabilityMs: number
  readonly devicesMs: number
  /** The rest. */
  readonly driverMs: number
}

/** What the telegrams of one cycle showed. */
class Sight {
  telegrams = false
  phase = -1
  /** Somebody other than the master has to act. */
  waited = false
}

export function measureRunUp(drives: number): RunUpTimes {
  const devices = Array.from({ length: drives }, (_, n): Sercos3DeviceConfig => ({
    name: `drive${n + 1}`,
    address: n + 1,
    profile: 'drive',
    parameters: [],
  }))
  const sight = new Sight()
  const controls = new Int32Array(drives)
  const layouts = [
    layoutCp12(devices.map((_, n) => n + 1)),
    planRing({ buffers: 'triple', devices }).layout,
  ]
  const create = (config: SlaveConfig) => watched(createSlave(config), config.address - 1)
  const ring = new InProcessRing({ config: { devices, cycleNs: nsPerMs }, create })
  let pausesNs = 0
  let stabilityNs = 0
  let devicesNs = 0
  let standingNs = 0
  /** Silence that the protocol asks for. */
  let borneNs = (resetMs + pauseMs) * nsPerMs
  let cp0Cycles = 0
  while (ring.state === cycleState.starting) {
    const beforeNs = ring.nowNs
    const due = ring.chipCycle()
    const ns = ring.nowNs - beforeNs
    if (!sight.telegrams) {
      if (standingNs < borneNs) pausesNs += ns
      standingNs += ns
    } else {
      standingNs = 0
      borneNs = pauseMs * nsPerMs
      if (sight.waited) devicesNs += ns
      else if (sight.phase === 0 && cp0Cycles++ < stableCycles) stabilityNs += ns
    }
    sight.telegrams = false
    sight.waited = false
    if (due) ring.driverCycle()
    if (ring.master.fault !== undefined) throw ring.master.fault
  }
  const operational = ring.nowNs
  const protocolNs = pausesNs + stabilityNs + devicesNs
  return {
    drives,
    totalMs: ms(operational),
    protocolMs: ms(protocolNs),
    pausesMs: ms(pausesNs),
    stabilityMs: ms(stabilityNs),
    devicesMs: ms(devicesNs),
    driverMs: ms(operational) - ms(protocolNs),
  }

  /** Notes after a device has seen the telegrams whether it owes an answer. */
  function watched(slave: SercosSlave, index: number): SercosSlave {
    const pass = slave.pass.bind(slave)
    slave.pass = (
      telegrams: CycleTelegrams,
      channel: 'P' | 'S',
      passage: Passage,
      last: boolean,
    ) => {
      pass(telegrams, channel, passage, last)
      sight.telegrams = true
      sight.phase = telegrams.mst.phase
      if (channel === 'P' && passage === 'out' && owes(telegrams, index)) sight.waited = true
      if (telegrams.mst.phaseSwitch) sight.waited = true
    }
    return slave
  }

  function owes({ mst, mdt, at }: CycleTelegrams, index: number): boolean {
    const device = mst.phase === 0 ? undefined : layouts[mst.phase < 3 ? 0 : 1]?.devices[index]
    if (device === undefined) return false
    const { mdtSvc, atSvc, sDev: status } = device
    const control = word(mdt[mdtSvc.telegram], mdtSvc.offset)
    const answer = word(at[atSvc.telegram], atSvc.offset)
    // a device that answers in the cycle that brings the step has made its step of one cycle
    const stepped = control !== controls[index]
    controls[index] = control
    if (stepped || (word(at[status.telegram], status.offset) & slaveValid) === 0) return true
    return (
      (answer & svcValid) === 0 || (answer & busy) !== 0 || ((control ^ answer) & handshake) !== 0
    )
  }
}

function ms(ns: number): number {
  return Math.round(ns / nsPerMs)
}

function word(telegram: Uint8Array | undefined, offset: number): number {
  return (telegram?.[offset] ?? 0) | ((telegram?.[offset + 1] ?? 0) << 8)
}
