/** `dualport ring plan`: the telegrams, chip memory and times of a machine's ring, worked out without opening anything. */
import type { Command } from 'commander'
import { nextCycle } from '../../cards/sercos3/driver/config/config.ts'
import type { Sercos3Config } from '../../cards/sercos3/driver/config/config.ts'
import { bytesOf } from '../../cards/sercos3/driver/config/connections.ts'
import type { ConnectionWord } from '../../cards/sercos3/driver/config/connections.ts'
import {
  plannedTiming,
  plannedWireShare,
  shortestPlannedCycle,
  usualPromises,
} from '../../cards/sercos3/driver/plan/planned-timing.ts'
import type { DevicePromises } from '../../cards/sercos3/driver/plan/planned-timing.ts'
import { isExact, planRing } from '../../cards/sercos3/driver/plan/ring-plan.ts'
import type { DeviceLayout, FieldPlace } from '../../cards/sercos3/driver/plan/telegram-layout.ts'
import type { Timing } from '../../cards/sercos3/driver/timing/timing.ts'
import { formatIdn } from '../../cards/sercos3/idn.ts'
import { bufferCount, windows } from '../../cards/sercos3/registers.ts'
import { loadMachineFile } from '../machine-file/load.ts'
import { sercos3Config } from '../sercos3-config.ts'
import { ringPlanLines } from './ring-plan-table.ts'

export type PlannedConnection = {
  readonly offset: number
  readonly bytes: number
  /** Produced in every n-th cycle. */
  readonly producerCycles: number
  /** Offsets in the payload of the telegram. */
  readonly words: readonly {
    readonly idn: string
    readonly offset: number
    readonly bytes: number
  }[]
}

/** A device's fields in one telegram; undefined: not in this one. */
export type PlannedFields = {
  readonly device: string
  readonly serviceChannel: number | undefined
  /** C-DEV or S-DEV. */
  readonly deviceWord: number | undefined
  readonly connection: PlannedConnection | undefined
}

export type PlannedTelegram = {
  readonly name: string
  readonly bytes: number
  readonly devices: readonly PlannedFields[]
}

export type RingPlanView = {
  readonly machine: string
  readonly cycleNs: number
  /** Devices whose connections only they can tell: shown is what is expected. */
  readonly guessed: readonly string[]
  readonly telegrams: readonly PlannedTelegram[]
  readonly memory: {
    readonly buffers: number
    readonly tx: { readonly bufferBytes: number; readonly used: number; readonly of: number }
    readonly rx: { readonly bufferBytes: number; readonly used: number; readonly of: number }
  }
  readonly timing: Timing
  /** What the devices are taken to promise, ns. */
  readonly assumed: DevicePromises
  readonly wireLoadPercent: number
  /** What the telegrams need, and the cycle time of the standard that holds it; undefined: none does. */
  readonly neededNs: number
  readonly shortestCycleNs: number | undefined
}

/** Adds `ring plan` to the command line. */
export function addRingCommands(program: Command): void {
  program
    .command('ring')
    .description('about the ring of a machine, without opening it')
    .command('plan')
    .description('show telegrams with the place of every word, chip memory, times and wire load')
    .argument('<machine>', 'machine file')
    .option('--json', 'as JSON')
    .action(async (machine: string, options: { json?: boolean }) => {
      const file = await loadMachineFile(machine)
      const view = ringPlanOf(file.name, sercos3Config(file))
      if (options.json === true) console.log(JSON.stringify(view, null, 2))
      else console.log(ringPlanLines(view).join('\n'))
    })
}

/** The configuration must have passed the checks of the machine file. */
export function ringPlanOf(machine: string, config: Sercos3Config): RingPlanView {
  const { layout, plan } = planRing(config)
  const assumed = usualPromises
  const neededNs = shortestPlannedCycle(config, layout, assumed)
  const names = config.devices.map(({ name }) => name)
  const telegrams = (bytes: readonly number[], way: Way): PlannedTelegram[] =>
    bytes.flatMap((length, telegram) =>
      length === 0
        ? []
        : {
            name: `${way.name}${telegram}`,
            bytes: length,
            devices: layout.devices.flatMap(
              (device, n) => fieldsOf(way, device, names[n] ?? '', telegram) ?? [],
            ),
          },
    )
  return {
    machine,
    cycleNs: config.cycleNs,
    guessed: config.devices.filter((device) => !isExact(device)).map(({ name }) => name),
    telegrams: [...telegrams(layout.mdtBytes, mdt), ...telegrams(layout.atBytes, at)],
    memory: {
      buffers: bufferCount[config.buffers],
      tx: { bufferBytes: plan.txBufferBytes, used: plan.txBytesUsed, of: windows.tx.size },
      rx: { bufferBytes: plan.rxBufferBytes, used: plan.rxBytesUsed, of: windows.rx.size },
    },
    timing: plannedTiming(config, layout, assumed),
    assumed,
    wireLoadPercent: 100 * plannedWireShare(config, layout, assumed),
    neededNs,
    shortestCycleNs: nextCycle(neededNs),
  }
}

type Way = {
  readonly name: 'MDT' | 'AT'
  svc(device: DeviceLayout): FieldPlace
  word(device: DeviceLayout): FieldPlace
  connection(device: DeviceLayout): FieldPlace
  words(device: DeviceLayout): readonly ConnectionWord[]
  cycles(device: DeviceLayout): number
}

const mdt: Way = {
  name: 'MDT',
  svc: (device) => device.mdtSvc,
  word: (device) => device.cDev,
  connection: (device) => device.mdtConnection,
  words: (device) => device.mdtWords,
  cycles: (device) => device.mdtProducerCycles,
}

const at: Way = {
  name: 'AT',
  svc: (device) => device.atSvc,
  word: (device) => device.sDev,
  connection: (device) => device.atConnection,
  words: (device) => device.atWords,
  cycles: (device) => device.atProducerCycles,
}

function fieldsOf(
  way: Way,
  device: DeviceLayout,
  name: string,
  telegram: number,
): PlannedFields | undefined {
  const offsetIn = (place: FieldPlace) => (place.telegram === telegram ? place.offset : undefined)
  const words = way.words(device)
  const offset = offsetIn(way.connection(device))
  const fields = {
    device: name,
    serviceChannel: offsetIn(way.svc(device)),
    deviceWord: offsetIn(way.word(device)),
    connection:
      offset === undefined
        ? undefined
        : {
            offset,
            bytes: bytesOf(words),
            producerCycles: way.cycles(device),
            words: words.map((word) => ({
              idn: formatIdn(word.idn),
              offset: offset + word.offset,
              bytes: word.bytes,
            })),
          },
  }
  const { serviceChannel, deviceWord, connection } = fields
  const none = serviceChannel === undefined && deviceWord === undefined && connection === undefined
  return none ? undefined : fields
}
