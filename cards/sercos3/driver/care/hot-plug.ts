/**
 * Hot plug: an optional device that was put at the end of a line joins the cyclic operation. CoSeMa CSMD_HOTPLUG.c.
 *
 * HP0: the hot-plug field of MDT0 tells everybody times and lengths of the telegrams; a new device then loops them back.
 * HP1: the device at the end passes telegrams on, and the new one is asked for its addresses and told where its service
 * channel lies. HP2: all other parameters through the service channel, as in CP2. The process data go on all the while.
 */
import { DualportError } from '../../../../errors.ts'
import { extract, place } from '../../../../uio/bit-field.ts'
import {
  hotPlugAddress,
  hotPlugCode,
  hotPlugControl,
  hotPlugScanned,
  hotPlugSelection,
  hotPlugStatus,
} from '../../hot-plug.ts'
import { connectionState } from '../../../card.ts'
import { cCon, inactivePort, sDev } from '../../telegram.ts'
import { topology } from '../chip/cable-topology.ts'
import { communicationVersion } from '../phases/cp0.ts'
import { deviceTopology } from '../script/device-control.ts'
import { configureDevice } from '../phases/cp2.ts'
import { offsetWord } from '../set-up/hand-over-timing.ts'
import { seenAtOpenPort } from './line-ends.ts'
import { measureDelays } from './recover-ring.ts'
import { freshCycle, together, within } from '../script/run-up-context.ts'
import type { RunUpContext, Script } from '../script/run-up-context.ts'
import { checkTransition, transitionCheck } from '../set-up/transition-check.ts'

/** Cycles that each parameter of HP0 is sent, and times that all of them are. */
const parameterCycles = 10
const rounds = 3
/** Cycles for a topology command and for each answer to the scan. */
const scanCycles = 50
/** For the answers of HP1 a device has as long as its service channel may be busy. */
const busyMs = 2000
/** Slaves that one device may hold. */
const slavesPerDevice = 16
const validMs = 200

const supported = place(1, hotPlugControl.supported)
const enabled = supported | place(1, hotPlugControl.enabled)

/** The end of a line: its last device, -1 for the master's own free port, and the port of the master that it is read from. */
export type LineEnd = { readonly device: number; readonly port: 1 | 2 }

/** In words, for messages. */
export function endText(context: RunUpContext, { device, port }: LineEnd): string {
  return device < 0 ? `port ${port} of the master` : context.names([device])
}

/**
 * Numbers of the devices that came; none when nobody answers at the open port. Throws DP_SERCOS3_HOT_PLUG,
 * DP_SERCOS3_SVC and its kin; the line is then as it was before.
 */
export function* hotPlug(context: RunUpContext, end: LineEnd): Script<readonly number[]> {
  const { exchange } = context
  try {
    if (!(yield* inviteDevices(context, end))) return []
    yield* passTelegramsOn(context, end)
    const devices = checkAddresses(context, yield* scanAddresses(context, end))
    yield* giveServiceChannels(context, end, devices)
    yield* configure(context, devices)
    yield* takeIn(context, devices)
    return devices
  } catch (error) {
    yield* closeLine(context, end)
    throw error
  } finally {
    exchange.setHotPlug(0, supported, 0)
  }
}

/** HP0. True when telegrams come back at the open port. */
function* inviteDevices(context: RunUpContext, end: LineEnd): Script<boolean> {
  const { exchange } = context
  const parameters = broadcastOf(context)
  for (let round = 0; round < rounds; round++) {
    for (const [code, value] of parameters) {
      exchange.setHotPlug(hotPlugAddress.broadcast, enabled | code, value)
      for (let cycle = 0; cycle < parameterCycles; cycle++) {
        yield* freshCycle(context)
        // who answers before everything was told belongs to others
        if (round > 0 && loopsBack(context, end)) return true
      }
    }
  }
  return false
}

/** Somebody beyond the open port sends our telegrams back. */
function loopsBack(context: RunUpContext, { device, port }: LineEnd): boolean {
  if (device < 0) return context.exchange.topology === topology.brokenRing
  const back = port === 1 ? inactivePort.primary : inactivePort.secondary
  return seenAtOpenPort(context, device) === back
}

function broadcastOf({ setUp, config }: RunUpContext): [code: number, value: number][] {
  if (setUp === undefined) return []
  const { timing, layout } = setUp
  return [
    [hotPlugCode.tScyc, timing.cycleNs],
    ...layout.mdtBytes.map((bytes, n): [number, number] => [hotPlugCode.mdt0Length + n, bytes]),
    ...layout.atBytes.map((bytes, n): [number, number] => [hotPlugCode.at0Length + n, bytes]),
    [hotPlugCode.t6, timing.ucOpenNs],
    [hotPlugCode.t7, timing.ucCloseNs],
    [hotPlugCode.mtu, timing.uc?.mtu ?? 0],
    [hotPlugCode.version, communicationVersion(config)],
  ]
}

function* passTelegramsOn(context: RunUpContext, { device }: LineEnd): Script {
  const { exchange, control } = context
  if (device < 0) return
  control.command(device, deviceTopology.fastForward, exchange.deviceStatus(device))
  const taken = () => control.taken(device, exchange.deviceStatus(device))
  if (!(yield* within(context, scanCycles, taken)))
    refuse(context, `${context.names([device])} to pass telegrams on`)
}

