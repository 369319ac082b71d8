/**
 * What goes on beside cyclic operation: the cables are watched, a ring whose cable is back is closed, devices come and go,
 * requests are carried out. One script at a time, a step per cycle.
 */
import { DualportError } from '../../../../errors.ts'
import type { Nanoseconds } from '../../../../units.ts'
import { extract } from '../../../../uio/bit-field.ts'
import { nsPerSecond } from '../../../../units.ts'
import { cardRequest, connectionState } from '../../../card.ts'
import { cCon, inactivePort, sDev } from '../../telegram.ts'
import { CableWatch } from './cable-watch.ts'
import { topology } from '../chip/cable-topology.ts'
import { deviceTopology } from '../script/device-control.ts'
import { endText, hotPlug } from './hot-plug.ts'
import type { LineEnd } from './hot-plug.ts'
import { cableIsBack, lineEnds, seenAtOpenPort } from './line-ends.ts'
import { adaptRingDelay, openRing, recoverRing } from './recover-ring.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { svcFailure } from '../service/service-codes.ts'

/** After an attempt of our own that came to nothing. */
const restNs = 5 * nsPerSecond
/** How often the ends of an open ring are looked at, in cycles: a power of 2, less 1. */
const lookMask = 31

export class RingCare {
  readonly #context: RunUpContext
  readonly #cables: CableWatch
  readonly #optional: readonly number[]
  #script: Script | undefined
  /** Number of the request that the script carries out; 0: it is an attempt of our own. */
  #request = 0
  /** The ring was opened on request: it stays open until it is asked to close. */
  #opened = false
  #restUntilNs: Nanoseconds = 0
  /** No device is taken in again before. */
  #returnNs: Nanoseconds = 0
  /** By keyOf an end: when what is behind its cable may be invited again. */
  readonly #inVain = new Map<number, Nanoseconds>()

  constructor(context: RunUpContext) {
    this.#context = context
    this.#cables = new CableWatch(context)
    const { devices } = context.config
    this.#optional = [...devices.keys()].filter((device) => devices[device]?.optional === true)
  }

