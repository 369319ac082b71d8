/** Which devices stand at the ends of what the cables leave of a ring, and what they see at their open ports. */
import { extract, maskOf } from '../../../../uio/bit-field.ts'
import { inactivePort, sDev } from '../../telegram.ts'
import { topology } from '../chip/cable-topology.ts'
import { deviceTopology } from '../script/device-control.ts'
import type { RunUpContext } from '../script/run-up-context.ts'

const slaveValid = maskOf(sDev.slaveValid)

/** Device numbers; -1: there is no line on that port. */
export type LineEnds = { readonly p1: number; readonly p2: number }

/** The device takes part, read from `port`. Only in fresh cycles. */
export function deviceAnswers(context: RunUpContext, device: number, port: 1 | 2): boolean {
  const { exchange } = context
  if (!context.isPresent(device) || exchange.portOf(device) !== port) return false
  return (exchange.deviceStatus(device) & slaveValid) !== 0
}

/** Only in fresh cycles and while the ring is not closed. */
export function lineEnds(context: RunUpContext): LineEnds {
  const { devices } = context.config
  // one channel comes in on both ports, and every device with it: who loops says so itself
  if (context.exchange.topology === topology.defectiveRing)
    return {
      p1: devices.findLastIndex((_, device) => loops(context, device, deviceTopology.loopbackP)),
      p2: devices.findIndex((_, device) => loops(context, device, deviceTopology.loopbackS)),
    }
  return {
    p1: devices.findLastIndex((_, device) => deviceAnswers(context, device, 1)),
    p2: devices.findIndex((_, device) => deviceAnswers(context, device, 2)),
  }
}

function loops(context: RunUpContext, device: number, loopback: number): boolean {
  const status = context.isPresent(device) ? context.exchange.deviceStatus(device) : 0
  return (status & slaveValid) !== 0 && extract(status, sDev.topology) === loopback
}

/** What a device says of its open port: one of inactivePort. Only in fresh cycles. */
export function seenAtOpenPort({ exchange }: RunUpContext, device: number): number {
  return extract(exchange.deviceStatus(device), sDev.inactivePort)
}

/** A cable joins the two ends again: each sees the other's channel. Only in fresh cycles. */
export function cableIsBack(context: RunUpContext, { p1, p2 }: LineEnds): boolean {
  if (context.exchange.topology === topology.ring || (p1 < 0 && p2 < 0)) return false
  const near = p1 < 0 || seenAtOpenPort(context, p1) === inactivePort.secondary
  const far = p2 < 0 || seenAtOpenPort(context, p2) === inactivePort.primary
  return near && far
}