/** Asks slave after slave of the new device for its address. */
function* scanAddresses(context: RunUpContext, { port }: LineEnd): Script<number[]> {
  const { exchange } = context
  const found: number[] = []
  for (let index = 0; index < slavesPerDevice; index++) {
    const selection = place(index, hotPlugSelection.index)
    exchange.setHotPlug(selection | hotPlugAddress.none, enabled | hotPlugCode.none, 0)
    const scanned = () =>
      extract(exchange.readHotPlug(port, 0), hotPlugSelection.index) === index &&
      answerOf(exchange.readHotPlug(port, 1)) === hotPlugScanned
    if (!(yield* within(context, scanCycles, scanned)))
      refuse(context, `an answer to the scan of slave ${index}`)
    const address = extract(exchange.readHotPlug(port, 0), hotPlugSelection.address)
    if (address === hotPlugAddress.endOfScan) break
    found.push(address)
  }
  return found
}

function checkAddresses(context: RunUpContext, found: readonly number[]): number[] {
  const { devices } = context.config
  if (found.length === 0) refuse(context, 'a device that tells its address')
  return found.map((address, n) => {
    const device = devices.findIndex((one) => one.address === address)
    const wanted = device >= 0 && devices[device]?.optional === true && !context.isPresent(device)
    if (!wanted || found.indexOf(address) !== n)
      throw new DualportError('DP_SERCOS3_HOT_PLUG', {
        at: `${context.phase}, address ${address}`,
        expected: 'the address of an optional device that is absent, once',
      })
    return device
  })
}

/** HP1: where the service channels lie, then over to them. */
function* giveServiceChannels(
  context: RunUpContext,
  { port }: LineEnd,
  devices: readonly number[],
): Script {
  const { exchange, config, control, setUp } = context
  const answerCycles = Math.ceil((busyMs * 1e6) / config.cycleNs)
  for (const [index, device] of devices.entries()) {
    const places = setUp?.layout.devices[device]
    if (places === undefined) continue
    const address = context.device(device).address
    const selection = place(index, hotPlugSelection.index) | address
    for (const [code, field] of [
      [hotPlugCode.mdtSvcOffset, places.mdtSvc],
      [hotPlugCode.atSvcOffset, places.atSvc],
    ] as const) {
      exchange.setHotPlug(selection, enabled | code, offsetWord(field))
      const taken = () =>
        exchange.readHotPlug(port, 0) === selection &&
        answerOf(exchange.readHotPlug(port, 1)) === code
      if (!(yield* within(context, answerCycles, taken)))
        refuse(context, `${context.names([device])} to take the place of its service channel`)
    }
    context.channel(device).reset()
    context.channel(device).raiseHandshake()
    control.resetDevice(device)
    exchange.setPort(device, port)
  }
  exchange.setHotPlug(0, enabled | place(1, hotPlugControl.serviceChannel), 0)
  const silent = () =>
    devices.filter((device) => !context.channel(device).follows(exchange.svcStatus(device)))
  if (!(yield* within(context, answerCycles, () => silent().length === 0)))
    refuse(context, `the service channel of ${context.names(silent())}`)
}

/** HP2. */
function* configure(context: RunUpContext, devices: readonly number[]): Script {
  const { exchange, setUp, wiring } = context
  if (setUp === undefined) return
  yield* measureDelays(context, () => context.wiring === wiring)
  yield* together(context, (device) => configureDevice(context, device, setUp), devices)
  for (const check of [transitionCheck.cp3, transitionCheck.cp4])
    yield* together(context, (device) => checkTransition(context, device, check), devices)
  const valid = () =>
    devices.every((device) => {
      const shown = extract(exchange.deviceStatus(device), sDev.slaveValid) === 1
      return shown && extract(exchange.connectionControl(device), cCon.producerReady) === 1
    })
  const cycles = Math.max(scanCycles, Math.ceil((validMs * 1e6) / context.config.cycleNs))
  if (!(yield* within(context, cycles, valid)))
    refuse(context, `SlaveValid and ready producers of ${context.names(devices)}`)
}

/** Its data count from the first on that came. */
function* takeIn(context: RunUpContext, devices: readonly number[]): Script {
  const { exchange } = context
  const periods = devices.map((device) => context.setUp?.layout.devices[device]?.atProducerCycles)
  for (const device of devices) exchange.setPresent(device, true)
  const silent = () =>
    devices.filter((device) => exchange.connectionState(device) !== connectionState.consuming)
  const cycles = scanCycles * Math.max(...periods.map((period) => period ?? 1))
  if (yield* within(context, cycles, () => silent().length === 0)) return
  for (const device of devices) exchange.setPresent(device, false)
  refuse(context, `data of ${context.names(silent())}`)
}

/** The device at the end loops the telegrams back, as before. */
function* closeLine(context: RunUpContext, { device, port }: LineEnd): Script {
  if (device < 0) return
  const loop = port === 1 ? deviceTopology.loopbackP : deviceTopology.loopbackS
  yield* freshCycle(context)
  context.control.command(device, loop, context.exchange.deviceStatus(device))
}

function answerOf(status: number): number {
  return extract(status, hotPlugStatus.error) === 1 ? -1 : extract(status, hotPlugStatus.code)
}

function refuse(context: RunUpContext, expected: string): never {
  throw new DualportError('DP_SERCOS3_HOT_PLUG', { at: context.phase, expected })
}