  /** Cyclic. */
  get due(): boolean {
    const { requests } = this.#context
    if (this.#script !== undefined || this.#cables.due || requests.busy) return true
    const { wiring, toldWiring, exchange } = this.#context
    if (wiring !== toldWiring) return true
    const mayHeal = wiring !== topology.ring && this.#healsItself
    const looks = (exchange.cycles & lookMask) === 0
    return (looks && (mayHeal || this.#someoneAbsent)) || this.#someoneGone >= 0
  }

  /** A run-up begins: nothing of before goes on. */
  reset(): void {
    this.#script = undefined
    this.#opened = false
    this.#restUntilNs = 0
    this.#returnNs = 0
    this.#inVain.clear()
  }

  /** In starting phases from CP1 on: the cables alone. */
  watch(): void {
    this.#cables.look()
  }

  /** Once a cycle in CP4. */
  attend(): void {
    this.#cables.look()
    this.#noteGone()
    if (this.#script === undefined) {
      this.#noteReturned()
      this.#script = this.#next()
    }
    if (this.#script === undefined) return
    try {
      if (this.#script.next().done !== true) return
      if (this.#isRequested) this.#context.requests.done()
    } catch (error) {
      this.#fail(
        error instanceof Error ? error : new DualportError('DP_INTERNAL', { cause: error }),
      )
    }
    this.#script = undefined
  }

  /** What the script does is what is being waited for. */
  get #isRequested(): boolean {
    const { requests } = this.#context
    return requests.busy && this.#request === requests.number
  }

  get #healsItself(): boolean {
    const { topology: wanted, healing } = this.#context.config
    return !this.#opened && healing !== 'onRequest' && (wanted === 'ring' || wanted === 'any')
  }

  #next(): Script | undefined {
    const context = this.#context
    const { requests, exchange, wiring } = context
    this.#request = requests.busy ? requests.number : 0
    if (requests.what === cardRequest.recoverRing) {
      this.#opened = false
      return recoverRing(context)
    }
    if (requests.what === cardRequest.openRing) return this.#open(requests.argument)
    if (!exchange.fresh) return undefined
    if (this.#canHeal) return recoverRing(context)
    if (wiring !== context.toldWiring) return this.#adapt()
    return wiring === topology.ring ? undefined : this.#welcome()
  }

  /** What a device refuses here is no reason to keep the ring open. */
  *#adapt(): Script {
    const context = this.#context
    try {
      yield* adaptRingDelay(context, () => !context.requests.busy && !this.#canHeal)
    } catch (error) {
      context.news.tell({ kind: 'warning', text: (error as Error).message })
    }
  }

  /** A cable is back, and we may close the ring. Only in fresh cycles. */
  get #canHeal(): boolean {
    const context = this.#context
    if (context.wiring === topology.ring || context.nowNs < this.#restUntilNs) return false
    return this.#healsItself && cableIsBack(context, lineEnds(context))
  }

  *#open(device: number): Script {
    yield* openRing(this.#context, device)
    this.#opened = true
  }

  /** Somebody may be at the end of a line. */
  #welcome(): Script | undefined {
    const context = this.#context
    if (!this.#someoneAbsent) return undefined
    for (const end of openEnds(context)) if (this.#mayInvite(end)) return this.#hotPlug(end)
    return undefined
  }

  /** There is a cable, with something at its other end that has not been tried in vain. */
  #mayInvite(end: LineEnd): boolean {
    const seen = seenBeyond(this.#context, end)
    if (seen === inactivePort.noLink) this.#inVain.delete(keyOf(end))
    return seen === inactivePort.link && this.#context.nowNs >= (this.#inVain.get(keyOf(end)) ?? 0)
  }

  get #someoneAbsent(): boolean {
    const { present } = this.#context.exchange
    for (let n = 0; n < this.#optional.length; n++)
      if (present[this.#optional[n] as number] === 0) return true
    return false
  }

  *#hotPlug(end: LineEnd): Script {
    const context = this.#context
    // who fails is not asked again before the cable was out; who is silent may still be starting up
    this.#inVain.set(keyOf(end), Number.POSITIVE_INFINITY)
    const joining = hotPlug(context, end)
    let step = joining.next()
    while (step.done !== true) {
      // it may be out while we are still waiting for an answer, and back before we know
      if (isOut(context, end)) this.#inVain.delete(keyOf(end))
      yield
      step = joining.next()
    }
    const came = step.value
    if (came.length === 0) this.#inVain.set(keyOf(end), context.nowNs + restNs)
    // the ends are others now, and what is behind their cables may be
    else this.#inVain.clear()
    for (const device of came)
      context.news.tell({
        kind: 'deviceCame',
        device: context.device(device).name,
        text: `${context.names([device])} has joined behind ${endText(context, end)}`,
      })
  }

  /** The first optional device whose connection is lost. Cyclic. */
  get #someoneGone(): number {
    const { exchange } = this.#context
    for (let n = 0; n < this.#optional.length; n++) {
      const device = this.#optional[n] as number
      const lost = exchange.connectionState(device) === connectionState.error
      if (exchange.present[device] !== 0 && lost) return device
    }
    return -1
  }

  #noteGone(): void {
    const { exchange, news } = this.#context
    for (let device = this.#someoneGone; device >= 0; device = this.#someoneGone) {
      exchange.setPresent(device, false)
      this.#context.channel(device).cancel(svcFailure.absent)
      // who was refused behind it may have come with another one
      this.#inVain.clear()
      news.tell({
        kind: 'deviceGone',
        device: this.#context.device(device).name,
        text: `${this.#context.names([device])} has gone`,
      })
    }
  }

  /** An optional device that was silent for a while and stayed in CP4 all the same: nothing else would take it in again. */
  #noteReturned(): void {
    const { exchange, news, nowNs } = this.#context
    if (!exchange.fresh || nowNs < this.#returnNs) return
    for (const device of this.#optional) {
      if (exchange.present[device] !== 0 || !this.#produces(device)) continue
      exchange.setPresent(device, true)
      // one whose data stay away for good would come and go in every look
      this.#returnNs = nowNs + restNs
      news.tell({
        kind: 'deviceCame',
        device: this.#context.device(device).name,
        text: `${this.#context.names([device])} takes part again`,
      })
    }
  }

  #produces(device: number): boolean {
    const { exchange } = this.#context
    const valid = extract(exchange.deviceStatus(device), sDev.slaveValid) === 1
    return valid && extract(exchange.connectionControl(device), cCon.producerReady) === 1
  }

  #fail(error: Error): void {
    const { news, requests, nowNs } = this.#context
    this.#restUntilNs = nowNs + restNs
    if (this.#isRequested) requests.fail(error)
    else news.tell({ kind: 'warning', text: error.message })
  }
}

/** Where a device may be plugged in: behind the last ones of the lines, or at a free port of the master. */
function openEnds(context: RunUpContext): LineEnd[] {
  const { p1, p2 } = lineEnds(context)
  const { wiring } = context
  const ends: LineEnd[] = []
  if (p1 >= 0) ends.push({ device: p1, port: 1 })
  if (p2 >= 0) ends.push({ device: p2, port: 2 })
  if (wiring === topology.linePort1) ends.push({ device: -1, port: 2 })
  if (wiring === topology.linePort2) ends.push({ device: -1, port: 1 })
  return ends
}

/** One of inactivePort. */
function seenBeyond(context: RunUpContext, { device, port }: LineEnd): number {
  if (device >= 0) return seenAtOpenPort(context, device)
  return (context.chip.links & port) === 0 ? inactivePort.noLink : inactivePort.link
}

/** The device at the end loops back by itself and sees no link. */
function isOut(context: RunUpContext, end: LineEnd): boolean {
  const { exchange } = context
  if (!exchange.fresh || seenBeyond(context, end) !== inactivePort.noLink) return false
  if (end.device < 0) return true
  const status = exchange.deviceStatus(end.device)
  const forwards = extract(status, sDev.topology) === deviceTopology.fastForward
  return extract(status, sDev.slaveValid) === 1 && !forwards
}

function keyOf({ device, port }: LineEnd): number {
  return device < 0 ? -port : device
}
